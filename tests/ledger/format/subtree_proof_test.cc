#include "ledger/format/subtree_proof.h"

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/format/statement.h"
#include "tests/ledger/base/result_printer.h"

using namespace reelproof::ledger;

namespace {

// RFC 9162 2.1.1 to the letter, over leaves that are their numbers.
Hash definition(std::uint64_t start, std::uint64_t end) {
    if (end - start == 1) return leaf_hash(as_bytes(std::to_string(start)));
    std::uint64_t split = 1;
    while (split * 2 < end - start) split *= 2;
    return node_hash(definition(start, start + split), definition(start + split, end));
}

Hash subtree(int level, std::uint64_t index) {
    return definition(index << level, (index + 1) << level);
}

constexpr std::uint64_t kMost = 40;

}  // namespace

TEST_CASE("a subtree begins at a multiple of the power of two that holds it", "[format]") {
    CHECK(is_subtree(0, 1));
    CHECK(is_subtree(7, 8));
    CHECK(is_subtree(8, 13));
    CHECK(is_subtree(0, 300));
    CHECK(is_subtree(256, 512));
    CHECK_FALSE(is_subtree(5, 5));
    CHECK_FALSE(is_subtree(6, 5));
    CHECK_FALSE(is_subtree(4, 9));
    CHECK_FALSE(is_subtree(3, 5));
    CHECK(is_subtree(0, ~std::uint64_t{0}));
    CHECK_FALSE(is_subtree(1, ~std::uint64_t{0}));
    CHECK_FALSE(is_subtree(std::uint64_t{1} << 62, ~std::uint64_t{0}));
}

TEST_CASE("a proof has the hashes that the draft's definition gives", "[format]") {
    // [8, 13) of 14: its last leaf, its neighbour, what comes before it, and the left half.
    CHECK(subtree_proof(8, 13, 14, subtree) ==
          std::vector<Hash>{definition(12, 13), definition(13, 14), definition(8, 12),
                            definition(0, 8)});
    CHECK(subtree_proof(4, 8, 14, subtree) ==
          std::vector<Hash>{definition(0, 4), definition(8, 14)});
    CHECK(subtree_proof(8, 14, 14, subtree) == std::vector<Hash>{definition(0, 8)});
    CHECK(subtree_proof(0, 14, 14, subtree).empty());
}

TEST_CASE("from the first leaf on it is the consistency proof of RFC 6962", "[format]") {
    for (std::uint64_t size = 1; size <= kMost; ++size)
        for (std::uint64_t end = 1; end <= size; ++end)
            CHECK(subtree_proof(0, end, size, subtree) == consistency_proof(end, size, subtree));
}

TEST_CASE("every subtree is proved to be of its tree, and to be of no other", "[format]") {
    int proofs = 0;
    for (std::uint64_t size = 1; size <= kMost; ++size) {
        const Hash root = definition(0, size);
        for (std::uint64_t start = 0; start < size; ++start)
            for (std::uint64_t end = start + 1; end <= size; ++end) {
                if (!is_subtree(start, end)) continue;
                CAPTURE(size, start, end);
                const Hash part = definition(start, end);
                CHECK(subtree_root(start, end, subtree) == part);
                auto proof = subtree_proof(start, end, size, subtree);
                REQUIRE(verify_subtree_proof(start, end, part, size, root, proof));
                ++proofs;
                Hash other = part;
                other[0] ^= 1;
                CHECK_FALSE(verify_subtree_proof(start, end, other, size, root, proof));
                other = root;
                other[31] ^= 1;
                CHECK_FALSE(verify_subtree_proof(start, end, part, size, other, proof));
                for (Hash& hash : proof) {
                    hash[5] ^= 4;
                    CHECK_FALSE(verify_subtree_proof(start, end, part, size, root, proof));
                    hash[5] ^= 4;
                }
                proof.push_back(root);
                CHECK_FALSE(verify_subtree_proof(start, end, part, size, root, proof));
                proof.pop_back();
                if (proof.empty()) continue;
                proof.pop_back();
                CHECK_FALSE(verify_subtree_proof(start, end, part, size, root, proof));
            }
    }
    CHECK(proofs > 2000);
}

TEST_CASE("a range that is no subtree proves nothing", "[format]") {
    const Hash any = definition(0, 1);
    CHECK_FALSE(verify_subtree_proof(3, 5, any, 8, any, {}));
    CHECK_FALSE(verify_subtree_proof(0, 9, any, 8, any, {}));
    CHECK_FALSE(verify_subtree_proof(0, 0, any, 8, any, {}));
    CHECK_THROWS_AS(subtree_proof(3, 5, 8, subtree), std::logic_error);
}
