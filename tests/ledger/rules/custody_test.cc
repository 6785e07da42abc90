#include "ledger/format/envelope.h"
#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

TEST_CASE("custody.gap: goods that were shipped to us and come here leave none") {
    World world;
    const Reel reel;
    world.send(reel);
    CHECK(rules_in(world.judge(scan_of(reel))).empty());
    world.record(kEms, reel, receiving());
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
}

TEST_CASE("custody.gap: a receipt without a shipment is held, and names both ends") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    world.record(kEms, reel, receiving());
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(rules_in(verdict) == "custody.gap:major");
    CHECK(verdict.findings.front().evidence.size() == 2);
}

TEST_CASE(
    "custody.gap: the event between, an event in a sequence and an unreadable one are missed") {
    World world;
    const Reel unseen, skipped, broken;
    const auto made = world.make(kMaker, unseen);
    world.record(kMaker, unseen, shipping_to(kEms), {.prev = {{made, Hash{7}}}});
    CHECK(rules_in(world.judge(scan_of(unseen))) == "custody.gap:major");

    world.make(kMaker, skipped);
    world.record(kMaker, skipped, shipping_to(kEms), {.n = 2});
    CHECK(rules_in(world.judge(scan_of(skipped))) == "custody.gap:major");

    world.send(broken);
    world.ledger.put(ItemCipher(broken.key).tag(kSecondDist, 0), kSecondDist, Bytes{0x83});
    const auto verdict = world.judge(scan_of(broken));
    CHECK(rules_in(verdict) == "custody.gap:major");
    CHECK(verdict.findings.front().evidence.front().what == "unreadable");
}

TEST_CASE("custody.gap: what was shipped to us and never taken in is held at the line") {
    World world;
    const Reel reel;
    world.send(reel);
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))) == "custody.gap:major");
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "receiving"))).empty());
}

TEST_CASE("custody.gap: a second package under a label that is in stock is told of at receiving") {
    World world;
    const Reel reel;
    world.deliver(reel);
    const auto verdict = world.judge(scan_of(reel));
    CHECK(word(verdict) == "HOLD");
    CHECK(rules_in(verdict) == "custody.gap:major");
    CHECK(word(world.judge(scan_of(reel, kEms, "stock"))) == "ACCEPT");
    // A policy may be milder.
    world.policy.severities["custody.gap"] = Severity::minor;
    CHECK(word(world.judge(scan_of(reel))) == "ACCEPT");
}

TEST_CASE("custody.gap: the trail of goods that left the network is cold, not false") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    world.record(kMaker, reel, shipping_to(kOutsider));
    const auto verdict = world.judge(scan_of(reel));
    CHECK(word(verdict) == "HOLD");
    CHECK(rules_in(verdict) == "custody.gap:major");
}

TEST_CASE("custody.gap: what our own people released with a reason holds nobody up again") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    world.record(kEms, reel, receiving());
    world.record(kEms, reel, happening(EventKind::release, "delivery note 4711, inspected"));
    const auto ours = world.judge(scan_of(reel, kEms, "line"));
    CHECK(word(ours) == "ACCEPT");
    CHECK(rules_in(ours) == "custody.gap:minor");
    CHECK_THAT(text_of_rule(ours, "custody.gap"), Catch::EndsWith("(released here)"));
    // Our release is our word, not the customer's.
    world.record(kEms, reel, shipping_to(kOem));
    CHECK(word(world.judge(scan_of(reel, kOem))) == "HOLD");
    // And what comes after it is new.
    world.record(kSecondDist, reel, happening(EventKind::load));
    CHECK(word(world.judge(scan_of(reel, kEms, "line"))) != "ACCEPT");
}

TEST_CASE("custody.gap: a label names no item when it is the lot's") {
    World world;
    const Reel lot;
    world.record(kMaker, lot, lot_count(EventKind::lot_made, lot, 5000));
    world.record(kEms, lot, consuming(10));
    auto scan = scan_of(lot);
    scan.lot_level = true;
    CHECK(rules_in(world.judge(scan)).empty());
}

TEST_CASE("custody.elsewhere: not raised where the item is, or where it was sent") {
    World world;
    const Reel reel;
    world.send(reel);
    CHECK(severity_of(world.judge(scan_of(reel, kEms)), "custody.elsewhere").empty());
    world.record(kEms, reel, receiving());
    CHECK(severity_of(world.judge(scan_of(reel, kEms, "line")), "custody.elsewhere").empty());
}

