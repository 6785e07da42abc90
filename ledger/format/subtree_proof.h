// Subtree consistency proofs (draft-ietf-plants-merkle-tree-certs section 4.4), as the packages of
// a C2SP tlog-mirror upload carry them: the leaves [start, end) are those of the larger tree. Pure,
// thread-safe.
#pragma once

#include "ledger/format/merkle.h"

namespace reelproof::ledger {

// [start, end) is a subtree: not empty, and start is a multiple of the smallest power of two that
// is not less than its width.
bool is_subtree(std::uint64_t start, std::uint64_t end);

// Root of the leaves [start, end), which is a subtree.
Hash subtree_root(std::uint64_t start, std::uint64_t end, const SubtreeHash& subtree);
// [start, end) is a subtree and end <= size.
std::vector<Hash> subtree_proof(std::uint64_t start, std::uint64_t end, std::uint64_t size,
                                const SubtreeHash& subtree);
// `invalid` when it does not lead from this root of [start, end) to that of the whole tree.
Result<void> verify_subtree_proof(std::uint64_t start, std::uint64_t end, const Hash& subtree_root,
                                  std::uint64_t size, const Hash& root,
                                  const std::vector<Hash>& proof);

}  // namespace reelproof::ledger
