#include "ledger/format/subtree_proof.h"

#include <bit>
#include <stdexcept>

namespace reelproof::ledger {
namespace {

// A range of leaves, and where its tree divides it (RFC 9162 2.1.1).
struct Range {
    std::uint64_t start, end;

    [[nodiscard]] std::uint64_t middle() const { return start + std::bit_floor(end - start - 1); }
    friend bool operator==(const Range&, const Range&) = default;
};

// SUBTREE_SUBPROOF of the draft: from `wanted` to the root of `node`, which holds it. `known` says
// that the verifier has the root of `wanted`.
void prove(Range wanted, Range node, bool known, const SubtreeHash& subtree,
           std::vector<Hash>& out) {
    if (wanted == node) {
        if (!known) out.push_back(subtree_root(node.start, node.end, subtree));
        return;
    }
    const std::uint64_t middle = node.middle();
    if (wanted.end <= middle) {
        prove(wanted, {node.start, middle}, known, subtree, out);
        out.push_back(subtree_root(middle, node.end, subtree));
        return;
    }
    // Either wholly on the right, or it begins with the node: then its left part is all of ours.
    const bool right = wanted.start >= middle;
    prove({right ? wanted.start : middle, wanted.end}, {middle, node.end}, known && right, subtree,
          out);
    out.push_back(subtree_root(node.start, middle, subtree));
}

bool is_odd(std::uint64_t number) {
    return (number & 1) != 0;
}

}  // namespace

bool is_subtree(std::uint64_t start, std::uint64_t end) {
    if (start >= end) return false;
    const std::uint64_t below = end - start - 1;
    if (below >> 63 != 0) return start == 0;
    const std::uint64_t width = below == 0 ? 1 : std::bit_floor(below) << 1;
    return width == 0 ? start == 0 : start % width == 0;
}

Hash subtree_root(std::uint64_t start, std::uint64_t end, const SubtreeHash& subtree) {
    const std::uint64_t width = end - start;
    if (std::has_single_bit(width)) {
        const int level = std::countr_zero(width);
        return subtree(level, start >> level);
    }
    const std::uint64_t middle = Range{start, end}.middle();
    const Hash left = subtree_root(start, middle, subtree);
    return node_hash(left, subtree_root(middle, end, subtree));
}

std::vector<Hash> subtree_proof(std::uint64_t start, std::uint64_t end, std::uint64_t size,
                                const SubtreeHash& subtree) {
    if (!is_subtree(start, end) || end > size)
        throw std::logic_error("proof of a range that is no subtree of the tree");
    std::vector<Hash> out;
    prove({start, end}, {0, size}, true, subtree, out);
    return out;
}

Result<void> verify_subtree_proof(std::uint64_t start, std::uint64_t end, const Hash& subtree_root,
                                  std::uint64_t size, const Hash& root,
                                  const std::vector<Hash>& proof) {
    if (!is_subtree(start, end) || end > size)
        return invalid("subtree proof: the entries are no subtree of a tree of size " +
                       std::to_string(size));
    // The subtree's first and last leaf and the tree's last one, climbing together.
    std::uint64_t first = start, last = end - 1, tree_last = size - 1;
    const auto climb = [&] {
        first >>= 1;
        last >>= 1;
        tree_last >>= 1;
    };
    // What both trees have in common needs no hash: up to the subtree's root when it ends where the
    // tree ends, else as long as it has no neighbour outside.
    const bool flush = last == tree_last;
    while (first != last && (flush || is_odd(last))) climb();
    auto hash = proof.begin();
    Hash below = subtree_root;
    if (first != last) {
        if (proof.empty()) return invalid("subtree proof has too few hashes");
        below = *hash++;
    }
    Hash above = below;
    for (; hash != proof.end(); ++hash) {
        if (tree_last == 0) return invalid("subtree proof has too many hashes");
        if (is_odd(last) || last == tree_last) {
            if (first < last) below = node_hash(*hash, below);
            above = node_hash(*hash, above);
            while (!is_odd(last) && last != 0) climb();
        } else {
            above = node_hash(above, *hash);
        }
        climb();
    }
    if (tree_last != 0) return invalid("subtree proof has too few hashes");
    if (below != subtree_root)
        return invalid("subtree proof does not lead to the root of the entries");
    if (above != root)
        return invalid("subtree proof does not lead to the root of size " + std::to_string(size));
    return {};
}

}  // namespace reelproof::ledger
