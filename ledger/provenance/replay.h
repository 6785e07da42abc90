// Replays a history into custody, status and quantity, and notes where it contradicts itself. Says
// what is so, not how bad it is: that is for the rules (ledger/rules). Pure, thread-safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ledger/provenance/history.h"

namespace reelproof::ledger {

// Says who has the item, or that it is no more.
bool changes_custody(EventKind kind);

enum class ItemStatus { unknown, active, consumed, scrapped, relabelled };
std::string_view to_string(ItemStatus status);

// A contradiction, with the links it rests on (indices into History::links).
struct Contradiction {
    enum class Kind {
        fork,        // two custody changes that can't both be true
        gap,         // something done by who did not have the item, as far as the ledger tells
        after_end,   // something happened to an item that no longer existed
        over_taken,  // more parts taken out than were in it
        set_aside,   // what a guest says against the word of others (guest_word.h)
    };
    Kind kind;
    std::string text;  // in plain words
    std::vector<std::size_t> links;
};

// Of each kind. Enough to condemn an item; bounds what a hostile issuer can make us say.
inline constexpr std::size_t kMaxContradictions = 100;

struct ItemState {
    ItemStatus status = ItemStatus::unknown;
    std::optional<std::size_t> ended_by;  // link that ended it
    // The first end by who had it. Anybody can record one, but only this one vouches for a new
    // item.
    std::optional<std::size_t> closed_by;
    std::string holder;         // organisation that has it; empty before the first event
    std::string in_transit_to;  // shipped and not yet received
    std::optional<std::size_t> custody_by;           // link of the last custody change
    std::map<std::string, std::size_t> quarantined;  // organisation -> link of its quarantine
    std::optional<std::int64_t> initial_quantity;
    // Taken out by who had it. What others say they took is a gap: they may have had a copy, and
    // must not be able to empty a reel that they once held.
    std::int64_t consumed = 0;
    std::int64_t split_off = 0;
    // Those others, with how much: their word counts against themselves.
    std::map<std::string, std::int64_t> taken_without;
    std::vector<std::size_t> taken_by;  // links of what was used and split off
    std::string feeder;                 // where its holder has loaded it
    std::vector<Contradiction> contradictions;
    // Organisation -> for each link whether it had been seen when that organisation last recorded a
    // release, with a reason.
    std::map<std::string, std::vector<bool>> released;

    // What was never taken out of it, whatever became of it; nothing when the first quantity is not
    // known. Not below 0.
    [[nodiscard]] std::optional<std::int64_t> untaken() const;
    // Parts left in it; nothing when the first quantity is not known. Not below 0.
    [[nodiscard]] std::optional<std::int64_t> remaining() const;
};

ItemState replay(const History& history);

}  // namespace reelproof::ledger
