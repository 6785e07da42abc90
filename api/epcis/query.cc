#include "api/epcis/query.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include <boost/json.hpp>

#include "api/epcis/query_own.h"
#include "ledger/base/sha256.h"
#include "ledger/provenance/event_time.h"

namespace reelproof::api::epcis {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostValues = 200, kMostParameters = 100;

// The texts of a list, or of one member of each of its objects.
Values texts_in(const json::object& event, std::string_view list, std::string_view member = {}) {
    Values out;
    const auto* value = event.if_contains(list);
    if (value == nullptr) return out;
    if (value->is_string()) return {text_of(*value)};
    if (!value->is_array()) return out;
    for (const auto& one : value->get_array()) {
        if (member.empty())
            out.push_back(text_of(one));
        else if (const auto* object = one.if_object())
            out.push_back(text_at(*object, member));
    }
    return out;
}

bool any_listed(const Values& wanted, const Values& there) {
    return std::any_of(there.begin(), there.end(),
                       [&](const std::string& one) { return listed(wanted, one); });
}

// "https://x/*" takes whatever begins so.
bool any_matches(const Values& patterns, const Values& there) {
    return std::any_of(there.begin(), there.end(), [&](const std::string& one) {
        return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
            if (pattern.ends_with('*'))
                return one.starts_with(pattern.substr(0, pattern.size() - 1));
            return one == pattern && !one.empty();
        });
    });
}

bool any_in(const json::object& event, const Values& patterns,
            std::initializer_list<std::string_view> lists, std::string_view member = {}) {
    return std::any_of(lists.begin(), lists.end(), [&](std::string_view list) {
        return any_matches(patterns, texts_in(event, list, member));
    });
}

using Condition = std::function<bool(const Shown&, const Values&)>;

Condition equals(std::string member) {
    return [member = std::move(member)](const Shown& shown, const Values& values) {
        return listed(values, text_at(shown.event, member));
    };
}

using Fits = bool (*)(const Values& wanted, const std::string& there);

Condition place(std::string member, Fits fits) {
    return [member = std::move(member), fits](const Shown& shown, const Values& values) {
        const auto* at = shown.event.if_contains(member);
        return at != nullptr && at->is_object() && fits(values, text_at(at->get_object(), "id"));
    };
}

// This place or one within it. No vocabulary of places comes with events, so what lies within
// another is what its name says: a longer path of a URI, as ours and GS1 Digital Links have it, and
// the extensions of a site's SGLN, whose own is 0.
bool listed_with_descendants(const Values& wanted, const std::string& there) {
    constexpr std::string_view kSgln = "urn:epc:id:sgln:", kSite = ".0";
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
        if (there.empty() || one.empty() || !there.starts_with(one.substr(0, one.size() - 1)))
            return false;
        if (there == one) return true;
        if (one.starts_with(kSgln)) return one.ends_with(kSite);
        return there.starts_with(one.ends_with('/') ? one : one + "/");
    });
}

std::optional<ledger::UnixSeconds> time_of(const Shown& shown, std::string_view member) {
    if (member == "recordTime") return shown.recorded;
    if (member == "eventTime") return ledger::parse_event_time(text_at(shown.event, member));
    const auto* error = shown.event.if_contains("errorDeclaration");
    if (error == nullptr || !error->is_object()) return std::nullopt;
    return ledger::parse_event_time(text_at(error->get_object(), "declarationTime"));
}

Condition time(std::string member, bool from) {
    return [member = std::move(member), from](const Shown& shown, const Values& values) {
        const auto at = time_of(shown, member);
        const auto limit = ledger::parse_event_time(values.front());
        return at && limit && (from ? *at >= *limit : *at < *limit);
    };
}

