#include "ledger/format/merkle.h"

#include <map>

#include "ledger/base/sha256.h"
#include "ledger/format/statement.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

Hash vector_leaf(std::uint64_t index) {
    return leaf_hash(as_bytes("reelproof-vectors-1/leaf/" + std::to_string(index)));
}

// RFC 6962 2.1 to the letter: the plain definition that everything else is compared with.
Hash definition(const std::vector<Hash>& leaves, std::size_t start, std::size_t count) {
    if (count == 0) return sha256(ByteView{});
    if (count == 1) return leaves[start];
    std::size_t split = 1;
    while (split * 2 < count) split *= 2;
    return node_hash(definition(leaves, start, split),
                     definition(leaves, start + split, count - split));
}

struct Tree {
    std::vector<Hash> leaves;

    explicit Tree(std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) leaves.push_back(vector_leaf(i));
    }
    // Fails on a subtree that is not wholly within the first `size` leaves.
    [[nodiscard]] SubtreeHash within(std::size_t size) const {
        return [this, size](int level, std::uint64_t index) {
            std::size_t count = std::size_t{1} << level;
            if ((index + 1) * count > size) throw std::logic_error("a subtree outside the tree");
            return definition(leaves, index * count, count);
        };
    }
};

}  // namespace

TEST_CASE("roots and proofs agree with the vectors", "[format][vectors]") {
    const Tree tree(1100);
    for (const auto& vector : load_vectors("merkle-roots.json")) {
        auto size = number_of(vector, "size");
        CHECK(to_hex(tree_root(size, tree.within(size))) == text_of(vector, "root"));
    }
    for (const auto& vector : load_vectors("merkle-inclusion.json")) {
        auto size = number_of(vector, "size");
        auto index = number_of(vector, "index");
        CHECK(tree.leaves[index] == hash_of(vector, "leaf_hash"));
        auto path = hashes_of(vector, "path");
        CHECK(inclusion_proof(index, size, tree.within(size)) == path);
        CHECK(root_from_inclusion(index, size, tree.leaves[index], path).value() ==
              hash_of(vector, "root"));
    }
    for (const auto& vector : load_vectors("merkle-consistency.json")) {
        auto old_size = number_of(vector, "old_size");
        auto size = number_of(vector, "size");
        auto path = hashes_of(vector, "path");
        CHECK(consistency_proof(old_size, size, tree.within(size)) == path);
        CHECK(why(verify_consistency(old_size, hash_of(vector, "old_root"), size,
                                     hash_of(vector, "root"), path)) == "");
    }
}

TEST_CASE("every tree up to 130 leaves: roots, all inclusion proofs, tampering refused",
          "[format]") {
    const Tree tree(130);
    for (std::uint64_t size = 1; size <= 130; ++size) {
        auto subtree = tree.within(size);
        const Hash root = definition(tree.leaves, 0, size);
        REQUIRE(tree_root(size, subtree) == root);
        for (std::uint64_t index = 0; index < size; ++index) {
            auto proof = inclusion_proof(index, size, subtree);
            REQUIRE(root_from_inclusion(index, size, tree.leaves[index], proof).value() == root);
            auto leads_elsewhere = [&](std::uint64_t i, std::uint64_t s, const Hash& leaf,
                                       const std::vector<Hash>& path) {
                auto result = root_from_inclusion(i, s, leaf, path);
                return !result || *result != root;
            };
            for (std::size_t h = 0; h < proof.size(); ++h) {
                auto changed = proof;
                changed[h][7] ^= 1;
                REQUIRE(leads_elsewhere(index, size, tree.leaves[index], changed));
            }
            auto longer = proof;
            longer.push_back(root);
            REQUIRE_FALSE(root_from_inclusion(index, size, tree.leaves[index], longer));
            if (!proof.empty()) {
                auto shorter = proof;
                shorter.pop_back();
                REQUIRE_FALSE(root_from_inclusion(index, size, tree.leaves[index], shorter));
                REQUIRE(leads_elsewhere(index ^ 1, size, tree.leaves[index], proof));
            }
            Hash other_leaf = tree.leaves[index];
            other_leaf[0] ^= 1;
            REQUIRE(leads_elsewhere(index, size, other_leaf, proof));
        }
        REQUIRE_FALSE(root_from_inclusion(size, size, root, {}));
    }
    CHECK_THROWS_AS(inclusion_proof(3, 3, tree.within(3)), std::logic_error);
}

