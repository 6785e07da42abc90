#include "api/service/ages.h"

#include <algorithm>
#include <optional>
#include <string>

#include "api/service/floor_life.h"
#include "api/service/parts.h"
#include "vision/label/normalised.h"

namespace reelproof::api {

namespace {

constexpr ledger::UnixSeconds kDay = 86400;

// What it is today rests on how it came here.
std::vector<ledger::Evidence> evidence(const ledger::History& history,
                                       const ledger::ItemState& state) {
    if (state.custody_by) return {ledger::evidence_of(history.links[*state.custody_by])};
    if (history.links.empty()) return {};
    return {ledger::evidence_of(history.links.front())};
}

// 0: it is not here.
ledger::UnixSeconds received_here(const std::string& org, const ledger::History& history,
                                  const ledger::ItemState& state) {
    if (!state.custody_by || state.holder != org) return 0;
    return history.links[*state.custody_by].body.event.time;
}

std::string day_text(std::int64_t day) {
    return ledger::to_iso8601(day * kDay).substr(0, 10);
}

}  // namespace

std::optional<std::int64_t> last_day_of_shelf(const std::string& code, const std::string& kind,
                                              ledger::UnixSeconds received,
                                              std::int64_t shelf_life) {
    std::optional<std::int64_t> made;
    for (const auto& reading : date_readings(code, kind))
        made = std::max(made.value_or(reading.last), reading.last);
    if (!made && received == 0) return std::nullopt;
    return made.value_or(received / kDay) + shelf_life;
}

ledger::Findings age_findings(const ServiceContext& context, const Identified& item,
                              const ledger::History& history, const ledger::ItemState& state) {
    const auto* origin = history.commission();
    // What a label does not say, the ledger does.
    const auto known = [&](std::string ledger::ItemFacts::*fact) {
        const auto& printed = item.label.*fact;
        return !printed.empty() || origin == nullptr ? printed : origin->body.event.facts.*fact;
    };
    const auto today = context.clock() / kDay;
    constexpr std::string_view rule = "age.shelf-life";
    ledger::Findings out;
    if (item.good_until && today > *item.good_until)
        out.push_back({std::string(rule), ledger::Severity::major,
                       "it was good until " + day_text(*item.good_until) + ", as the label says",
                       evidence(history, state)});
    const auto mpn = known(&ledger::ItemFacts::mpn);
    const auto part = context.parts != nullptr && !mpn.empty() ? context.parts->find(mpn)
                                                               : std::optional<PartData>();
    if (part && part->shelf_life_days)
        if (const auto last = last_day_of_shelf(
                known(&ledger::ItemFacts::date_code), known(&ledger::ItemFacts::date_code_kind),
                received_here(context.org, history, state), *part->shelf_life_days);
            last && today > *last)
            out.push_back({std::string(rule), ledger::Severity::major,
                           "it was good until " + day_text(*last) + ", by the shelf life of " +
                               std::to_string(*part->shelf_life_days) +
                               " days that was imported for " + mpn,
                           evidence(history, state)});
    if (context.floor_lives != nullptr)
        if (auto wet = context.floor_lives->finding(
                item.id, vision::msl_of(known(&ledger::ItemFacts::msl)).value_or("")))
            out.push_back(std::move(*wet));
    return out;
}

}  // namespace reelproof::api
