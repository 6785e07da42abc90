// The newest rows of the tag index, in memory until they are merged into LMDB in a large sorted
// batch. One TagMemory is a generation of fixed capacity: it never rehashes, so adding a row takes
// a bounded time. Not thread-safe: TagIndex guards it while it grows; a full one is only read.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/directory/directory.h"

namespace reelproof::ledger {

// Where an envelope lies within its statement (at most 65,535 bytes).
struct EnvelopeSpan {
    Tag tag;
    std::uint16_t offset = 0;
    std::uint16_t length = 0;
};

// One row of the tag index.
struct TagRow {
    Place place;
    std::uint8_t position = 0;  // among the envelopes of its statement
    std::uint16_t offset = 0;
    std::uint16_t length = 0;
    std::uint32_t issuer = 0;  // number of the name in the index
    UnixSeconds iat = 0;
};

class TagMemory {
  public:
    // Rows of a generation: 5 MB when full of tags; small enough to look into several.
    static constexpr std::size_t kCapacity = std::size_t{1} << 17;

    TagMemory();

    [[nodiscard]] bool has_room(std::size_t envelopes) const {
        return rows_.size() + envelopes <= kCapacity && leaves_.size() < kCapacity;
    }
    // `leaf` only for statements of our own log. Needs room.
    void add(const Place& place, std::uint32_t issuer, UnixSeconds iat, const Hash* leaf,
             std::span<const EnvelopeSpan> envelopes);

    // At most `limit` rows of that issuer, where one is given.
    void find(const Tag& tag, std::optional<std::uint32_t> issuer, std::size_t limit,
              std::vector<TagRow>& out) const;
    [[nodiscard]] std::optional<std::uint64_t> find_leaf(const Hash& leaf) const;

    // For the merge.
    struct Row {
        Tag tag;
        std::uint32_t statement;  // in statements_
        std::uint32_t next;       // further row of the same tag, or kNone
        std::uint16_t offset, length;
        std::uint8_t position;
    };
    struct Leaf {
        Hash hash;
        std::uint64_t index;
    };
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] const std::vector<Leaf>& leaves() const { return leaves_; }
    [[nodiscard]] TagRow located(const Row& row) const;
    // Of each log: entries before this one are in here or in an earlier generation.
    [[nodiscard]] const std::map<LogId, std::uint64_t>& up_to() const { return up_to_; }
    [[nodiscard]] bool empty() const { return up_to_.empty(); }

  private:
    struct Statement {
        std::uint64_t index;
        UnixSeconds iat;
        LogId log;
        std::uint32_t issuer;
    };
    static constexpr std::uint32_t kNone = 0xffffffff;

    // Tags are chosen by whoever makes the envelope: the secret seed keeps a hostile partner from
    // steering them into one slot.
    [[nodiscard]] std::size_t slot_of(const std::uint8_t* sixteen) const;

    std::array<std::uint64_t, 2> seed_;
    std::vector<Statement> statements_;
    std::vector<Row> rows_;
    std::vector<Leaf> leaves_;
    std::vector<std::uint32_t> tag_slots_;   // index into rows_, or kNone; open addressing
    std::vector<std::uint32_t> leaf_slots_;  // index into leaves_, or kNone
    std::map<LogId, std::uint64_t> up_to_;
};

}  // namespace reelproof::ledger
