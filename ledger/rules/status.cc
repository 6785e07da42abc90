#include <algorithm>

#include "ledger/rules/rules.h"

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

void status_quarantined(const Case& c, Findings& out) {
    for (const auto& [org, link] : c.state().quarantined) {
        const auto& event = c.item().links[link].body.event;
        out.push_back({"status.quarantined",
                       Severity::critical,
                       org + " has blocked this item" +
                           (event.reason.empty() ? std::string() : ": " + event.reason),
                       {evidence_of(c.item().links[link])}});
    }
}

void recall_lot(const Case& c, Findings& out) {
    std::vector<ItemFacts> parts;
    for (const auto& history : c.lineage.items)
        if (const auto* commission = history.commission())
            parts.push_back(commission->body.event.facts);
    // What the label says counts too: of a part that the ledger knows nothing about, and of one
    // whose label says another lot than the ledger.
    parts.push_back(c.observation.label);
    std::vector<Place> told;
    for (const auto& part : parts) {
        const auto* trusted = c.policy.manufacturer_of(part.mpn);
        auto maker = trusted != nullptr ? trusted->org : c.policy.org_of_name(part.manufacturer);
        if (maker.empty()) maker = part.manufacturer.empty() ? c.manufacturer() : part.manufacturer;
        for (const auto& recall : c.directory.recalls(maker, part.mpn, part.lot, part.date_code)) {
            if (std::find(told.begin(), told.end(), recall.place) != told.end()) continue;
            told.push_back(recall.place);
            out.push_back(
                {"recall.lot",
                 Severity::critical,
                 maker + " recalled " + part.mpn + " lot " + part.lot + " on " +
                     to_iso8601(recall.iat).substr(0, 10) +
                     (recall.what.reason.empty() ? std::string() : ": " + recall.what.reason),
                 {Evidence{maker, recall.place, "", "recall"}}});
        }
    }
}

}  // namespace reelproof::ledger
