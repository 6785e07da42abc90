// RFC 6962 Merkle trees over SHA-256: hashes, roots, inclusion and consistency proofs. Pure, no
// I/O; the tree's hashes come through a function. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

// RFC 6962 2.1: SHA-256(0x01 || left || right), and the root of the empty tree.
Hash node_hash(const Hash& left, const Hash& right);
Hash empty_root();

// Gives the hash of the complete subtree of 2^level leaves that starts at leaf index << level.
// Only asked for subtrees that lie wholly within the tree. May throw.
using SubtreeHash = std::function<Hash(int level, std::uint64_t index)>;

// Root of the first `size` leaves.
Hash tree_root(std::uint64_t size, const SubtreeHash& subtree);
// RFC 6962 2.1.1; index < size.
std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                  const SubtreeHash& subtree);
// RFC 6962 2.1.2; 0 < old_size <= size. Empty when equal.
std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                    const SubtreeHash& subtree);

// The root that an inclusion proof leads to (RFC 9162 2.1.3.2); error when its length is wrong.
Result<Hash> root_from_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                 const std::vector<Hash>& proof);
// RFC 9162 2.1.4.2. old_size 0 is consistent with anything and needs an empty proof.
Result<void> verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                                const Hash& root, const std::vector<Hash>& proof);
// The root of the first old_size leaves that a consistency proof leads to, where it leads to the
// root of the whole as well: then nothing else can be true. Nothing where it does not, and for
// powers of two, whose proofs say it only to who knows it.
std::optional<Hash> old_root_from_consistency(std::uint64_t old_size, std::uint64_t size,
                                              const Hash& root, const std::vector<Hash>& proof);

// The right edge of a growing tree: the roots of its complete subtrees, largest first. Appending is
// O(1) amortised. Not thread-safe.
class Frontier {
  public:
    // Each complete subtree that an append closes is reported, leaves (level 0) included.
    using OnSubtree = std::function<void(int level, std::uint64_t index, const Hash& hash)>;

    Frontier() = default;
    static Frontier load(std::uint64_t size, const SubtreeHash& subtree);

    void append(const Hash& leaf, const OnSubtree& on_subtree = {});
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] Hash root() const;

  private:
    std::uint64_t size_ = 0;
    std::vector<Hash> edge_;  // one per set bit of size_, most significant first
};

}  // namespace reelproof::ledger
