// How long the sum of what is in stock is kept.
#include "api/service/stock.h"

#include <catch2/catch.hpp>

#include "tests/ledger/store/store_support.h"

namespace reelproof::api {

TEST_CASE("the sum of a large stock is made anew once in a while, that of a small one at once",
          "[stock]") {
    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org("ems.example");
    ledger::tests::TestNode node(folder.path(), org);
    node.open_with_genesis();
    ledger::UnixSeconds now = ledger::tests::kNow;
    const auto clock = [&now] { return now; };
    const ItemIndex index(*node.store, *node.sequencer, org.name, clock);
    JsonRows rows(*node.store, *node.sequencer, ledger::Table::work);
    Parts parts(rows);
    const auto import = [&](const std::string& mpn) {
        PartData part;
        part.mpn = mpn;
        part.reorder_point = 7;
        REQUIRE(parts.import({part}));
    };
    // No items are more than this one takes for few.
    Stock large(index, parts, clock, -1), small(index, parts, clock);
    import("A");
    const auto first = large.summary();
    CHECK(first->parts.size() == 1);
    CHECK(small.summary()->parts.size() == 1);
    CHECK(large.summary() == first);
    import("B");
    CHECK(small.summary()->parts.size() == 2);
    now += Stock::kKeptFor - 1;
    CHECK(large.summary() == first);
    now += 1;
    CHECK(large.summary()->parts.size() == 2);
    import("C");
    CHECK(large.summary()->parts.size() == 2);
    now -= 3600;  // a clock that was set back is no reason to keep it
    CHECK(large.summary()->parts.size() == 3);
}

}  // namespace reelproof::api
