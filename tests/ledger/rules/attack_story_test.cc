// Frauds: none may be accepted.
#include "ledger/format/envelope.h"
#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

void refused(World& world, const Scan& scan, const std::string& wanted, const std::string& rule) {
    const auto verdict = world.judge(scan);
    INFO(rules_in(verdict));
    CHECK(word(verdict) == wanted);
    CHECK_FALSE(severity_of(verdict, rule).empty());
}

}  // namespace

TEST_CASE("attack: a copied label at another site, before and after the real reel arrives") {
    World world;
    const Reel reel;
    world.send(reel);
    refused(world, scan_of(reel, kOem), "REJECT", "custody.elsewhere");
    world.record(kEms, reel, receiving());
    refused(world, scan_of(reel, kOem), "REJECT", "custody.elsewhere");
    world.record(kEms, reel, happening(EventKind::deplete));
    refused(world, scan_of(reel, kOem), "REJECT", "status.consumed");
}

TEST_CASE(
    "attack: a careless member takes in a copy: the holder of the real reel sees it at once") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kSecondDist, reel, receiving());
    refused(world, scan_of(reel, kEms, "line"), "REJECT", "custody.elsewhere");
}

TEST_CASE(
    "attack: one label for ten packages, two members take one in without hearing of the other") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    const auto sent = world.record(kMaker, reel, shipping_to(kEms));
    world.record(kEms, reel, receiving(), {.prev = {{sent}}});
    world.record(kOem, reel, receiving(), {.prev = {{sent}}});
    refused(world, scan_of(reel, kEms, "line"), "REJECT", "custody.fork");
    refused(world, scan_of(reel, kOem, "line"), "REJECT", "custody.fork");
}

TEST_CASE("attack: one reel sold twice") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    world.ship(kMaker, kDist, reel);
    const auto here = world.ledger.history(reel.key).heads();
    world.record(kDist, reel, shipping_to(kEms), {.prev = here});
    world.record(kDist, reel, shipping_to(kOem), {.prev = here});
    refused(world, scan_of(reel, kEms), "REJECT", "custody.fork");
    refused(world, scan_of(reel, kOem), "REJECT", "custody.fork");
}

TEST_CASE("attack: a dirty label is washed by a new one") {
    World world;
    const Reel reel, washed;
    world.send(reel);
    const auto sent = world.ledger.history(reel.key).heads();
    world.record(kEms, reel, receiving(), {.prev = sent});
    world.record(kSecondDist, reel, receiving(), {.prev = sent});  // the copy
    world.make(kSecondDist, washed, {reel});
    world.record(kSecondDist, reel, relabelling(reel, washed));
    world.record(kSecondDist, washed, shipping_to(kOem));
    refused(world, scan_of(washed, kOem), "HOLD", "custody.fork");
}

TEST_CASE("attack: goods without a past get one: a new label of a member, made of nothing known") {
    World world;
    Reel washed;
    const Reel nothing;
    // The maker is in the network and knows nothing of it.
    world.make(kSecondDist, washed, {nothing});
    world.record(kSecondDist, washed, shipping_to(kOem));
    refused(world, scan_of(washed, kOem), "REJECT", "pedigree.source");
    // Nor does it help to say nothing of what it is: the label does.
    Reel silent = washed;
    silent.key = ItemKey::random();
    silent.facts = {};
    world.make(kSecondDist, silent, {nothing});
    world.record(kSecondDist, silent, shipping_to(kOem));
    auto scan = scan_of(washed, kOem);
    scan.key = silent.key;
    refused(world, scan, "REJECT", "pedigree.source");
    silent.key = ItemKey::random();
    world.make(kSecondDist, silent);
    world.record(kSecondDist, silent, shipping_to(kOem));
    scan.key = silent.key;
    refused(world, scan, "REJECT", "pedigree.source");
    scan.label = {};
    refused(world, scan, "HOLD", "pedigree.source");
}

TEST_CASE("attack: a costly part is made of a cheap one that is genuine") {
    World world;
    Reel cheap, remarked;
    cheap.facts.mpn = "STM32F100C4";
    world.make(kMaker, cheap);
    world.ship(kMaker, kSecondDist, cheap);
    world.make(kSecondDist, remarked, {cheap});
    world.record(kSecondDist, cheap, relabelling(cheap, remarked));
    world.record(kSecondDist, remarked, shipping_to(kEms));
    refused(world, scan_of(remarked), "REJECT", "pedigree.source");
}

