#include "api/epcis/parts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <boost/json.hpp>

#include "ledger/base/sha256.h"

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

constexpr const char* kLists[] = {"epcList", "childEPCs", "inputEPCList", "outputEPCList"};
constexpr const char* kAmounts[] = {"quantityList", "childQuantityList", "inputQuantityList",
                                    "outputQuantityList"};

std::string text_of(const json::value& value) {
    const auto* text = value.if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::string text_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? std::string() : text_of(*value);
}

const json::array* list_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_array();
}

// One more than an event may be about is enough to refuse it.
class Things {
  public:
    void add(const std::string& uri) {
        if (uris_.size() <= kMostThings && !uri.empty() &&
            std::find(uris_.begin(), uris_.end(), uri) == uris_.end())
            uris_.push_back(uri);
    }
    [[nodiscard]] bool empty() const { return uris_.empty(); }
    [[nodiscard]] const std::vector<std::string>& uris() const { return uris_; }

  private:
    std::vector<std::string> uris_;
};

Things things_of(const json::object& event) {
    Things out;
    out.add(text_in(event, "rp:consumedFrom"));
    out.add(text_in(event, "parentID"));
    for (const auto* name : kLists)
        if (const auto* list = list_in(event, name))
            for (const auto& uri : *list) out.add(text_of(uri));
    if (!out.empty()) return out;
    for (const auto* name : kAmounts)
        if (const auto* list = list_in(event, name))
            for (const auto& amount : *list)
                if (amount.is_object()) out.add(text_in(amount.get_object(), "epcClass"));
    if (!out.empty()) return out;
    if (const auto* place = event.if_contains("readPoint"); place != nullptr && place->is_object())
        out.add(text_in(place->get_object(), "id"));
    if (out.empty()) out.add(text_in(event, "eventID"));
    return out;
}

// Lists in which `uri` stands hold it alone; the others stay.
json::object part_about(json::object event, const std::string& uri) {
    for (const auto* name : kLists) {
        const auto* list = list_in(event, name);
        if (list != nullptr && std::any_of(list->begin(), list->end(), [&](const json::value& one) {
                return text_of(one) == uri;
            }))
            event[name] = json::array{uri};
    }
    return event;
}

// Whether the ledger would read it as of another item, whose record it then is.
bool about_another(const ledger::Event& event, const std::string& uri) {
    return event.kind != ledger::EventKind::other && event.item != uri;
}

json::value sorted(const json::value& value) {
    if (const auto* list = value.if_array()) {
        json::array out;
        for (const auto& one : *list) out.push_back(sorted(one));
        return out;
    }
    const auto* object = value.if_object();
    if (object == nullptr) return value;
    std::map<std::string, json::value> members;
    for (const auto& [name, inside] : *object)
        members.emplace(std::string(name.data(), name.size()), sorted(inside));
    json::object out;
    for (auto& [name, inside] : members) out[name] = std::move(inside);
    return out;
}

}  // namespace

std::variant<std::vector<Part>, Refusal> parts_of(const json::object& given,
                                                  const Namespaces& names,
                                                  const std::string& pointer) {
    const auto refused = [&](std::string detail) {
        return Refusal{Exception::validation, std::move(detail), std::nullopt, pointer};
    };
    auto event = given;
    event.erase("recordTime");
    event.erase("@context");
    // Ours needs no word; the standard's neither.
    auto context = names.written();
    if (context.size() > 1) {
        auto& prefixes = context.back().as_object();
        if (text_in(prefixes, "rp") == kOurNamespace) prefixes.erase("rp");
        if (!prefixes.empty()) event["@context"] = json::array{prefixes};
    }
    const auto things = things_of(event);
    if (things.uris().size() > kMostThings)
        return refused("the event is about more than 256 things: send it in parts");
    std::vector<Part> out;
    for (const auto& uri : things.uris()) {
        auto text = json::serialize(part_about(event, uri));
        auto read = ledger::parse_body("{\"event\":" + text + ",\"prev\":[]}");
        if (!read) return refused(read.error().message);
        if (about_another(read->event, uri)) continue;
        out.push_back({uri, std::move(read->event), std::move(text)});
    }
    if (out.empty()) return refused("the event names no item that it happened to");
    return out;
}

json::object joined(const std::vector<json::object>& parts) {
    auto out = parts.front();
    for (const auto* name : kLists) {
        // A part that another organisation sealed may list more than ours do.
        std::set<std::string> seen;
        std::optional<json::array> all;
        for (const auto& part : parts) {
            const auto* list = list_in(part, name);
            if (list == nullptr) continue;
            if (!all) all.emplace();
            for (const auto& uri : *list)
                if (all->size() < kMostThings && seen.insert(json::serialize(uri)).second)
                    all->push_back(uri);
        }
        if (all) out[name] = std::move(*all);
    }
    return out;
}

ledger::Hash content_hash(const json::object& event, const Namespaces& names) {
    auto said = event;
    said.erase("recordTime");
    said.erase("eventID");
    said["@context"] = names.written();
    return ledger::sha256(ledger::as_bytes(json::serialize(sorted(said))));
}

std::string made_event_id(const json::object& event, const Namespaces& names) {
    auto hash = content_hash(event, names);
    // A UUID of version 8 (RFC 9562): 122 bits of the hash.
    hash[6] = static_cast<std::uint8_t>((hash[6] & 0x0f) | 0x80);
    hash[8] = static_cast<std::uint8_t>((hash[8] & 0x3f) | 0x80);
    const auto hex = ledger::to_hex(ledger::ByteView(hash).first(16));
    return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
           hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace reelproof::api::epcis
