#include "ledger/format/evidence.h"

#include <map>

#include "ledger/base/sha256.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

constexpr std::string_view kOrigin = "forker.example/ledger";

NoteSigner log_signer(std::uint8_t first_byte = 7) {
    Bytes seed(32, first_byte);
    return NoteSigner(std::string(kOrigin), wire::kNoteEd25519, Secret<32>(seed));
}

// A log of entries "<story>-<index>"; the first `common` ones are told alike in every story.
class Tree {
  public:
    Tree(std::string story, std::uint64_t size, std::uint64_t common = 0) : size_(size) {
        for (std::uint64_t i = 0; i < size; ++i) {
            const std::string entry = (i < common ? "same" : story) + "-" + std::to_string(i);
            frontier_.append(leaf_hash(as_bytes(entry)),
                             [&](int level, std::uint64_t index, const Hash& hash) {
                                 hashes_[{level, index}] = hash;
                             });
        }
    }

    [[nodiscard]] SubtreeHash subtree() const {
        return [this](int level, std::uint64_t index) { return hashes_.at({level, index}); };
    }
    // The checkpoint of its first `size` entries.
    [[nodiscard]] std::string note(std::uint64_t size, const NoteSigner& signer) const {
        const std::string text = format_checkpoint(
            {.origin = std::string(kOrigin), .size = size, .root = tree_root(size, subtree())});
        return format_note(text, {signer.sign(text)});
    }
    [[nodiscard]] std::string note() const { return note(size_, log_signer()); }

  private:
    std::uint64_t size_;
    Frontier frontier_;
    std::map<std::pair<int, std::uint64_t>, Hash> hashes_;
};

LogEvidence found(const Result<std::optional<LogEvidence>>& result) {
    REQUIRE(why(result) == "");
    REQUIRE(result->has_value());
    return **result;
}

}  // namespace

TEST_CASE("two roots for one size are evidence", "[format][evidence]") {
    Tree ours("ours", 9, 4), theirs("theirs", 9, 4);
    auto evidence = found(find_contradiction(ours.note(), theirs.note(), ours.subtree()));
    CHECK(evidence.size == 9);
    CHECK_FALSE(evidence.prefix_root);
    CHECK(evidence.proof.empty());
    CHECK(why(verify_evidence(evidence, log_signer().verifier())) == "");
}

TEST_CASE("a fork is evidence for every pair of sizes, whichever checkpoint is larger",
          "[format][evidence]") {
    const auto key = log_signer().verifier();
    for (std::uint64_t small = 1; small <= 9; ++small) {
        for (std::uint64_t large = small + 1; large <= 20; ++large) {
            INFO(small << " and " << large);
            Tree forked("fork", small), larger("long", large);
            auto evidence =
                found(find_contradiction(forked.note(), larger.note(), larger.subtree()));
            CHECK(evidence.size == small);
            REQUIRE(why(verify_evidence(evidence, key)) == "");
            // The caller need not know which one is larger.
            auto swapped =
                found(find_contradiction(larger.note(), forked.note(), larger.subtree()));
            CHECK(swapped.first == evidence.first);
            CHECK(swapped.proof == evidence.proof);
        }
    }
}

TEST_CASE("honest growth, and the same checkpoint twice, are no evidence", "[format][evidence]") {
    Tree tree("log", 30);
    for (std::uint64_t size = 0; size <= 30; ++size) {
        auto result =
            find_contradiction(tree.note(size, log_signer()), tree.note(), tree.subtree());
        REQUIRE(why(result) == "");
        CHECK_FALSE(result->has_value());
    }
    // What a liar would make of it.
    LogEvidence claimed{.origin = std::string(kOrigin),
                        .first = tree.note(11, log_signer()),
                        .second = tree.note(),
                        .size = 11,
                        .prefix_root = tree_root(11, tree.subtree()),
                        .proof = consistency_proof(11, 30, tree.subtree()),
                        .reason = "invented"};
    CHECK(why(verify_evidence(claimed, log_signer().verifier())).find("no contradiction") !=
          std::string::npos);
    claimed.prefix_root->at(0) ^= 1;
    CHECK_FALSE(verify_evidence(claimed, log_signer().verifier()));
}

