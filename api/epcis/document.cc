#include "api/epcis/document.h"

#include <boost/json.hpp>

#include "api/epcis/parts.h"
#include "api/epcis/rules.h"
#include "api/epcis/schema.h"
#include "ledger/base/counted.h"
#include "ledger/format/strict_json.h"
#include "ledger/format/text_rules.h"

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

Refusal refused(std::string detail, std::string pointer = {}) {
    return {Exception::validation, std::move(detail), std::nullopt, std::move(pointer)};
}

// The schema's patterns are matched by a recursion over the text, so none may be long.
bool short_texts(const json::value& value) {
    if (const auto* text = value.if_string()) return text->size() <= kLongestText;
    if (const auto* list = value.if_array()) {
        for (const auto& one : *list)
            if (!short_texts(one)) return false;
    } else if (const auto* object = value.if_object()) {
        for (const auto& [name, inside] : *object)
            if (name.size() > kLongestText || !short_texts(inside)) return false;
    }
    return true;
}

Outcome<json::object> read_object(std::string_view text) {
    if (text.size() > kLargestDocument)
        return Refusal{Exception::capture_limit,
                       "the document is over 2 MiB: send it in parts",
                       std::nullopt,
                       {}};
    // GS1's own examples name an event twice; the last counts, and is all that is sealed.
    if (const auto strict = ledger::check_untyped_json_object(text, "the document", "eventID");
        !strict)
        return refused(strict.error().message);
    json::parse_options options;
    options.max_depth = ledger::kJsonMaxDepth;
    boost::system::error_code failed;
    auto value = json::parse(text, failed, {}, options);
    if (failed) return refused("the document is not JSON: " + failed.message());
    if (!short_texts(value)) return refused("a text is over 4,096 bytes");
    return std::move(value.as_object());
}

std::string text_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

std::optional<Refusal> fits(std::string_view definition, const json::object& object,
                            const std::string& pointer) {
    if (auto wrong = misfit(definition, object))
        return refused(std::move(wrong->detail), pointer + wrong->pointer);
    return std::nullopt;
}

// The schema is for what the ledger can keep: to check more of it would be work for nothing.
std::optional<Refusal> too_large(const Read& read) {
    for (const auto* name :
         {"epcList", "childEPCs", "inputEPCList", "outputEPCList", "quantityList",
          "childQuantityList", "inputQuantityList", "outputQuantityList"}) {
        const auto* list = read.event.if_contains(name);
        if (list != nullptr && list->is_array() && list->get_array().size() > kMostThings)
            return refused(std::string(name) + " has more than " +
                               ledger::counted(kMostThings, "element") + ": send it in parts",
                           read.pointer + "/" + name);
    }
    if (json::serialize(read.event).size() > ledger::kMaxBodySize)
        return refused("the event is over 48 KiB", read.pointer);
    return std::nullopt;
}

}  // namespace

Outcome<std::vector<Read>> read_document(std::string_view text) {
    auto object = read_object(text);
    if (auto* refusal = std::get_if<Refusal>(&object)) return std::move(*refusal);
    auto& document = std::get<json::object>(object);
    const auto type = text_in(document, "type");
    if (type != "EPCISDocument" && type != "EPCISQueryDocument")
        return refused(
            "type must be EPCISDocument or EPCISQueryDocument; a single event goes to "
            "/events",
            "/type");
    const std::string at = type == "EPCISDocument"
                               ? "/epcisBody/eventList"
                               : "/epcisBody/queryResults/resultsBody/eventList";
    // The frame alone is checked here.
    json::array list;
    json::value whole(std::move(document));
    boost::system::error_code none;
    if (auto* events = whole.find_pointer(at, none); events != nullptr && events->is_array())
        list.swap(events->get_array());
    document = std::move(whole.get_object());
    if (auto wrong = fits(type, document, "")) return std::move(*wrong);
    if (const auto version = text_in(document, "schemaVersion");
        !version.empty() && !version.starts_with("2"))
        return refused("schemaVersion is " + version + ", and 2.0 is taken", "/schemaVersion");
    if (const auto made = text_in(document, "creationDate"); !made.empty() && !is_time(made))
        return refused("creationDate is not a time with a zone", "/creationDate");
    Namespaces names;
    if (auto wrong = names.add(document.at("@context"), "/@context")) return std::move(*wrong);
    if (list.size() > kMostEvents)
        return Refusal{Exception::capture_limit,
                       "the document has more than 1,000 events: send it in parts", std::nullopt,
                       at};
    std::vector<Read> out;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto pointer = at + "/" + std::to_string(i);
        auto* event = list[i].if_object();
        if (event == nullptr)
            return Refusal{Exception::validation, "an event is not an object", i, pointer};
        out.push_back({std::move(*event), names, pointer});
        if (const auto* own = out.back().event.if_contains("@context"))
            if (auto wrong = out.back().names.add(*own, pointer + "/@context")) {
                wrong->event = i;
                return std::move(*wrong);
            }
    }
    return out;
}

Outcome<Read> read_event(std::string_view text) {
    auto object = read_object(text);
    if (auto* refusal = std::get_if<Refusal>(&object)) return std::move(*refusal);
    Read out{std::move(std::get<json::object>(object)), {}, {}};
    const auto* context = out.event.if_contains("@context");
    if (context == nullptr) return refused("@context is missing: a single event brings its own");
    if (auto wrong = out.names.add(*context, "/@context")) return std::move(*wrong);
    return out;
}

std::optional<Refusal> check_event(const Read& read, ledger::UnixSeconds now) {
    const auto type = text_in(read.event, "type");
    if (type.empty()) return refused("type is missing", read.pointer);
    if (auto wrong = too_large(read)) return wrong;
    if (auto wrong =
            fits(is_standard_event(type) ? type : "ExtensionEvent", read.event, read.pointer))
        return wrong;
    return broken_rule(read, now);
}

}  // namespace reelproof::api::epcis
