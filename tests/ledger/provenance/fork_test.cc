#include "tests/ledger/provenance/paper_ledger_support.h"

namespace reelproof::ledger::tests {

namespace {

const std::string kMaker = "northline.example", kDist = "dist.example",
                  kEms = "brightline-ems.example", kOem = "oem.example",
                  kSecond = "second-dist.example";

struct Delivered {
    PaperLedger ledger;
    Reel reel;
    Hash made = ledger.record(kMaker, reel.key, commissioning(reel));
    Hash shipped = ledger.record(kMaker, reel.key, shipping_to(kDist));

    [[nodiscard]] std::string contradictions() const {
        return contradictions_of(ledger.state(reel.key));
    }
};

}  // namespace

TEST_CASE("two shipments of one thing to two customers are a fork") {
    Delivered d;
    d.ledger.record(kMaker, d.reel.key, shipping_to(kEms), {.prev = {{d.made}}});
    CHECK(d.contradictions() == "fork gap");
    const auto fork = d.ledger.state(d.reel.key).contradictions.front();
    CHECK(fork.links == std::vector<std::size_t>{1, 2});
    CHECK(fork.text ==
          "northline.example recorded \"ship\" to dist.example on 2026-03-02 and "
          "northline.example recorded \"ship\" to brightline-ems.example on 2026-03-02: both "
          "can't be true");
}

TEST_CASE("two receipts that did not know of each other are a fork") {
    Delivered d;
    d.ledger.record(kDist, d.reel.key, receiving(), {.prev = {{d.shipped}}});
    d.ledger.record(kOem, d.reel.key, receiving(), {.prev = {{d.shipped}}});
    CHECK(d.contradictions() == "fork gap");
}

TEST_CASE("two commissions of one label are a fork") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kMaker, reel.key, commissioning(reel), {.prev = {{}}});
    ledger.record(kSecond, reel.key, commissioning(reel), {.prev = {{}}});
    CHECK(contradictions_of(ledger.state(reel.key)) == "fork gap");
}

TEST_CASE("two custody changes under one number of one organisation are a fork") {
    Delivered d;
    d.ledger.record(kMaker, d.reel.key, shipping_to(kDist), {.prev = {{d.made}}, .n = 1});
    CHECK(d.contradictions().starts_with("fork"));
}

TEST_CASE("two stories under one number of one organisation are a fork, whatever they tell") {
    // To one customer it says that it shipped the reel, to another that it split it before.
    Delivered d;
    auto split = happening(EventKind::split);
    split.quantity = 3000;
    d.ledger.record(kMaker, d.reel.key, split, {.prev = {{d.made}}, .n = 1});
    CHECK(d.contradictions().find("fork") != std::string::npos);
}

TEST_CASE("an end that did not know of a receipt elsewhere is a fork") {
    Delivered d;
    const auto here = d.ledger.record(kDist, d.reel.key, receiving());
    d.ledger.record(kOem, d.reel.key, receiving(), {.prev = {{d.shipped}}});
    d.ledger.record(kDist, d.reel.key, happening(EventKind::relabel), {.prev = {{here}}});
    CHECK(d.contradictions().find("fork") != std::string::npos);
}

TEST_CASE("a shipment and its receipt that did not know of each other are no fork") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kDist, reel.key, receiving(), {.prev = {{made}}});
    ledger.record(kMaker, reel.key, shipping_to(kDist), {.prev = {{made}}});
    CHECK(ledger.state(reel.key).contradictions.empty());
    CHECK(ledger.state(reel.key).holder == kDist);
}

// The distributor went on working with the reel before it heard of the shipment to it.
TEST_CASE("what follows a receipt that was faster than the ledger is no fork either") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel));
    const auto here = ledger.record(kDist, reel.key, receiving(), {.prev = {{made}}});
    const auto split = ledger.record(kDist, reel.key, splitting(100), {.prev = {{here}}});
    const auto sent = ledger.record(kDist, reel.key, shipping_to(kEms), {.prev = {{split}}});
    ledger.record(kEms, reel.key, receiving(), {.prev = {{here}}});
    ledger.record(kMaker, reel.key, shipping_to(kDist), {.prev = {{made}}});
    (void)sent;
    const auto state = ledger.state(reel.key);
    CHECK(contradictions_of(state).empty());
    CHECK(state.holder == kEms);
}

