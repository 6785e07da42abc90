#include "api/epcis/rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include <boost/json.hpp>

#include "api/epcis/event_hash.h"
#include "api/epcis/schema.h"
#include "ledger/format/item.h"
#include "ledger/provenance/event_form.h"
#include "ledger/provenance/event_time.h"

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

constexpr ledger::UnixSeconds kClockDifference = 3600;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// The check digit of GS1 keys: the last of all, weights 3 and 1 from the right.
bool has_check_digit(std::string_view digits) {
    int sum = 0, weight = 1;
    for (auto at = digits.rbegin(); at != digits.rend(); ++at, weight = 4 - weight)
        sum += weight * (*at - '0');
    return sum % 10 == 0;
}

// GS1 Application Identifiers of keys that end in a check digit after so many digits, and of those
// that don't (0).
constexpr std::array<std::pair<std::string_view, std::size_t>, 14> kKeys{{
    {"00", 18},
    {"01", 14},
    {"253", 13},
    {"255", 13},
    {"401", 0},
    {"402", 17},
    {"414", 13},
    {"417", 13},
    {"8003", 0},
    {"8004", 0},
    {"8006", 14},
    {"8010", 0},
    {"8017", 18},
    {"8018", 18},
}};

enum class LooksLike { nothing, key, broken_key };

// Of an https URI: whether a part of its path reads as a GS1 Digital Link.
LooksLike digital_link(std::string_view uri) {
    const auto host = uri.find("://");
    if (host == std::string_view::npos || !uri.starts_with("http")) return LooksLike::nothing;
    auto path = uri.substr(host + 3);
    path = path.substr(0, path.find_first_of("?#"));
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const auto slash = path.find('/');
        parts.push_back(path.substr(0, slash));
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    }
    for (std::size_t i = 1; i + 1 < parts.size(); ++i)
        for (const auto& [identifier, digits] : kKeys) {
            if (parts[i] != identifier) continue;
            const auto value = parts[i + 1];
            if (digits == 0) {
                if (!value.empty() && is_digit(value.front())) return LooksLike::key;
                continue;
            }
            if (value.size() < digits || !all_digits(value.substr(0, digits))) continue;
            return has_check_digit(value.substr(0, digits)) ? LooksLike::key
                                                            : LooksLike::broken_key;
        }
    return LooksLike::nothing;
}

std::string text_of(const json::string& text) {
    return {text.data(), text.size()};
}

class Checker {
  public:
    Checker(const Read& read, ledger::UnixSeconds now) : read_(read), now_(now) {}

    std::optional<Refusal> first() {
        const auto& event = read_.event;
        walk(event, read_.pointer);
        times();
        // Of types of others' own nobody knows what their members are.
        if (is_standard_event(text("type"))) {
            sensors();
            what();
            ilmd();
            once();
            amounts();
            uris();
            consumption();
        }
        event_id();
        return std::move(refusal_);
    }

  private:
    void fail(const std::string& where, std::string detail) {
        if (!refusal_)
            refusal_ = Refusal{Exception::validation, std::move(detail), std::nullopt,
                               read_.pointer + where};
    }
    [[nodiscard]] const json::value* find(std::string_view name) const {
        return read_.event.if_contains(name);
    }
    [[nodiscard]] std::string text(std::string_view name) const {
        const auto* value = find(name);
        return value != nullptr && value->is_string() ? text_of(value->get_string())
                                                      : std::string();
    }
    [[nodiscard]] std::size_t size(std::string_view name) const {
        const auto* value = find(name);
        return value != nullptr && value->is_array() ? value->get_array().size() : 0;
    }

    // Names have a prefix that somebody declared, and no text is the secret of a label.
    void walk(const json::value& value, const std::string& pointer) {
        if (refusal_) return;
        if (const auto* list = value.if_array()) {
            for (std::size_t i = 0; i < list->size(); ++i)
                walk(list->at(i), pointer + "/" + std::to_string(i));
        } else if (const auto* object = value.if_object()) {
            for (const auto& [key, inside] : *object) {
                const std::string name(key.data(), key.size());
                if (name == "@context") continue;
                // The name itself must not be told either.
                if (ledger::holds_issued_serial(name)) return secret(pointer);
                const auto at = pointer + "/" + pointer_part(name);
                if (const auto colon = name.find(':'); colon != std::string::npos) prefix(name, at);
                walk(inside, at);
            }
        } else if (const auto* text = value.if_string()) {
            if (ledger::holds_issued_serial(std::string_view(*text))) secret(pointer);
        }
    }
    void secret(const std::string& pointer) {
        refusal_ = Refusal{Exception::validation,
                           "it holds the secret of a label (25S), which opens the item's history: "
                           "name the item by its URI",
                           std::nullopt, pointer};
    }
    void prefix(const std::string& name, const std::string& at) {
        const auto prefix = name.substr(0, name.find(':'));
        for (const auto* scheme : {"http", "https", "urn"})
            if (prefix == scheme) return;
        if (read_.names.knows(prefix)) return;
        if (!refusal_)
            refusal_ =
                Refusal{Exception::validation,
                        "the prefix " + prefix + " is not declared in @context", std::nullopt, at};
    }

