#include "ledger/rules/family.h"

#include <algorithm>

#include "ledger/directory/matching.h"

namespace reelproof::ledger {

namespace {

// Each may cost an Argon2id, and hostile ancestors could ask for a thousand.
constexpr std::size_t kMostLots = 4;

// As of a package: what it counts of a lot is another matter.
bool wrote_of(const std::string& org, const History& history) {
    return std::any_of(history.links.begin(), history.links.end(), [&](const Link& link) {
        switch (link.body.event.kind) {
            case EventKind::lot_made:
            case EventKind::lot_taken:
            case EventKind::lot_given:
            case EventKind::other:
                return false;
            default:
                return link.iss == org;
        }
    });
}

}  // namespace

Family::Family(const Case& c)
    : case_(c),
      parents_(c.lineage.items.size()),
      same_part_(c.lineage.items.size()),
      is_lot_(c.lineage.items.size()) {
    same_part_[0] = true;
    if (c.lineage.items.size() == 1) return;
    find_parents();
    find_lots();
    std::vector<std::size_t> next{0};
    while (!next.empty()) {
        const auto i = next.back();
        next.pop_back();
        for (const auto parent : parents_[i]) {
            if (same_part_[parent] || mpn(i).empty() || !equal_text(mpn(i), mpn(parent))) continue;
            same_part_[parent] = true;
            next.push_back(parent);
        }
    }
}

void Family::find_parents() {
    const auto& items = case_.lineage.items;
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < items.size(); ++i) index.emplace(public_item_id(items[i].key), i);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto* first = items[i].commission();
        if (first == nullptr) continue;
        for (const auto& link : items[i].links) {
            // Somebody else's second commission is a contradiction; it says nothing of the parents.
            if (link.body.event.kind != EventKind::commission || link.iss != first->iss ||
                link.set_aside != SetAside::no)
                continue;
            for (const auto& parent : link.body.parents)
                if (const auto found = index.find(public_item_id(parent));
                    found != index.end() && found->second != i)
                    parents_[i].push_back(found->second);
        }
    }
}

// An item that got its label from the maker's, which names only the lot, says that lot itself.
void Family::find_lots() {
    if (!case_.lot_key) return;
    const auto& items = case_.lineage.items;
    std::map<std::pair<std::string, std::string>, std::optional<ItemKey>> lots;
    for (std::size_t i = 0; i < items.size(); ++i)
        for (const auto parent : parents_[i]) {
            const auto* first = items[i].commission();
            if (items[parent].commission() == nullptr || wrote_of(first->iss, items[parent]))
                continue;
            const auto& facts = first->body.event.facts;
            auto known = lots.find({facts.mpn, facts.lot});
            if (known == lots.end()) {
                if (lots.size() == kMostLots) continue;
                known = lots.emplace(std::pair(facts.mpn, facts.lot),
                                     case_.lot_key(facts.mpn, facts.lot))
                            .first;
            }
            if (known->second && *known->second == items[parent].key) is_lot_[parent] = true;
        }
}

std::string_view Family::mpn(std::size_t i) const {
    const auto* first = is_lot_[i] ? nullptr : case_.lineage.items[i].commission();
    if (first != nullptr && !first->body.event.facts.mpn.empty())
        return first->body.event.facts.mpn;
    return i == 0 ? std::string_view(case_.observation.label.mpn) : std::string_view();
}

}  // namespace reelproof::ledger
