// The key that partners seal to, at the command line; and a node that is killed amid its change.
#include <catch2/catch.hpp>

#include "node/cli/client.h"
#include "tests/node/cli_site.h"

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

namespace {

// "next", "current", ... as `list` tells it; empty: it does not.
std::string use_of(const Site& site, const std::string& key) {
    const auto listed = site.run({"org", "sealing-key", "list"});
    INFO(listed.err);
    REQUIRE(listed.code == 0);
    const auto answer = listed.json();
    for (const auto& one : answer.at("keys").as_array())
        if (one.at("key").as_string() == key) return std::string(one.at("use").as_string());
    return {};
}

}  // namespace

TEST_CASE("the sealing key is changed with one command, and the root key lies elsewhere",
          "[cli][sealing]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "ems");
    const auto root = (work.path() / "root.key").string();
    std::filesystem::rename(site.folder() / "keys/root.key", root);
    CHECK(site.run({"org", "sealing-key", "rotate", "--root-key", root}).code == 3);
    site.start();
    const auto shown = site.run({"org", "show"}).json().at("sealing_keys").as_array();
    REQUIRE(shown.size() == 1);
    const auto first = std::string(shown[0].at("key").as_string());
    CHECK_THAT(site.run({"org", "sealing-key", "rotate"}).err, Contains("root.key"));

    const auto done = site.run({"org", "sealing-key", "rotate", "--root-key", root});
    INFO(done.err);
    REQUIRE(done.code == 0);
    const auto second = std::string(done.json().at("key").as_string());
    CHECK(use_of(site, second) == "current");
    CHECK(use_of(site, first) == "earlier");
    const auto told = work.run({"org", "show", "--config", site.config()});
    CHECK_THAT(told.out, Contains(second + "  (what partners seal to since ") &&
                             Contains(first + "  (an earlier one, of "));

    const auto discard = [&](const std::string& key, std::vector<std::string> more) {
        more.insert(more.begin(), {"org", "sealing-key", "discard", "--key", key});
        return site.run(more);
    };
    CHECK_THAT(discard(first, {}).err, Contains("Nobody can undo this"));
    CHECK_THAT(discard(second, {"--yes"}).err, Contains("partners seal to that key"));
    CHECK(discard(first, {"--yes"}).code == 0);
    CHECK(use_of(site, first) == "discarded");
    // What the age program is given are those that are held.
    const auto identities = site.run({"vault", "identity", "--yes"});
    CHECK(identities.json().at("identities").as_array().size() == 1);
    CHECK(site.stop() == 0);
}

TEST_CASE("a node that is killed before its new sealing key is granted goes on with it",
          "[cli][sealing]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "ems");
    site.start();
    std::string made;
    {
        // As far as `org sealing-key rotate` goes before the root key signs.
        NodeAddress address;
        address.config = site.config();
        auto client = NodeClient::connect(address);
        REQUIRE(client.has_value());
        made = (*client)->post("/v1/sealing-keys", {}).value().at("key").as_string();
    }
    site.stop(SIGKILL);
    site.start();
    CHECK(use_of(site, made) == "next");
    const auto done = site.run({"org", "sealing-key", "rotate"});
    INFO(done.err);
    REQUIRE(done.code == 0);
    CHECK(done.json().at("key").as_string() == made);
    site.stop(SIGKILL);
    site.start();
    CHECK(use_of(site, made) == "current");
    CHECK(site.stop() == 0);
}

}  // namespace reelproof::node::tests