    void times() {
        const auto when = text("eventTime");
        const auto seconds = ledger::parse_event_time(when);
        if (!seconds)
            return fail("/eventTime", "eventTime is not a time with a zone on a day that there is");
        if (*seconds > now_ + kClockDifference)
            return fail("/eventTime", "eventTime lies in the future");
        const auto zone = text("eventTimeZoneOffset");
        if (!when.ends_with('Z') && when.substr(when.size() - 6) != zone)
            return fail("/eventTimeZoneOffset",
                        "eventTimeZoneOffset is " + zone + ", and eventTime has another zone");
        if (find("recordTime") != nullptr && !is_time(text("recordTime")))
            return fail("/recordTime", "recordTime is not a time with a zone");
        if (const auto* error = find("errorDeclaration"); error != nullptr) {
            const auto* declared = error->as_object().if_contains("declarationTime");
            if (declared == nullptr || !is_time(text_of(declared->as_string())))
                fail("/errorDeclaration/declarationTime",
                     "declarationTime is not a time with a zone");
        }
    }
    void sensors() {
        const auto* list = find("sensorElementList");
        for (std::size_t i = 0; list != nullptr && i < list->as_array().size(); ++i)
            sensor_times(list->as_array()[i], "/sensorElementList/" + std::to_string(i));
    }
    void sensor_times(const json::value& value, const std::string& pointer) {
        if (const auto* list = value.if_array())
            for (std::size_t i = 0; i < list->size(); ++i)
                sensor_times(list->at(i), pointer + "/" + std::to_string(i));
        const auto* object = value.if_object();
        if (object == nullptr) return;
        for (const auto& [key, inside] : *object) {
            const std::string_view name(key.data(), key.size());
            const auto at = pointer + "/" + pointer_part(name);
            if (name == "sensorMetadata" || name == "sensorReport") sensor_times(inside, at);
            const bool time = name == "time" || name == "startTime" || name == "endTime";
            if (time && !is_time(text_of(inside.as_string())))
                fail(at, std::string(name) + " is not a time with a zone");
            if (name == "hexBinaryValue" && inside.as_string().find_first_not_of(
                                                "0123456789abcdefABCDEF") != json::string::npos)
                fail(at, "hexBinaryValue is not hexadecimal");
        }
    }

    // What the event is about: EPCIS 2.0, 7.4.2 to 7.4.6.
    void what() {
        const auto type = text("type"), action = text("action");
        const bool removed = action == "DELETE";
        if (type == "ObjectEvent" || type == "TransactionEvent") {
            const bool sensed = size("sensorElementList") > 0 && find("readPoint") != nullptr;
            if (size("epcList") > 0 || size("quantityList") > 0) return;
            if (type == "ObjectEvent" ? sensed : removed || find("parentID") != nullptr) return;
            fail("/epcList",
                 "epcList and quantityList are both empty or missing: the event is about nothing");
        } else if (type == "AggregationEvent" || type == "AssociationEvent") {
            if (action != "OBSERVE" && find("parentID") == nullptr)
                return fail("/parentID", "parentID is missing: with action " + action +
                                             " the standard asks for it");
            if (!removed && size("childEPCs") == 0 && size("childQuantityList") == 0)
                fail("/childEPCs",
                     "childEPCs or childQuantityList is needed unless action is DELETE");
        } else if (type == "TransformationEvent") {
            const bool in = size("inputEPCList") > 0 || size("inputQuantityList") > 0;
            const bool out = size("outputEPCList") > 0 || size("outputQuantityList") > 0;
            if (in && out) return;
            if (!in && !out) return fail("/inputEPCList", "it has neither inputs nor outputs");
            if (find("transformationID") == nullptr)
                fail("/transformationID", std::string(in ? "outputs are" : "inputs are") +
                                              " missing: then transformationID is needed");
        }
    }

    void ilmd() {
        if (find("ilmd") != nullptr && text("type") == "ObjectEvent" && text("action") != "ADD")
            fail("/ilmd", "ilmd goes with action ADD only");
    }

