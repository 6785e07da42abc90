// What must be true of an item before something is recorded of it. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "ledger/directory/directory.h"
#include "ledger/provenance/replay.h"

namespace reelproof::api {

ledger::Error conflict(std::string text);

// That `org` can work with it: it is here, it exists, it is not blocked.
ledger::Result<void> in_hand(const std::string& org, const ledger::ItemState& state,
                             bool blocked_is_fine = false);
ledger::Result<void> not_yet_known(const ledger::History& history);
ledger::Result<void> positive(std::int64_t parts);
// As the rules will judge it.
ledger::Result<void> enough(const ledger::ItemState& state, std::int64_t used,
                            std::int64_t split_off);
// The configured partners can be shipped to before their ledgers have reached us, except what is
// sealed for their eyes. Errors name the `member` of the request.
ledger::Result<void> addressee(const ledger::Directory& directory, std::string_view member,
                               const std::string& to, bool sealed);

}  // namespace reelproof::api
