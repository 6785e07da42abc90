#include "api/epcis/event_hash.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <boost/json.hpp>

#include "api/epcis/rules.h"
#include "api/epcis/schema.h"
#include "ledger/base/sha256.h"
#include "ledger/provenance/event_time.h"

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

constexpr std::string_view kCbv = "https://ref.gs1.org/cbv/";

// Members that have their place in the text, and those that have none: the rest is the event's own.
constexpr std::string_view kPlaced[] = {"type",
                                        "eventTime",
                                        "eventTimeZoneOffset",
                                        "epcList",
                                        "parentID",
                                        "inputEPCList",
                                        "childEPCs",
                                        "quantityList",
                                        "childQuantityList",
                                        "inputQuantityList",
                                        "outputEPCList",
                                        "outputQuantityList",
                                        "action",
                                        "transformationID",
                                        "bizStep",
                                        "disposition",
                                        "persistentDisposition",
                                        "readPoint",
                                        "bizLocation",
                                        "bizTransactionList",
                                        "sourceList",
                                        "destinationList"};
constexpr std::string_view kLeftOut[] = {"@context", "recordTime", "eventID", "errorDeclaration",
                                         "rdfs:comment"};
constexpr std::string_view kDisputed[] = {"certificationInfo", "ilmd", "sensorElementList"};

template <class List>
bool contains(const List& list, std::string_view name) {
    return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}

bool looks_like_a_number(std::string_view text) {
    if (text.empty()) return false;
    double value = 0;
    const auto from = text.front() == '+' ? text.data() + 1 : text.data();
    const auto [end, failed] = std::from_chars(from, text.data() + text.size(), value);
    return end == text.data() + text.size() && failed != std::errc::invalid_argument;
}

class Writer {
  public:
    Writer(const json::object& event, const Namespaces& names) : event_(event), names_(names) {}

    std::optional<std::string> write() {
        for (const auto name : kDisputed)
            if (event_.if_contains(name) != nullptr) return std::nullopt;
        for (const auto name : kPlaced) placed(name);
        out_ += own_members(event_, [](std::string_view name) {
            return contains(kPlaced, name) || contains(kLeftOut, name);
        });
        if (disputed_) return std::nullopt;
        return std::move(out_);
    }

  private:
    void placed(std::string_view name) {
        const auto* value = event_.if_contains(name);
        if (value == nullptr) return;
        if (name == "type") {
            if (text(*value).find(':') != std::string::npos) disputed_ = true;
            out_ += "eventType=" + text(*value);
        } else if (name == "eventTime") {
            out_ += "eventTime=" + time(text(*value));
        } else if (name == "action" || name == "eventTimeZoneOffset") {
            add(name, text(*value));
        } else if (name == "parentID" || name == "transformationID") {
            add(name, uri(text(*value)));
        } else if (name == "bizStep" || name == "disposition") {
            add(name, word(name == "bizStep" ? "BizStep-" : "Disp-", text(*value)));
        } else if (name == "persistentDisposition") {
            dispositions(value->as_object());
        } else if (name == "readPoint" || name == "bizLocation") {
            const auto& place = value->as_object();
            out_ += std::string(name) + "id=" + uri(text(place.at("id")));
            out_ += own_members(place, [](std::string_view member) { return member == "id"; });
        } else {
            list(name, value->as_array());
        }
    }

    void list(std::string_view name, const json::array& values) {
        if (values.empty()) return;
        std::vector<std::string> parts;
        for (const auto& value : values) parts.push_back(element(name, value));
        std::sort(parts.begin(), parts.end());
        out_ += name;
        for (const auto& part : parts) out_ += part;
    }
    std::string element(std::string_view list, const json::value& value) {
        if (value.is_string()) return "epc=" + uri(text(value));
        const auto& object = value.as_object();
        if (list.ends_with("uantityList")) {
            auto out = "quantityElementepcClass=" + uri(text(object.at("epcClass")));
            if (const auto* quantity = object.if_contains("quantity"))
                out += "quantity=" + plain(*quantity);
            if (const auto* uom = object.if_contains("uom")) out += "uom=" + text(*uom);
            return out;
        }
        const bool transaction = list == "bizTransactionList";
        const std::string member = transaction            ? "bizTransaction"
                                   : list == "sourceList" ? "source"
                                                          : "destination";
        const auto* type = object.if_contains("type");
        if (type == nullptr) {
            disputed_ = true;
            return {};
        }
        return "type=" + word(transaction ? "BTT-" : "SDT-", text(*type)) + member + "=" +
               uri(text(object.at(member)));
    }
    void dispositions(const json::object& object) {
        out_ += "persistentDisposition";
        for (const auto* which : {"set", "unset"}) {
            const auto* values = object.if_contains(which);
            if (values == nullptr) continue;
            std::vector<std::string> parts;
            for (const auto& value : values->as_array())
                parts.push_back(std::string(which) + "=" + word("Disp-", text(value)));
            std::sort(parts.begin(), parts.end());
            for (const auto& part : parts) out_ += part;
        }
    }

