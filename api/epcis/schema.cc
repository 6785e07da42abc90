#include "api/epcis/schema.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include <boost/json.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "ledger/format/text_rules.h"

extern "C" {
extern const char reelproof_epcis_schema_begin[];  // schema/schema.S
extern const char reelproof_epcis_schema_end[];
}

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

using Adapter = valijson::adapters::BoostJsonAdapter;

constexpr std::string_view kEvents[] = {"ObjectEvent", "AggregationEvent", "TransactionEvent",
                                        "TransformationEvent", "AssociationEvent"};
constexpr std::string_view kOthers[] = {"ExtensionEvent", "EPCISDocument", "EPCISQueryDocument"};

using Schemas = std::map<std::string, valijson::Schema, std::less<>>;

void parse_into(Schemas& schemas, const json::value& all, std::string_view name) {
    const json::value root{
        {"$ref", "#/definitions/" + std::string(name)},
        {"definitions", all.at("definitions")},
    };
    valijson::SchemaParser parser;
    parser.populateSchema(Adapter(root), schemas[std::string(name)]);
}

const Schemas& schemas() {
    static const Schemas made = [] {
        Schemas out;
        const auto all = json::parse(json::string_view(
            reelproof_epcis_schema_begin,
            static_cast<std::size_t>(reelproof_epcis_schema_end - reelproof_epcis_schema_begin)));
        for (const auto name : kEvents) parse_into(out, all, name);
        for (const auto name : kOthers) parse_into(out, all, name);
        return out;
    }();
    return made;
}

// "<root>", "[eventList]", "[0]" as a JSON pointer.
std::string pointer_of(const std::vector<std::string>& context) {
    std::string out;
    for (const auto& part : context)
        if (part.size() >= 2 && part.front() == '[')
            out += "/" + pointer_part(std::string_view(part).substr(1, part.size() - 2));
    return out;
}

// What valijson puts in quotes: a member's name.
std::string quoted_in(const std::string& text) {
    const auto from = text.find('\''), to = text.rfind('\'');
    return from == std::string::npos || to <= from ? std::string()
                                                   : text.substr(from + 1, to - from - 1);
}

std::string named(std::string_view name) {
    return ledger::may_be_quoted(name) ? "\"" + std::string(name) + "\"" : "a member";
}

// The validator keeps several errors of each value, so reasons are looked for in so many at most.
constexpr std::size_t kMostExplained = 4096;

// Whether there are more than `most` values in it, which is counted down.
bool more_than(std::size_t& most, const json::value& value) {
    if (most-- == 0) return true;
    const auto inside = [&most](const json::value& one) { return more_than(most, one); };
    if (const auto* list = value.if_array()) return std::any_of(list->begin(), list->end(), inside);
    const auto* object = value.if_object();
    return object != nullptr &&
           std::any_of(object->begin(), object->end(),
                       [&](const auto& member) { return inside(member.value()); });
}

std::string in_words(const std::string& description, const json::value* value) {
    if (description.starts_with("Value type")) return "is of the wrong JSON type";
    if (description.starts_with("Array should contain no fewer"))
        return "is empty, and must not be";
    const auto* text = value == nullptr ? nullptr : value->if_string();
    const std::string what = text != nullptr && ledger::may_be_quoted(std::string_view(*text))
                                 ? "is \"" + std::string(*text) + "\", which is"
                                 : std::string("is");
    if (description.find("enum") != std::string::npos ||
        description.find("anyOf") != std::string::npos ||
        description.find("pattern") != std::string::npos)
        return what + " not of the form, and none of the words, that the standard has for it";
    return "does not fit: " + description;
}

}  // namespace

std::string pointer_part(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

bool is_standard_event(std::string_view type) {
    return std::find(std::begin(kEvents), std::end(kEvents), type) != std::end(kEvents);
}

std::optional<Misfit> misfit(std::string_view definition, const json::value& value) {
    const auto schema = schemas().find(definition);
    if (schema == schemas().end()) throw std::logic_error("the schema has no such definition");
    valijson::Validator validator;
    const Adapter target(value);
    if (validator.validate(schema->second, target, nullptr)) return std::nullopt;
    if (auto most = kMostExplained; more_than(most, value))
        return Misfit{
            "", "does not fit the schema; send less than 4,096 values to be told what does not"};
    // Once more, for the reason: the first of those that lie deepest.
    valijson::ValidationResults results;
    validator.validate(schema->second, target, &results);
    const valijson::ValidationResults::Error* worst = nullptr;
    for (const auto& error : results)
        if (worst == nullptr || error.context.size() > worst->context.size()) worst = &error;
    if (worst == nullptr) return Misfit{"", "does not fit the schema"};
    Misfit out{pointer_of(worst->context), {}};
    const auto name = quoted_in(worst->description);
    if (worst->description.starts_with("Missing required property")) {
        out.detail = name + " is missing";
        return out;
    }
    if (worst->description.find("could not be validated using 'properties'") != std::string::npos) {
        const auto unknown = worst->description.substr(worst->description.rfind(": '") + 3);
        const auto member = unknown.substr(0, unknown.rfind('\''));
        out.pointer += "/" + pointer_part(member);
        out.detail = named(member) +
                     " is not known to EPCIS here; a member of your own has a namespace, as in "
                     "\"example:colour\"";
        return out;
    }
    boost::system::error_code none;
    const auto* at = value.find_pointer(out.pointer, none);
    const auto slash = out.pointer.rfind('/');
    const auto last = slash == std::string::npos ? std::string() : out.pointer.substr(slash + 1);
    out.detail =
        (last.empty() ? std::string(definition) : last) + " " + in_words(worst->description, at);
    return out;
}

}  // namespace reelproof::api::epcis
