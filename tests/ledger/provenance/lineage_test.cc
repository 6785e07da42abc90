#include "tests/ledger/provenance/paper_ledger_support.h"

namespace reelproof::ledger::tests {

namespace {

const std::string kMaker = "northline.example", kEms = "brightline-ems.example";

void make(PaperLedger& ledger, const Reel& reel, std::vector<ItemKey> parents = {}) {
    ledger.record(kEms, reel.key, commissioning(reel), {.parents = std::move(parents)});
}
std::vector<std::string> ids_of(const Lineage& lineage) {
    std::vector<std::string> out;
    for (const auto& history : lineage.items) out.push_back(public_item_id(history.key));
    return out;
}

}  // namespace

TEST_CASE("the lineage of an item without parents is the item") {
    PaperLedger ledger;
    const Reel reel;
    make(ledger, reel);
    CHECK(ids_of(ledger.lineage(reel.key)) == std::vector<std::string>{reel.id()});
    CHECK(ids_of(ledger.lineage(Reel().key)).size() == 1);
}

TEST_CASE("a lineage is breadth first, and each ancestor stands once") {
    PaperLedger ledger;
    const Reel lot, left, right, board;
    make(ledger, lot);
    make(ledger, left, {lot.key});
    make(ledger, right, {lot.key});
    make(ledger, board, {left.key, right.key, left.key});
    const auto lineage = ledger.lineage(board.key);
    CHECK(ids_of(lineage) == std::vector<std::string>{board.id(), left.id(), right.id(), lot.id()});
    CHECK_FALSE(lineage.truncated);
}

TEST_CASE("a board that is commissioned once for every reel has all of them as parents") {
    PaperLedger ledger;
    const Reel board, one, two;
    make(ledger, board, {one.key});
    make(ledger, board, {two.key});
    CHECK(ids_of(ledger.lineage(board.key)) ==
          std::vector<std::string>{board.id(), one.id(), two.id()});
}

TEST_CASE("items that name each other as parents end the search") {
    PaperLedger ledger;
    const Reel one, two;
    make(ledger, one, {two.key});
    make(ledger, two, {one.key, two.key});
    CHECK(ids_of(ledger.lineage(one.key)) == std::vector<std::string>{one.id(), two.id()});
}

TEST_CASE("only who makes an item can name its parents") {
    PaperLedger ledger;
    const Reel reel, recalled;
    make(ledger, recalled);
    make(ledger, reel);
    ledger.record("dist.example", reel.key, happening(EventKind::quarantine),
                  {.parents = {recalled.key}});
    CHECK(ledger.lineage(reel.key).items.size() == 1);
}

TEST_CASE("more ancestors than we follow are cut off, and the lineage says so") {
    PaperLedger ledger;
    std::vector<ItemKey> parents;
    for (int i = 0; i < 600; ++i) parents.push_back(ItemKey::random());
    const Reel board, deep;
    make(ledger, board, parents);
    CHECK(ledger.lineage(board.key).items.size() == 601);
    CHECK_FALSE(ledger.lineage(board.key).truncated);

    for (auto& parent : parents) parent = ItemKey::random();
    parents.push_back(board.key);
    make(ledger, deep, parents);
    const auto lineage = ledger.lineage(deep.key);
    CHECK(lineage.items.size() == kMaxAncestors + 1);
    CHECK(lineage.truncated);
}

}  // namespace reelproof::ledger::tests
