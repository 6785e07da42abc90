// Things without a label: under which of their keys events go, and where they are found again.
#include "api/service/held_items.h"

#include <catch2/catch.hpp>

#include "tests/ledger/store/store_support.h"

namespace reelproof::api {

namespace {

const std::string kCabinet = "https://ems.example/loc/dry-cabinet";

struct Held {
    Held() {
        node.open_with_genesis();
        items.emplace(*node.store, *node.sequencer, ledger::Secret<32>::random());
    }
    void record(std::uint64_t events) {
        const auto thing = items->thing_in_use(kCabinet);
        REQUIRE(node.sequencer
                    ->write([&](ledger::WriteTransaction& writing) {
                        HeldItems::add(writing, thing.key, thing.thing);
                        for (std::uint64_t i = 0; i < events; ++i)
                            HeldItems::count_event(writing, thing);
                    })
                    .get());
    }

    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org{"ems.example"};
    ledger::tests::TestNode node{folder.path(), org};
    std::optional<HeldItems> items;
};

}  // namespace

TEST_CASE("a thing's next key is used when one has as many events as are well followed",
          "[epcis]") {
    Held held;
    const auto number = [&] { return held.items->thing_in_use(kCabinet).number; };
    CHECK(number() == 0);
    held.record(1);
    CHECK(number() == 0);
    held.record(HeldItems::kEventsOfKey - 2);
    CHECK(number() == 0);
    held.record(1);
    CHECK(number() == 1);
    CHECK(held.items->things(kCabinet).size() == 1);  // it has none of the next yet
    held.record(1);
    CHECK(number() == 1);
    const auto all = held.items->things(kCabinet);
    REQUIRE(all.size() == 2);
    CHECK(all[0].id == held.items->thing(kCabinet).id);
    CHECK(all[1].id == held.items->thing_in_use(kCabinet).id);
    CHECK(all[0].id != all[1].id);
    for (const auto& one : all) CHECK(held.items->find(one.id)->thing == kCabinet);
    CHECK(held.items->thing_in_use("urn:example:other").number == 0);
}

TEST_CASE("events that were captured before keys were counted are found beside the new ones",
          "[epcis]") {
    Held held;
    const auto first = held.items->thing(kCabinet);
    REQUIRE(held.node.sequencer
                ->write([&](ledger::WriteTransaction& writing) {
                    HeldItems::add(writing, first.key, first.thing);
                })
                .get());
    CHECK(held.items->thing_in_use(kCabinet).number == 1);
    held.record(1);
    const auto all = held.items->things(kCabinet);
    REQUIRE(all.size() == 2);
    CHECK(all[0].id == first.id);
}

}  // namespace reelproof::api
