#include "ledger/format/envelope.h"
#include "tests/ledger/provenance/paper_ledger_support.h"

namespace reelproof::ledger::tests {

namespace {

const std::string kMaker = "northline.example", kDist = "dist.example",
                  kEms = "brightline-ems.example";

std::string kinds_of(const History& history) {
    std::string out;
    for (const auto& link : history.links)
        out.append(out.empty() ? "" : " ").append(to_string(link.body.event.kind));
    return out;
}

}  // namespace

TEST_CASE("the history of an item is found by its key and ordered by prev") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kMaker, reel.key, shipping_to(kDist));
    // The clock of the distributor is two days slow.
    ledger.record(kDist, reel.key, receiving(), {.time = kStart - 2 * 86400});
    const auto last = ledger.record(kDist, reel.key, shipping_to(kEms));

    const auto history = ledger.history(reel.key);
    CHECK(kinds_of(history) == "commission ship receive ship");
    CHECK(history.links[2].prev == std::vector<std::size_t>{1});
    CHECK(history.heads() == std::vector<Hash>{last});
    CHECK(history.next_n(kDist) == 2);
    CHECK(history.next_n(kEms) == 0);
    REQUIRE(history.commission() != nullptr);
    CHECK(history.commission()->body.event.quantity == 1000);
    CHECK(history.skipped.empty());
    CHECK(history.unreadable.empty());
    CHECK(ledger.history(Reel().key).empty());
}

TEST_CASE("concurrent events are all heads") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel));
    const auto one = ledger.record(kMaker, reel.key, shipping_to(kDist), {.prev = {{made}}});
    const auto other = ledger.record(kDist, reel.key, receiving(), {.prev = {{made}}});
    const auto history = ledger.history(reel.key);
    CHECK(history.heads() == std::vector<Hash>{one, other});
}

TEST_CASE("a receipt is replayed after the shipment it belongs to, whatever the clocks say") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel));
    // The goods were faster than the ledger, and the receiver's clock is slow.
    ledger.record(kDist, reel.key, receiving(), {.prev = {{made}}, .time = kStart + 10});
    ledger.record(kMaker, reel.key, shipping_to(kDist), {.prev = {{made}}, .time = kStart + 9000});
    CHECK(kinds_of(ledger.history(reel.key)) == "commission ship receive");
}

TEST_CASE("events of one organisation that name the same prev keep their numbers' order") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kMaker, reel.key, happening(EventKind::quarantine),
                  {.prev = {{made}}, .n = 1, .time = kStart + 100});
    ledger.record(kMaker, reel.key, happening(EventKind::release),
                  {.prev = {{made}}, .n = 2, .time = kStart + 50});
    CHECK(kinds_of(ledger.history(reel.key)) == "commission quarantine release");
}

TEST_CASE("prev wins over numbers: a hostile numbering neither loops nor throws") {
    PaperLedger ledger;
    const Reel reel;
    const auto second = ledger.record(kDist, reel.key, receiving(), {.prev = {{}}, .n = 1});
    ledger.record(kDist, reel.key, shipping_to(kDist), {.prev = {{second}}, .n = 0});
    CHECK(kinds_of(ledger.history(reel.key)) == "receive ship");
}

TEST_CASE("both of two envelopes under one tag are taken") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kMaker, reel.key, shipping_to(kDist), {.n = 1});
    ledger.record(kMaker, reel.key, shipping_to(kEms), {.prev = {{}}, .n = 1});
    const auto history = ledger.history(reel.key);
    CHECK(history.links.size() == 3);
    CHECK(history.next_n(kMaker) == 2);
}

TEST_CASE("the same envelope in two statements is one event") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kMaker, reel.key, commissioning(reel));
    ItemCipher cipher(reel.key);
    auto& stored = ledger.at(cipher.tag(kMaker, 0));
    stored.push_back(stored.front());
    CHECK(ledger.history(reel.key).links.size() == 1);
}

TEST_CASE("an envelope in a statement of somebody else is not taken") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kMaker, reel.key, commissioning(reel));
    ItemCipher cipher(reel.key);
    const auto copied = ledger.at(cipher.tag(kMaker, 0)).front().bytes;
    ledger.at(cipher.tag(kMaker, 0)).clear();
    ledger.put(cipher.tag(kMaker, 0), kDist, copied);
    const auto history = ledger.history(reel.key);
    CHECK(history.empty());
}

TEST_CASE("an envelope that was tampered with is reported as unreadable") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kMaker, reel.key, shipping_to(kDist));
    ItemCipher cipher(reel.key);
    ledger.at(cipher.tag(kMaker, 1)).front().bytes.back() ^= 1;
    const auto history = ledger.history(reel.key);
    CHECK(kinds_of(history) == "commission");
    REQUIRE(history.unreadable.size() == 1);
    CHECK(history.unreadable.front().iss == kMaker);
    CHECK(history.unreadable.front().n == 1);
    CHECK_FALSE(history.unreadable.front().reason.empty());
    // Its number is taken all the same.
    CHECK(history.next_n(kMaker) == 2);
}