TEST_CASE("every pair of sizes up to 130: consistency holds, tampering refused", "[format]") {
    const Tree tree(130);
    std::vector<Hash> roots;
    for (std::size_t size = 0; size <= 130; ++size)
        roots.push_back(definition(tree.leaves, 0, size));
    for (std::uint64_t size = 1; size <= 130; ++size) {
        auto subtree = tree.within(size);
        for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
            auto proof = consistency_proof(old_size, size, subtree);
            auto holds = [&](std::uint64_t m, const Hash& old_root, const Hash& root,
                             const std::vector<Hash>& path) {
                return static_cast<bool>(verify_consistency(m, old_root, size, root, path));
            };
            REQUIRE(holds(old_size, roots[old_size], roots[size], proof));
            Hash wrong = roots[old_size];
            wrong[31] ^= 1;
            REQUIRE_FALSE(holds(old_size, wrong, roots[size], proof));
            wrong = roots[size];
            wrong[0] ^= 1;
            REQUIRE_FALSE(holds(old_size, roots[old_size], wrong, proof));
            if (old_size == size) {
                REQUIRE(proof.empty());
                REQUIRE_FALSE(holds(old_size, roots[old_size], roots[size], {roots[size]}));
                continue;
            }
            for (std::size_t h = 0; h < proof.size(); ++h) {
                auto changed = proof;
                changed[h][3] ^= 1;
                REQUIRE_FALSE(holds(old_size, roots[old_size], roots[size], changed));
            }
            auto longer = proof;
            longer.push_back(roots[size]);
            REQUIRE_FALSE(holds(old_size, roots[old_size], roots[size], longer));
            auto shorter = proof;
            shorter.pop_back();
            REQUIRE_FALSE(holds(old_size, roots[old_size], roots[size], shorter));
            REQUIRE_FALSE(holds(old_size + 1, roots[old_size], roots[size], proof));
        }
        REQUIRE(verify_consistency(0, roots[0], size, roots[size], {}));
        REQUIRE_FALSE(verify_consistency(0, roots[0], size, roots[size], {roots[0]}));
        REQUIRE_FALSE(verify_consistency(size, roots[size], size - 1, roots[size - 1], {}));
    }
    CHECK_THROWS_AS(consistency_proof(0, 3, tree.within(3)), std::logic_error);
    CHECK_THROWS_AS(consistency_proof(4, 3, tree.within(3)), std::logic_error);
}

TEST_CASE("a consistency proof names the old root, but for powers of two", "[format]") {
    const Tree tree(70);
    for (std::uint64_t size = 1; size <= 70; ++size) {
        const Hash root = definition(tree.leaves, 0, size);
        for (std::uint64_t m = 1; m < size; ++m) {
            auto proof = consistency_proof(m, size, tree.within(size));
            const auto named = old_root_from_consistency(m, size, root, proof);
            if ((m & (m - 1)) == 0) {
                REQUIRE_FALSE(named);
                continue;
            }
            REQUIRE(named == definition(tree.leaves, 0, m));
            // Whoever makes one up can't make it name another.
            REQUIRE_FALSE(old_root_from_consistency(m, size, Hash{1}, proof));
            for (auto& hash : proof) {
                hash[0] ^= 1;
                REQUIRE_FALSE(old_root_from_consistency(m, size, root, proof));
                hash[0] ^= 1;
            }
            proof.push_back(root);
            REQUIRE_FALSE(old_root_from_consistency(m, size, root, proof));
            REQUIRE_FALSE(old_root_from_consistency(m, size, root, {}));
        }
        REQUIRE_FALSE(old_root_from_consistency(size, size, root, {}));
        REQUIRE_FALSE(old_root_from_consistency(0, size, root, {}));
    }
}

TEST_CASE("a frontier grows to the same roots, reports each subtree once, and can be loaded",
          "[format]") {
    const Tree tree(130);
    Frontier frontier;
    CHECK(frontier.root() == empty_root());
    CHECK(tree_root(0, {}) == empty_root());
    std::map<std::pair<int, std::uint64_t>, Hash> reported;
    for (std::uint64_t size = 1; size <= 130; ++size) {
        frontier.append(tree.leaves[size - 1],
                        [&](int level, std::uint64_t index, const Hash& hash) {
                            REQUIRE(reported.emplace(std::pair(level, index), hash).second);
                        });
        REQUIRE(frontier.size() == size);
        REQUIRE(frontier.root() == definition(tree.leaves, 0, size));
        Frontier loaded = Frontier::load(size, [&](int level, std::uint64_t index) {
            return reported.at({level, index});
        });
        REQUIRE(loaded.root() == frontier.root());
        loaded.append(tree.leaves[0]);
        Frontier copy = frontier;
        copy.append(tree.leaves[0]);
        REQUIRE(loaded.root() == copy.root());
    }
    for (const auto& [place, hash] : reported) {
        std::size_t count = std::size_t{1} << place.first;
        CHECK(hash == definition(tree.leaves, place.second * count, count));
    }
    CHECK(reported.size() == 130 + 65 + 32 + 16 + 8 + 4 + 2 + 1);
}
