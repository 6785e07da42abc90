#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "ledger/base/counted.h"
#include "ledger/provenance/parts.h"
#include "ledger/rules/family.h"

namespace reelproof::ledger {

namespace {

// More parts taken out of the item, or of one it was made of, than were in it.
void within_items(const Case& c, const Family& family, Findings& out) {
    for (std::size_t i = c.observation.lot_level ? 1 : 0; i < c.lineage.items.size(); ++i)
        for (const auto& one : c.states[i].contradictions)
            if (one.kind == Contradiction::Kind::over_taken && !family.is_lot(i))
                out.push_back({"quantity.overissue",
                               family.same_part(i) ? Severity::critical : Severity::major,
                               std::string(Family::about(i)) + one.text,
                               evidence_of(c.lineage.items[i], one.links)});
}

// Whoever made an item out of more of a component than there was, by its own word. What it took
// without having the component counts here: against itself.
void within_own_word(const Case& c, const Family& family, Findings& out) {
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i) {
        const auto* made = c.lineage.items[i].commission();
        if (made == nullptr) continue;
        const std::set<std::size_t> parents(family.parents(i).begin(), family.parents(i).end());
        for (const auto parent : parents) {
            const auto& state = c.states[parent];
            const auto own = state.taken_without.find(made->iss);
            if (own == state.taken_without.end() || !state.initial_quantity ||
                can_have_given(*state.initial_quantity, add_parts(state.consumed, own->second),
                               state.split_off))
                continue;
            out.push_back(
                {"quantity.overissue",
                 Severity::major,
                 std::string(Family::about(parent)) + made->iss + " says it took " +
                     counted(own->second, "part") +
                     " that it did not have, out of an item that held " +
                     std::to_string(*state.initial_quantity),
                 {evidence_of(*made), evidence_of(*c.lineage.items[parent].commission())}});
        }
    }
}

// Nobody can add up what came out of an item that was made without a quantity: no fault while it
// is whole.
void uncounted(const Case& c, const Family& family, Findings& out) {
    for (std::size_t i = c.observation.lot_level ? 1 : 0; i < c.lineage.items.size(); ++i) {
        const auto* first = c.lineage.items[i].commission();
        if (first == nullptr || c.states[i].initial_quantity || family.is_lot(i)) continue;
        const auto& parents = family.parents(i);
        const bool same = family.same_part(i);
        const bool given = std::any_of(parents.begin(), parents.end(),
                                       [&](std::size_t one) { return family.same_part(one); });
        if (c.states[i].taken_by.empty() && !(same && (i > 0 || given))) continue;
        out.push_back({"quantity.overissue",
                       same ? Severity::major : Severity::minor,
                       std::string(Family::about(i)) + first->iss +
                           " did not record how many parts it held: nobody can tell whether more "
                           "came out of it than went in",
                       {evidence_of(*first)}});
    }
}

// What splits gave, by the parent they were recorded of, who recorded them, and the one item that
// they name. A split that names none, or many, does not tell what it gave to whom; what had been
// used up or relabelled gave nothing.
using Gifts = std::map<std::tuple<std::size_t, std::string_view, std::string>, std::int64_t>;
Gifts gifts_of(const Case& c) {
    Gifts out;
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i)
        for (const auto taken : c.states[i].taken_by) {
            const auto& link = c.lineage.items[i].links[taken];
            const auto& event = link.body.event;
            if (event.kind != EventKind::split || event.outputs.size() != 1) continue;
            if (c.states[i].closed_by && *c.states[i].closed_by < taken) continue;
            auto& given = out[{i, link.iss, item_id_of_uri(event.outputs.front())}];
            given = add_parts(given, *event.quantity);
        }
    return out;
}

// How many parts a parent can have given to an item, and how many by its own record it gave.
struct Given {
    std::int64_t most = 0;
    std::optional<std::int64_t> recorded;
};
std::optional<Given> given_by(const Case& c, const Gifts& gifts, std::size_t parent,
                              const std::string& child_iss, const ItemKey& child) {
    const auto& state = c.states[parent];
    const auto& history = c.lineage.items[parent];
    if (!state.initial_quantity) return std::nullopt;
    if (const auto found = gifts.find({parent, child_iss, public_item_id(child)});
        found != gifts.end())
        return Given{*state.initial_quantity, found->second};
    // Relabelled whole: what was left went to the one item that the relabel event commits to.
    if (state.closed_by) {
        const auto& end = history.links[*state.closed_by];
        if (end.body.event.kind == EventKind::relabel && end.iss == child_iss &&
            end.body.event.successor == successor_commitment(child, public_item_id(history.key)))
            return Given{*state.untaken(), *state.untaken()};
    }
    return Given{*state.initial_quantity, std::nullopt};
}

