#include "ledger/provenance/keepers.h"

#include <limits>

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/format/wire.h"
#include "tests/ledger/base/result_printer.h"

using namespace reelproof::ledger;

namespace {

constexpr UnixSeconds kTime = 1'800'000'000;

NoteSigner mirror_of(const std::string& org) {
    return {org + "/mirror", wire::kNoteCosignatureV1, Secret<32>(sha256(as_bytes(org)))};
}

std::string text_of(const std::string& org, std::uint64_t size) {
    return format_checkpoint({org + "/ledger", size, sha256(as_bytes("root"))});
}

// As the log publishes it; who signed for the log is not looked at here.
std::string checkpoint(const std::string& org, std::uint64_t size,
                       const std::vector<std::string>& by) {
    const std::string text = text_of(org, size);
    std::vector<std::string> lines;
    for (const auto& one : by) lines.push_back(mirror_of(one).sign(text, kTime));
    if (lines.empty()) lines.push_back(mirror_of("nobody").sign(text, kTime));
    return format_note(text, lines);
}

TlogPolicy policy(const std::vector<std::string>& orgs, const std::string& quorum) {
    std::string text;
    for (const auto& org : orgs)
        text += "witness " + org + " " + mirror_of(org).verifier().vkey() + "\n";
    return TlogPolicy::parse(text + quorum).value();
}

using Names = std::vector<std::string>;
const Names kPartners{"dist", "ems", "oem"};

}  // namespace

TEST_CASE("without a policy any one partner's mirror is enough", "[provenance][policy]") {
    Keepers keepers(mirror_of("maker").verifier(), std::nullopt, kPartners);
    auto kept = keepers.of("maker/ledger", 4);
    CHECK(kept.by.empty());
    CHECK(kept.of == 3);
    CHECK_FALSE(kept.quorum);
    CHECK(keepers.quorum_size("maker/ledger") == 0);

    // Nobody's word counts before his key is known.
    CHECK(keepers.saw(checkpoint("maker", 5, {"ems"})).empty());
    CHECK(keepers.learn(mirror_of("ems").verifier()));
    CHECK(keepers.saw(checkpoint("maker", 5, {"ems", "stranger"})).size() == 1);
    kept = keepers.of("maker/ledger", 4);
    CHECK(kept.by == Names{"ems"});
    CHECK(kept.quorum);
    CHECK_FALSE(keepers.of("maker/ledger", 5).quorum);
    CHECK(keepers.quorum_size("maker/ledger") == 5);
    // An older checkpoint takes nothing back, and the same one tells nothing new.
    CHECK(keepers.saw(checkpoint("maker", 5, {"ems"})).empty());
    CHECK(keepers.saw(checkpoint("maker", 3, {"ems"})).empty());
    CHECK(keepers.quorum_size("maker/ledger") == 5);

    // Of a partner's log we are one of those who keep it, and the partner is none.
    kept = keepers.of("ems/ledger", 0);
    CHECK(kept.of == 3);
    CHECK(keepers.saw(checkpoint("ems", 9, {"maker", "ems"})).size() == 1);
    kept = keepers.of("ems/ledger", 8);
    CHECK(kept.by == Names{"maker"});
    CHECK(kept.quorum);
}

TEST_CASE("a policy's quorum counts who holds the entry, in whatever tree",
          "[provenance][policy]") {
    const Names witnesses{"dist", "ems", "oem"};
    Keepers keepers(mirror_of("maker").verifier(),
                    policy(witnesses, "group two 2 dist ems oem\nquorum two\n"), {"else"});
    keepers.saw(checkpoint("maker", 10, {"oem"}));
    keepers.saw(checkpoint("maker", 7, {"dist"}));
    keepers.saw(checkpoint("maker", 4, {"ems"}));
    CHECK(keepers.quorum_size("maker/ledger") == 7);
    CHECK(keepers.of("maker/ledger", 6).by == Names{"dist", "oem"});
    CHECK(keepers.of("maker/ledger", 6).quorum);
    const auto kept = keepers.of("maker/ledger", 7);
    CHECK(kept.by == Names{"oem"});
    CHECK(kept.of == 3);
    CHECK_FALSE(kept.quorum);

    // We are told of as a keeper of others' logs, but the policy does not count us.
    keepers.saw(checkpoint("ems", 3, {"maker", "oem"}));
    CHECK(keepers.of("ems/ledger", 2).by == Names{"oem", "maker"});
    CHECK(keepers.of("ems/ledger", 2).of == 3);
    CHECK_FALSE(keepers.of("ems/ledger", 2).quorum);
    // Nor does the owner's own mirror count.
    keepers.saw(checkpoint("ems", 3, {"ems"}));
    CHECK_FALSE(keepers.of("ems/ledger", 2).quorum);
    keepers.saw(checkpoint("ems", 3, {"dist"}));
    CHECK(keepers.of("ems/ledger", 2).quorum);
}

TEST_CASE("where no cosignature is needed everything counts as replicated",
          "[provenance][policy]") {
    const Keepers keepers(mirror_of("maker").verifier(), policy({"ems"}, "quorum none\n"), {});
    CHECK(keepers.of("maker/ledger", 100).quorum);
    CHECK(keepers.of("maker/ledger", 100).by.empty());
    CHECK(keepers.quorum_size("maker/ledger") == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("only a key of the policy counts, and another of that name is told",
          "[provenance][policy]") {
    Keepers keepers(mirror_of("maker").verifier(), policy({"ems"}, "quorum ems\n"), {});
    CHECK(keepers.learn(mirror_of("ems").verifier()));
    CHECK(keepers.learn(mirror_of("oem").verifier()));  // not in it: nothing to contradict
    const NoteSigner other("ems/mirror", wire::kNoteCosignatureV1,
                           Secret<32>(sha256(as_bytes("another"))));
    CHECK_FALSE(keepers.learn(other.verifier()));
    // Ours is told of, but it is not what the policy means.
    Keepers own(other.verifier(), policy({"ems"}, "quorum ems\n"), {});
    CHECK_FALSE(own.learn(other.verifier()));
    const auto text = text_of("maker", 5);
    CHECK(keepers.saw(format_note(text, {other.sign(text, kTime)})).empty());
    auto damaged = checkpoint("maker", 5, {"ems"});
    damaged[damaged.size() - 8] = damaged[damaged.size() - 8] == 'A' ? 'B' : 'A';
    CHECK(keepers.saw(damaged).empty());
    CHECK(keepers.saw("no note").empty());
    CHECK(keepers.quorum_size("maker/ledger") == 0);
}