TEST_CASE("attack: a member names itself the maker of what the policy knows another maker for") {
    World world;
    Reel reel;
    reel.facts.manufacturer = kSecondDist;
    world.make(kSecondDist, reel);
    world.record(kSecondDist, reel, shipping_to(kEms));
    refused(world, scan_of(reel), "REJECT", "pedigree.source");
}

TEST_CASE("attack: an emptied reel is filled again, whoever fills it") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kEms, reel, consuming(1000));
    world.record(kEms, reel, happening(EventKind::deplete));
    refused(world, scan_of(reel, kEms, "line"), "REJECT", "status.consumed");
    // To commission it again, or to release it, changes nothing.
    world.make(kEms, reel);
    world.record(kEms, reel, happening(EventKind::release, "found on the floor"));
    refused(world, scan_of(reel, kEms, "line"), "REJECT", "status.consumed");
}

TEST_CASE("attack: a reel that is topped up again and again is used more than it ever held") {
    World world;
    const Reel reel;
    world.deliver(reel);
    for (int i = 0; i < 6; ++i) world.record(kEms, reel, consuming(200));
    refused(world, scan_of(reel, kEms, "line"), "REJECT", "quantity.overissue");
}

TEST_CASE("attack: a date is moved, a lot is swapped, a quantity is raised on a genuine label") {
    World world;
    const Reel reel;
    world.send(reel);
    auto scan = scan_of(reel);
    scan.label.date_code = "2630";
    refused(world, scan, "REJECT", "identity.date");
    scan = scan_of(reel);
    scan.label.lot = "7AB999";
    refused(world, scan, "REJECT", "identity.lot");
    scan = scan_of(reel);
    scan.quantity = 3000;
    refused(world, scan, "HOLD", "identity.quantity");
}

TEST_CASE("attack: a member that has been cut off sells on under an authorisation that has ended") {
    World world;
    world.authorise(kMaker, kSecondDist, {}, {}, kStart + 10);
    const Reel reel;
    world.record(kSecondDist, reel, commissioning(reel),
                 {.time = kStart, .iat = kStart + 90 * 86400});
    world.record(kSecondDist, reel, shipping_to(kEms));
    refused(world, scan_of(reel), "HOLD", "pedigree.source");
}

TEST_CASE("attack: a copy goes straight to the line of a member that never took it in") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kOem, reel, loading());
    world.record(kOem, reel, consuming(50));
    refused(world, scan_of(reel, kEms, "line"), "HOLD", "custody.gap");
    refused(world, scan_of(reel, kOem, "line"), "REJECT", "custody.elsewhere");
}

TEST_CASE("attack: a claim hides behind a past that nobody can see") {
    World world;
    const Reel reel;
    world.make(kMaker, reel);
    const auto sent = world.record(kMaker, reel, shipping_to(kEms));
    world.record(kEms, reel, receiving(), {.prev = {{sent}}});
    world.record(kSecondDist, reel, receiving(), {.prev = {{sent, Hash{7}}}});
    CHECK(word(world.judge(scan_of(reel, kSecondDist, "line"))) != "ACCEPT");
    CHECK(word(world.judge(scan_of(reel, kEms, "line"))) == "REJECT");
}

TEST_CASE("attack: an event is taken out of the middle of a log, or made unreadable") {
    World world;
    const Reel reel;
    world.deliver(reel);
    auto& stored = world.ledger.at(ItemCipher(reel.key).tag(kDist, 0));
    const auto kept = stored;
    stored.clear();
    refused(world, scan_of(reel, kEms, "line"), "HOLD", "custody.gap");
    stored = kept;
    stored.front().bytes.back() ^= 1;
    refused(world, scan_of(reel, kEms, "line"), "HOLD", "custody.gap");
}

TEST_CASE("attack: a recalled lot under another label, on a board, and with its lot left out") {
    World world;
    const Reel reel, fresh;
    world.deliver(reel);
    world.recall(kMaker, {"STM32F407VGT6", {"7AB123"}, {}, ""});
    Reel silent = fresh;
    silent.facts.lot.clear();
    world.make(kEms, silent, {reel});
    world.record(kEms, reel, relabelling(reel, silent));
    auto scan = scan_of(silent, kEms, "line");
    refused(world, scan, "REJECT", "recall.lot");
}

}  // namespace reelproof::ledger::tests
