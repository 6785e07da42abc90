#include <algorithm>

#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

constexpr UnixSeconds kDay = 24L * 3600;

// Kinds whose codes need not name a day.
bool names_no_day(std::string_view kind) {
    return kind.empty() || kind == "vendor" || kind == "not_traceable" || kind == "mixed";
}

}  // namespace

void date_impossible(const Case& c, Findings& out) {
    const auto& label = c.observation.label;
    if (label.date_code.empty() || names_no_day(label.date_code_kind)) return;
    if (!c.readings(label.date_code, label.date_code_kind).empty()) return;
    out.push_back(
        {"date.impossible",
         Severity::critical,
         "there is no such date as " + label.date_code + " (" + label.date_code_kind + ")",
         {}});
}

void date_future(const Case& c, Findings& out) {
    const auto& label = c.observation.label;
    if (label.date_code.empty() || names_no_day(label.date_code_kind)) return;
    const auto readings = c.readings(label.date_code, label.date_code_kind);
    if (readings.empty()) return;
    // One day of grace: the maker may be ahead of us by time zone.
    const auto tomorrow = c.observation.time / kDay + 1;
    if (std::any_of(readings.begin(), readings.end(),
                    [&](const DayInterval& reading) { return reading.first <= tomorrow; }))
        return;
    out.push_back({"date.future",
                   Severity::critical,
                   "date code " + label.date_code + " lies in the future",
                   {}});
}

}  // namespace reelproof::ledger
