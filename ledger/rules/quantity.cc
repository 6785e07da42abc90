#include <algorithm>
#include <limits>

#include "ledger/rules/family.h"

namespace reelproof::ledger {

namespace {

// Saturating: hostile quantities must not wrap.
std::int64_t sum(std::int64_t a, std::int64_t b) {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    return a > kMost - b ? kMost : a + b;
}

// More parts taken out of the item, or of one it was made of, than were in it.
void within_items(const Case& c, const Family& family, Findings& out) {
    for (std::size_t i = c.observation.lot_level ? 1 : 0; i < c.lineage.items.size(); ++i)
        for (const auto& one : c.states[i].contradictions)
            if (one.kind == Contradiction::Kind::over_taken)
                out.push_back({"quantity.overissue",
                               family.same_part(i) ? Severity::critical : Severity::major,
                               std::string(Family::about(i)) + one.text,
                               evidence_of(c.lineage.items[i], one.links)});
}

// How many parts a parent can have given to the item, and whether its own record says that it did.
struct Given {
    std::int64_t most = 0;
    bool recorded = false;
};
std::optional<Given> given_by(const Case& c, std::size_t parent, const Link& child) {
    const auto& state = c.states[parent];
    if (!state.initial_quantity) return std::nullopt;
    // Relabelled whole: it may hold what was left, not more.
    if (state.status == ItemStatus::relabelled) return Given{state.remaining().value_or(0), true};
    Given out{*state.initial_quantity, false};
    const auto child_id = item_id_of_uri(child.body.event.item);
    for (const auto& link : c.lineage.items[parent].links) {
        const auto& event = link.body.event;
        if (event.kind != EventKind::split || link.iss != child.iss) continue;
        const bool names_it =
            event.outputs.empty() ||
            std::any_of(event.outputs.begin(), event.outputs.end(),
                        [&](const auto& uri) { return item_id_of_uri(uri) == child_id; });
        if (names_it &&
            (*event.quantity >= *child.body.event.quantity || child.body.parents.size() > 1))
            out.recorded = true;
    }
    return out;
}

// More in a split, relabelled or joined item than those it was made of can have given.
void within_parents(const Case& c, const Family& family, Findings& out) {
    const auto* first = c.item().commission();
    if (first == nullptr || !first->body.event.quantity || family.parents(0).empty()) return;
    std::int64_t most = 0;
    bool recorded = true;
    std::vector<Evidence> evidence{evidence_of(*first)};
    for (const auto parent : family.parents(0)) {
        const auto given = family.same_part(parent) ? given_by(c, parent, *first) : std::nullopt;
        if (!given) return;  // assembled, or nothing to count against
        most = sum(most, given->most);
        recorded = recorded && given->recorded;
        evidence.push_back(evidence_of(*c.lineage.items[parent].commission()));
    }
    const auto holds = "it is said to hold " + std::to_string(*first->body.event.quantity) +
                       " parts out of an item ";
    if (*first->body.event.quantity > most)
        out.push_back({"quantity.overissue", Severity::critical,
                       holds + "that had " + std::to_string(most), std::move(evidence)});
    else if (!recorded)
        out.push_back({"quantity.overissue", Severity::major,
                       holds + "whose own record does not tell of having given them",
                       std::move(evidence)});
}

void within_lot(const Case& c, Findings& out) {
    if (!c.lot || !c.lot->made) return;
    const auto held = c.lot->held();
    // What is about to be taken in here counts: the alarm must come before the parts are stock. On
    // its way from another that has already given it out, it is in nobody's balance.
    const auto& self = c.observation.org;
    const bool here = c.state().holder == self && c.state().in_transit_to.empty();
    std::int64_t coming = 0;
    if (c.observation.place == "receiving" && !here) {
        const auto left = c.observation.lot_level ? std::nullopt : c.state().remaining();
        coming = std::max<std::int64_t>(0, left.value_or(c.observation.quantity.value_or(0)));
    }
    if (sum(held, coming) <= *c.lot->made) return;
    const auto* facts = c.facts();
    const auto& lot = facts != nullptr ? facts->lot : c.observation.label.lot;
    std::string text = std::to_string(held) + " parts of lot " + lot + " are accounted for";
    if (coming > 0) text += ", with these " + std::to_string(coming) + " it would be more";
    text += "; the manufacturer made " + std::to_string(*c.lot->made);
    std::vector<Evidence> evidence;
    for (const auto& link : c.lot->made_by) evidence.push_back(evidence_of(link));
    out.push_back({"quantity.overissue", Severity::critical, std::move(text), std::move(evidence)});
}

}  // namespace

void quantity_overissue(const Case& c, Findings& out) {
    const Family family(c);
    within_items(c, family, out);
    within_parents(c, family, out);
    within_lot(c, out);
}

}  // namespace reelproof::ledger
