#include "tests/ledger/provenance/paper_ledger_support.h"

namespace reelproof::ledger::tests {

namespace {

const std::string kMaker = "northline.example", kDist = "dist.example",
                  kEms = "brightline-ems.example", kOem = "oem.example";

// A reel that has come to the EMS the straight way.
void deliver(PaperLedger& ledger, const Reel& reel) {
    ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kMaker, reel.key, shipping_to(kDist));
    ledger.record(kDist, reel.key, receiving());
    ledger.record(kDist, reel.key, shipping_to(kEms));
    ledger.record(kEms, reel.key, receiving());
}

}  // namespace

TEST_CASE("a normal life has no contradiction at any point") {
    PaperLedger ledger;
    const Reel reel;
    CHECK(ledger.state(reel.key).status == ItemStatus::unknown);
    deliver(ledger, reel);
    auto state = ledger.state(reel.key);
    CHECK(state.status == ItemStatus::active);
    CHECK(state.holder == kEms);
    CHECK(state.in_transit_to.empty());
    CHECK(state.remaining() == 1000);

    ledger.record(kEms, reel.key, loading("FDR8-1"));
    CHECK(ledger.state(reel.key).feeder == "FDR8-1");
    ledger.record(kEms, reel.key, consuming(400));
    ledger.record(kEms, reel.key, happening(EventKind::unload));
    state = ledger.state(reel.key);
    CHECK(state.feeder.empty());
    CHECK(state.remaining() == 600);
    CHECK(state.status == ItemStatus::active);
    ledger.record(kEms, reel.key, splitting(100));
    CHECK(ledger.state(reel.key).remaining() == 500);
    ledger.record(kEms, reel.key, happening(EventKind::deplete));
    state = ledger.state(reel.key);
    CHECK(state.status == ItemStatus::consumed);
    CHECK(state.remaining() == 0);
    CHECK(state.contradictions.empty());
}

TEST_CASE("between shipping and receiving an item is on its way") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kMaker, reel.key, shipping_to(kDist));
    const auto state = ledger.state(reel.key);
    CHECK(state.holder == kMaker);
    CHECK(state.in_transit_to == kDist);
}

TEST_CASE("goods may go back to the supplier, or come back undelivered") {
    PaperLedger ledger;
    const Reel returned, undelivered;
    deliver(ledger, returned);
    ledger.record(kEms, returned.key, shipping_to(kDist));
    ledger.record(kDist, returned.key, receiving());
    ledger.record(kDist, returned.key, shipping_to(kEms));
    ledger.record(kEms, returned.key, receiving());
    CHECK(contradictions_of(ledger.state(returned.key)).empty());
    CHECK(ledger.state(returned.key).holder == kEms);

    ledger.record(kMaker, undelivered.key, commissioning(undelivered));
    ledger.record(kMaker, undelivered.key, shipping_to(kDist));
    ledger.record(kMaker, undelivered.key, receiving());
    ledger.record(kMaker, undelivered.key, shipping_to(kEms));
    ledger.record(kEms, undelivered.key, receiving());
    CHECK(contradictions_of(ledger.state(undelivered.key)).empty());
}

TEST_CASE("who ships, receives, ends or uses what it has not got leaves a gap") {
    PaperLedger ledger;
    const Reel shipped, received, scrapped, used, loaded, split, twice;
    for (const auto* reel : {&shipped, &received, &scrapped, &used, &loaded, &split, &twice})
        deliver(ledger, *reel);
    ledger.record(kDist, shipped.key, shipping_to(kOem));
    ledger.record(kOem, received.key, receiving());
    ledger.record(kDist, scrapped.key, happening(EventKind::scrap));
    ledger.record(kOem, used.key, consuming(1));
    ledger.record(kOem, used.key, consuming(1));
    ledger.record(kOem, loaded.key, loading());
    ledger.record(kOem, split.key, splitting(5));
    ledger.record(kEms, twice.key, receiving());
    for (const auto* reel : {&shipped, &received, &scrapped, &used, &loaded, &split, &twice})
        CHECK(contradictions_of(ledger.state(reel->key)) == "gap");
    CHECK_THAT(ledger.state(shipped.key).contradictions.front().text,
               Catch::StartsWith("dist.example recorded \"ship\" to oem.example on 2026-03-0") &&
                   Catch::EndsWith(", but it did not have it; brightline-ems.example had it"));
}

