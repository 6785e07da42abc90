#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

// More parts taken out of the item, or of one it was made of, than were in it.
void within_items(const Case& c, Findings& out) {
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i)
        for (const auto& one : c.states[i].contradictions)
            if (one.kind == Contradiction::Kind::over_taken)
                out.push_back({"quantity.overissue", Severity::critical,
                               (i == 0 ? "" : "the item it was made of: ") + one.text,
                               evidence_of(c.lineage.items[i], one.links)});
}

// A part of a reel that the reel's own record knows nothing of: more children than it gave.
void split_from_parent(const Case& c, Findings& out) {
    const auto* first = c.item().commission();
    if (first == nullptr || first->body.parents.size() != 1 || !first->body.event.quantity) return;
    const auto& facts = first->body.event.facts;
    const auto parent_id = public_item_id(first->body.parents.front());
    for (std::size_t i = 1; i < c.lineage.items.size(); ++i) {
        const auto& parent = c.lineage.items[i];
        if (public_item_id(parent.key) != parent_id) continue;
        const auto& state = c.states[i];
        const auto* origin = parent.commission();
        if (origin == nullptr || !state.initial_quantity ||
            origin->body.event.facts.mpn != facts.mpn)
            return;
        // Relabelled whole: it may hold what was left, not more.
        const auto room = state.status == ItemStatus::relabelled
                              ? state.remaining().value_or(*state.initial_quantity)
                              : *state.initial_quantity;
        if (*first->body.event.quantity <= room) return;
        out.push_back({"quantity.overissue",
                       Severity::critical,
                       "it is said to hold " + std::to_string(*first->body.event.quantity) +
                           " parts out of an item that had " + std::to_string(room),
                       {evidence_of(*first), evidence_of(*origin)}});
        return;
    }
}

void within_lot(const Case& c, Findings& out) {
    if (!c.lot || !c.lot->made) return;
    auto held = c.lot->held();
    // What is about to be taken in here counts: the alarm must come before the parts are stock.
    const auto& self = c.observation.org;
    const bool here = c.state().holder == self && c.state().in_transit_to.empty();
    std::int64_t coming = 0;
    if (c.observation.place == "receiving" && !here)
        coming = c.observation.quantity.value_or(c.state().initial_quantity.value_or(0));
    // On its way from another that has already given it out, it is in nobody's balance.
    if (held + coming <= *c.lot->made) return;
    const auto* facts = c.facts();
    const auto& lot = facts != nullptr ? facts->lot : c.observation.label.lot;
    std::string text = std::to_string(held) + " parts of lot " + lot + " are accounted for";
    if (coming > 0) text += ", with these " + std::to_string(coming) + " it would be more";
    text += "; the manufacturer made " + std::to_string(*c.lot->made);
    out.push_back({"quantity.overissue", Severity::critical, std::move(text), {}});
}

}  // namespace

void quantity_overissue(const Case& c, Findings& out) {
    within_items(c, out);
    split_from_parent(c, out);
    within_lot(c, out);
}

}  // namespace reelproof::ledger