TEST_CASE("an event sealed under one item's key that names another item is unreadable") {
    PaperLedger ledger;
    const Reel reel, other;
    auto event = commissioning(reel);
    event.item = item_uri(kMaker, other.id());
    ledger.record(kMaker, reel.key, event);
    const auto history = ledger.history(reel.key);
    CHECK(history.links.empty());
    REQUIRE(history.unreadable.size() == 1);
    CHECK(history.unreadable.front().reason == "the event names another item");
}

TEST_CASE("a missing number is reported, two missing in a row end the search") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kDist, reel.key, receiving(), {.n = 0});
    ledger.record(kDist, reel.key, shipping_to(kEms), {.n = 2});
    ledger.record(kDist, reel.key, shipping_to(kEms), {.n = 5});
    const auto history = ledger.history(reel.key);
    CHECK(history.links.size() == 2);
    CHECK(history.skipped == std::vector<Skipped>{{kDist, 1}});
}

TEST_CASE("a prev that nobody showed us is kept as unknown") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kDist, reel.key, receiving(), {.prev = {{made, Hash{9}}}});
    const auto history = ledger.history(reel.key);
    CHECK(history.links[1].unknown == std::vector<std::string>{to_hex(Hash{9})});
    CHECK(history.links[1].prev == std::vector<std::size_t>{0});
}

TEST_CASE("a prev that is named twice counts once") {
    PaperLedger ledger;
    const Reel reel;
    const auto made = ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kMaker, reel.key, shipping_to(kDist), {.prev = {{made, made}}});
    CHECK(ledger.history(reel.key).links[1].prev == std::vector<std::size_t>{0});
}

TEST_CASE("with the key of another item nothing opens") {
    PaperLedger ledger;
    const Reel reel, other;
    ledger.record(kMaker, reel.key, commissioning(reel));
    ItemCipher mine(reel.key), theirs(other.key);
    // Somebody hangs the envelope under a tag of the other item.
    ledger.put(theirs.tag(kMaker, 0), kMaker, ledger.at(mine.tag(kMaker, 0)).front().bytes);
    const auto history = ledger.history(other.key);
    CHECK(history.links.empty());
    CHECK(history.unreadable.size() == 1);
}

TEST_CASE("a flood of unreadable envelopes is bounded") {
    PaperLedger ledger;
    const Reel reel;
    ItemCipher cipher(reel.key);
    for (std::uint64_t n = 0; n < kMaxLinks + 100; ++n)
        ledger.put(cipher.tag(kDist, n), kDist,
                   Bytes{0x83, static_cast<std::uint8_t>(n), static_cast<std::uint8_t>(n >> 8)});
    const auto history = ledger.history(reel.key);
    CHECK(history.unreadable.size() == kMaxLinks + 1);
    CHECK(history.unreadable.back().reason == "more events than we follow (5000)");
}

TEST_CASE("a flood of envelopes under one tag is bounded") {
    PaperLedger ledger;
    const Reel reel;
    ItemCipher cipher(reel.key);
    for (std::size_t i = 0; i < kMaxLinks + 100; ++i)
        ledger.put(cipher.tag(kDist, 0), kDist,
                   Bytes{0x83, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)});
    CHECK(ledger.history(reel.key).unreadable.size() == kMaxSameNumber + 1);
}

TEST_CASE("a number that could not be looked at whole is unreadable, and the next is asked for") {
    PaperLedger ledger;
    const Reel reel;
    ledger.record(kDist, reel.key, commissioning(reel));
    ledger.record(kDist, reel.key, happening(EventKind::deplete));
    ItemCipher cipher(reel.key);
    const auto history = collect(reel.key, {{kDist}, {}},
                                 [&](const Tag& tag, const std::string& iss) -> TaggedEnvelopes {
                                     if (tag == cipher.tag(kDist, 0)) return {{}, true};
                                     return ledger.finder()(tag, iss);
                                 });
    CHECK(history.links.size() == 1);
    REQUIRE(history.unreadable.size() == 1);
    CHECK(history.unreadable[0].n == 0);
}

TEST_CASE("a flood by one organisation does not hide what others wrote") {
    PaperLedger ledger;
    ledger.issuers = {kDist, kMaker};
    const Reel reel;
    ledger.record(kMaker, reel.key, commissioning(reel));
    ledger.record(kMaker, reel.key, happening(EventKind::deplete));
    ItemCipher cipher(reel.key);
    for (std::uint64_t n = 0; n < kMaxLinks + 100; ++n)
        ledger.put(cipher.tag(kDist, n), kDist,
                   Bytes{0x83, static_cast<std::uint8_t>(n), static_cast<std::uint8_t>(n >> 8)});
    const auto history = ledger.history(reel.key);
    REQUIRE(history.links.size() == 2);
    CHECK(replay(history).status == ItemStatus::consumed);
    CHECK(history.unreadable.size() <= kMaxLinks + 1);
}

}  // namespace reelproof::ledger::tests
