#include "api/service/reach.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "ledger/directory/matching.h"

namespace reelproof::api {

namespace {

// `take` gets each item that the recall hits, once, and says whether to go on. Looks at no more
// than `looks` items, which are counted down; false when there are more.
bool each_hit(const ItemIndex& index, const ledger::Recall& recall, std::size_t& looks,
              const std::function<bool(KnownItem)>& take) {
    std::vector<std::string> terms;
    if (recall.lots.empty())
        terms = index.terms_of("mpn", recall.mpn);
    else
        for (const auto& lot : recall.lots)
            for (auto& term : index.terms_of("lot", lot)) terms.push_back(std::move(term));
    std::set<std::string> seen;
    bool on = true, all = true;
    for (const auto& term : terms)
        if (on)
            index.each(term, 0, [&](std::uint64_t, KnownItem item) {
                if (looks == 0) return on = all = false;
                --looks;
                const auto& facts = item.facts;
                if (ledger::recall_hits(recall, facts.mpn, facts.lot, facts.date_code) &&
                    seen.insert(item.id).second)
                    on = take(std::move(item));
                return on;
            });
    return all;
}

void count(Reach& reach, const KnownItem& item, const std::string& org) {
    if (item.board()) ++reach.boards;
    if (item.here(org)) {
        ++reach.here;
        if (!item.feeder.empty()) ++reach.loaded;
        if (!item.board()) reach.parts += item.remaining.value_or(0);
        return;
    }
    const auto& where = item.in_transit_to.empty() ? item.holder : item.in_transit_to;
    if (!where.empty() && where != org) ++reach.elsewhere[where];
}

}  // namespace

ledger::Result<Reach> reach_of(const ItemIndex& index, const ledger::Recall& recall,
                               const std::string& org) {
    if (recall.mpn.empty() && recall.lots.empty())
        return ledger::malformed("mpn or lots is needed: date codes alone lead to no item");
    Reach out;
    std::set<std::string> seen;
    const auto add = [&](const KnownItem& item, std::vector<std::string> of) {
        if (!seen.insert(item.id).second) return true;
        if (out.items.size() >= kMostReached) {
            out.truncated = true;
            return false;
        }
        count(out, item, org);
        out.items.push_back({item.id, std::move(of)});
        return true;
    };
    auto looks = kMostReachLooks;
    if (!each_hit(index, recall, looks, [&](const KnownItem& item) { return add(item, {}); }))
        out.truncated = true;
    out.hit = out.items.size();
    for (std::size_t at = 0; at < out.items.size() && !out.truncated; ++at) {
        const auto parent = out.items[at].id;
        index.each(ItemIndex::term_of_parent(parent), 0, [&](std::uint64_t, const KnownItem& item) {
            if (looks == 0) return !(out.truncated = true);
            --looks;
            return add(item, {parent});
        });
    }
    return out;
}

std::vector<RecallHits::Hits> RecallHits::of(
    std::span<const ledger::RecordedRecall* const> recalls) {
    const std::lock_guard lock(mutex_);
    const auto version = index_.version();
    // Nothing is kept of recalls that are told no more.
    std::map<ledger::Place, Counted> counted;
    std::vector<Counted*> all;
    for (const auto* recall : recalls)
        all.push_back(&counted.try_emplace(recall->place, counted_[recall->place]).first->second);
    counted_.swap(counted);
    std::vector<std::size_t> order(recalls.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return all[a]->version < all[b]->version;
    });
    auto left = most_looks_;
    for (const auto i : order) {
        if (left == 0) break;
        auto& kept = *all[i];
        if (kept.version == version) continue;
        Hits hits;
        const auto most = std::min(left, kMostLooksEach);
        auto looks = most;
        hits.more = !each_hit(index_, recalls[i]->what, looks, [&](const KnownItem&) {
            ++hits.items;
            return true;
        });
        left -= most - looks;
        if (!hits.more || most == kMostLooksEach) {
            kept = {hits, version};
        } else {
            kept.hits.items = std::max(kept.hits.items, hits.items);
            kept.version.reset();
        }
    }
    std::vector<Hits> out;
    for (const auto* one : all) out.push_back(one->hits);
    return out;
}

}  // namespace reelproof::api
