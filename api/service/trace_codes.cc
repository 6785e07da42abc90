#include "api/service/trace_codes.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/service/word.h"
#include "ledger/directory/matching.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostUses = 16, kMostTold = 10'000;

std::string key_of(std::string_view maker, std::string_view trace) {
    return "trace/" + word_of(maker) + "/" + word_of(trace);
}

}  // namespace

std::vector<ledger::TraceUse> TraceCodes::uses(std::string_view maker,
                                               std::string_view trace) const {
    std::vector<ledger::TraceUse> out;
    if (const auto row = rows_.get(key_of(maker, trace)))
        for (const auto& use : objects_in(*row, "uses"))
            out.push_back({text_in(use, "mpn"), text_in(use, "item")});
    return out;
}

void TraceCodes::remember(std::string_view maker, std::string_view trace,
                          const ledger::TraceUse& use) {
    const auto key = key_of(maker, trace);
    const std::lock_guard changing(changing_);
    if (told_.size() >= kMostTold) told_.clear();
    if (!told_.insert(key + "/" + word_of(use.mpn)).second) return;
    auto all = uses(maker, trace);
    if (all.size() >= kMostUses || std::any_of(all.begin(), all.end(), [&](const auto& known) {
            return ledger::equal_text(known.mpn, use.mpn);
        }))
        return;
    all.push_back(use);
    json::array rows;
    for (const auto& one : all)
        rows.emplace_back(json::object{{"mpn", one.mpn}, {"item", one.item}});
    if (!rows_.put(key, {{"uses", std::move(rows)}})) told_.clear();
}

void remember_traces(TraceCodes& traces, const Inspection& seen) {
    if (seen.mpn.empty()) return;
    const auto remember = [&](const ledger::MarkingRecord& marking) {
        // What was not read for sure is no trace.
        if (!marking.trace.empty() && marking.state == ledger::MarkingRecord::State::agrees)
            traces.remember(seen.manufacturer, marking.trace, {seen.mpn, seen.item.id});
    };
    if (seen.marking) remember(*seen.marking);
    for (const auto& link : seen.lineage.items.front().links)
        if (link.body.event.marking) remember(*link.body.event.marking);
}

}  // namespace reelproof::api
