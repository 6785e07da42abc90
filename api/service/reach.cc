#include "api/service/reach.h"

#include <set>

#include "ledger/directory/matching.h"

namespace reelproof::api {

namespace {

// `take` gets each item that the recall hits, once, and says whether to go on.
void each_hit(const ItemIndex& index, const ledger::Recall& recall,
              const std::function<bool(KnownItem)>& take) {
    std::vector<std::string> terms;
    if (recall.lots.empty())
        terms = index.terms_of("mpn", recall.mpn);
    else
        for (const auto& lot : recall.lots)
            for (auto& term : index.terms_of("lot", lot)) terms.push_back(std::move(term));
    std::set<std::string> seen;
    bool more = true;
    for (const auto& term : terms)
        if (more)
            index.each(term, 0, [&](std::uint64_t, KnownItem item) {
                const auto& facts = item.facts;
                if (ledger::recall_hits(recall, facts.mpn, facts.lot, facts.date_code) &&
                    seen.insert(item.id).second)
                    more = take(std::move(item));
                return more;
            });
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
    each_hit(index, recall, [&](const KnownItem& item) { return add(item, {}); });
    out.hit = out.items.size();
    for (std::size_t at = 0; at < out.items.size() && !out.truncated; ++at) {
        const auto parent = out.items[at].id;
        index.each(ItemIndex::term_of_parent(parent), 0,
                   [&](std::uint64_t, const KnownItem& item) { return add(item, {parent}); });
    }
    return out;
}

std::size_t hits_of(const ItemIndex& index, const ledger::Recall& recall) {
    std::size_t out = 0;
    each_hit(index, recall, [&](const KnownItem&) { return ++out < kMostReached; });
    return out;
}

}  // namespace reelproof::api
