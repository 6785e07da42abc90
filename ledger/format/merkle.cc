#include "ledger/format/merkle.h"

#include <bit>
#include <stdexcept>

#include "ledger/base/sha256.h"

namespace reelproof::ledger {
namespace {

constexpr std::uint8_t kNodePrefix = 0x01;  // RFC 6962 2.1

std::uint64_t largest_power_below(std::uint64_t size) {
    return std::bit_floor(size - 1);
}

// Root of the leaves [start, start + count), count > 0; start is a multiple of every power of two
// that `count` is made of, as in each split of RFC 6962 2.1.
Hash range_root(std::uint64_t start, std::uint64_t count, const SubtreeHash& subtree) {
    if (std::has_single_bit(count)) {
        int level = std::countr_zero(count);
        return subtree(level, start >> level);
    }
    std::uint64_t left = largest_power_below(count);
    Hash left_root = range_root(start, left, subtree);
    return node_hash(left_root, range_root(start + left, count - left, subtree));
}

// RFC 6962 2.1.1 PATH over the range [start, start + count).
void path_to(std::uint64_t index, std::uint64_t start, std::uint64_t count,
             const SubtreeHash& subtree, std::vector<Hash>& out) {
    if (count == 1) return;
    std::uint64_t left = largest_power_below(count);
    if (index < left) {
        path_to(index, start, left, subtree, out);
        out.push_back(range_root(start + left, count - left, subtree));
    } else {
        path_to(index - left, start + left, count - left, subtree, out);
        out.push_back(range_root(start, left, subtree));
    }
}

// RFC 6962 2.1.2 SUBPROOF over the range [start, start + count). `known` says that the old tree's
// root of this range is what the verifier already has.
void subproof(std::uint64_t old_count, std::uint64_t start, std::uint64_t count, bool known,
              const SubtreeHash& subtree, std::vector<Hash>& out) {
    if (old_count == count) {
        if (!known) out.push_back(range_root(start, count, subtree));
        return;
    }
    std::uint64_t left = largest_power_below(count);
    if (old_count <= left) {
        subproof(old_count, start, left, known, subtree, out);
        out.push_back(range_root(start + left, count - left, subtree));
    } else {
        subproof(old_count - left, start + left, count - left, false, subtree, out);
        out.push_back(range_root(start, left, subtree));
    }
}

bool is_odd(std::uint64_t number) {
    return (number & 1) != 0;
}

}  // namespace

Hash node_hash(const Hash& left, const Hash& right) {
    std::array<std::uint8_t, 65> input;
    input[0] = kNodePrefix;
    std::memcpy(input.data() + 1, left.data(), left.size());
    std::memcpy(input.data() + 33, right.data(), right.size());
    return sha256(ByteView(input));
}

Hash empty_root() {
    return sha256(ByteView{});
}

Hash tree_root(std::uint64_t size, const SubtreeHash& subtree) {
    return size == 0 ? empty_root() : range_root(0, size, subtree);
}

std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                  const SubtreeHash& subtree) {
    if (index >= size) throw std::logic_error("inclusion proof of a leaf outside the tree");
    std::vector<Hash> out;
    path_to(index, 0, size, subtree, out);
    return out;
}

std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                    const SubtreeHash& subtree) {
    if (old_size == 0 || old_size > size)
        throw std::logic_error("consistency proof from a size that is not within the tree");
    std::vector<Hash> out;
    subproof(old_size, 0, size, true, subtree, out);
    return out;
}