Condition quantity(std::function<bool(double, double)> compare) {
    return [compare = std::move(compare)](const Shown& shown, const Values& values) {
        const auto limit = number_in(values.front());
        for (const auto* list :
             {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"}) {
            const auto* elements = shown.event.if_contains(list);
            if (elements == nullptr || !elements->is_array()) continue;
            for (const auto& element : elements->get_array()) {
                const auto* object = element.if_object();
                const auto* there = object == nullptr ? nullptr : object->if_contains("quantity");
                if (there != nullptr && there->is_number() &&
                    compare(there->to_number<double>(), *limit))
                    return true;
            }
        }
        return false;
    };
}

Condition dispositions(std::string which) {
    return [which = std::move(which)](const Shown& shown, const Values& values) {
        const auto* there = shown.event.if_contains("persistentDisposition");
        return there != nullptr && there->is_object() &&
               any_listed(values, texts_in(there->get_object(), which));
    };
}

Condition lists(std::initializer_list<std::string_view> names, std::string member = {}) {
    return [names = std::vector<std::string_view>(names), member = std::move(member)](
               const Shown& shown, const Values& values) {
        return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            return any_in(shown.event, values, {name}, member);
        });
    };
}

enum class Form { text, time, number, flag, type, action };
struct Parameter {
    Form form;
    Condition holds;
};

const std::map<std::string, Parameter, std::less<>>& parameters() {
    static const std::map<std::string, Parameter, std::less<>> known{
        {"eventType", {Form::type, equals("type")}},
        {"GE_eventTime", {Form::time, time("eventTime", true)}},
        {"LT_eventTime", {Form::time, time("eventTime", false)}},
        {"GE_recordTime", {Form::time, time("recordTime", true)}},
        {"LT_recordTime", {Form::time, time("recordTime", false)}},
        {"EQ_action", {Form::action, equals("action")}},
        {"EQ_bizStep", {Form::text, equals("bizStep")}},
        {"EQ_disposition", {Form::text, equals("disposition")}},
        {"EQ_persistentDisposition_set", {Form::text, dispositions("set")}},
        {"EQ_persistentDisposition_unset", {Form::text, dispositions("unset")}},
        {"EQ_readPoint", {Form::text, place("readPoint", listed)}},
        {"WD_readPoint", {Form::text, place("readPoint", listed_with_descendants)}},
        {"WD_bizLocation", {Form::text, place("bizLocation", listed_with_descendants)}},
        {"EQ_bizLocation", {Form::text, place("bizLocation", listed)}},
        {"EQ_transformationID", {Form::text, equals("transformationID")}},
        {"EQ_eventID", {Form::text, equals("eventID")}},
        {"MATCH_epc", {Form::text, lists({"epcList", "childEPCs"})}},
        {"MATCH_parentID", {Form::text, lists({"parentID"})}},
        {"MATCH_inputEPC", {Form::text, lists({"inputEPCList", "rp:consumedFrom"})}},
        {"MATCH_outputEPC", {Form::text, lists({"outputEPCList"})}},
        {"MATCH_anyEPC",
         {Form::text, lists({"epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList",
                             "rp:consumedFrom"})}},
        {"MATCH_epcClass", {Form::text, lists({"quantityList", "childQuantityList"}, "epcClass")}},
        {"MATCH_inputEPCClass", {Form::text, lists({"inputQuantityList"}, "epcClass")}},
        {"MATCH_outputEPCClass", {Form::text, lists({"outputQuantityList"}, "epcClass")}},
        {"MATCH_anyEPCClass",
         {Form::text,
          lists({"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"},
                "epcClass")}},
        {"EQ_quantity", {Form::number, quantity(std::equal_to<>())}},
        {"GT_quantity", {Form::number, quantity(std::greater<>())}},
        {"GE_quantity", {Form::number, quantity(std::greater_equal<>())}},
        {"LT_quantity", {Form::number, quantity(std::less<>())}},
        {"LE_quantity", {Form::number, quantity(std::less_equal<>())}},
        {"EXISTS_errorDeclaration",
         {Form::flag,
          [](const Shown& shown, const Values& values) {
              return values.front() != "true" ||
                     shown.event.if_contains("errorDeclaration") != nullptr;
          }}},
        {"GE_errorDeclarationTime", {Form::time, time("declarationTime", true)}},
        {"LT_errorDeclarationTime", {Form::time, time("declarationTime", false)}},
        {"EQ_errorReason",
         {Form::text,
          [](const Shown& shown, const Values& values) {
              const auto* error = shown.event.if_contains("errorDeclaration");
              return error != nullptr && error->is_object() &&
                     listed(values, text_at(error->get_object(), "reason"));
          }}},
        {"EQ_correctiveEventID",
         {Form::text,
          [](const Shown& shown, const Values& values) {
              const auto* error = shown.event.if_contains("errorDeclaration");
              return error != nullptr && error->is_object() &&
                     any_listed(values, texts_in(error->get_object(), "correctiveEventIDs"));
          }}},
    };
    return known;
}