TEST_CASE("custody.elsewhere: a label of an item that another has is a copy") {
    World world;
    const Reel reel;
    world.deliver(reel);
    const auto verdict = world.judge(scan_of(reel, kOem));
    CHECK(word(verdict) == "REJECT");
    CHECK(rules_in(verdict) == "custody.elsewhere:critical");
    CHECK(text_of_rule(verdict, "custody.elsewhere") ==
          "brightline-ems.example has this item now: this label is a copy, or the item is stolen");
    CHECK(verdict.findings.front().evidence.front().what == "receive");
}

TEST_CASE("custody.elsewhere: so is one of an item on its way to another member") {
    World world;
    const Reel reel;
    world.send(reel);
    CHECK(rules_in(world.judge(scan_of(reel, kOem))) == "custody.elsewhere:critical");
}

TEST_CASE("custody.elsewhere: held while the holder's log is too old to tell") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.source(kEms).age = world.policy.shortest_transit;
    CHECK(severity_of(world.judge(scan_of(reel, kOem)), "custody.elsewhere") == "critical");
    world.source(kEms).age = world.policy.shortest_transit + 1;
    const auto verdict = world.judge(scan_of(reel, kOem));
    CHECK(word(verdict) == "HOLD");
    CHECK_THAT(text_of_rule(verdict, "custody.elsewhere"),
               Catch::EndsWith("we last heard of brightline-ems.example an hour ago, so look again "
                               "when its log is here"));
    world.source(kEms).size = 0;
    CHECK_THAT(text_of_rule(world.judge(scan_of(reel, kOem)), "custody.elsewhere"),
               Catch::Contains("nothing of the log of brightline-ems.example is here yet"));
}

TEST_CASE(
    "custody.elsewhere: of goods on their way it is the receiver who may have passed them on") {
    World world;
    const Reel reel;
    world.send(reel);
    world.source(kEms).age = 7200;
    CHECK(severity_of(world.judge(scan_of(reel, kOem)), "custody.elsewhere") == "major");
}

TEST_CASE("custody.elsewhere: a holder that is a guest is as fresh as its host's log") {
    World world;
    const std::string guest = "guest.example";
    world.join_as_guest(guest, kDist);
    const Reel reel;
    world.make(kMaker, reel);
    world.ship(kMaker, guest, reel);
    CHECK(severity_of(world.judge(scan_of(reel, kOem)), "custody.elsewhere") == "critical");
    world.source(kDist).age = 7200;
    CHECK(severity_of(world.judge(scan_of(reel, kOem)), "custody.elsewhere") == "major");
}

TEST_CASE("custody.elsewhere: what we sent away ourselves and nobody took in may have come back") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, shipping_to(kOem));
    CHECK(rules_in(world.judge(scan_of(reel))) == "custody.elsewhere:major");
    world.record(kEms, reel, receiving());
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.record(kEms, reel, shipping_to(kOem));
    world.record(kOem, reel, receiving());
    CHECK(rules_in(world.judge(scan_of(reel))) == "custody.elsewhere:critical");
}

TEST_CASE("custody.fork: two receipts of one shipment") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    const auto sent = world.record(kMaker, reel, shipping_to(kEms));
    world.record(kEms, reel, receiving(), {.prev = {{sent}}});
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
    world.record(kSecondDist, reel, receiving(), {.prev = {{sent}}});
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(word(verdict) == "REJECT");
    CHECK(severity_of(verdict, "custody.fork") == "critical");
}

TEST_CASE("custody.fork: not raised when one knew of the other: that is a gap") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kSecondDist, reel, receiving());
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(severity_of(verdict, "custody.fork").empty());
    CHECK(severity_of(verdict, "custody.gap") == "major");
}

TEST_CASE("custody.fork: concurrent events that change nobody's custody are no fork") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    const auto sent = world.record(kMaker, reel, shipping_to(kEms));
    world.record(kEms, reel, receiving(), {.prev = {{sent}}});
    world.record(kMaker, reel, happening(EventKind::release, "cleared"), {.prev = {{sent}}});
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());
}

}  // namespace reelproof::ledger::tests