TEST_CASE("what is on its way can't be used by its sender, nor sent elsewhere") {
    PaperLedger ledger;
    const Reel used, resent;
    for (const auto* reel : {&used, &resent}) {
        ledger.record(kMaker, reel->key, commissioning(*reel));
        ledger.record(kMaker, reel->key, shipping_to(kDist));
    }
    ledger.record(kMaker, used.key, consuming(1));
    ledger.record(kMaker, resent.key, shipping_to(kEms));
    CHECK(contradictions_of(ledger.state(used.key)) == "gap");
    CHECK(contradictions_of(ledger.state(resent.key)) == "gap");
    CHECK(ledger.state(resent.key).in_transit_to == kEms);
}

TEST_CASE("a history that begins in the middle has a gap") {
    PaperLedger ledger;
    const Reel received, late;
    ledger.record(kEms, received.key, receiving());
    CHECK(contradictions_of(ledger.state(received.key)) == "gap");
    CHECK(ledger.state(received.key).status == ItemStatus::unknown);
    // Somebody who learned the key afterwards claims to have made it.
    ledger.record(kEms, late.key, receiving());
    ledger.record(kDist, late.key, commissioning(late));
    const auto state = ledger.state(late.key);
    CHECK(contradictions_of(state) == "gap gap");
    CHECK(state.holder == kEms);
}

TEST_CASE("a board may be commissioned again by its maker for every reel, by nobody else") {
    PaperLedger ledger;
    const Reel board, reel;
    ledger.record(kEms, board.key, commissioning(board));
    ledger.record(kEms, board.key, commissioning(board));
    CHECK(ledger.state(board.key).contradictions.empty());
    ledger.record(kDist, board.key, commissioning(board));
    CHECK(contradictions_of(ledger.state(board.key)) == "gap");

    deliver(ledger, reel);
    ledger.record(kMaker, reel.key, commissioning(reel));
    CHECK(contradictions_of(ledger.state(reel.key)) == "gap");
}

TEST_CASE("what happens to an item after its end is noted as that alone") {
    for (const auto end : {EventKind::deplete, EventKind::scrap, EventKind::relabel}) {
        PaperLedger ledger;
        const Reel reel;
        deliver(ledger, reel);
        ledger.record(kEms, reel.key, happening(end));
        CHECK(ledger.state(reel.key).contradictions.empty());
        ledger.record(kEms, reel.key, loading());
        ledger.record(kDist, reel.key, receiving());
        const auto state = ledger.state(reel.key);
        CHECK(contradictions_of(state) == "after_end after_end");
        CHECK(state.ended_by == 5);
    }
}

TEST_CASE("a late booking of what was used, a block and its release are no life after the end") {
    PaperLedger ledger;
    const Reel reel;
    deliver(ledger, reel);
    ledger.record(kEms, reel.key, happening(EventKind::deplete));
    ledger.record(kEms, reel.key, consuming(10));
    ledger.record(kEms, reel.key, happening(EventKind::quarantine));
    ledger.record(kEms, reel.key, happening(EventKind::release));
    CHECK(ledger.state(reel.key).contradictions.empty());
}

TEST_CASE("a block is lifted only by who set it") {
    PaperLedger ledger;
    const Reel reel;
    deliver(ledger, reel);
    ledger.record(kEms, reel.key, happening(EventKind::quarantine, "sanding marks"));
    ledger.record(kDist, reel.key, happening(EventKind::release));
    CHECK(ledger.state(reel.key).quarantined.contains(kEms));
    ledger.record(kEms, reel.key, happening(EventKind::release));
    CHECK(ledger.state(reel.key).quarantined.empty());
}

