// Unusual access to documents, as it shows in a real audit log.
#include "api/service/access_watch.h"

#include <atomic>

#include <catch2/catch.hpp>

#include "tests/ledger/store/store_support.h"

namespace reelproof::api {

namespace {

constexpr ledger::UnixSeconds kHour = 3600;

struct Watched {
    ledger::tests::TempFolder folder;
    ledger::tests::TestOrg org{"oem.example"};
    ledger::tests::TestNode node{folder.path(), org};
    std::atomic<ledger::UnixSeconds> now = ledger::tests::kNow;
    std::vector<std::string> told;

    Watched() { node.open_with_genesis(); }

    void read(const std::string& who, int count, const std::string& address = "10.0.0.1",
              int status = 200,
              const std::string& what = "GET /v1/vault/documents/{document}/versions/{version}") {
        AuditLog log(*node.store, *node.sequencer, [this] { return now.load(); });
        for (int i = 0; i < count; ++i) {
            AuditEntry entry;
            entry.time = now;
            entry.who = who;
            entry.address = address;
            entry.what = what;
            entry.about = "document " + std::to_string(i);
            entry.status = status;
            REQUIRE(log.append(entry));
        }
    }
    // What a watch that begins now tells of what `then` adds.
    void watch(const std::function<void()>& then) {
        told.clear();
        ++now;
        const AuditLog log(*node.store, *node.sequencer, [this] { return now.load(); });
        AccessWatch watch(
            log, [this] { return now.load(); },
            [this](const std::string&, const std::string& text) { told.push_back(text); });
        watch.look();
        CHECK(told.empty());
        then();
        watch.look();
    }
};

}  // namespace

TEST_CASE("many documents or refusals within an hour are unusual, and told once", "[audit]") {
    Watched world;
    world.watch([&] {
        world.read("person anna", 99);
        world.read("person bo", 250);
        world.read("person cy", 40, "10.0.0.1", 403);
        world.read("stranger", 500, "10.0.0.1", 401);
    });
    CHECK(world.told ==
          std::vector<std::string>{"person bo read 100 documents within an hour",
                                   "person cy was refused 30 times within an hour at documents"});
    // The same in more time is not.
    world.now += 2 * kHour;
    world.watch([&] {
        for (int i = 0; i < 3; ++i) {
            world.read("person eve", 60);
            world.now += kHour + 1;
        }
    });
    CHECK(world.told.empty());
}

TEST_CASE("tables of parts count as documents", "[audit]") {
    Watched world;
    const std::string revision = "GET /v1/boms/{bom}/revisions/{number}";
    world.watch([&] {
        world.read("person anna", 100, "10.0.0.1", 200, revision);
        world.read("person bo", 200, "10.0.0.1", 200, "GET /v1/boms");
        world.read("person cy", 30, "10.0.0.1", 404, revision);
    });
    CHECK(world.told ==
          std::vector<std::string>{"person anna read 100 documents within an hour",
                                   "person cy was refused 30 times within an hour at documents"});
}

TEST_CASE("a place and an hour that somebody was never seen at are unusual, once they are known",
          "[audit]") {
    Watched world;
    world.now = world.now / (24 * kHour) * (24 * kHour) + 9 * kHour;
    for (int day = 0; day < 5; ++day) {
        world.read("person anna", 50);
        world.now += 24 * kHour;
    }
    world.watch([&] { world.read("person anna", 1); });
    CHECK(world.told.empty());
    world.watch([&] { world.read("person anna", 2, "192.0.2.7"); });
    CHECK(world.told ==
          std::vector<std::string>{
              "person anna read a document from 192.0.2.7, where it was never before"});
    // A network of IPv6 is one place.
    world.watch([&] {
        world.read("person anna", 1, "2001:db8::1");
        world.read("person anna", 1, "2001:db8::2:3");
    });
    CHECK(world.told.size() == 1);
    world.now += 18 * kHour;
    world.watch([&] { world.read("person anna", 2); });
    CHECK(world.told == std::vector<std::string>{
                            "person anna read a document at an hour of the day (3 UTC) at which it "
                            "never did before"});
    // Of somebody new nothing is known yet.
    world.watch([&] { world.read("person dan", 5, "192.0.2.8"); });
    CHECK(world.told.empty());
}

}  // namespace reelproof::api
