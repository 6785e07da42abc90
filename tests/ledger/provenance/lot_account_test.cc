#include "ledger/provenance/lot_account.h"

#include "tests/ledger/provenance/paper_ledger_support.h"

namespace reelproof::ledger::tests {

namespace {

const std::string kMaker = "northline.example", kDist = "dist.example",
                  kEms = "brightline-ems.example";

struct Lot {
    PaperLedger ledger;
    Reel lot;

    void count(const std::string& org, EventKind kind, std::int64_t parts) {
        ledger.record(org, lot.key, lot_count(kind, lot, parts));
    }
    [[nodiscard]] LotAccount account() const {
        return account_lot(ledger.history(lot.key), kMaker);
    }
};

}  // namespace

TEST_CASE("a lot account adds up what was made, taken in and given out") {
    Lot lot;
    lot.count(kMaker, EventKind::lot_made, 3000);
    lot.count(kMaker, EventKind::lot_made, 2000);
    lot.count(kDist, EventKind::lot_taken, 4000);
    lot.count(kDist, EventKind::lot_given, 1500);
    lot.count(kEms, EventKind::lot_taken, 1500);
    const auto account = lot.account();
    CHECK(account.made == 5000);
    CHECK(account.made_by.size() == 2);
    CHECK(account.by_org.at(kDist).held() == 2500);
    CHECK(account.held() == 4000);
}

TEST_CASE("nothing is made until the manufacturer says so") {
    Lot lot;
    lot.count(kDist, EventKind::lot_made, 9000);
    lot.count(kDist, EventKind::lot_taken, 100);
    CHECK_FALSE(lot.account().made);
    CHECK(lot.account().made_by.empty());
    CHECK(lot.account().held() == 100);
}

TEST_CASE("parts that go back to the manufacturer are held by nobody") {
    Lot lot;
    lot.count(kMaker, EventKind::lot_made, 1000);
    lot.count(kDist, EventKind::lot_taken, 1000);
    lot.count(kDist, EventKind::lot_given, 400);
    lot.count(kMaker, EventKind::lot_taken, 400);
    CHECK(lot.account().held() == 600);
    CHECK_FALSE(lot.account().by_org.contains(kMaker));
}

TEST_CASE("who gives more than it took holds nothing, not less") {
    Lot lot;
    lot.count(kDist, EventKind::lot_given, 500);
    lot.count(kEms, EventKind::lot_taken, 500);
    CHECK(lot.account().held() == 500);
}

TEST_CASE("a lot account saturates") {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    Lot lot;
    lot.count(kMaker, EventKind::lot_made, kMost);
    lot.count(kMaker, EventKind::lot_made, kMost);
    lot.count(kDist, EventKind::lot_taken, kMost);
    lot.count(kDist, EventKind::lot_taken, kMost);
    lot.count(kEms, EventKind::lot_taken, kMost);
    CHECK(lot.account().made == kMost);
    CHECK(lot.account().held() == kMost);
}

}  // namespace reelproof::ledger::tests
