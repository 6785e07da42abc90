#include <algorithm>

#include "ledger/directory/matching.h"
#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

// The organisations whose recalls speak of this part.
std::vector<std::string> makers_of(const Case& c, const ItemFacts& part) {
    std::vector<std::string> out;
    for (const auto* maker : c.policy.manufacturers_of(part.mpn, part.manufacturer))
        out.push_back(maker->org);
    if (!out.empty()) return out;
    if (auto maker = c.policy.org_of_name(part.manufacturer); !maker.empty()) return {maker};
    if (!part.manufacturer.empty()) return {part.manufacturer};
    if (auto maker = c.manufacturer(); !maker.empty()) return {maker};
    return {};
}

// A recall may write a date code another way than the label does: "2608" and "20260216".
bool same_days(const Case& c, const Recall& recall, const ItemFacts& part) {
    if (!recall.mpn.empty() && !equal_text(recall.mpn, part.mpn)) return false;
    const auto ours = c.readings(part.date_code, part.date_code_kind);
    return std::any_of(
        recall.date_codes.begin(), recall.date_codes.end(), [&](const std::string& code) {
            const auto theirs = c.readings(code, "");
            // A code that can be read in several ways hits only by its letters.
            return theirs.size() == 1 &&
                   std::any_of(ours.begin(), ours.end(), [&](const DayInterval& days) {
                       return days.first <= theirs.front().last &&
                              theirs.front().first <= days.last;
                   });
        });
}

// What of this part was recalled, as the recall itself says it.
std::string recalled(const Recall& recall, const ItemFacts& part) {
    if (recall.lots.empty() && recall.date_codes.empty()) return part.mpn + ", every lot of it,";
    const bool by_lot =
        std::any_of(recall.lots.begin(), recall.lots.end(),
                    [&](const std::string& lot) { return equal_text(lot, part.lot); });
    return part.mpn + (by_lot ? " lot " + part.lot : " date code " + part.date_code);
}

}  // namespace

void recall_lot(const Case& c, Findings& out) {
    std::vector<ItemFacts> parts;
    for (const auto& history : c.lineage.items)
        if (const auto* commission = history.commission())
            parts.push_back(commission->body.event.facts);
    // What the label says counts too: of a part that the ledger knows nothing about, and of one
    // whose label says another lot than the ledger.
    parts.push_back(c.observation.label);
    std::vector<Place> told;
    for (const auto& part : parts)
        for (const auto& maker : makers_of(c, part)) {
            const auto* org = c.directory.org(maker);
            if (org == nullptr) continue;
            for (const auto& recall : org->recalls) {
                if (!recall_hits(recall.what, part.mpn, part.lot, part.date_code) &&
                    !same_days(c, recall.what, part))
                    continue;
                if (std::find(told.begin(), told.end(), recall.place) != told.end()) continue;
                told.push_back(recall.place);
                out.push_back(
                    {"recall.lot",
                     Severity::critical,
                     maker + " recalled " + recalled(recall.what, part) + " on " +
                         to_iso8601(recall.iat).substr(0, 10) +
                         (recall.what.reason.empty() ? std::string() : ": " + recall.what.reason),
                     {Evidence{maker, recall.place, "", "recall"}}});
            }
        }
}

}  // namespace reelproof::ledger
