// What is told of clocks where there are more than are told.
#include "api/routes/stock.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/http/target.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::api {

namespace json = boost::json;

TEST_CASE("of more clocks than are told those with the most time left are cut off", "[stock]") {
    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org("ems.example");
    ledger::tests::TestNode node(folder.path(), org);
    node.open_with_genesis();
    const auto now = ledger::tests::kNow;
    const auto clock = [now] { return now; };
    JsonRows rows(*node.store, *node.sequencer, ledger::Table::work);
    std::vector<JsonRows::Change> clocks;
    const auto open_since = [&](const std::string& item, ledger::UnixSeconds since) {
        clocks.push_back(
            {"floor/" + item, {{"level", "3"}, {"open", 1}, {"since", since}, {"used", 0}}});
    };
    for (int i = 0; i < 10000; ++i) open_since("A" + std::to_string(i), now - 60);
    open_since("Z", now - 3600);
    REQUIRE(rows.write(std::move(clocks)));

    const ItemIndex index(*node.store, *node.sequencer, org.name, clock);
    Parts parts(rows);
    Stock stock(index, parts, clock);
    FloorLives floor_lives(rows, clock);
    StockRoutes routes{index, parts, stock, floor_lives, org.name, clock};
    Router router;
    add_stock_routes(router, routes);
    router.set_authoriser([](Request&, std::string_view) { return std::nullopt; });
    Request request;
    REQUIRE(!parse_target("/v1/stock/floor-lives", request));
    const auto answer = json::parse(router.handle(request).body_view());
    const auto& told = answer.at("clocks").as_array();
    REQUIRE(told.size() == 10000);
    CHECK(told[0].at("item") == "Z");
    CHECK(told[0].at("left_seconds") == 167 * 3600);
    CHECK(told[0].at("of_seconds") == 168 * 3600);
    CHECK(told[1].at("used_seconds") == 60);
}

}  // namespace reelproof::api
