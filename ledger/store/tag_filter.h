// Says of most tags that they are in no row of the tag index on disk, without looking there: a look
// at one item asks for many tags, most of which do not exist. A Bloom filter in memory, cut into
// cache lines, so that a look costs one miss. It forgets nothing: tags that were purged stay in it
// until it is made anew, which costs a look-up and no more. All functions are thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

class TagFilter {
  public:
    // 10 bits a tag: full, it takes one absent tag in a hundred for one that may be there.
    static constexpr std::uint64_t kTagsOfLine = 51;
    static constexpr std::uint64_t kLeastTags = std::uint64_t{1} << 16;
    // 256 MiB. With more tags than that it says "perhaps" ever more often, and is never wrong.
    static constexpr std::uint64_t kMostTags = (std::uint64_t{1} << 22) * kTagsOfLine;

    // For as many tags, between those two bounds.
    explicit TagFilter(std::uint64_t tags);

    void add(const Tag& tag);
    // False only when it was never added. Sees at least what was added before (by whatever orders
    // the two threads: this does not).
    [[nodiscard]] bool may_hold(const Tag& tag) const;

    // True when it holds the tags that it was made for.
    [[nodiscard]] bool full() const { return held() >= capacity_; }
    [[nodiscard]] bool largest() const { return capacity_ >= kMostTags; }
    // Different tags, but for the few that it could not tell from others.
    [[nodiscard]] std::uint64_t held() const { return held_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t capacity() const { return capacity_; }
    [[nodiscard]] std::uint64_t bytes() const { return lines_.size() * sizeof(Line); }

  private:
    // A tag sets one bit in each word of one line.
    static constexpr std::size_t kWords = 8;
    struct alignas(64) Line {
        std::array<std::atomic<std::uint64_t>, kWords> words{};
    };
    struct Position {
        std::size_t line;
        std::uint64_t bits;  // six for each word
        [[nodiscard]] std::uint64_t mask(std::size_t word) const {
            return std::uint64_t{1} << (bits >> (6 * word) & 63);
        }
    };
    // Tags are chosen by whoever makes the envelope: under a key of its own nobody can steer them
    // into one line, or make others' tags look as if they were there.
    [[nodiscard]] Position position(const Tag& tag) const;

    std::array<std::uint8_t, 16> key_;
    std::uint64_t capacity_;
    std::vector<Line> lines_;
    std::atomic<std::uint64_t> held_ = 0;
};

}  // namespace reelproof::ledger
