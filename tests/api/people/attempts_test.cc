#include "api/people/attempts.h"

#include <catch2/catch.hpp>

namespace reelproof::api {
namespace {

struct World {
    ledger::UnixSeconds now = 1'795'000'000;
    ledger::Secret<32> key = ledger::Secret<32>::random();
    Attempts attempts{key, [this] { return now; }};

    // How long it would have to wait, without trying.
    std::optional<std::chrono::seconds> wait(const Attempts::Who& who) {
        auto out = attempts.begin(who);
        if (!out) attempts.end(who, Attempts::End::neither);
        return out;
    }
    void fail(const Attempts::Who& who) {
        REQUIRE(!attempts.begin(who));
        attempts.end(who, Attempts::End::failed);
    }

    // Fails until a wait is asked for; how often that went well.
    int guesses(const Attempts::Who& who, int most = 1000) {
        for (int i = 0; i < most; ++i) {
            if (attempts.begin(who)) return i;
            attempts.end(who, Attempts::End::failed);
        }
        return most;
    }
};

TEST_CASE("after some failures each guess costs a wait that grows") {
    World world;
    const Attempts::Who anna{"anna", "192.0.2.1", ""};
    CHECK(world.guesses(anna) == 6);
    ledger::UnixSeconds before = 0;
    for (int i = 0; i < 12; ++i) {
        const auto wait = world.wait(anna);
        REQUIRE(wait);
        CHECK(wait->count() >= before);
        CHECK(wait->count() <= 300);
        before = wait->count();
        world.now += before;
        world.fail(anna);
    }
    CHECK(before == 300);
    world.now += 3601;
    CHECK(!world.wait(anna));
}

TEST_CASE("who guesses from elsewhere does not lock out a browser that is known") {
    World world;
    const auto cookie = world.attempts.browser_cookie("anna");
    const Attempts::Who home{"anna", "192.0.2.1", cookie}, attacker{"anna", "192.0.2.1", ""};
    CHECK(world.guesses(attacker) < 10);
    CHECK(!world.wait(home));
    // It may guess no more often than others.
    CHECK(world.guesses(home) == 6);
    CHECK(world.wait(home));
    world.now += 400;
    REQUIRE(!world.attempts.begin(home));
    world.attempts.end(home, Attempts::End::succeeded);
    CHECK(!world.wait(home));
}

TEST_CASE("a browser's cookie is for its user, of this node, and for a time") {
    World world;
    CHECK(world.guesses({"anna", "192.0.2.1", ""}) < 10);
    const auto cookie = world.attempts.browser_cookie("anna");
    auto changed = cookie;
    changed.back() = changed.back() == '0' ? '1' : '0';
    const World other;
    for (const auto& bad :
         {changed, world.attempts.browser_cookie("berta"), other.attempts.browser_cookie("anna"),
          std::string("."), std::string("x.y.z"), std::string(5000, '.')})
        CHECK(world.wait({"anna", "192.0.2.1", bad}));
    CHECK(!world.wait({"anna", "192.0.2.1", cookie}));
    world.now += 91 * 86400;
    CHECK(world.guesses({"anna", "192.0.2.1", ""}) < 10);
    CHECK(world.wait({"anna", "192.0.2.1", cookie}));
}

TEST_CASE("who tries many users from one address waits too") {
    World world;
    int tried = 0;
    for (; tried < 1000; ++tried) {
        const Attempts::Who who{"user" + std::to_string(tried), "198.51.100.7", ""};
        if (world.wait(who)) break;
        world.fail(who);
    }
    CHECK(tried == 21);
    CHECK(!world.wait({"somebody", "198.51.100.8", ""}));
    CHECK(!world.wait({"anna", "198.51.100.7", world.attempts.browser_cookie("anna")}));
}

TEST_CASE("who guesses in one place for days does not make the user wait elsewhere") {
    World world;
    const Attempts::Who attacker{"anna", "192.0.2.1", ""}, anna{"anna", "198.51.100.7", ""};
    for (int i = 0; i < 1000; ++i) {
        if (const auto wait = world.wait(attacker)) world.now += wait->count();
        world.fail(attacker);
        CHECK(!world.wait(anna));
    }
}

TEST_CASE("guesses from many places make the user wait for a minute at most") {
    World world;
    int places = 0;
    const Attempts::Who anna{"anna", "198.51.100.7", ""};
    for (; places < 1000 && !world.wait(anna); ++places)
        world.guesses({"anna", "192.0.2." + std::to_string(places), ""});
    CHECK(places > 8);
    CHECK(places < 20);
    int heard = 0;
    for (; places < 1000; ++places) {
        const auto wait = world.wait(anna);
        if (!wait) continue;
        CHECK(wait->count() <= 60);
        world.now += wait->count();
        ++heard;
        world.fail({"anna", "203.0.113." + std::to_string(places), ""});
    }
    CHECK(heard > 100);
    CHECK(!world.wait({"anna", "198.51.100.7", world.attempts.browser_cookie("anna")}));
}

TEST_CASE("guesses side by side are none but one") {
    World world;
    const Attempts::Who anna{"anna", "192.0.2.1", ""}, elsewhere{"anna", "192.0.2.2", ""},
        berta{"berta", "192.0.2.1", ""};
    REQUIRE(!world.attempts.begin(anna));
    CHECK(world.attempts.begin(anna));
    CHECK(!world.wait(elsewhere));
    CHECK(!world.attempts.begin({"anna", "192.0.2.1", world.attempts.browser_cookie("anna")}));
    CHECK(!world.wait(berta));
    world.attempts.end(anna, Attempts::End::failed);
    CHECK(!world.wait(elsewhere));
    // At an address that guesses, nobody else's name helps.
    for (int i = 0; i < 19; ++i) world.fail({"user" + std::to_string(i), "192.0.2.1", ""});
    REQUIRE(!world.attempts.begin(berta));
    CHECK(world.attempts.begin({"carla", "192.0.2.1", ""}));
    world.attempts.end(berta, Attempts::End::neither);
    CHECK(!world.wait({"carla", "192.0.2.1", ""}));
}

}  // namespace
}  // namespace reelproof::api
