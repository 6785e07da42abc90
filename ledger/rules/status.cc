#include "ledger/rules/family.h"

namespace reelproof::ledger {

void status_ended(const Case& c, Findings& out) {
    const auto& state = c.state();
    if (c.observation.lot_level || !state.ended_by) return;
    const auto& link = c.item().links[*state.ended_by];
    const auto day = to_iso8601(link.body.event.time).substr(0, 10);
    std::string rule, text;
    switch (state.status) {
        case ItemStatus::consumed:
            rule = "status.consumed";
            text = link.iss + " recorded this item as used up on " + day +
                   ": whatever is under this label now is something else";
            break;
        case ItemStatus::scrapped:
            rule = "status.scrapped";
            text = link.iss + " recorded this item as destroyed on " + day;
            break;
        case ItemStatus::relabelled:
            rule = "status.relabelled";
            text = link.iss + " gave this item another label on " + day +
                   ": this label is no longer in use";
            break;
        default:
            return;
    }
    std::vector<Evidence> evidence{evidence_of(link)};
    for (const auto& one : state.contradictions)
        if (one.kind == Contradiction::Kind::after_end)
            evidence.push_back(evidence_of(c.item().links[one.links.back()]));
    out.push_back({std::move(rule), Severity::critical, std::move(text), std::move(evidence)});
}

// A block of ours or of the manufacturer stands; one of somebody else who has or had it in hand
// needs a person to ask why. A block goes with the parts under a new label.
void status_quarantined(const Case& c, Findings& out) {
    const Family family(c);
    const auto maker = c.manufacturer();
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i) {
        if (!family.same_part(i)) continue;
        for (const auto& [org, index] : c.states[i].quarantined) {
            const auto& link = c.lineage.items[i].links[index];
            const bool ours = org == c.observation.org || org == maker;
            std::string text(i == 0 ? "" : "under an earlier label: ");
            text += org + " has blocked this item";
            if (!link.body.event.reason.empty()) text += ": " + link.body.event.reason;
            out.push_back({"status.quarantined",
                           i == 0 && ours ? Severity::critical : Severity::major,
                           std::move(text),
                           {evidence_of(link)}});
        }
    }
}

}  // namespace reelproof::ledger
