// Who answers for what in a project: set, looked through and signed at the command line.
#include <catch2/catch.hpp>

#include "tests/node/cli_site.h"
#include "tests/paths.h"

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

TEST_CASE("a RACI table is signed as it was shown", "[cli][vault]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "oem");
    site.start();
    REQUIRE(site.run({"vault", "project", "add", "--name", "atlas", "--steward", "anna"}).code ==
            0);
    const auto raci = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"vault", "raci"});
        more.insert(more.end(), {"--config", site.config()});
        return work.run(more);
    };
    CHECK_THAT(raci({"show", "atlas"}).err, Contains("no RACI table"));
    const auto file = (reelproof::tests::source_dir() / "samples/vault/raci.json").string();
    const auto set = raci({"set", "atlas", file});
    INFO(set.err);
    REQUIRE(set.code == 0);
    const auto shown = raci({"show", "atlas"});
    INFO(shown.err);
    REQUIRE(shown.code == 0);
    CHECK_THAT(shown.out, Contains("atlas (steward anna), set ") && Contains("answers for it"));
    const std::string before = "vault raci sign atlas --digest ";
    const auto at = shown.out.find(before);
    REQUIRE(at != std::string::npos);
    const auto digest = shown.out.substr(at + before.size(), 64);
    CHECK_THAT(raci({"sign", "atlas", "--digest", std::string(64, 'a'), "--remark", "x"}).err,
               Contains("another by now"));
    const auto done = raci({"sign", "atlas", "--digest", digest, "--remark", "as agreed"});
    INFO(done.err);
    REQUIRE(done.code == 0);
    CHECK_THAT(done.out, Contains("signed ") && Contains("as agreed") && Contains(digest));
    CHECK_THAT(raci({"show", "atlas"}).out, Contains("SHA-256 in the ledger: " + digest));
    CHECK(site.stop() == 0);
}

}  // namespace reelproof::node::tests
