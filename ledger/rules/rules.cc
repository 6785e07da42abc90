#include "ledger/rules/rules.h"

namespace reelproof::ledger {

const ItemFacts* Case::facts() const {
    for (const auto& history : lineage.items)
        if (const auto* commission = history.commission();
            commission != nullptr && !commission->body.event.facts.mpn.empty())
            return &commission->body.event.facts;
    return nullptr;
}

std::string Case::manufacturer() const {
    const auto* known = facts();
    const auto& mpn = known != nullptr ? known->mpn : observation.label.mpn;
    if (const auto* trusted = policy.manufacturer_of(mpn)) return trusted->org;
    for (const auto* name :
         {known != nullptr ? &known->manufacturer : nullptr, &observation.label.manufacturer}) {
        if (name == nullptr || name->empty()) continue;
        if (auto org = policy.org_of_name(*name); !org.empty()) return org;
        if (directory.org(*name) != nullptr) return *name;
    }
    return {};
}

Evidence evidence_of(const Link& link) {
    return {link.iss, link.place, to_hex(link.hash), std::string(to_string(link.body.event.kind))};
}

std::vector<Evidence> evidence_of(const History& history, const std::vector<std::size_t>& links) {
    std::vector<Evidence> out;
    for (const auto link : links) out.push_back(evidence_of(history.links[link]));
    return out;
}

const std::vector<Rule>& all_rules() {
    static const std::vector<Rule> rules = {
        status_ended,       custody_elsewhere,  custody_fork,    recall_lot,
        status_quarantined, quantity_overissue, identity_fields, identity_quantity,
        date_impossible,    date_future,        pedigree_none,   pedigree_source,
        custody_gap,        ledger_evidence,    label_remarks,   ledger_stale,
    };
    return rules;
}

}  // namespace reelproof::ledger