// "EQ_bizTransaction_po" and the like: a list, and the type and value of its elements.
struct Typed {
    std::string_view prefix, list, member;
};
constexpr Typed kTyped[] = {
    {"EQ_bizTransaction_", "bizTransactionList", "bizTransaction"},
    {"EQ_source_", "sourceList", "source"},
    {"EQ_destination_", "destinationList", "destination"},
};

const Typed* typed(std::string_view name) {
    for (const auto& one : kTyped)
        if (name.starts_with(one.prefix) && name.size() > one.prefix.size()) return &one;
    return nullptr;
}

bool holds_typed(const Typed& form, std::string_view name, const Shown& shown,
                 const Values& values) {
    const auto* list = shown.event.if_contains(form.list);
    if (list == nullptr || !list->is_array()) return false;
    const std::string type(name.substr(form.prefix.size()));
    return std::any_of(list->get_array().begin(), list->get_array().end(),
                       [&](const json::value& one) {
                           const auto* object = one.if_object();
                           return object != nullptr && text_at(*object, "type") == type &&
                                  any_matches(values, {text_at(*object, form.member)});
                       });
}

Refusal refused(std::string detail) {
    return {Exception::query_parameter, std::move(detail), std::nullopt, {}};
}

std::optional<std::string> wrong_value(Form form, const Values& values) {
    for (const auto& value : values) {
        if (form == Form::time && !ledger::parse_event_time(value)) return "is no time with a zone";
        if (form == Form::number && !number_in(value)) return "is no number";
        if (form == Form::flag && value != "true" && value != "false")
            return "is not true or false";
        if (form == Form::action && value != "ADD" && value != "OBSERVE" && value != "DELETE")
            return "is not ADD, OBSERVE or DELETE";
    }
    if (form != Form::text && form != Form::type && form != Form::action && values.size() != 1)
        return "takes one value";
    return std::nullopt;
}

std::optional<Refusal> wrong_condition(const std::string& name, const Values& values) {
    const auto of = [&](const std::optional<std::string>& wrong) {
        return wrong ? std::optional(refused(name + " " + *wrong)) : std::nullopt;
    };
    if (const auto known = parameters().find(name); known != parameters().end())
        return of(wrong_value(known->second.form, values));
    if (typed(name) != nullptr) return std::nullopt;
    if (const auto own = own_member(name)) return of(wrong_values(*own, values));
    if (name.starts_with("HASATTR_") || name.starts_with("EQATTR_"))
        return refused(
            "HASATTR_ and EQATTR_ ask for attributes of master data, and this node keeps none: ask "
            "for what the events themselves say");
    return refused((name.size() <= 64 ? name : name.substr(0, 64) + "...") +
                   " is not a parameter that is known here; see docs/API.md");
}

std::optional<std::size_t> count_of(const std::string& text) {
    std::size_t out = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failed != std::errc() || end != text.data() + text.size() || out == 0) return std::nullopt;
    return out;
}

}  // namespace

std::optional<Refusal> EventQuery::set_control(const std::string& name, const std::string& value) {
    if (name == "orderBy") {
        if (value != "eventTime" && value != "recordTime")
            return refused("orderBy must be eventTime or recordTime");
        order_by_ = value;
    } else if (name == "orderDirection") {
        if (value != "ASC" && value != "DESC") return refused("orderDirection must be ASC or DESC");
        descending_ = value == "DESC";
    } else {
        const auto count = count_of(value);
        if (!count) return refused(name + " must be a whole number from 1");
        (name == "eventCountLimit" ? event_count_limit_ : max_event_count_) = count;
        if (event_count_limit_ && max_event_count_)
            return refused("eventCountLimit and maxEventCount exclude each other");
    }
    return std::nullopt;
}