    template <class Skip>
    std::string own_members(const json::object& object, const Skip& skip) {
        std::vector<std::string> parts;
        for (const auto& [key, value] : object)
            if (const std::string_view name(key.data(), key.size()); !skip(name))
                own(std::string(name), value, parts);
        std::sort(parts.begin(), parts.end());
        std::string out;
        for (const auto& part : parts) out += part;
        return out;
    }
    void own(const std::string& name, const json::value& value, std::vector<std::string>& parts) {
        if (const auto* values = value.if_array()) {
            for (const auto& one : *values) own(name, one, parts);
            return;
        }
        const auto key = spelt(name);
        if (const auto* object = value.if_object())
            parts.push_back(key + own_members(*object, [](std::string_view member) {
                                return member.starts_with('@');
                            }));
        else
            parts.push_back(key + "=" + plain(value));
    }
    // "{namespace}localName"
    std::string spelt(const std::string& name) {
        const auto colon = name.find(':');
        if (colon == std::string::npos) return name;
        const auto prefix = names_.prefixes().find(std::string_view(name).substr(0, colon));
        if (prefix == names_.prefixes().end()) {
            disputed_ = true;  // a whole IRI
            return {};
        }
        return "{" + prefix->second + "}" + name.substr(colon + 1);
    }

    std::string plain(const json::value& value) {
        if (value.is_bool()) return value.get_bool() ? "true" : "false";
        if (value.is_int64()) return std::to_string(value.get_int64());
        if (value.is_uint64()) return std::to_string(value.get_uint64());
        if (!value.is_string()) {
            disputed_ = true;
            return {};
        }
        const auto given = text(value);
        if (looks_like_a_number(given) || is_time(given) || given.find(':') != std::string::npos ||
            given.empty() || given.front() == ' ' || given.back() == ' ')
            disputed_ = true;
        return given;
    }
    std::string uri(std::string given) {
        if (is_gs1_key(given) || !given.starts_with("http")) {
            // Of URNs that are no GS1 keys all agree: they stay.
            if (is_gs1_key(given) || !given.starts_with("urn:")) disputed_ = true;
        }
        return given;
    }
    std::string word(std::string_view kind, const std::string& given) {
        if (given.find(':') != std::string::npos) return uri(given);
        return std::string(kCbv).append(kind).append(given);
    }
    // In UTC, to the thousandth of a second.
    std::string time(const std::string& given) {
        const auto seconds = ledger::parse_event_time(given);
        if (!seconds) {
            disputed_ = true;
            return {};
        }
        std::string fraction;
        if (given.size() > 19 && given[19] == '.')
            for (std::size_t i = 20; i < given.size() && given[i] >= '0' && given[i] <= '9'; ++i)
                fraction += given[i];
        if (fraction.size() > 3) disputed_ = true;
        fraction.resize(3, '0');
        auto out = ledger::to_iso8601(*seconds);
        out.insert(out.size() - 1, "." + fraction);
        return out;
    }

    static std::string text(const json::value& value) {
        return std::string(view(value.as_string()));
    }
    void add(std::string_view name, const std::string& value) {
        out_.append(name).append("=").append(value);
    }

    const json::object& event_;
    const Namespaces& names_;
    std::string out_;
    bool disputed_ = false;
};

}  // namespace

std::optional<std::string> event_hash(const json::object& event, const Namespaces& names) {
    const auto* type = event.if_contains("type");
    if (type == nullptr || !type->is_string() || !is_standard_event(view(type->get_string())))
        return std::nullopt;
    const auto text = Writer(event, names).write();
    if (!text) return std::nullopt;
    return "ni:///sha-256;" + ledger::to_hex(ledger::sha256(ledger::as_bytes(*text)));
}

}  // namespace reelproof::api::epcis
