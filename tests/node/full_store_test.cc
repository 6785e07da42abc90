// A store that has no room left: a real map, and a small one.
#include <catch2/catch.hpp>

#include "api/routes/problems.h"
#include "api/service/json_rows.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::node::tests {

using ledger::tests::TempFolder, ledger::tests::TestNode, ledger::tests::TestOrg;

TEST_CASE("a full store keeps nothing more, and says what to do", "[service]") {
    const TempFolder folder;
    const TestOrg org("oem.example");
    TestNode node(folder.path(), org);
    const auto small = [](ledger::StoreOptions& options, ledger::SequencerOptions&) {
        options.map_size = options.max_map_size = std::uint64_t{2} << 20;
    };
    REQUIRE(node.open(small) == "");
    node.must_submit(org.genesis());
    std::size_t kept = 0;
    ledger::Result<void> done;
    const boost::json::object row{{"text", std::string(40'000, 'x')}};
    const auto count = [](const api::JsonRows& rows) {
        std::size_t out = 0;
        rows.each("row/", [&](std::string_view, const boost::json::object&) { ++out; });
        return out;
    };
    {
        api::JsonRows rows(*node.store, *node.sequencer, ledger::Table::work);
        while (kept < 200 && (done = rows.put("row/" + std::to_string(kept), row))) ++kept;
        REQUIRE_FALSE(done.has_value());
        CHECK(done.error().no_room);
        const auto answer = api::problem_of(done.error());
        CHECK(answer.status == 507);
        const std::string body(answer.body_view());
        CHECK(body.find("raise store.max_map_size") != std::string::npos);
        CHECK_FALSE(answer.headers.get("Retry-After"));
        CHECK(kept > 5);
        // What is there is read as before.
        CHECK(count(rows) == kept);
    }
    REQUIRE(node.open() == "");
    api::JsonRows rows(*node.store, *node.sequencer, ledger::Table::work);
    CHECK(rows.put("row/more", row).has_value());
    CHECK(count(rows) == kept + 1);
}

}  // namespace reelproof::node::tests
