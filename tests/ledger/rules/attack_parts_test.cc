// Frauds with what an item is said to be made of: parts that nobody gave, makers nobody named. None
// may be accepted.
#include "ledger/format/envelope.h"
#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

Reel holding(std::int64_t parts) {
    Reel reel;
    reel.quantity = parts;
    return reel;
}

// A genuine reel of 1000 parts in stock at a dealer who is up to something.
void deal(World& world, const Reel& reel) {
    world.make(kMaker, reel);
    world.ship(kMaker, kSecondDist, reel);
}

// What the OEM finds when the dealer sends it this one.
std::string sold(World& world, const Reel& reel) {
    world.record(kSecondDist, reel, shipping_to(kOem));
    const auto verdict = world.judge(scan_of(reel, kOem));
    INFO(rules_in(verdict));
    return word(verdict) + " " + rules_in(verdict);
}

// An assembly with a part number, of genuine parts, as another than ourselves says.
Reel assembly() {
    Reel made;
    made.facts = {kSecondDist, "KST-CTRL-04", "", "", "", "", "", ""};
    made.quantity = 1;
    return made;
}

}  // namespace

TEST_CASE("attack: a child of a reel that somebody else has relabelled") {
    World world;
    const Reel reel, fresh, child;
    world.deliver(reel);
    world.make(kEms, fresh, {reel});
    world.record(kEms, reel, relabelling(reel, fresh));
    world.make(kSecondDist, child, {reel});
    CHECK(sold(world, child) == "HOLD quantity.overissue:major");
    CHECK(word(world.judge(scan_of(fresh, kEms, "line"))) == "ACCEPT");
}

TEST_CASE("attack: a child that nobody gave its parts is relabelled, or split, once more") {
    World world;
    const Reel reel, child, washed;
    const auto part = holding(500);
    deal(world, reel);
    world.make(kSecondDist, child, {reel});  // the reel's own record says nothing of it
    world.record(kSecondDist, child, splitting(500, {part}));
    world.make(kSecondDist, part, {child});
    CHECK(sold(world, part) == "HOLD quantity.overissue:major");
    auto other = holding(500);
    world.make(kSecondDist, other, {child});
    world.record(kSecondDist, child, relabelling(child, other));
    CHECK(sold(world, other) == "HOLD quantity.overissue:major");
    const auto verdict = world.judge(scan_of(other, kOem));
    CHECK(text_of_rule(verdict, "quantity.overissue")
              .starts_with("the item it was made of: it is said to hold 1000 parts"));
}

TEST_CASE("attack: more than its parent had, washed by one more label") {
    World world;
    const Reel reel;
    const auto more = holding(4000), washed = holding(4000);
    deal(world, reel);
    world.make(kSecondDist, more, {reel});
    world.record(kSecondDist, reel, relabelling(reel, more));
    world.make(kSecondDist, washed, {more});
    world.record(kSecondDist, more, relabelling(more, washed));
    CHECK(sold(world, washed) == "REJECT quantity.overissue:critical");
}

TEST_CASE("attack: a split that names nobody vouches for nobody") {
    World world;
    const Reel reel;
    const auto one = holding(500), two = holding(500), three = holding(500);
    deal(world, reel);
    world.record(kSecondDist, reel, splitting(500));
    for (const auto* child : {&one, &two, &three}) {
        world.make(kSecondDist, *child, {reel});
        CHECK(sold(world, *child) == "HOLD quantity.overissue:major");
    }
}

TEST_CASE("attack: one split names many, as if it had given each of them everything") {
    World world;
    const Reel reel;
    const auto one = holding(1000), two = holding(1000);
    deal(world, reel);
    world.record(kSecondDist, reel, splitting(1000, {one, two}));
    for (const auto* child : {&one, &two}) {
        world.make(kSecondDist, *child, {reel});
        CHECK(sold(world, *child) == "HOLD quantity.overissue:major");
    }
}

