#include "api/service/bom_use.h"

#include "api/service/word.h"
#include "ledger/provenance/history.h"

namespace reelproof::api {

JobUse use_of(const ServiceContext& context, const ItemIndex& index, const std::string& job,
              const std::vector<std::string>& mpns) {
    JobUse out;
    const auto issuers = ledger::trusted_issuers(context.store.directory());
    std::set<std::string> terms, seen;
    for (const auto& mpn : mpns)
        for (auto& term : index.terms_of("mpn", mpn)) terms.insert(std::move(term));
    for (const auto& term : terms)
        index.each(term, 0, [&](std::uint64_t, const KnownItem& item) {
            if (!item.recorded || !seen.insert(item.id).second) return true;
            if (seen.size() > kMostUsedItems) return !(out.truncated = true);
            const auto history = ledger::collect(item.key, issuers, finder(context.store));
            bool used = false;
            for (const auto& link : history.links) {
                const auto& event = link.body.event;
                if (link.iss != context.org || event.kind != ledger::EventKind::consume ||
                    event.work_order != job)
                    continue;
                used = true;
                auto& part = out.parts[word_of(item.facts.mpn)];
                part.mpn = item.facts.mpn;
                part.consumed += event.quantity.value_or(0);
                out.boards.insert(event.outputs.begin(), event.outputs.end());
            }
            if (!used) return true;
            ++out.parts[word_of(item.facts.mpn)].items;
            out.reels.insert(item.id);
            return true;
        });
    return out;
}

}  // namespace reelproof::api
