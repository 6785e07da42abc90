// A node whose store has no room left, asked over HTTPS.
#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>

#include "ledger/store/sequencer.h"
#include "ledger/store/store.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace {

// The node's store as `org init` makes it, but with a map of that size: a map that is larger LMDB
// never makes smaller.
void make_store(ServiceNode& node, std::uint64_t size) {
    node.start();
    auto genesis = node.get("/.well-known/reelproof/genesis").text;
    node.stop();
    auto& store = node.config.store;
    std::filesystem::remove_all(store.folder);
    std::filesystem::remove(store.anchor);
    store.map_size = store.max_map_size = size;
    const auto data_key = load_data_key(node.config.keys).value();
    const auto keys = load_keyring(node.config.keys, data_key).value();
    auto options = store;
    options.data_key = data_key;
    const auto made = ledger::Store::open(options).value();
    ledger::SequencerOptions how;
    how.origin = node.config.origin;
    how.org = node.org();
    how.trusted_roots = node.config.trusted_roots();
    const auto sequencer =
        ledger::Sequencer::start(*made, how, keys.log_signer(node.org())).value();
    REQUIRE(sequencer->submit(ledger::to_bytes(ledger::as_bytes(genesis))).get().has_value());
}

}  // namespace

TEST_CASE("a node whose store is full answers 507, loses nothing, and goes on when it has room",
          "[service]") {
    ServiceNode node("maker.example");
    auto& store = node.config.store;
    const auto most = store.max_map_size;
    make_store(node, std::uint64_t{2} << 20);
    node.start();
    // Each is an entry of the log, told apart by its lot, and asked for under a key of its own.
    const auto recall = [&](std::size_t number) {
        return node.post("/v1/recall",
                         {{"mpn", "NL52840"},
                          {"lots", boost::json::array{"R" + std::to_string(number)}},
                          {"reason", std::string(4'000, 'x')}},
                         "recall-" + std::to_string(number));
    };
    const auto index_of = [](const Answer& answer) {
        const auto& statements = answer.body.at("statements").as_array();
        return statements.at(0).at("index").to_number<std::uint64_t>();
    };
    std::vector<std::uint64_t> kept;
    Answer answer;
    // Pages come free once nobody reads them any more: one may still go in after it was refused.
    for (int refused = 0; refused < 5;) {
        answer = recall(kept.size());
        if (answer.status == 201) kept.push_back(index_of(answer));
        refused = answer.status == 201 ? 0 : refused + 1;
        REQUIRE(kept.size() < 1'000);
    }
    INFO(answer.text);
    CHECK(answer.status == 507);
    CHECK(answer.member("type").find("no-room") != std::string::npos);
    CHECK(answer.says("raise store.max_map_size in the configuration and start the node again"));
    CHECK_FALSE(answer.headers.get("Retry-After"));
    CHECK(kept.size() > 5);
    // Behind the genesis there is what was answered, and nothing of what was refused.
    const auto size = kept.size() + 1;
    CHECK(node.size() == size);
    const auto all_there = [&] {
        return std::all_of(kept.begin(), kept.end(), [&](std::uint64_t index) {
            return node.get("/log/receipt/" + std::to_string(index)).status == 200;
        });
    };
    CHECK(all_there());

    node.stop();
    store.max_map_size = most;
    node.start();
    CHECK(node.size() == size);
    const auto done = recall(kept.size());
    INFO(done.text);
    REQUIRE(done.status == 201);
    CHECK(node.size() == size + 1);
    kept.push_back(index_of(done));
    // What was answered before the store was full is the same, and not made twice.
    CHECK(index_of(recall(0)) == kept[0]);
    CHECK(node.size() == size + 1);
    CHECK(all_there());
}

}  // namespace reelproof::node::tests
