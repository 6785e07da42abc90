#include "api/epcis/query_own.h"

#include <charconv>
#include <functional>

#include <boost/json.hpp>

#include "ledger/provenance/event_time.h"

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

using Operator = OwnMember::Operator;
using Where = OwnMember::Where;

bool take(std::string_view& text, std::string_view beginning) {
    if (!text.starts_with(beginning)) return false;
    text.remove_prefix(beginning.size());
    return true;
}

std::string plain(const json::value& value) {
    return value.is_string() ? text_of(value) : json::serialize(value);
}

template <class T>
bool compares(Operator by, const T& there, const T& limit) {
    switch (by) {
        case Operator::gt:
            return there > limit;
        case Operator::ge:
            return there >= limit;
        case Operator::lt:
            return there < limit;
        case Operator::le:
            return there <= limit;
        case Operator::eq:
        case Operator::exists:
            break;
    }
    return false;
}

// Numbers with numbers, times with times; neither with the other.
bool fits_limit(Operator by, const json::value& value, const std::string& limit) {
    const auto text = plain(value);
    if (const auto number = number_in(limit)) {
        const auto there = number_in(text);
        return there && compares(by, *there, *number);
    }
    const auto there = ledger::parse_event_time(text), time = ledger::parse_event_time(limit);
    return there && time && compares(by, *there, *time);
}

// A number however it is written.
bool equals_any(const json::value& value, const Values& values) {
    if (!value.is_number()) return listed(values, plain(value));
    const auto there = value.to_number<double>();
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& one) { return number_in(one) == there; });
}

bool fits(Operator by, const json::value& value, const Values& values) {
    if (by == Operator::exists) return true;
    const auto one = [&](const json::value& it) {
        return by == Operator::eq ? equals_any(it, values) : fits_limit(by, it, values.front());
    };
    const auto* list = value.if_array();
    return list == nullptr ? one(value) : std::any_of(list->begin(), list->end(), one);
}

// Whether a member of that name, anywhere below, fits. Documents are nested 32 deep at most.
bool fits_below(const OwnMember& member, const json::value& value, const Values& values) {
    if (const auto* list = value.if_array())
        return std::any_of(list->begin(), list->end(),
                           [&](const json::value& one) { return fits_below(member, one, values); });
    const auto* object = value.if_object();
    return object != nullptr &&
           std::any_of(object->begin(), object->end(), [&](const auto& inside) {
               return (inside.key() == member.name &&
                       fits(member.compare, inside.value(), values)) ||
                      fits_below(member, inside.value(), values);
           });
}

}  // namespace

std::optional<double> number_in(std::string_view text) {
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<OwnMember> own_member(std::string_view parameter) {
    static constexpr std::pair<std::string_view, Operator> kOperators[] = {
        {"EQ_", Operator::eq}, {"GT_", Operator::gt}, {"GE_", Operator::ge},
        {"LT_", Operator::lt}, {"LE_", Operator::le}, {"EXISTS_", Operator::exists}};
    for (const auto& [prefix, compare] : kOperators) {
        auto rest = parameter;
        if (!take(rest, prefix)) continue;
        OwnMember out{compare};
        out.inner = take(rest, "INNER_");
        if (take(rest, "ILMD_"))
            out.where = Where::ilmd;
        else if (take(rest, "ERROR_DECLARATION_"))
            out.where = Where::error_declaration;
        out.name = rest;
        const auto colon = rest.find(':');
        if (colon == 0 || colon == std::string_view::npos || colon + 1 == rest.size())
            return std::nullopt;
        return out;
    }
    return std::nullopt;
}

std::optional<std::string> wrong_values(const OwnMember& member, const Values& values) {
    if (member.compare == Operator::eq || member.compare == Operator::exists) return std::nullopt;
    if (values.size() != 1) return "takes one value";
    if (!number_in(values.front()) && !ledger::parse_event_time(values.front()))
        return "is neither a number nor a time with a zone";
    return std::nullopt;
}

bool holds(const OwnMember& member, const json::object& event, const Values& values) {
    const json::object* where = &event;
    if (member.where != Where::event) {
        const auto* inside =
            event.if_contains(member.where == Where::ilmd ? "ilmd" : "errorDeclaration");
        if (inside == nullptr || !inside->is_object()) return false;
        where = &inside->get_object();
    }
    if (!member.inner) {
        const auto* value = where->if_contains(member.name);
        return value != nullptr && fits(member.compare, *value, values);
    }
    return std::any_of(where->begin(), where->end(), [&](const auto& top) {
        return top.key().find(':') != std::string_view::npos &&
               fits_below(member, top.value(), values);
    });
}

}  // namespace reelproof::api::epcis