std::optional<Refusal> EventQuery::add(const std::string& name, Values values) {
    if (values.empty() || values.size() > kMostValues)
        return refused(name + " takes 1 to 200 values");
    if (conditions_.size() >= kMostParameters) return refused("more than 100 parameters");
    if (name == "orderBy" || name == "orderDirection" || name == "eventCountLimit" ||
        name == "maxEventCount") {
        if (values.size() != 1) return refused(name + " takes one value");
        return set_control(name, values.front());
    }
    if (auto wrong = wrong_condition(name, values)) return wrong;
    // A name that is asked for twice must hold twice.
    auto key = name;
    while (conditions_.contains(key)) key += '\n';
    conditions_.emplace(std::move(key), std::move(values));
    return std::nullopt;
}

std::variant<EventQuery, Refusal> EventQuery::of(const Parameters& parameters) {
    EventQuery out;
    for (const auto& [name, values] : parameters)
        if (auto wrong = out.add(name, values)) return std::move(*wrong);
    return out;
}

std::variant<EventQuery, Refusal> EventQuery::of(const json::object& query) {
    EventQuery out;
    for (const auto& [key, value] : query) {
        const std::string name(key.data(), key.size());
        if (name == "@context") continue;
        Values values;
        const auto add = [&](const json::value& one) {
            if (one.is_string())
                values.push_back(text_of(one));
            else if (one.is_number() || one.is_bool())
                values.push_back(json::serialize(one));
            else
                return false;
            return true;
        };
        bool fine = true;
        if (const auto* list = value.if_array())
            for (const auto& one : *list) fine = fine && add(one);
        else
            fine = add(value);
        if (!fine) return refused("the values of a parameter are texts, numbers, true or false");
        if (auto wrong = out.add(name, std::move(values))) return std::move(*wrong);
    }
    return out;
}

bool EventQuery::takes(const Shown& shown) const {
    return std::all_of(conditions_.begin(), conditions_.end(), [&](const auto& condition) {
        const std::string_view name =
            std::string_view(condition.first).substr(0, condition.first.find('\n'));
        const auto known = parameters().find(name);
        if (known != parameters().end()) return known->second.holds(shown, condition.second);
        if (const auto* form = typed(name))
            return holds_typed(*form, name, shown, condition.second);
        const auto own = own_member(name);
        return own && holds(*own, shown.event, condition.second);
    });
}

std::string EventQuery::place(const Shown& shown) const {
    const auto when =
        order_by_ == "recordTime" ? shown.recorded : time_of(shown, "eventTime").value_or(0);
    // Times are before the year 10000, so this has the order of its numbers; then by a hash.
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < 8; ++i)
        bytes[i] = static_cast<std::uint8_t>(
            (static_cast<std::uint64_t>(when) ^ (std::uint64_t{1} << 63)) >> (56 - 8 * i));
    const auto id =
        ledger::sha256(ledger::as_bytes(shown.org + "\n" + text_at(shown.event, "eventID")));
    return ledger::to_hex(bytes) + ledger::to_hex(ledger::ByteView(id).first(16));
}

bool EventQuery::is_place(std::string_view text) {
    return text.size() == 48 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<EventQuery::Things> EventQuery::things() const {
    for (const auto& [name, origins] :
         {std::pair{"MATCH_epc", false}, std::pair{"MATCH_parentID", false},
          std::pair{"MATCH_anyEPC", true}, std::pair{"MATCH_inputEPC", true},
          std::pair{"MATCH_outputEPC", true}}) {
        const auto found = conditions_.find(name);
        if (found == conditions_.end()) continue;
        if (std::any_of(found->second.begin(), found->second.end(),
                        [](const std::string& uri) { return uri.ends_with('*'); }))
            continue;
        return Things{found->second, origins};
    }
    return std::nullopt;
}

}  // namespace reelproof::api::epcis