TEST_CASE("an empty log with a root of its own is evidence", "[format][evidence]") {
    Tree tree("log", 3);
    Checkpoint empty{.origin = std::string(kOrigin), .size = 0, .root = sha256(as_bytes("x"))};
    const std::string text = format_checkpoint(empty);
    auto evidence = found(find_contradiction(format_note(text, {log_signer().sign(text)}),
                                             tree.note(), tree.subtree()));
    CHECK(evidence.size == 0);
    CHECK(why(verify_evidence(evidence, log_signer().verifier())) == "");
    evidence.prefix_root = sha256(as_bytes("y"));
    CHECK_FALSE(verify_evidence(evidence, log_signer().verifier()));
}

TEST_CASE("a tree that does not hash up to the larger checkpoint proves nothing",
          "[format][evidence]") {
    Tree forked("fork", 5), larger("long", 12), other("other", 12);
    CHECK(why(find_contradiction(forked.note(), larger.note(), other.subtree()))
              .find("does not hash up") != std::string::npos);
}

TEST_CASE("forged and foreign notes are refused as evidence", "[format][evidence]") {
    const auto key = log_signer().verifier();
    Tree forked("fork", 5), larger("long", 12);
    const auto good = found(find_contradiction(forked.note(), larger.note(), larger.subtree()));

    SECTION("signed by another key of the same name") {
        auto forged = good;
        forged.first = forked.note(5, log_signer(8));
        CHECK(why(verify_evidence(forged, key)).find("no signature by the key") !=
              std::string::npos);
    }
    SECTION("text changed under a true signature") {
        auto forged = good;
        forged.second.replace(forged.second.find("\n12\n"), 4, "\n13\n");
        CHECK(why(verify_evidence(forged, key)).find("does not hold") != std::string::npos);
    }
    SECTION("of another log") {
        auto foreign = good;
        foreign.origin = "honest.example/ledger";
        CHECK_FALSE(verify_evidence(foreign, key));
    }
    SECTION("in the wrong order, or of another size") {
        auto swapped = good;
        std::swap(swapped.first, swapped.second);
        CHECK_FALSE(verify_evidence(swapped, key));
        auto resized = good;
        resized.size = 6;
        CHECK_FALSE(verify_evidence(resized, key));
    }
    SECTION("proof or prefix missing, one hash changed, one too many") {
        auto no_prefix = good;
        no_prefix.prefix_root.reset();
        CHECK_FALSE(verify_evidence(no_prefix, key));
        for (std::size_t i = 0; i < good.proof.size(); ++i) {
            auto bent = good;
            bent.proof[i][31] ^= 1;
            CHECK_FALSE(verify_evidence(bent, key));
        }
        auto shorter = good, longer = good;
        shorter.proof.pop_back();
        longer.proof.push_back(longer.proof.front());
        CHECK_FALSE(verify_evidence(shorter, key));
        CHECK_FALSE(verify_evidence(longer, key));
    }
    SECTION("no notes at all") {
        auto broken = good;
        broken.first = "";
        CHECK_FALSE(verify_evidence(broken, key));
        CHECK_FALSE(find_contradiction("", larger.note(), larger.subtree()));
    }
}

TEST_CASE("evidence goes through its public statement unchanged", "[format][evidence]") {
    Tree forked("fork", 5), larger("long", 12), twin("twin", 12);
    const auto key = log_signer().verifier();
    for (const auto& evidence :
         {found(find_contradiction(forked.note(), larger.note(), larger.subtree())),
          found(find_contradiction(twin.note(), larger.note(), larger.subtree()))}) {
        auto read = parse_public(format_public(evidence));
        REQUIRE(why(read) == "");
        const auto* back = std::get_if<LogEvidence>(&*read);
        REQUIRE(back != nullptr);
        CHECK(back->origin == evidence.origin);
        CHECK(back->first == evidence.first);
        CHECK(back->second == evidence.second);
        CHECK(back->size == evidence.size);
        CHECK(back->prefix_root == evidence.prefix_root);
        CHECK(back->proof == evidence.proof);
        CHECK(back->reason == evidence.reason);
        CHECK(why(verify_evidence(*back, key)) == "");
    }
}
