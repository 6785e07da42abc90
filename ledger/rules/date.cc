#include <algorithm>

#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

constexpr UnixSeconds kDay = 24L * 3600;

// Kinds whose codes need not name a day.
bool names_no_day(std::string_view kind) {
    return kind.empty() || kind == "vendor" || kind == "not_traceable" || kind == "mixed";
}

std::optional<DateClaim> label_date(const Case& c) {
    const auto& label = c.observation.label;
    if (label.date_code.empty() || names_no_day(label.date_code_kind)) return std::nullopt;
    return DateClaim{"the label says date code " + label.date_code,
                     c.readings(label.date_code, label.date_code_kind)};
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

void future_date(const Case& c, const DateClaim& claim, Findings& out) {
    // One day of grace: the maker may be ahead of us by time zone.
    const auto tomorrow = c.observation.time / kDay + 1;
    if (claim.readings.empty() ||
        std::any_of(claim.readings.begin(), claim.readings.end(),
                    [&](const DayInterval& reading) { return reading.first <= tomorrow; }))
        return;
    out.push_back({"date.future", Severity::critical, claim.what + ", which lies in the future",
                   claim.evidence});
}

// A code of few digits has readings in other decades: of those that can be, one has to lie within
// the part's life.
void life_of_date(const Case& c, const DateClaim& claim, Findings& out) {
    if (c.part == nullptr) return;
    const auto tomorrow = c.observation.time / kDay + 1;
    const auto introduced = part_days(c.part->introduced), last = part_days(c.part->last_ship);
    const auto any = [&](bool old_enough, bool young_enough) {
        return std::any_of(
            claim.readings.begin(), claim.readings.end(), [&](const DayInterval& reading) {
                return reading.first <= tomorrow &&
                       (!old_enough || !last || reading.first <= last->last) &&
                       (!young_enough || !introduced || reading.last >= introduced->first);
            });
    };
    if (!any(false, false)) return;  // no date, or in the future: others say so
    if (!any(false, true))
        out.push_back({"date.before-introduction", Severity::critical,
                       claim.what + ", but " + c.mpn() + " was introduced in " + c.part->introduced,
                       claim.evidence});
    else if (!any(true, true))
        out.push_back(
            {"date.after-last-ship", Severity::major,
             claim.what + ", but " + c.mpn() + " was last shipped in " + c.part->last_ship,
             claim.evidence});
}

void date_future(const Case& c, Findings& out) {
    if (const auto claim = label_date(c)) future_date(c, *claim, out);
}

void date_life(const Case& c, Findings& out) {
    if (const auto claim = label_date(c)) life_of_date(c, *claim, out);
}

}  // namespace reelproof::ledger
