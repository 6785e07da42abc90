#include "ledger/rules/rules.h"

namespace reelproof::ledger {

void pedigree_none(const Case& c, Findings& out) {
    if (!c.item().links.empty()) return;
    if (c.observation.lot_level) {
        out.push_back(
            {"pedigree.none",
             Severity::major,
             "nothing is known of this lot: nobody we trust has recorded making, shipping "
             "or receiving it",
             {}});
        return;
    }
    out.push_back({"pedigree.none",
                   Severity::major,
                   "nothing is known of this label: nobody we trust has recorded the item",
                   {}});
}

// The first event must be the manufacturer's, or of a distributor that it had authorised then.
void pedigree_source(const Case& c, Findings& out) {
    // The origin of an item that was made of others is judged at the ancestors that have none.
    for (const auto& history : c.lineage.items) {
        const auto* first = history.commission();
        if (first == nullptr || !first->body.parents.empty()) continue;
        const auto& facts = first->body.event.facts;
        const auto* trusted = c.policy.manufacturer_of(facts.mpn);
        std::string manufacturer = trusted != nullptr ? trusted->org : std::string();
        if (trusted == nullptr && c.policy.manufacturers.empty())
            manufacturer =
                c.directory.org(facts.manufacturer) != nullptr ? facts.manufacturer : std::string();
        if (manufacturer.empty()) {
            if (facts.mpn.empty()) continue;  // a board: its parts are judged, not itself
            out.push_back({"pedigree.source",
                           Severity::major,
                           "its history begins with " + first->iss + ", and no manufacturer of " +
                               facts.mpn + " is known to the policy",
                           {evidence_of(*first)}});
            continue;
        }
        if (first->iss == manufacturer) continue;
        const auto when = first->body.event.time;
        if (c.directory.authorised(manufacturer, first->iss, facts.mpn, when)) continue;
        out.push_back(
            {"pedigree.source",
             c.directory.org(manufacturer) != nullptr ? Severity::critical : Severity::major,
             "its history begins with " + first->iss + ", which is neither " + manufacturer +
                 " nor was authorised by it for " + facts.mpn + " on " +
                 to_iso8601(when).substr(0, 10),
             {evidence_of(*first)}});
    }
}

}  // namespace reelproof::ledger
