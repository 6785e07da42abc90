// What a node asks of its configuration, keys and log before it serves anybody.
#include <catch2/catch.hpp>

#include "node/keyring.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

TEST_CASE("a node does not start under a root that is not that of its log", "[service]") {
    ServiceNode node("acme.example"), other("acme.example");
    node.config.root = other.root();
    CHECK_THROWS_WITH(node.start(), Contains("root"));
}

TEST_CASE("a node does not start under a name that is not that of its log", "[service]") {
    ServiceNode node("acme.example");
    node.config.org = "other.example";
    node.config.origin = "other.example/ledger";
    CHECK_THROWS_WITH(node.start(), Contains("keeps the log of acme.example"));
}

TEST_CASE("a node does not start with a node.key that its log has not granted", "[service]") {
    ServiceNode node("acme.example"), other("acme.example");
    const auto key = node.config.keys / "node.key";
    std::filesystem::copy_file(other.config.keys / "node.key", key,
                               std::filesystem::copy_options::overwrite_existing);
    CHECK_THROWS_WITH(node.start(), Contains(key.string()) && Contains("not a key that our log"));
}

TEST_CASE("a node does not start without the witness key that its genesis names", "[service]") {
    ServiceNode node("acme.example"), other("acme.example");
    const auto key = node.config.keys / "witness.key";
    std::filesystem::copy_file(other.config.keys / "witness.key", key,
                               std::filesystem::copy_options::overwrite_existing);
    CHECK_THROWS_WITH(node.start(), Contains(key.string()) && Contains("is not the witness key"));
    std::filesystem::remove(key);
    CHECK_THROWS_WITH(node.start(), Contains(key.string()) && Contains("is missing"));
}

}  // namespace reelproof::node::tests
