#include <algorithm>

#include "ledger/base/counted.h"
#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

bool dates_agree(const Case& c, const ItemFacts& a, const ItemFacts& b) {
    if (normalised(a.date_code) == normalised(b.date_code)) return true;
    const auto ours = c.readings(a.date_code, a.date_code_kind);
    const auto theirs = c.readings(b.date_code, b.date_code_kind);
    return std::any_of(ours.begin(), ours.end(), [&](const DayInterval& one) {
        return std::any_of(theirs.begin(), theirs.end(), [&](const DayInterval& other) {
            return one.first <= other.last && other.first <= one.last;
        });
    });
}

}  // namespace

void identity_fields(const Case& c, Findings& out) {
    // Its own record, not its ancestors': a board has another lot than the parts on it.
    const auto* recorded = c.item().commission();
    if (recorded == nullptr) return;
    const auto* facts = &recorded->body.event.facts;
    const auto& label = c.observation.label;
    const auto raise = [&](std::string_view rule, std::string_view field, const std::string& seen,
                           const std::string& known) {
        std::string text = "the label says ";
        text.append(field).append(" ").append(seen).append(", but the ledger says ").append(known);
        out.push_back(
            {std::string(rule), Severity::critical, std::move(text), {evidence_of(*recorded)}});
    };
    // A field that either side does not state can't differ.
    const auto differ = [](const std::string& a, const std::string& b) {
        return !a.empty() && !b.empty() && normalised(a) != normalised(b);
    };
    if (differ(label.mpn, facts->mpn)) raise("identity.mpn", "MPN", label.mpn, facts->mpn);
    if (differ(label.lot, facts->lot)) raise("identity.lot", "lot", label.lot, facts->lot);
    if (!label.date_code.empty() && !facts->date_code.empty() && !dates_agree(c, label, *facts))
        raise("identity.date", "date code", label.date_code, facts->date_code);
    if (differ(label.manufacturer, facts->manufacturer)) {
        // A label prints a name, the ledger an organisation: they differ only when both are known
        // to mean different ones.
        const auto ours = c.policy.org_of_name(label.manufacturer);
        const auto theirs = c.policy.org_of_name(facts->manufacturer);
        if (!ours.empty() && ours != (theirs.empty() ? facts->manufacturer : theirs))
            raise("identity.manufacturer", "manufacturer", label.manufacturer, facts->manufacturer);
    }
}

void identity_quantity(const Case& c, Findings& out) {
    const auto* recorded = c.item().commission();
    if (recorded == nullptr || c.observation.lot_level) return;
    const auto& known = recorded->body.event.quantity;
    const auto& seen = c.observation.quantity;
    // A label may be printed anew with what is left.
    if (!known || !seen || *known == *seen || c.state().remaining() == seen) return;
    out.push_back({"identity.quantity",
                   Severity::major,
                   "the label says " + counted(*seen, "part") + ", but the ledger says " +
                       std::to_string(*known),
                   {evidence_of(*recorded)}});
}

}  // namespace reelproof::ledger