Result<Hash> root_from_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                 const std::vector<Hash>& proof) {
    if (index >= size)
        return invalid("inclusion proof: index " + std::to_string(index) +
                       " is outside a tree of size " + std::to_string(size));
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Hash root = leaf;
    for (const Hash& sibling : proof) {
        if (last == 0) return invalid("inclusion proof has too many hashes");
        if (is_odd(node) || node == last) {
            root = node_hash(sibling, root);
            while (!is_odd(node) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) return invalid("inclusion proof has too few hashes");
    return root;
}

namespace {

// The two roots that a consistency proof leads to; 0 < old_size < size. `first` is where it begins:
// the old root of a power of two, else the proof's first hash, which is not in [hash, end).
struct TwoRoots {
    Hash before, whole;
};
Result<TwoRoots> walk_consistency(std::uint64_t old_size, std::uint64_t size, const Hash& first,
                                  std::vector<Hash>::const_iterator hash,
                                  std::vector<Hash>::const_iterator end) {
    std::uint64_t node = old_size - 1;
    std::uint64_t last = size - 1;
    while (is_odd(node)) {
        node >>= 1;
        last >>= 1;
    }
    TwoRoots out{first, first};
    for (; hash != end; ++hash) {
        if (last == 0) return invalid("consistency proof has too many hashes");
        if (is_odd(node) || node == last) {
            out.before = node_hash(*hash, out.before);
            out.whole = node_hash(*hash, out.whole);
            while (!is_odd(node) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            out.whole = node_hash(out.whole, *hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) return invalid("consistency proof has too few hashes");
    return out;
}

}  // namespace

std::optional<Hash> old_root_from_consistency(std::uint64_t old_size, std::uint64_t size,
                                              const Hash& root, const std::vector<Hash>& proof) {
    if (old_size >= size || std::has_single_bit(old_size) || old_size == 0 || proof.empty())
        return std::nullopt;
    const auto roots =
        walk_consistency(old_size, size, proof.front(), proof.begin() + 1, proof.end());
    if (!roots || roots->whole != root) return std::nullopt;
    return roots->before;
}

Result<void> verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                                const Hash& root, const std::vector<Hash>& proof) {
    if (old_size > size)
        return invalid("consistency proof: size " + std::to_string(size) +
                       " is smaller than the old size " + std::to_string(old_size));
    if (old_size == 0 || old_size == size) {
        if (!proof.empty()) return invalid("consistency proof has hashes where none belong");
        if (old_size == size && old_root != root)
            return invalid("two different roots for size " + std::to_string(size));
        return {};
    }
    auto hash = proof.begin();
    // A power of two is a subtree of the new tree: its root is the old root itself, not in the
    // proof.
    Hash first = old_root;
    if (!std::has_single_bit(old_size)) {
        if (proof.empty()) return invalid("consistency proof has too few hashes");
        first = *hash++;
    }
    const auto roots = walk_consistency(old_size, size, first, hash, proof.end());
    if (!roots) return roots.error();
    if (roots->before != old_root)
        return invalid("consistency proof does not lead to the old root of size " +
                       std::to_string(old_size));
    if (roots->whole != root)
        return invalid("consistency proof does not lead to the root of size " +
                       std::to_string(size));
    return {};
}

Frontier Frontier::load(std::uint64_t size, const SubtreeHash& subtree) {
    Frontier out;
    out.size_ = size;
    std::uint64_t start = 0;
    for (int level = 63; level >= 0; --level) {
        if ((size >> level & 1) == 0) continue;
        out.edge_.push_back(subtree(level, start >> level));
        start += std::uint64_t{1} << level;
    }
    return out;
}

void Frontier::append(const Hash& leaf, const OnSubtree& on_subtree) {
    Hash hash = leaf;
    int level = 0;
    if (on_subtree) on_subtree(0, size_, hash);
    for (; (size_ >> level & 1) != 0; ++level) {
        hash = node_hash(edge_.back(), hash);
        edge_.pop_back();
        if (on_subtree) on_subtree(level + 1, size_ >> (level + 1), hash);
    }
    edge_.push_back(hash);
    ++size_;
}

Hash Frontier::root() const {
    if (edge_.empty()) return empty_root();
    Hash out = edge_.back();
    for (auto hash = edge_.rbegin() + 1; hash != edge_.rend(); ++hash) out = node_hash(*hash, out);
    return out;
}

}  // namespace reelproof::ledger
