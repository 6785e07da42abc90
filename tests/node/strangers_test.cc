// Labels that nobody recorded: whoever may check can invent any number of them, and what the node
// keeps of them stays within its bound.
#include <set>

#include <catch2/catch.hpp>

#include "api/service/events.h"
#include "api/service/held_items.h"
#include "api/service/item_index.h"
#include "tests/node/house_support.h"

namespace reelproof::node::tests {

namespace {

constexpr std::uint64_t kStrangers = 20;

api::Identified invented(const std::string& mpn, const std::string& lot = "L") {
    api::Identified out;
    out.key = ledger::ItemKey::random();
    out.id = ledger::public_item_id(out.key);
    out.issued = true;
    out.label.mpn = mpn;
    out.label.lot = lot;
    out.quantity = 100;
    return out;
}

// A node's index that has room for few strangers.
struct Desk : House {
    // Each time at another place, or the same verdict would not be written again for an hour.
    void look(const api::Identified& item) {
        at_line = !at_line;
        index.saw(api::inspect(context, item, "stock"), at_line ? "line" : "stock");
        index.settle();
    }
    void record(const api::Identified& item) {
        events.commission({item}, {}).value();
        index.changed(item);
        index.settle();
    }
    [[nodiscard]] std::size_t rows(ledger::Table table) const {
        std::size_t out = 0;
        store->scan(table, [&](ledger::ByteView, ledger::ByteView) { return ++out > 0; });
        return out;
    }
    [[nodiscard]] std::size_t words() const { return index.terms_of("mpn", "*").size(); }

    bool at_line = false;
    api::ItemIndex index{*store, *sequencer, config.org, ledger::system_now, kStrangers};
    api::Recorder recorder{context};
    api::Events events{context, recorder};
};

}  // namespace

TEST_CASE("a flood of invented labels costs the index a bounded number of rows",
          "[service][strangers]") {
    Desk desk;
    const auto reel = invented("REEL-1"), taken_in = invented("REEL-2");
    desk.look(reel);
    desk.record(reel);
    desk.look(taken_in);
    const auto flood = [&](int count) {
        std::vector<api::Identified> all;
        for (int i = 0; i < count; ++i) {
            all.push_back(invented("X" + std::to_string(all.size()) + "-" + std::to_string(count)));
            // Some together in one batch, some alone.
            desk.index.saw(api::inspect(desk.context, all.back(), "stock"), "stock");
            if (i % 7 == 0) desk.index.settle();
        }
        desk.index.settle();
        return all;
    };
    flood(5);
    desk.record(taken_in);  // a stranger no longer
    flood(60);
    const auto rows = desk.rows(ledger::Table::observations);
    const auto last = flood(150);
    CHECK(desk.rows(ledger::Table::observations) <= rows + 2);  // a chunk more of a list
    std::size_t known = 0;
    for (const auto& one : last) known += desk.index.find(one.id) ? 1 : 0;
    CHECK(known == kStrangers);
    CHECK(desk.index.find(last.back().id));
    CHECK(desk.words() == kStrangers + 2);
    for (const auto& kept : {reel, taken_in}) {
        CHECK(desk.index.find(kept.id));
        CHECK(desk.index.terms_of("mpn", kept.label.mpn.substr(0, 6) + "*").size() == 1);
    }
    // One that was forgotten is known again with its next scan, though nothing else changed.
    CHECK_FALSE(desk.index.find(last.front().id));
    desk.look(last.front());
    CHECK(desk.index.find(last.front().id));
    // As it is read again at the next start.
    const api::ItemIndex again(*desk.store, *desk.sequencer, desk.config.org, ledger::system_now);
    CHECK(again.terms_of("mpn", "*").size() == kStrangers + 2);
}

TEST_CASE("one label that says something else at each look costs one item",
          "[service][strangers]") {
    Desk desk;
    auto label = invented("FIRST");
    desk.look(label);
    const auto rows = desk.rows(ledger::Table::observations);
    for (int i = 0; i < 40; ++i) {
        label.label.mpn = "OTHER-" + std::to_string(i);
        label.label.lot = "LOT-" + std::to_string(i);
        desk.look(label);
    }
    CHECK(desk.rows(ledger::Table::observations) == rows);
    CHECK(desk.words() == 1);
    CHECK(desk.index.find(label.id)->facts.mpn == "OTHER-39");
    label.label.mpn = std::string(100'000, 'X');
    desk.look(label);
    CHECK(desk.index.find(label.id)->facts.mpn.empty());
    CHECK(desk.words() == 0);
}

TEST_CASE("a flood at goods-in costs a bounded number of keys, and none that is held for good",
          "[service][strangers]") {
    Desk desk;
    api::HeldItems held(*desk.store, *desk.sequencer, ledger::Secret<32>::random(), kStrangers);
    const auto for_good = ledger::ItemKey::random(), promoted = ledger::ItemKey::random();
    REQUIRE(held.remember({for_good}));
    REQUIRE(held.remember_stranger(promoted));
    REQUIRE(held.remember({promoted}));
    std::vector<std::string> flood;
    for (int i = 0; i < 70; ++i) {
        const auto key = ledger::ItemKey::random();
        flood.push_back(ledger::public_item_id(key));
        REQUIRE(held.remember_stranger(key));
        REQUIRE(held.remember_stranger(key));
    }
    // Key and place of each stranger, the counter, and those for good.
    CHECK(desk.rows(ledger::Table::items) == 2 * kStrangers + 1 + 2);
    for (std::size_t i = 0; i < flood.size(); ++i)
        CHECK(held.find(flood[i]).has_value() == (i >= flood.size() - kStrangers));
    CHECK(held.find(ledger::public_item_id(for_good)));
    CHECK(held.find(ledger::public_item_id(promoted)));
    std::set<std::string> told;
    held.each([&](const api::HeldItem& item) { return told.insert(item.id).second; });
    CHECK(told.size() == kStrangers + 2);
}

}  // namespace reelproof::node::tests
