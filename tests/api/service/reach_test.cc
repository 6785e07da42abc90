// How many items recalls hit, where more are known than one call looks at.
#include "api/service/reach.h"

#include <catch2/catch.hpp>

#include "tests/ledger/store/store_support.h"

namespace reelproof::api {

namespace {

ledger::RecordedRecall recall_of(std::uint64_t index, const std::string& lot) {
    ledger::RecordedRecall out;
    out.place.index = index;
    out.what.mpn = "LM358DR";
    out.what.lots = {lot};
    return out;
}

}  // namespace

TEST_CASE("hits of recalls are counted in turn, and again when the index changed", "[search]") {
    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org("ems.example");
    ledger::tests::TestNode node(folder.path(), org);
    const ledger::Secret<32> key = ledger::Secret<32>::random();
    REQUIRE(node.open([&](ledger::StoreOptions& options, ledger::SequencerOptions&) {
                    options.data_key = key;
                })
                .empty());
    node.must_submit(org.genesis());
    ItemIndex index(*node.store, *node.sequencer, org.name, [] { return ledger::tests::kNow; });
    REQUIRE(index.kept());
    const auto add = [&](int count, const std::string& lot) {
        for (int i = 0; i < count; ++i) {
            Identified item;
            item.key = ledger::ItemKey::random();
            item.id = ledger::public_item_id(item.key);
            item.label.mpn = "LM358DR";
            item.label.lot = lot;
            index.changed(item);
        }
        index.settle();
    };
    add(30, "A");
    add(30, "B");
    const auto a = recall_of(1, "A"), b = recall_of(2, "B"), none = recall_of(3, "C");
    const std::vector<const ledger::RecordedRecall*> all{&a, &b, &none};
    RecallHits counted(index, 40);
    const auto told = [&] {
        std::vector<std::pair<std::size_t, bool>> out;
        for (const auto& one : counted.of(all)) out.emplace_back(one.items, one.more);
        return out;
    };
    using Told = decltype(told());
    CHECK(told() == Told{{30, false}, {10, true}, {0, true}});
    CHECK(told() == Told{{30, false}, {30, false}, {0, false}});
    // What was counted whole stands until it is again.
    add(5, "B");
    CHECK(told() == Told{{30, false}, {30, false}, {0, false}});
    CHECK(told() == Told{{30, false}, {35, false}, {0, false}});
    const auto wide = reach_of(index, a.what, org.name);
    REQUIRE(wide);
    CHECK(wide->hit == 30);
    CHECK(!wide->truncated);
}

}  // namespace reelproof::api