TEST_CASE("attack: a joined item holds more than the splits for it gave together") {
    World world;
    const Reel left, right;
    const auto fair = holding(30), greedy = holding(31);
    for (const auto* reel : {&left, &right}) deal(world, *reel);
    for (const auto* child : {&fair, &greedy}) {
        world.record(kSecondDist, left, splitting(10, {*child}));
        world.record(kSecondDist, right, splitting(20, {*child}));
        world.make(kSecondDist, *child, {left, right});
    }
    CHECK(sold(world, fair) == "ACCEPT ");
    CHECK(sold(world, greedy) == "HOLD quantity.overissue:major");
}

TEST_CASE("attack: a second parent that nobody knows, or the same one twice, adds no parts") {
    World world;
    const Reel reel, nothing;
    const auto padded = holding(900), twice = holding(2000);
    deal(world, reel);
    world.record(kSecondDist, reel, splitting(1, {padded}));
    world.make(kSecondDist, padded, {reel, nothing});
    CHECK(sold(world, padded) == "HOLD quantity.overissue:major");
    world.record(kSecondDist, reel, splitting(999, {twice}));
    world.make(kSecondDist, twice, {reel, reel});
    CHECK(sold(world, twice) == "REJECT quantity.overissue:critical");
}

TEST_CASE("attack: two labels are printed for one relabel") {
    World world;
    const Reel reel, one, two;
    deal(world, reel);
    world.make(kSecondDist, one, {reel});
    world.make(kSecondDist, two, {reel});
    world.record(kSecondDist, reel, relabelling(reel, one));
    CHECK(sold(world, one) == "ACCEPT ");
    CHECK(sold(world, two) == "HOLD quantity.overissue:major");
}

TEST_CASE("attack: parts are split off a reel that has gone on under a new label") {
    World world;
    const Reel reel, whole, again;
    deal(world, reel);
    world.make(kSecondDist, whole, {reel});
    world.record(kSecondDist, reel, relabelling(reel, whole));
    CHECK(sold(world, whole) == "ACCEPT ");
    world.record(kSecondDist, reel, splitting(1000, {again}));
    world.make(kSecondDist, again, {reel});
    CHECK(sold(world, again) == "HOLD quantity.overissue:major");
    // Nor by a partner in crime who "receives" the dead label.
    const Reel third;
    world.record(kSecondDist, reel, shipping_to(kDist));
    world.record(kDist, reel, receiving());
    world.record(kDist, reel, splitting(1000, {third}));
    world.make(kDist, third, {reel});
    world.record(kDist, third, shipping_to(kOem));
    CHECK(word(world.judge(scan_of(third, kOem))) != "ACCEPT");
}

TEST_CASE("attack: a split is prepared, and shown only after the relabel that was to follow it") {
    World world;
    const Reel reel, one, two;
    deal(world, reel);
    const auto split = world.record(kSecondDist, reel, splitting(1000, {two}),
                                    {.prev = std::vector<Hash>{}, .n = 2});
    auto& shown = world.ledger.at(ItemCipher(reel.key).tag(kSecondDist, 2));
    const auto hidden = shown;
    shown.clear();
    world.make(kSecondDist, one, {reel});
    auto knowing = world.ledger.history(reel.key).heads();
    knowing.push_back(split);
    world.record(kSecondDist, reel, relabelling(reel, one), {.prev = knowing, .n = 1});
    CHECK(sold(world, one) == "HOLD custody.gap:major");
    shown = hidden;
    CHECK(word(world.judge(scan_of(one, kOem))) == "REJECT");
}

TEST_CASE("attack: a child without a quantity, printed with any") {
    World world;
    const Reel reel;
    Reel child;
    child.quantity.reset();
    deal(world, reel);
    world.record(kSecondDist, reel, splitting(1, {child}));
    world.make(kSecondDist, child, {reel});
    CHECK(sold(world, child) == "HOLD quantity.overissue:major");
    Reel relabelled = child;
    relabelled.key = ItemKey::random();
    relabelled.quantity = 4000;
    world.make(kSecondDist, relabelled, {child});
    world.record(kSecondDist, child, relabelling(child, relabelled));
    CHECK(word(world.judge(scan_of(relabelled, kOem))) != "ACCEPT");
}

