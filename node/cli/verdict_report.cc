#include "node/cli/verdict_report.h"

#include <boost/json.hpp>

#include "ledger/base/counted.h"
#include "node/cli/arguments.h"
#include "node/cli/cli.h"

namespace reelproof::node {

namespace json = boost::json;

namespace {

// Label text and reasons come from others: nothing of it may steer a terminal.
std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr) return {};
    if (value->is_string()) return printable(value->get_string());
    if (value->is_int64()) return std::to_string(value->get_int64());
    if (value->is_uint64()) return std::to_string(value->get_uint64());
    return {};
}

const json::array& list_of(const json::object& object, std::string_view name) {
    static const json::array kNone;
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

std::string fields_line(const json::object& fields) {
    std::string out;
    for (const auto* name : {"manufacturer", "mpn", "customer_pn", "serial", "lot", "date_code",
                             "quantity", "country"}) {
        const auto value = text_of(fields, name);
        if (value.empty()) continue;
        if (!out.empty()) out += ", ";
        out += std::string(name) + " " + value;
    }
    return out;
}

std::string state_line(const json::object& state) {
    std::string out = text_of(state, "status");
    if (const auto holder = text_of(state, "holder"); !holder.empty()) {
        const auto to = text_of(state, "in_transit_to");
        out += to.empty() ? ", held by " + holder : ", on its way from " + holder + " to " + to;
    }
    if (const auto left = text_of(state, "remaining"); !left.empty())
        out += ", " + left + " of " + ledger::counted(text_of(state, "quantity"), "part") + " left";
    return out;
}

std::string place_line(const json::object& place) {
    return "entry " + text_of(place, "index") + " of " + text_of(place, "log");
}

// How many of the events behind a verdict count as replicated, and which don't.
std::string replication_lines(const json::object& verdict) {
    std::size_t enough = 0;
    std::string others;
    const auto& events = list_of(verdict, "proof");
    for (const auto& value : events) {
        const auto& event = value.get_object();
        const auto* kept = event.if_contains("replicated");
        if (kept == nullptr) return {};
        if (kept->at("quorum").as_bool())
            ++enough;
        else
            others += "\n      not yet: " + text_of(event, "what") + " by " +
                      text_of(event, "org") + ", " + place_line(event) + ", " + kept_text(event);
    }
    if (events.empty()) return {};
    return "\n  replicated: " + std::to_string(enough) + " of " +
           ledger::counted(events.size(), "event") + others;
}

void add_events(std::string& out, const json::object& history, const std::string& indent) {
    for (const auto& value : list_of(history, "events")) {
        const auto& event = value.get_object();
        out += "\n" + indent + text_of(event, "time") + "  " + text_of(event, "org") + "  " +
               text_of(event, "what");
        if (const auto to = text_of(event, "to"); text_of(event, "what") == "ship")
            out += " to " + to;
        if (const auto count = text_of(event, "quantity"); !count.empty())
            out += ", " + ledger::counted(count, "part");
        for (const auto* name : {"feeder", "work_order", "reason"})
            if (const auto more = text_of(event, name); !more.empty())
                out += ", " + std::string(name) + " " + more;
        out += "  [" + text_of(event, "log") + " #" + text_of(event, "index");
        if (const auto kept = kept_text(event); !kept.empty()) out += ", " + kept;
        out += "]";
    }
}

void add_item(std::string& out, const json::object& history, const std::string& indent) {
    out += indent + text_of(history, "item");
    if (const auto* fields = history.if_contains("fields"); fields != nullptr)
        out += "  " + fields_line(fields->get_object());
    out += "\n" + indent + "  " + state_line(history.at("state").get_object());
    add_events(out, history, indent + "  ");
}

}  // namespace

std::string verdict_text(const json::object& verdict) {
    std::string out = text_of(verdict, "verdict") + "  item " + text_of(verdict, "item");
    if (const auto fields = fields_line(verdict.at("fields").get_object()); !fields.empty())
        out += "  " + fields;
    for (const auto& value : list_of(verdict, "findings")) {
        const auto& finding = value.get_object();
        out += "\n  " + text_of(finding, "severity") + "  " + text_of(finding, "rule") + ": " +
               text_of(finding, "text");
        for (const auto& one : list_of(finding, "evidence")) {
            const auto& place = one.get_object();
            out += "\n      proof: " + text_of(place, "what") + " by " + text_of(place, "org") +
                   ", " + place_line(place);
        }
    }
    out += "\n  now: " + state_line(verdict.at("state").get_object());
    out += replication_lines(verdict);
    for (const auto& value : list_of(verdict, "sources")) {
        const auto& source = value.get_object();
        out += "\n  source: " + text_of(source, "origin") + ", " +
               ledger::counted(text_of(source, "size"), "entry") + ", checked " +
               text_of(source, "age_seconds") + " s ago";
    }
    return out;
}

std::string advice_text(const json::object& verdict) {
    for (const auto& value : list_of(verdict, "findings")) {
        const auto rule = text_of(value.get_object(), "rule");
        if (rule == "pedigree.none" || rule == "custody.elsewhere")
            return "\n  first: if it was sent to you just now, its sender's entries may not be "
                   "here "
                   "yet: see\n         `reelproof partner list`, and scan it again";
    }
    return {};
}

int verdict_exit_code(const json::object& verdict) {
    return text_of(verdict, "verdict") == "ACCEPT" ? kDone : kNo;
}

std::string trace_text(const json::object& trace) {
    std::string out;
    add_item(out, trace, "");
    for (const auto& value : list_of(trace, "ancestors")) {
        out += "\nmade of:\n";
        add_item(out, value.get_object(), "  ");
    }
    for (const auto& value : list_of(trace, "findings")) {
        const auto& finding = value.get_object();
        out += "\nnote: " + text_of(finding, "rule") + ": " + text_of(finding, "text");
    }
    return out;
}

std::string recorded_text(const json::object& recorded) {
    std::string out = recorded.at("repeated").as_bool() ? "recorded before" : "recorded";
    const auto& items = list_of(recorded, "items");
    if (items.size() == 1) out += ": item " + printable(items.front().as_string());
    if (items.size() > 1) out += ": " + ledger::counted(items.size(), "event");
    for (const auto& value : list_of(recorded, "statements")) {
        const auto& place = value.get_object();
        out += "\n  " + place_line(place);
        if (const auto kept = kept_text(place); !kept.empty()) out += ", " + kept;
    }
    return out;
}

std::string kept_text(const json::object& entry) {
    const auto* value = entry.if_contains("replicated");
    if (value == nullptr || !value->is_object()) return {};
    const auto& kept = value->get_object();
    std::string names;
    for (const auto& name : list_of(kept, "on"))
        names += (names.empty() ? "" : ", ") + printable(name.as_string());
    if (names.empty()) return "local";
    return "on " + std::to_string(list_of(kept, "on").size()) + " of " +
           ledger::counted(text_of(kept, "of"), "mirror") + " (" + names + ")" +
           (kept.at("quorum").as_bool() ? "" : ", no quorum");
}

}  // namespace reelproof::node
