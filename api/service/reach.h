// How far a recall goes, as far as this node knows: what it hits, and all that was made of it.
// Thread-safe.
#pragma once

#include "api/service/item_index.h"
#include "ledger/format/public_statement.h"

namespace reelproof::api {

// Items that are looked at for one recall, at most.
inline constexpr std::size_t kMostReached = 10000;

struct Reached {
    std::string id;
    std::vector<std::string> of;  // items on the way here; empty: the recall hits it itself
};
struct Reach {
    std::vector<Reached> items;
    std::size_t hit = 0;  // the first so many
    std::int64_t boards = 0, parts = 0, here = 0, loaded = 0;
    std::map<std::string, std::int64_t> elsewhere;  // organisation -> items
    bool truncated = false;
};

// `malformed` for a recall that names neither lots nor a part number: nothing is found by it.
ledger::Result<Reach> reach_of(const ItemIndex& index, const ledger::Recall& recall,
                               const std::string& org);
// Items that it hits itself.
std::size_t hits_of(const ItemIndex& index, const ledger::Recall& recall);

}  // namespace reelproof::api