TEST_CASE("goods that go to and fro faster than the ledger are no fork") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel));
    const auto out = ledger.record(kMaker, reel.key, shipping_to(kDist), {.prev = {{made}}});
    const auto there = ledger.record(kDist, reel.key, receiving(), {.prev = {{made}}});
    const auto back = ledger.record(kDist, reel.key, shipping_to(kMaker), {.prev = {{there}}});
    const auto home = ledger.record(kMaker, reel.key, receiving(), {.prev = {{out}}});
    ledger.record(kMaker, reel.key, shipping_to(kDist), {.prev = {{home}}});
    ledger.record(kDist, reel.key, receiving(), {.prev = {{back}}});
    const auto state = ledger.state(reel.key);
    CHECK(contradictions_of(state).empty());
    CHECK(state.holder == kDist);
}

TEST_CASE("a late shipment does not cover a receipt by somebody else") {
    Delivered d;
    const auto here = d.ledger.record(kDist, d.reel.key, receiving());
    // A copy of the label turns up: it was never shipped there.
    d.ledger.record(kOem, d.reel.key, receiving(), {.prev = {{d.made}}});
    CHECK(d.contradictions().find("fork") != std::string::npos);
    d.ledger.record(kDist, d.reel.key, shipping_to(kEms), {.prev = {{here}}});
    CHECK(d.contradictions().find("fork") != std::string::npos);
}

TEST_CASE("concurrent harmless events are no fork") {
    Delivered d;
    const auto here = d.ledger.record(kDist, d.reel.key, receiving());
    d.ledger.record(kMaker, d.reel.key, happening(EventKind::quarantine), {.prev = {{d.shipped}}});
    d.ledger.record(kDist, d.reel.key, splitting(5), {.prev = {{here}}});
    d.ledger.record(kDist, d.reel.key, loading(), {.prev = {{here}}});
    d.ledger.record(kMaker, d.reel.key, happening(EventKind::release), {.prev = {{d.shipped}}});
    CHECK(d.contradictions().empty());
}

TEST_CASE("a receipt and a shipment of one statement name the same prev and are no fork") {
    Delivered d;
    d.ledger.record(kDist, d.reel.key, receiving(), {.prev = {{d.shipped}}, .n = 0});
    d.ledger.record(kDist, d.reel.key, shipping_to(kEms), {.prev = {{d.shipped}}, .n = 1});
    d.ledger.record(kEms, d.reel.key, receiving());
    CHECK(d.contradictions().empty());
}

TEST_CASE("who knew of something that we were not shown may have known the other") {
    Delivered d;
    d.ledger.record(kOem, d.reel.key, receiving(), {.prev = {{d.made, Hash{7}}}});
    CHECK(d.contradictions() == "gap");
}

TEST_CASE("a hole in the past of both hides no fork") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel), {.prev = {{Hash{7}}}});
    ledger.record(kDist, reel.key, receiving(), {.prev = {{made}}});
    ledger.record(kOem, reel.key, receiving(), {.prev = {{made}}});
    CHECK(contradictions_of(ledger.state(reel.key)) == "gap fork gap");
}

TEST_CASE("a flood of gaps does not hide a fork") {
    PaperLedger ledger;
    const Reel reel;
    auto last = ledger.record(kMaker, reel.key, commissioning(reel));
    for (std::uint64_t n = 0; n < 300; ++n)
        last = ledger.record(kDist, reel.key, receiving(), {.prev = {{last}}, .n = n});
    ledger.record(kOem, reel.key, receiving(), {.prev = {{}}, .n = 0});
    const auto text = contradictions_of(ledger.state(reel.key));
    CHECK(text.find("fork") != std::string::npos);
    CHECK(ledger.state(reel.key).contradictions.size() <= 2 * kMaxContradictions);
}

TEST_CASE("the longest hostile history is replayed") {
    PaperLedger ledger;
    const Reel reel;
    std::vector<Hash> all;
    // Every organisation claims the reel all the time, knowing nothing of the others.
    for (std::uint64_t n = 0; n < kMaxLinks / 5; ++n)
        for (const auto& iss : ledger.issuers) {
            const auto event = n % 2 == 0 ? receiving() : shipping_to(ledger.issuers[n % 5]);
            std::vector<Hash> prev;
            if (all.size() > 40) prev.assign(all.begin(), all.begin() + 40);
            all.push_back(ledger.record(iss, reel.key, event, {.prev = prev, .n = n}));
        }
    const auto history = ledger.history(reel.key);
    CHECK(history.links.size() == kMaxLinks);
    const auto state = replay(history);
    CHECK(state.contradictions.size() <= 4 * kMaxContradictions);
    CHECK(contradictions_of(state).find("fork") != std::string::npos);
}

}  // namespace reelproof::ledger::tests