    // Where an element may not stand twice.
    void once() {
        const auto type = text("type");
        if (type == "ObjectEvent") once(find("epcList"), "/epcList");
        for (const auto* name : {"inputEPCList", "outputEPCList"})
            if (type == "TransformationEvent") once(find(name), "/" + std::string(name));
        if (const auto* disposition = find("persistentDisposition"))
            for (const auto* name : {"set", "unset"})
                once(disposition->as_object().if_contains(name),
                     "/persistentDisposition/" + std::string(name));
    }
    void once(const json::value* list, const std::string& where) {
        std::set<std::string_view> seen;
        if (list == nullptr) return;
        for (const auto& one : list->as_array())
            if (!seen.insert(one.as_string()).second)
                return fail(where,
                            where.substr(where.rfind('/') + 1) + " has the same element twice");
    }

    void amounts() {
        for (const auto* name :
             {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"}) {
            const auto* list = find(name);
            for (std::size_t i = 0; list != nullptr && i < list->as_array().size(); ++i) {
                const auto* quantity = list->as_array()[i].as_object().if_contains("quantity");
                if (quantity == nullptr || quantity->to_number<double>() >= 0) continue;
                fail("/" + std::string(name) + "/" + std::to_string(i) + "/quantity",
                     "quantity is negative");
            }
        }
    }

    void uris() {
        for (const auto* name : {"eventID", "parentID", "transformationID"})
            if (find(name) != nullptr) uri("/" + std::string(name), text(name));
        for (const auto* name :
             {"epcList", "childEPCs", "inputEPCList", "outputEPCList", "certificationInfo"}) {
            const auto* list = find(name);
            if (list == nullptr) continue;
            if (list->is_string()) uri("/" + std::string(name), text(name));
            for (std::size_t i = 0; list->is_array() && i < list->get_array().size(); ++i)
                uri("/" + std::string(name) + "/" + std::to_string(i),
                    text_of(list->get_array()[i].as_string()));
        }
        for (const auto& [list, member] :
             {std::pair{"quantityList", "epcClass"}, std::pair{"childQuantityList", "epcClass"},
              std::pair{"inputQuantityList", "epcClass"},
              std::pair{"outputQuantityList", "epcClass"},
              std::pair{"bizTransactionList", "bizTransaction"}, std::pair{"sourceList", "source"},
              std::pair{"destinationList", "destination"}}) {
            const auto* value = find(list);
            for (std::size_t i = 0; value != nullptr && i < value->as_array().size(); ++i)
                uri("/" + std::string(list) + "/" + std::to_string(i) + "/" + member,
                    text_of(value->as_array()[i].at(member).as_string()));
        }
        for (const auto* name : {"readPoint", "bizLocation"})
            if (const auto* place = find(name))
                uri("/" + std::string(name) + "/id", text_of(place->at("id").as_string()));
    }
    void uri(const std::string& where, const std::string& text) {
        if (!is_uri(text)) return fail(where, "is not a URI");
        if (digital_link(text) == LooksLike::broken_key)
            fail(where,
                 "reads as a GS1 key with a wrong check digit: give URIs of your own a path that "
                 "is none of a GS1 Digital Link");
    }

    // Of a reel: without the number of parts nobody could tell how many are left on it.
    void consumption() {
        if (text("type") != "TransformationEvent" || find("rp:consumedFrom") == nullptr) return;
        const auto* list = find("inputQuantityList");
        for (std::size_t i = 0; list != nullptr && i < list->as_array().size(); ++i)
            if (list->as_array()[i].as_object().if_contains("quantity") == nullptr)
                return fail("/inputQuantityList/" + std::to_string(i) + "/quantity",
                            "quantity is missing: how many parts were taken off the reel");
        if (size("inputQuantityList") == 0)
            fail("/inputQuantityList",
                 "inputQuantityList is missing: how many parts were taken off the reel");
    }

    void event_id() {
        const auto id = text("eventID");
        if (!id.starts_with("ni:///sha-256;") || refusal_) return;
        const auto hash = event_hash(read_.event, read_.names);
        if (hash && *hash != id.substr(0, id.find('?')))
            fail("/eventID", "eventID is a hash, and not that of this event");
    }

    const Read& read_;
    const ledger::UnixSeconds now_;
    std::optional<Refusal> refusal_;
};

}  // namespace

bool is_time(std::string_view text) {
    return ledger::parse_event_time(text).has_value();
}

bool is_uri(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
    if (!std::isalpha(static_cast<unsigned char>(text.front()))) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7f &&
               std::string_view("<>\"{}|\\^`").find(c) == std::string_view::npos;
    });
}

bool is_gs1_key(std::string_view uri) {
    return uri.starts_with("urn:epc:") || uri.starts_with("https://id.gs1.org/") ||
           digital_link(uri) != LooksLike::nothing;
}

std::optional<Refusal> broken_rule(const Read& read, ledger::UnixSeconds now) {
    return Checker(read, now).first();
}

}  // namespace reelproof::api::epcis
