#include "ledger/store/tag_memory.h"

#include <cstring>

#include "ledger/base/secret.h"

namespace reelproof::ledger {

namespace {

constexpr std::size_t kSlots = 2 * TagMemory::kCapacity;  // never more than half full

__extension__ using Wide = unsigned __int128;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

TagMemory::TagMemory() : tag_slots_(kSlots, kNone), leaf_slots_(kSlots, kNone) {
    std::array<std::uint8_t, 16> random;
    fill_random(random);
    std::memcpy(seed_.data(), random.data(), random.size());
}

std::size_t TagMemory::slot_of(const std::uint8_t* sixteen) const {
    std::array<std::uint64_t, 2> words;
    std::memcpy(words.data(), sixteen, 16);
    return mix(words[0] ^ seed_[0], words[1] ^ seed_[1]) % kSlots;
}

void TagMemory::add(const Place& place, std::uint32_t issuer, UnixSeconds iat, const Hash* leaf,
                    std::span<const EnvelopeSpan> envelopes) {
    up_to_[place.log] = place.index + 1;
    if (leaf != nullptr) {
        std::size_t slot = slot_of(leaf->data());
        while (leaf_slots_[slot] != kNone) slot = (slot + 1) % kSlots;
        leaf_slots_[slot] = static_cast<std::uint32_t>(leaves_.size());
        leaves_.push_back({*leaf, place.index});
    }
    if (envelopes.empty()) return;
    const auto statement = static_cast<std::uint32_t>(statements_.size());
    statements_.push_back({place.index, iat, place.log, issuer});
    std::uint8_t position = 0;
    for (const EnvelopeSpan& envelope : envelopes) {
        std::size_t slot = slot_of(envelope.tag.data());
        while (tag_slots_[slot] != kNone && rows_[tag_slots_[slot]].tag != envelope.tag)
            slot = (slot + 1) % kSlots;
        const std::uint32_t next = tag_slots_[slot];
        tag_slots_[slot] = static_cast<std::uint32_t>(rows_.size());
        rows_.push_back(
            {envelope.tag, statement, next, envelope.offset, envelope.length, position});
        ++position;
    }
}

TagRow TagMemory::located(const Row& row) const {
    const Statement& statement = statements_[row.statement];
    return {.place = {statement.log, statement.index},
            .position = row.position,
            .offset = row.offset,
            .length = row.length,
            .issuer = statement.issuer,
            .iat = statement.iat};
}

void TagMemory::find(const Tag& tag, std::optional<std::uint32_t> issuer, std::size_t limit,
                     std::vector<TagRow>& out) const {
    if (rows_.empty()) return;  // spares a look into the table, which is in no cache
    std::size_t taken = 0;
    std::size_t slot = slot_of(tag.data());
    while (tag_slots_[slot] != kNone) {
        std::uint32_t row = tag_slots_[slot];
        if (rows_[row].tag == tag) {
            for (; row != kNone && taken < limit; row = rows_[row].next) {
                if (issuer && statements_[rows_[row].statement].issuer != *issuer) continue;
                out.push_back(located(rows_[row]));
                ++taken;
            }
            return;
        }
        slot = (slot + 1) % kSlots;
    }
}

std::optional<std::uint64_t> TagMemory::find_leaf(const Hash& leaf) const {
    std::size_t slot = slot_of(leaf.data());
    while (leaf_slots_[slot] != kNone) {
        const Leaf& row = leaves_[leaf_slots_[slot]];
        if (row.hash == leaf) return row.index;
        slot = (slot + 1) % kSlots;
    }
    return std::nullopt;
}

}  // namespace reelproof::ledger
