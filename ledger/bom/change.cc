#include "ledger/bom/change.h"

#include <algorithm>

#include "ledger/bom/line.h"
#include "ledger/parts/part_data.h"

namespace reelproof::ledger {
namespace {

std::optional<UnixSeconds> day_start(std::string_view day) {
    if (day.size() != 10) return std::nullopt;
    const auto days = part_days(day);
    return days ? std::optional(days->first * 86400) : std::nullopt;
}

enum class Reached { yes, no, unknown };
Reached reached(const EngineeringChange& change, const BuiltBoards& boards) {
    if (change.effect == EffectFrom::date) {
        const auto start = day_start(change.effect_value);
        return start && *start <= boards.at ? Reached::yes : Reached::no;
    }
    const auto& ours = change.effect == EffectFrom::lot ? boards.lot : boards.serial;
    if (ours.empty()) return Reached::unknown;
    return natural_less(ours, change.effect_value) ? Reached::no : Reached::yes;
}

}  // namespace

std::string_view to_string(ChangeStanding standing) {
    switch (standing) {
        case ChangeStanding::proposed:
            return "proposed";
        case ChangeStanding::approved:
            return "approved";
        case ChangeStanding::emergency:
            return "emergency, to be approved";
        case ChangeStanding::lapsed:
            return "emergency, lapsed";
        case ChangeStanding::rejected:
            break;
    }
    return "rejected";
}

ChangeStanding standing_of(const ChangeState& change, UnixSeconds now) {
    if (change.rejected != 0) return ChangeStanding::rejected;
    if (change.approved_by_owner == 0) return ChangeStanding::proposed;
    if (change.approved_by_partner != 0) return ChangeStanding::approved;
    if (change.terms.approve_by == 0) return ChangeStanding::proposed;
    return now <= change.terms.approve_by ? ChangeStanding::emergency : ChangeStanding::lapsed;
}

Result<void> check_effect(EffectFrom effect, std::string_view value) {
    if (effect == EffectFrom::date && !day_start(value))
        return malformed("a change takes effect on a day, YYYY-MM-DD");
    if (value.empty() || value.size() > 100)
        return malformed("from which lot or serial number on it holds is missing or too long");
    return {};
}

RevisionInEffect revision_in_effect(std::uint64_t first, const std::vector<ChangeState>& changes,
                                    const BuiltBoards& boards) {
    RevisionInEffect out{first, nullptr, nullptr};
    // Revisions go upwards only, so this ends.
    for (bool moved = true; moved;) {
        const ChangeState* next = nullptr;
        for (const auto& change : changes) {
            const auto standing = standing_of(change, boards.at);
            if (change.terms.from != out.number || change.terms.to <= out.number ||
                !counts(standing))
                continue;
            const auto there = reached(change.terms, boards);
            if (there == Reached::unknown) out.undecided = &change;
            if (there != Reached::yes) continue;
            // What both signed goes before what one signed alone.
            if (next == nullptr || standing == ChangeStanding::approved) next = &change;
        }
        moved = next != nullptr;
        if (moved) out = {next->terms.to, next, nullptr};
    }
    return out;
}

}  // namespace reelproof::ledger
