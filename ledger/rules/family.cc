#include "ledger/rules/family.h"

#include <algorithm>

#include "ledger/directory/matching.h"

namespace reelproof::ledger {

Family::Family(const Case& c)
    : case_(c), parents_(c.lineage.items.size()), same_part_(c.lineage.items.size()) {
    same_part_[0] = true;
    if (c.lineage.items.size() == 1) return;
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i)
        index.emplace(public_item_id(c.lineage.items[i].key), i);
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i) {
        const auto* first = c.lineage.items[i].commission();
        if (first == nullptr) continue;
        for (const auto& link : c.lineage.items[i].links) {
            // Somebody else's second commission is a contradiction; it says nothing of the parents.
            if (link.body.event.kind != EventKind::commission || link.iss != first->iss) continue;
            for (const auto& parent : link.body.parents)
                if (const auto found = index.find(public_item_id(parent));
                    found != index.end() && found->second != i)
                    parents_[i].push_back(found->second);
        }
    }
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

std::string_view Family::mpn(std::size_t i) const {
    const auto* first = case_.lineage.items[i].commission();
    if (first != nullptr && !first->body.event.facts.mpn.empty())
        return first->body.event.facts.mpn;
    return i == 0 ? std::string_view(case_.observation.label.mpn) : std::string_view();
}

}  // namespace reelproof::ledger
