// How far a recall goes, as far as this node knows: what it hits, and all that was made of it.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <span>

#include "api/service/item_index.h"
#include "ledger/directory/directory.h"

namespace reelproof::api {

// Items that are told of one recall, at most; and that are looked at for it: a lot's number may be
// that of many other part numbers.
inline constexpr std::size_t kMostReached = 10000, kMostReachLooks = 100000;

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

// How many items recalls hit themselves. Counted anew when the index changed, but a call looks at
// so many items at most: of recalls for which that did not suffice what is known is told, and they
// come first in the next call. Thread-safe.
class RecallHits {
  public:
    static constexpr std::size_t kMostLooks = 20000, kMostLooksEach = 10000;

    explicit RecallHits(const ItemIndex& index, std::size_t most_looks = kMostLooks)
        : index_(index), most_looks_(most_looks) {}

    struct Hits {
        std::size_t items = 0;
        bool more = true;  // not all was looked at: at least so many
    };
    // In the order of the recalls.
    [[nodiscard]] std::vector<Hits> of(std::span<const ledger::RecordedRecall* const> recalls);

  private:
    struct Counted {
        Hits hits{};
        std::optional<std::uint64_t> version{};  // of the index; nothing: never counted to its end
    };
    const ItemIndex& index_;
    const std::size_t most_looks_;
    std::mutex mutex_;
    std::map<ledger::Place, Counted> counted_;  // under mutex_
};

}  // namespace reelproof::api
