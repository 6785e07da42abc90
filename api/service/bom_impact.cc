#include "api/service/bom_impact.h"

#include <algorithm>
#include <map>

#include "api/service/word.h"
#include "ledger/bom/difference.h"

namespace reelproof::api {

namespace {

using Words = std::map<std::string, std::string>;  // word_of, as it is written

Words parts_of(const ledger::BomContents& table) {
    Words out;
    for (const auto& line : table.lines)
        if (line.fitted())
            for (const auto& mpn : line.mpns()) out.emplace(word_of(mpn), mpn);
    return out;
}

// Parts of lines that change, though they may be used elsewhere as before.
std::set<std::string> changing(const ledger::BomContents& before,
                               const ledger::BomContents& after) {
    std::set<std::string> out;
    for (const auto& change : difference(before, after))
        for (const auto* line : {change.before, change.after})
            if (line != nullptr)
                for (const auto& mpn : line->mpns()) out.insert(word_of(mpn));
    return out;
}

void look_at_shipments(const ItemIndex& index, const std::set<std::string>& going,
                       ChangeImpact& out) {
    std::size_t looked = 0;
    index.shipments(std::nullopt, [&](std::uint64_t, const Shipment& shipment) {
        ChangeImpact::TouchedShipment one{shipment.order.to, shipment.order.packing_list,
                                          shipment.at, 0, 0};
        for (const auto& id : shipment.items) {
            if (++looked > kMostLookedAtItems) return !(out.truncated = true);
            const auto item = index.find(id);
            if (!item || !going.contains(word_of(item->facts.mpn))) continue;
            ++one.items;
            one.in_transit += index.fresh(*item).in_transit_to.empty() ? 0 : 1;
        }
        if (one.items > 0) out.shipments.push_back(std::move(one));
        return true;
    });
}

}  // namespace

ChangeImpact impact_of(const ImpactSources& sources, const ledger::EngineeringChange& change,
                       const ledger::BomContents& before, const ledger::BomContents& after) {
    ChangeImpact out;
    const auto old = parts_of(before), now = parts_of(after);
    std::set<std::string> going;
    const auto summary = sources.index.kept() ? sources.stock.summary() : nullptr;
    for (const auto& word : changing(before, after)) {
        const bool was = old.contains(word), is = now.contains(word);
        if (!was && !is) continue;
        ChangeImpact::TouchedPart part{is ? now.at(word) : old.at(word), was && !is, !was && is};
        if (part.goes) going.insert(word);
        if (summary)
            if (const auto found = summary->parts.find(word); found != summary->parts.end()) {
                part.parts = found->second.sums.parts;
                part.items = found->second.sums.items;
            }
        out.parts.push_back(std::move(part));
    }
    for (const auto& job : sources.jobs.list()) {
        ChangeImpact::TouchedJob one{job.job, job.revision_name, {}};
        bool takes = false;
        for (const auto& slot : job.slots) {
            takes = takes || std::any_of(slot.mpns.begin(), slot.mpns.end(), [&](const auto& mpn) {
                        return going.contains(word_of(mpn));
                    });
            if (slot.loaded && going.contains(word_of(slot.loaded->mpn)))
                one.loaded.push_back(slot);
        }
        const bool of_bom = job.bom == change.bom && job.revision < change.to;
        if (of_bom || (job.bom.empty() && takes)) out.jobs.push_back(std::move(one));
    }
    if (sources.index.kept() && !going.empty()) look_at_shipments(sources.index, going, out);
    return out;
}

}  // namespace reelproof::api