TEST_CASE(
    "attack: a label is ended before it is made, so that nobody counts what comes out of it") {
    for (const auto kind : {EventKind::deplete, EventKind::scrap, EventKind::relabel}) {
        World world;
        const Reel reel, between;
        const auto child = holding(1'000'000);
        deal(world, reel);
        world.record(kSecondDist, reel, relabelling(reel, between));
        world.record(kSecondDist, between, happening(kind));
        world.make(kSecondDist, between, {reel});
        world.make(kSecondDist, child, {between});
        INFO(to_string(kind));
        CHECK(sold(world, child) == "REJECT quantity.overissue:critical custody.gap:major");
    }
}

TEST_CASE("attack: a reel is relabelled after it was sent away, before anybody took it in") {
    World world;
    const Reel reel, fresh;
    deal(world, reel);
    world.record(kSecondDist, reel, shipping_to(kEms));
    world.make(kSecondDist, fresh, {reel});
    world.record(kSecondDist, reel, relabelling(reel, fresh));
    const auto verdict = sold(world, fresh);
    CHECK(verdict.starts_with("HOLD "));
    CHECK(verdict.find("custody.gap:major") != std::string::npos);
}

TEST_CASE("attack: boards are made of a reel that went on whole under a new label") {
    World world;
    const Reel reel, fresh;
    Reel board;
    board.facts = {};
    board.facts.manufacturer = kSecondDist;
    board.quantity = 1;
    deal(world, reel);
    world.make(kSecondDist, board, {reel});
    world.record(kSecondDist, reel, consuming(10));
    world.record(kSecondDist, board, shipping_to(kOem));
    auto scan = scan_of(board, kOem);
    scan.label = {};  // a board's label has no part number
    CHECK(rules_in(world.judge(scan)).empty());
    world.make(kSecondDist, fresh, {reel});
    world.record(kSecondDist, reel, relabelling(reel, fresh));
    CHECK(rules_in(world.judge(scan)).empty());
    world.record(kSecondDist, reel, consuming(500));
    CHECK(rules_in(world.judge(scan)) == "custody.gap:major");
}

TEST_CASE("attack: a reel is sent away, then used on boards without end") {
    World world;
    const Reel reel;
    Reel board;
    board.facts = {};
    board.facts.manufacturer = kSecondDist;
    board.quantity = 1;
    deal(world, reel);
    world.make(kSecondDist, board, {reel});
    world.record(kSecondDist, reel, shipping_to(kEms));
    world.record(kSecondDist, reel, consuming(900));
    world.record(kSecondDist, board, shipping_to(kOem));
    auto scan = scan_of(board, kOem);
    scan.label = {};  // a board's label has no part number
    CHECK(rules_in(world.judge(scan)) == "custody.gap:minor");
    world.record(kSecondDist, reel, consuming(900));
    CHECK(word(world.judge(scan)) == "HOLD");
    CHECK(severity_of(world.judge(scan), "quantity.overissue") == "major");
    // What somebody else says he took is no fault of the board's.
    World other;
    deal(other, reel);
    other.make(kSecondDist, board, {reel});
    other.record(kSecondDist, reel, consuming(10));
    other.record(kEms, reel, consuming(1'000'000));
    other.record(kSecondDist, board, shipping_to(kOem));
    CHECK(word(other.judge(scan)) == "ACCEPT");
}

TEST_CASE("attack: a part is \"assembled\" under a policy that trusts a maker with everything") {
    World world;
    world.policy.manufacturers = {{kMaker, {}, {"Northline Semi"}}};
    const Reel reel;
    const auto made = assembly();
    deal(world, reel);
    world.make(kSecondDist, made, {reel});
    world.record(kSecondDist, made, shipping_to(kOem));
    auto scan = scan_of(made, kOem);
    scan.label.manufacturer = kSecondDist;
    const auto verdict = world.judge(scan);
    CHECK(word(verdict) == "HOLD");
    CHECK(rules_in(verdict) == "pedigree.source:major");
    CHECK(text_of_rule(verdict, "pedigree.source").ends_with("name its maker in the policy"));
    // Named, it is good; from another than the named one, it is not.
    world.policy.manufacturers.push_back({kSecondDist, {"KST-*"}, {}});
    CHECK(rules_in(world.judge(scan)).empty());
    world.policy.manufacturers.back().org = kEms;
    CHECK(rules_in(world.judge(scan)) == "pedigree.source:critical");
}

}  // namespace reelproof::ledger::tests
