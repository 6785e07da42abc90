#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

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

// What splits gave, by the parent they were recorded of, who recorded them, and the one item that
// they name. A split that names none, or many, does not tell what it gave to whom.
using Gifts = std::map<std::tuple<std::size_t, std::string_view, std::string>, std::int64_t>;
Gifts gifts_of(const Case& c) {
    Gifts out;
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i)
        for (const auto& link : c.lineage.items[i].links) {
            const auto& event = link.body.event;
            if (event.kind != EventKind::split || event.outputs.size() != 1) continue;
            auto& given = out[{i, link.iss, item_id_of_uri(event.outputs.front())}];
            given = sum(given, *event.quantity);
        }
    return out;
}

// How many parts a parent can have given to an item, and how many by its own record it gave.
struct Given {
    std::int64_t most = 0;
    std::optional<std::int64_t> recorded;
};
std::optional<Given> given_by(const Case& c, const Gifts& gifts, std::size_t parent,
                              const std::string& child_iss, const std::string& child_id) {
    const auto& state = c.states[parent];
    if (!state.initial_quantity) return std::nullopt;
    if (const auto found = gifts.find({parent, child_iss, child_id}); found != gifts.end())
        return Given{*state.initial_quantity, found->second};
    // Relabelled whole: it may hold what was left, not more. The new label is of who says so.
    if (state.status == ItemStatus::relabelled &&
        c.lineage.items[parent].links[*state.ended_by].iss == child_iss) {
        const auto left = state.remaining().value_or(0);
        return Given{left, left};
    }
    return Given{*state.initial_quantity, std::nullopt};
}

// More in a split, relabelled or joined item than those it was made of can have given. Item `i` is
// that which was seen, or one that its parts were before.
void within_parents(const Case& c, const Family& family, const Gifts& gifts, std::size_t i,
                    Findings& out) {
    const auto* first = c.lineage.items[i].commission();
    if (first == nullptr || !first->body.event.quantity) return;
    const std::set<std::size_t> parents(family.parents(i).begin(), family.parents(i).end());
    const auto id = public_item_id(c.lineage.items[i].key);
    std::int64_t most = 0, told = 0;
    bool recorded = true;
    std::vector<std::size_t> counted;
    for (const auto parent : parents) {
        if (!family.same_part(parent)) continue;  // gave other parts, or nobody knows what
        const auto given = given_by(c, gifts, parent, first->iss, id);
        if (!given) return;  // nothing to count against
        most = sum(most, given->most);
        told = sum(told, given->recorded.value_or(0));
        recorded = recorded && given->recorded;
        counted.push_back(parent);
    }
    if (counted.empty()) return;  // assembled
    const auto holds = *first->body.event.quantity;
    // What came of an unknown parent may be there: nobody recorded it.
    const bool impossible = holds > most && counted.size() == parents.size();
    if (!impossible && recorded && holds <= told) return;
    std::vector<Evidence> evidence{evidence_of(*first)};
    for (const auto parent : counted)
        evidence.push_back(evidence_of(*c.lineage.items[parent].commission()));
    auto text = std::string(Family::about(i)) + "it is said to hold " + std::to_string(holds) +
                " parts out of an item ";
    text += impossible ? "that had " + std::to_string(most)
                       : "whose own record does not tell of having given them";
    out.push_back({"quantity.overissue", impossible ? Severity::critical : Severity::major,
                   std::move(text), std::move(evidence)});
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
    const auto gifts = gifts_of(c);
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i)
        if (family.same_part(i)) within_parents(c, family, gifts, i, out);
    within_lot(c, out);
}

}  // namespace reelproof::ledger