// What a reader of "it had N" must see: who says so, how it ended, and who took out last.
void add_evidence(const Case& c, std::size_t parent, std::vector<Evidence>& out) {
    const auto& history = c.lineage.items[parent];
    const auto& state = c.states[parent];
    out.push_back(evidence_of(*history.commission()));
    if (!state.taken_by.empty()) out.push_back(evidence_of(history.links[state.taken_by.back()]));
    if (state.closed_by) out.push_back(evidence_of(history.links[*state.closed_by]));
}

// More in a split, relabelled or joined item than those it was made of can have given. Item `i` is
// that which was seen, or one that its parts were before.
void within_parents(const Case& c, const Family& family, const Gifts& gifts, std::size_t i,
                    Findings& out) {
    const auto* first = c.lineage.items[i].commission();
    if (first == nullptr || !first->body.event.quantity) return;
    const std::set<std::size_t> parents(family.parents(i).begin(), family.parents(i).end());
    std::int64_t most = 0, told = 0;
    bool recorded = true;
    std::vector<std::size_t> counted;
    for (const auto parent : parents) {
        if (!family.same_part(parent)) continue;  // gave other parts, or nobody knows what
        const auto given = given_by(c, gifts, parent, first->iss, c.lineage.items[i].key);
        if (!given) return;  // nothing to count against: uncounted() says so
        most = add_parts(most, given->most);
        told = add_parts(told, given->recorded.value_or(0));
        recorded = recorded && given->recorded;
        counted.push_back(parent);
    }
    if (counted.empty()) return;  // assembled
    const auto holds = *first->body.event.quantity;
    // What came of an unknown parent may be there: nobody recorded it.
    const bool impossible = holds > most && counted.size() == parents.size();
    if (!impossible && recorded && holds <= told) return;
    std::vector<Evidence> evidence{evidence_of(*first)};
    for (const auto parent : counted) add_evidence(c, parent, evidence);
    auto text = std::string(Family::about(i)) + "it is said to hold " +
                ledger::counted(holds, "part") + " out of an item ";
    text += impossible ? "that had " + std::to_string(most) + ", as " +
                             c.lineage.items[counted.front()].commission()->iss + " recorded it"
                       : "whose own record does not tell of having given them";
    out.push_back({"quantity.overissue", impossible ? Severity::critical : Severity::major,
                   std::move(text), std::move(evidence)});
}

// Anybody who has a part of the lot can claim any number of it: the claims are named with the
// finding, the largest first.
constexpr std::size_t kClaimsNamed = 3;
void name_claims(const LotAccount& lot, std::string& text, std::vector<Evidence>& evidence) {
    std::vector<std::pair<std::int64_t, std::string_view>> claims;
    for (const auto& [org, balance] : lot.by_org)
        if (balance.held() > 0) claims.emplace_back(balance.held(), org);
    std::sort(claims.rbegin(), claims.rend());
    if (claims.size() > kClaimsNamed) claims.resize(kClaimsNamed);
    for (std::size_t i = 0; i < claims.size(); ++i) {
        const auto& [held, org] = claims[i];
        text.append(i == 0 ? " (" : ", ").append(org).append(": ").append(std::to_string(held));
        evidence.push_back(evidence_of(*lot.by_org.find(std::string(org))->second.largest));
    }
    if (!claims.empty()) text += ')';
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
    if (add_parts(held, coming) <= *c.lot->made) return;
    const auto* facts = c.facts();
    const auto& lot = facts != nullptr ? facts->lot : c.observation.label.lot;
    std::string text =
        counted(held, "part") + " of lot " + lot + (held == 1 ? " is" : " are") + " accounted for";
    std::vector<Evidence> evidence;
    for (const auto& link : c.lot->made_by) evidence.push_back(evidence_of(link));
    name_claims(*c.lot, text, evidence);
    if (coming > 0) text += ", with these " + std::to_string(coming) + " it would be more";
    text += "; the manufacturer made " + std::to_string(*c.lot->made);
    out.push_back({"quantity.overissue", Severity::critical, std::move(text), std::move(evidence)});
}

}  // namespace

void quantity_overissue(const Case& c, Findings& out) {
    const Family family(c);
    within_items(c, family, out);
    within_own_word(c, family, out);
    uncounted(c, family, out);
    const auto gifts = gifts_of(c);
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i)
        if (family.same_part(i)) within_parents(c, family, gifts, i, out);
    within_lot(c, out);
}

}  // namespace reelproof::ledger
