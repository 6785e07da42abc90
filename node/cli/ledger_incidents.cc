#include "node/cli/ledger_incidents.h"

#include <map>

#include "ledger/base/clock.h"
#include "ledger/store/evidence_rows.h"
#include "node/cli/arguments.h"

namespace reelproof::node {

namespace {

namespace json = boost::json;
using ledger::IncidentKind;
using ledger::UnixSeconds;

struct Kind {
    const char* name;
    const char* what_to_do;  // while it lasts
};

constexpr Kind kFrozen{
    "frozen",
    "nothing is taken of this log any more, and nothing that rests on it is accepted. It can't be "
    "undone: ask the organisation by telephone what happened; it has to begin a new log"};

Kind kind_of(IncidentKind kind) {
    switch (kind) {
        case IncidentKind::checkpoint:
            return {"checkpoint",
                    "ask the organisation to look at its node, and at any proxy before it: what it "
                    "serves is not signed by its log key"};
        case IncidentKind::rollback:
            return {"rollback",
                    "ask the organisation whether its store was put back to an older state; it "
                    "mends that by `reelproof ledger recover`"};
        case IncidentKind::contents:
            return {"contents",
                    "ask the organisation to run `reelproof ledger check`, and to look at any "
                    "proxy before its node: what it serves is not what its log signed"};
        case IncidentKind::statement:
            return {"statement",
                    "see whether a newer version of this program knows this kind of statement; if "
                    "not, ask the organisation how it came into its log"};
        case IncidentKind::suspect:
            return {"suspect",
                    "ask the organisation whether it restored or rebuilt its store; it is over "
                    "once its log has grown as large as that tree, and contains it"};
        case IncidentKind::future:
            return {"future", "compare the clocks, ours first: one of the two has the wrong day"};
        case IncidentKind::cosignature:
            return {"cosignature",
                    "compare the clocks, ours first: one of the two has the wrong day"};
    }
    return {"unknown", "a later version of this program wrote it: use that"};
}

json::value time_or_null(UnixSeconds time) {
    return time == 0 ? json::value() : json::value(ledger::to_iso8601(time));
}

// As they are read: those that last, and records of what is over.
struct Report {
    json::array all;
    std::string open, over;
    std::size_t lasting = 0;

    void add(const std::string& log, const Kind& kind, const ledger::Incident& incident,
             bool lasts) {
        all.push_back(json::object{{"log", log},
                                   {"kind", kind.name},
                                   {"open", lasts},
                                   {"since", time_or_null(incident.since)},
                                   {"over", time_or_null(incident.over)},
                                   {"until", time_or_null(incident.until)},
                                   {"text", incident.text},
                                   {"what_to_do", lasts ? kind.what_to_do : ""}});
        std::string line = "\n  " + printable(log) + ": " + kind.name;
        if (incident.since != 0) line += ", since " + ledger::to_iso8601(incident.since);
        if (incident.over != 0) line += ", over since " + ledger::to_iso8601(incident.over);
        if (lasts && incident.until != 0)
            line += ", until " + ledger::to_iso8601(incident.until) + " by our clock";
        line += "\n    " + printable(incident.text);
        if (lasts) line += "\n    what to do: " + std::string(kind.what_to_do);
        (lasts ? open : over) += line;
        lasting += lasts ? 1 : 0;
    }
};

}  // namespace

int print_incidents(const CommandLine& cli, const ledger::Store& store) {
    Report report;
    std::map<std::string, std::string> frozen;  // by origin
    for (const auto& log : store.logs())
        if (!log.frozen.empty()) frozen[log.origin] = log.frozen;
    std::vector<std::pair<std::string, ledger::Incident>> incidents;
    std::size_t unreadable = 0;
    store.scan(ledger::Table::evidence, [&](ledger::ByteView key, ledger::ByteView value) {
        const std::string_view row = ledger::as_text(key);
        if (!row.starts_with(ledger::kIncidents)) {
            // Of a log that we hold nothing of there is no more than this.
            frozen.try_emplace(std::string(row), "what it signed is kept; we hold no copy of it");
            return true;
        }
        auto incident = ledger::read_incident(value);
        const std::string origin =
            incident && *incident ? ledger::origin_of_incident(row, **incident) : std::string();
        if (origin.empty())
            ++unreadable;
        else
            incidents.emplace_back(origin, std::move(**incident));
        return true;
    });
    for (const auto& [origin, why] : frozen)
        report.add(origin, kFrozen,
                   {.kind = {}, .text = why, .first = {}, .second = {}, .bytes = {}}, true);
    const UnixSeconds now = ledger::system_now();
    for (const auto& [origin, incident] : incidents)
        report.add(origin, kind_of(incident.kind), incident,
                   incident.over == 0 && (incident.until == 0 || incident.until > now));
    std::string text =
        report.open.empty() ? "Nothing is held against any log now" : "Open:" + report.open;
    if (!report.over.empty()) text += "\nOver, kept as a record:" + report.over;
    if (unreadable > 0)
        text += "\n" + std::to_string(unreadable) +
                " could not be read: a later version of this program wrote them, or the store is "
                "damaged, which `reelproof ledger check` tells";
    cli.print({{"open", report.lasting},
               {"unreadable", unreadable},
               {"incidents", std::move(report.all)}},
              text);
    return kDone;
}

}  // namespace reelproof::node
