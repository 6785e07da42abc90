// A guest's statement on its way into the log, without a server around it: while it is on its way,
// and when the answer comes after the caller has left.
#include <catch2/catch.hpp>

#include "api/routes/scrapi.h"
#include "ledger/provenance/compose.h"
#include "tests/ledger/store/store_support.h"
#include "tests/node/house_support.h"

namespace reelproof::node::tests {

namespace {

using ledger::tests::random_tag;
using ledger::tests::TestOrg;

// Its door, and a guest that is admitted.
struct Door {
    explicit Door(api::Rate rate, std::chrono::milliseconds patience)
        : registration(house.context, patience),
          routes{house.context, registration, api::RateLimits(rate)} {
        const ledger::GuestAdmit admit{
            guest.name, ledger::thumbprint(guest.root.public_key()), {"sealed"}, {}};
        house.submit(ledger::compose_public(house.keys.statement, house.config.org,
                                            ledger::system_now(), "guest.admit",
                                            ledger::format_public(admit))
                         .value());
        house.submit(guest.guest_genesis());
        api::add_scrapi_routes(router, routes);
    }
    [[nodiscard]] api::Response post(const ledger::Bytes& statement) const {
        api::Request request;
        request.method = api::Method::post;
        request.segments = std::vector<std::string>{"entries"};
        request.headers.set("Content-Type", "application/cose");
        request.body = ledger::as_text(statement);
        return router.handle(request);
    }
    [[nodiscard]] api::Response get(const std::string& entry) const {
        api::Request request;
        request.segments = std::vector<std::string>{"entries", entry};
        return router.handle(request);
    }

    House house;
    TestOrg guest{"small.example"};
    api::Registration registration;
    api::ScrapiRoutes routes;
    api::Router router;
};

}  // namespace

TEST_CASE("a statement that takes long is told to be on its way, and is found there",
          "[service][scrapi]") {
    Door door(api::kRegistrationRate, std::chrono::milliseconds(1));
    const auto statement = door.guest.sealed({random_tag()}, ledger::system_now());
    const auto leaf = ledger::leaf_hash(statement);
    const auto there = ledger::to_hex(leaf);
    CHECK(door.get(there).status == 404);
    auto go = door.house.hold();
    const auto running = door.post(statement);
    CHECK(running.status == 303);
    CHECK(running.headers.get("Location") == "/entries/" + there);
    CHECK(running.headers.has("Retry-After"));
    // Again while it waits: the same.
    CHECK(door.post(statement).status == 303);
    const auto asked = door.get(there);
    CHECK(asked.status == 302);
    CHECK(asked.headers.get("Location") == "/entries/" + there);
    go.set_value();
    REQUIRE(eventually([&] { return door.get(there).status == 200; }));
    // Both have been answered as one entry.
    REQUIRE(eventually([&] { return !door.registration.running(leaf); }));
    CHECK(door.post(statement).status == 201);
    CHECK(door.house.store->head(ledger::kOwnLog)->checkpoint.size == 4);
}

TEST_CASE("each guest registers so much, and its limit is nobody else's to use up",
          "[service][scrapi]") {
    // Nothing comes back while the test runs.
    Door door({0.001, 3}, api::Registration::kPatience);
    const auto now = ledger::system_now();
    // Refused statements cost nothing of it, though they name this guest.
    for (int i = 0; i < 10; ++i)
        CHECK(door.post(TestOrg(door.guest.name).sealed({random_tag()}, now)).status == 400);
    const auto first = door.guest.sealed({random_tag()}, now);
    CHECK(door.post(first).status == 201);
    for (int i = 0; i < 2; ++i)
        CHECK(door.post(door.guest.sealed({random_tag()}, now)).status == 201);
    const auto late = door.post(door.guest.sealed({random_tag()}, now));
    CHECK(late.status == 429);
    CHECK(late.headers.get("Retry-After") == "1000");
    CHECK(late.content_type == "application/concise-problem-details+cbor");
    // What is there already is told all the same.
    CHECK(door.post(first).status == 201);
    CHECK(door.house.store->head(ledger::kOwnLog)->checkpoint.size == 6);
}

}  // namespace reelproof::node::tests
