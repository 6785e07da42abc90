// Engineering changes: when one counts, and which revision of a BOM a board is built by. Pure
// functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/vault/objects.h"

namespace reelproof::ledger {

struct ChangeState {
    EngineeringChange terms;
    UnixSeconds approved_by_owner = 0, approved_by_partner = 0;
    UnixSeconds rejected = 0;  // by either; 0: not
};

enum class ChangeStanding {
    proposed,   // a signature is missing
    approved,   // both have signed
    emergency,  // in effect with the owner's signature alone, until approve_by
    lapsed,     // an emergency that the partner had not approved by then
    rejected
};
std::string_view to_string(ChangeStanding standing);
ChangeStanding standing_of(const ChangeState& change, UnixSeconds now);
// Its revision is built, as far as its effectivity goes.
inline bool counts(ChangeStanding standing) {
    return standing == ChangeStanding::approved || standing == ChangeStanding::emergency;
}
// `malformed`: a date that is no day (YYYY-MM-DD).
Result<void> check_effect(EffectFrom effect, std::string_view value);

// The boards that are built.
struct BuiltBoards {
    UnixSeconds at = 0;
    std::string lot, serial;  // the first one's; empty: not known
};
// Which revision counts for them.
struct RevisionInEffect {
    std::uint64_t number = 0;             // BomRelease::number
    const ChangeState* change = nullptr;  // that brought it; null: the first one
    // A change counts from a lot or serial number on, and which these boards have is not known.
    const ChangeState* undecided = nullptr;
};
// Starting with revision `first`; of `changes` those that count. Of two from one revision the one
// that both signed.
RevisionInEffect revision_in_effect(std::uint64_t first, const std::vector<ChangeState>& changes,
                                    const BuiltBoards& boards);

}  // namespace reelproof::ledger