TEST_CASE("a release marks what had been seen then, and nothing later") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kEms, reel.key, receiving());
    CHECK(ledger.state(reel.key).released.empty());
    ledger.record(kEms, reel.key, happening(EventKind::release, "inspected"));
    ledger.record(kDist, reel.key, receiving());
    const auto state = ledger.state(reel.key);
    REQUIRE(state.released.contains(kEms));
    CHECK(state.released.at(kEms) == std::vector<bool>{true, false, false});
}

TEST_CASE("more taken out than was in it is noted once") {
    PaperLedger ledger;
    const Reel exact, over;
    deliver(ledger, exact);
    ledger.record(kEms, exact.key, splitting(600));
    ledger.record(kEms, exact.key, splitting(400));
    CHECK(ledger.state(exact.key).contradictions.empty());
    deliver(ledger, over);
    ledger.record(kEms, over.key, splitting(600));
    ledger.record(kEms, over.key, splitting(401));
    ledger.record(kEms, over.key, splitting(100));
    const auto state = ledger.state(over.key);
    CHECK(contradictions_of(state) == "over_taken");
    CHECK(state.remaining() == 0);
}

TEST_CASE("a full reel may hold one part in a hundred more for the machine, not for a split") {
    PaperLedger ledger;
    const Reel full, refilled, split;
    deliver(ledger, full);
    ledger.record(kEms, full.key, consuming(1010));
    CHECK(ledger.state(full.key).contradictions.empty());
    deliver(ledger, refilled);
    ledger.record(kEms, refilled.key, consuming(1011));
    CHECK(contradictions_of(ledger.state(refilled.key)) == "over_taken");
    deliver(ledger, split);
    ledger.record(kEms, split.key, splitting(1001));
    CHECK(contradictions_of(ledger.state(split.key)) == "over_taken");
}

TEST_CASE("what is taken out by who does not have it is a gap and is not counted") {
    PaperLedger ledger;
    const Reel reel;
    deliver(ledger, reel);
    ledger.record(kMaker, reel.key, consuming(5000));
    ledger.record(kMaker, reel.key, splitting(5000));
    const auto state = ledger.state(reel.key);
    CHECK(contradictions_of(state) == "gap");
    CHECK(state.remaining() == 1000);
    CHECK(state.taken_by.empty());
}

TEST_CASE("an end recorded by who does not have it closes nothing") {
    PaperLedger ledger;
    const Reel reel;
    deliver(ledger, reel);
    ledger.record(kMaker, reel.key, happening(EventKind::deplete));
    ledger.record(kEms, reel.key, happening(EventKind::relabel));
    const auto state = ledger.state(reel.key);
    REQUIRE(state.closed_by);
    CHECK(ledger.history(reel.key).links[*state.closed_by].iss == kEms);
    CHECK(state.status == ItemStatus::consumed);
    CHECK(state.remaining() == 0);
    CHECK(state.untaken() == 1000);
}

TEST_CASE("quantities saturate instead of wrapping") {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    PaperLedger ledger;
    Reel reel;
    deliver(ledger, reel);
    for (int i = 0; i < 3; ++i) ledger.record(kEms, reel.key, consuming(kMost));
    ledger.record(kEms, reel.key, splitting(kMost));
    const auto state = ledger.state(reel.key);
    CHECK(state.consumed == kMost);
    CHECK(contradictions_of(state) == "over_taken");
    CHECK(state.remaining() == 0);

    Reel endless;
    endless.quantity = kMost;
    deliver(ledger, endless);
    ledger.record(kEms, endless.key, consuming(kMost));
    CHECK(ledger.state(endless.key).contradictions.empty());
}

TEST_CASE("nothing is known of what is left when the first quantity is not") {
    PaperLedger ledger;
    Reel reel;
    reel.quantity.reset();
    deliver(ledger, reel);
    ledger.record(kEms, reel.key, consuming(5));
    CHECK_FALSE(ledger.state(reel.key).remaining());
    CHECK(ledger.state(reel.key).contradictions.empty());
}

}  // namespace reelproof::ledger::tests
