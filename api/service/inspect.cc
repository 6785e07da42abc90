#include "api/service/inspect.h"

#include <chrono>
#include <set>

#include "api/service/ages.h"
#include "api/service/parts.h"
#include "api/service/trace_codes.h"
#include "api/service/typed_fields.h"
#include "ledger/store/tag_view.h"

namespace reelproof::api {

namespace {

// Those of all sources that this history rests on, and our own.
std::map<std::string, ledger::SourceState> relevant(
    const std::map<std::string, ledger::SourceState>& all, const ledger::Lineage& lineage,
    const std::string& manufacturer) {
    std::set<std::string> names{manufacturer};
    for (const auto& history : lineage.items)
        for (const auto& link : history.links) {
            names.insert(link.iss);
            names.insert(link.body.event.to);
        }
    std::map<std::string, ledger::SourceState> out;
    for (const auto& [org, state] : all)
        if (state.own || names.contains(org)) out.emplace(org, state);
    return out;
}

ledger::Observation observed(const ServiceContext& context, const Identified& item,
                             std::string_view place,
                             const std::optional<ledger::MarkingRecord>& marking) {
    ledger::Observation out;
    out.org = context.org;
    out.place = place;
    out.time = context.clock();
    out.lot_level = item.lot_level;
    out.issued = item.issued;
    out.label = item.label;
    out.quantity = item.quantity;
    out.remarks = item.remarks;
    out.typed = item.typed;
    out.marking = marking;
    return out;
}

ledger::EnvelopeFinder without_own_from(ledger::EnvelopeFinder find, std::uint64_t index) {
    return [find = std::move(find), index](const ledger::Tag& tag, const std::string& iss) {
        auto found = find(tag, iss);
        std::erase_if(found.envelopes, [&](const auto& one) {
            return one.place.log == ledger::kOwnLog && one.place.index >= index;
        });
        return found;
    };
}

}  // namespace

ledger::EnvelopeFinder finder(const ledger::Store& store) {
    return [view = std::make_shared<ledger::TagView>(store)](const ledger::Tag& tag,
                                                             const std::string& iss) {
        return view->find(tag, iss, ledger::kMaxSameNumber + 1);
    };
}

Inspection inspect(ServiceContext& context, Identified item, std::string_view place,
                   std::optional<std::uint64_t> before,
                   std::optional<ledger::MarkingRecord> marking) {
    const auto started = std::chrono::steady_clock::now();
    const auto directory = context.store.directory();
    Inspection out;
    const auto issuers = ledger::trusted_issuers(directory);
    auto find = finder(context.store);
    if (before) find = without_own_from(std::move(find), *before);
    out.lineage = ledger::collect_lineage(item.key, issuers, find);
    for (const auto& history : out.lineage.items) out.states.push_back(ledger::replay(history));

    const auto observation = observed(context, item, place, marking);
    const auto all_sources = context.sources();
    const auto lot_key = [&](std::string_view mpn, std::string_view lot_code) {
        return context.identifier.lot_key(mpn, lot_code);
    };
    std::optional<ledger::LotAccount> lot;
    ledger::Case the_case{observation, out.lineage, out.states,    *directory, context.policy,
                          all_sources, lot,         date_readings, lot_key};
    const auto manufacturer = the_case.manufacturer();
    std::optional<PartData> part_data;
    if (context.parts != nullptr) part_data = context.parts->find(the_case.mpn());
    if (part_data) the_case.part = &*part_data;
    if (context.traces != nullptr)
        the_case.traces = [&](std::string_view trace) {
            return context.traces->uses(manufacturer, trace);
        };
    if (context.policy.lot_accounting) {
        const auto* facts = the_case.facts();
        const auto& part = facts != nullptr ? *facts : item.label;
        if (const auto key = context.identifier.lot_key(part.mpn, part.lot))
            lot = ledger::account_lot(ledger::collect(*key, issuers, find), manufacturer);
    }
    // The case refers to `lot`, which now holds the account.
    const auto ages = [&](const Identified& one) {
        return age_findings(context, one, out.lineage.items.front(), out.states.front());
    };
    auto more = ages(item);
    if (!item.typed.empty()) {
        const auto filled = filled_in(item);
        const auto as_typed = observed(context, filled, place, marking);
        ledger::Case typed_case{as_typed,    out.lineage, out.states,    *directory, context.policy,
                                all_sources, lot,         date_readings, lot_key};
        typed_case.part = the_case.part;
        typed_case.traces = the_case.traces;
        for (auto& found : {ledger::found_by_rules(typed_case), ages(filled)})
            more.insert(more.end(), found.begin(), found.end());
    }
    out.verdict = ledger::judge(the_case, std::move(more));
    out.sources = relevant(all_sources, out.lineage, manufacturer);
    out.mpn = the_case.mpn();
    out.manufacturer = manufacturer;
    out.marking = observation.marking;
    out.item = std::move(item);
    out.ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started)
                 .count();
    return out;
}

}  // namespace reelproof::api
