// What a guest, which once held the item and so has its key for good, can do to those who hold it
// now: cost them a question that a release settles, under its own name.
#include <algorithm>

#include "ledger/format/envelope.h"
#include "tests/ledger/rules/world_support.h"

namespace reelproof::ledger::tests {

namespace {

const std::string kGuest = "small.example";

// A reel that came from its maker over a guest to the EMS.
struct FromGuest {
    World world;
    const Reel reel;

    FromGuest() {
        world.join_as_guest(kGuest, kEms);
        world.make(kMaker, reel);
        world.ship(kMaker, kGuest, reel);
        world.ship(kGuest, kEms, reel);
        REQUIRE(rules_in(here()).empty());
    }
    Verdict here() { return world.judge(scan_of(reel, kEms, "line")); }
    void release() {
        // As a node does, it names no more than 256 of the newest events.
        auto known = world.ledger.history(reel.key).heads();
        if (known.size() > 256) known.erase(known.begin(), known.end() - 256);
        world.record(kEms, reel, happening(EventKind::release, "looked into"), {.prev = known});
    }
    // The EMS can go on working, and knows whom it owes the question.
    void is_an_explained_hold() {
        const auto verdict = here();
        INFO(rules_in(verdict));
        CHECK(word(verdict) == "HOLD");
        for (const auto& finding : verdict.findings) {
            CHECK(finding.rule == "custody.gap");
            CHECK(finding.text.find(kGuest) != std::string::npos);
        }
        release();
        CHECK(word(here()) == "ACCEPT");
        CHECK_FALSE(here().findings.empty());
    }
};

const std::vector<Event> kClaims{
    shipping_to(kOem),
    shipping_to(kEms),
    receiving(),
    commissioning(Reel()),
    happening(EventKind::scrap),
    happening(EventKind::deplete),
    happening(EventKind::relabel),
};

}  // namespace

TEST_CASE("guest: what it claims of a reel that it has shipped is a HOLD with its name") {
    for (const auto& event : kClaims)
        for (const bool knowing : {true, false})
            for (const bool early : {true, false}) {
                FromGuest story;
                Unusual how;
                if (!knowing) how.prev = std::vector<Hash>{};
                if (early) how.time = kStart - 86400;
                story.world.record(kGuest, story.reel, event, how);
                INFO(to_string(event.kind) << " " << knowing << early);
                story.is_an_explained_hold();
                // What it says next counts anew.
                story.world.record(kGuest, story.reel, event, how);
                CHECK(word(story.here()) == "HOLD");
            }
}

TEST_CASE("guest: so is a second story under a number that it has used") {
    for (const std::uint64_t n : {0, 1})
        for (const auto& event : kClaims) {
            FromGuest story;
            story.world.record(kGuest, story.reel, event,
                               {.prev = std::vector<Hash>{}, .n = n, .time = kStart - 86400});
            INFO(to_string(event.kind) << " " << n);
            story.is_an_explained_hold();
        }
}

TEST_CASE("guest: dismissed, it changes the custody of nothing any more") {
    World world;
    world.join_as_guest(kGuest, kEms);
    const Reel reel;
    world.make(kMaker, reel);
    world.ship(kMaker, kGuest, reel);
    world.ledger.dismissed[kGuest] = world.ledger.placed();
    world.record(kGuest, reel, shipping_to(kOem));
    const auto state = world.ledger.state(reel.key);
    CHECK(contradictions_of(state) == "set_aside");
    CHECK(state.holder == kGuest);
    CHECK(state.in_transit_to.empty());
    // What it says of the parts themselves harms nobody.
    world.record(kGuest, reel, happening(EventKind::quarantine, "sanding marks"));
    CHECK(world.ledger.state(reel.key).quarantined.contains(kGuest));
}

TEST_CASE("guest: gaps in its sequence and what can't be read are settled by a release") {
    FromGuest hole;
    hole.world.record(kGuest, hole.reel, happening(EventKind::inspect), {.n = 3});
    hole.is_an_explained_hold();

    FromGuest unreadable;
    unreadable.world.record(kGuest, unreadable.reel, shipping_to(kOem), {.n = 2});
    auto& there = unreadable.world.ledger.at(ItemCipher(unreadable.reel.key).tag(kGuest, 2));
    REQUIRE(there.size() == 1);
    there.front().bytes.at(40) ^= 1;
    unreadable.is_an_explained_hold();
}

TEST_CASE("guest: its flood does not make the reel one that nobody follows") {
    FromGuest story;
    for (std::uint64_t n = 2; n < kMaxGuestLinks + 50; ++n)
        story.world.record(kGuest, story.reel, happening(EventKind::inspect),
                           {.prev = std::vector<Hash>{}, .n = n});
    CHECK(story.world.ledger.history(story.reel.key).links.size() < kMaxGuestLinks + 50);
    story.is_an_explained_hold();
}

TEST_CASE("guest: an early \"making\" of what the maker made says nothing of it") {
    World world;
    world.join_as_guest(kGuest, kEms);
    const Reel reel;
    world.deliver(reel);
    Reel other = reel;
    other.facts.lot = "OTHER";
    other.facts.mpn = "LM358";
    other.quantity = 1;
    Unusual how{.prev = std::vector<Hash>{}, .time = kStart - 86400};
    how.parents = {Reel().key};
    world.record(kGuest, reel, commissioning(other), how);
    const auto verdict = world.judge(scan_of(reel, kEms, "line"));
    CHECK(rules_in(verdict) == "custody.gap:major");
    CHECK(text_of_rule(verdict, "custody.gap") ==
          "small.example recorded \"commission\" on 2026-03-01 of an item that was there before; "
          "brightline-ems.example had it: it is a guest in the log of another, and this changes "
          "nothing");
    CHECK(world.ledger.lineage(reel.key).items.size() == 1);
}

TEST_CASE("guest: a copy that it sells is still stopped") {
    FromGuest story;
    const auto copy =
        story.world.record(kGuest, story.reel, shipping_to(kOem), {.prev = std::vector<Hash>{}});
    CHECK(word(story.world.judge(scan_of(story.reel, kOem))) == "REJECT");
    story.world.record(kOem, story.reel, receiving(), {.prev = {{copy}}});
    for (const auto& org : {kEms, kOem}) {
        const auto verdict = story.world.judge(scan_of(story.reel, org, "line"));
        CHECK(word(verdict) == "REJECT");
        CHECK(severity_of(verdict, "custody.fork") == "critical");
    }
}

TEST_CASE("guest: two shipments of one reel before anybody took it in: the first one holds") {
    World world;
    world.join_as_guest(kGuest, kEms);
    const Reel reel;
    const auto made = world.make(kMaker, reel);
    world.ship(kMaker, kGuest, reel);
    world.record(kGuest, reel, shipping_to(kEms));
    world.record(kGuest, reel, shipping_to(kOem), {.prev = {{made}}});
    CHECK(rules_in(world.judge(scan_of(reel, kEms))) == "custody.gap:major");
    CHECK(word(world.judge(scan_of(reel, kOem))) == "REJECT");
}

TEST_CASE("guest: honest ones are believed as before, also when the goods are faster") {
    World world;
    world.join_as_guest(kGuest, kEms);
    world.policy.manufacturers = {{kGuest, {"STM32*"}, {"Northline Semi"}}};
    Reel reel, faster;
    reel.facts.manufacturer = faster.facts.manufacturer = kGuest;
    const auto made =
        world.record(kGuest, reel, commissioning(reel), {.prev = std::vector<Hash>{}});
    world.record(kGuest, reel, shipping_to(kEms), {.prev = {{made}}});
    world.record(kEms, reel, receiving());
    CHECK(rules_in(world.judge(scan_of(reel, kEms, "line"))).empty());

    world.record(kEms, faster, receiving(), {.prev = std::vector<Hash>{}});
    const auto later =
        world.record(kGuest, faster, commissioning(faster), {.prev = std::vector<Hash>{}});
    world.record(kGuest, faster, shipping_to(kEms), {.prev = {{later}}});
    CHECK(rules_in(world.judge(scan_of(faster, kEms, "line"))).empty());
    // It came back, and goes out again.
    world.record(kEms, faster, shipping_to(kGuest));
    world.record(kGuest, faster, receiving());
    world.ship(kGuest, kOem, faster);
    CHECK(rules_in(world.judge(scan_of(faster, kOem, "line"))).empty());
}

TEST_CASE("guest: the same claims by a partner are a fork as before") {
    World world;
    const Reel reel;
    world.deliver(reel);
    world.record(kSecondDist, reel, receiving(), {.prev = std::vector<Hash>{}});
    CHECK(severity_of(world.judge(scan_of(reel, kEms, "line")), "custody.fork") == "critical");
}

}  // namespace reelproof::ledger::tests
