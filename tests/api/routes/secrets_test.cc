// Secrets that are shown once: nothing of them stays in memory when the answer has gone.
#include "api/people/secrets.h"

#include <catch2/catch.hpp>

#include "api/http/target.h"
#include "api/http/text.h"
#include "api/routes/people.h"
#include "api/routes/session.h"
#include "tests/ledger/store/store_support.h"
#include "tests/memory_scan.h"

namespace reelproof::api {

namespace {

using reelproof::tests::Remembered;

struct Door {
    Door() {
        node.open_with_genesis();
        rows.emplace(*node.store, *node.sequencer, ledger::Table::people);
        users.emplace(*rows, org.name, clock);
        sessions.emplace(*rows, clock);
        tokens.emplace(*rows, std::vector<Token>(), clock);
        session_routes.emplace(SessionRoutes{*users, *sessions, attempts, org.name});
        people_routes.emplace(PeopleRoutes{*users, *sessions, *tokens, "https://ems.example"});
        add_session_routes(router, *session_routes);
        add_people_routes(router, *people_routes);
        router.set_authoriser([](Request&, std::string_view) { return std::nullopt; });
    }
    [[nodiscard]] Response post(const std::string& path, const std::string& body) const {
        Request request;
        request.method = Method::post;
        REQUIRE(!parse_target(path, request));
        request.headers.set("Content-Type", "application/json");
        request.body = body;
        return router.handle(request);
    }
    // As the server does once an answer is sent.
    static void sent(Response& answer) { wipe(std::get<std::string>(answer.body)); }
    // A text of an answer, from behind `before` to the next quote.
    static std::string_view text_in(const Response& answer, std::string_view before) {
        const auto body = answer.body_view();
        const auto from = body.find(before);
        REQUIRE(from != std::string_view::npos);
        const auto rest = body.substr(from + before.size());
        return rest.substr(0, rest.find('"'));
    }

    const ledger::Clock clock = [] { return ledger::tests::kNow; };
    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org{"ems.example"};
    ledger::tests::TestNode node{folder.path(), org};
    std::optional<JsonRows> rows;
    std::optional<Users> users;
    std::optional<Sessions> sessions;
    std::optional<Tokens> tokens;
    Attempts attempts{ledger::Secret<32>::random(), clock};
    std::optional<SessionRoutes> session_routes;
    std::optional<PeopleRoutes> people_routes;
    Router router;
};

}  // namespace

TEST_CASE("a token and a second factor that were shown are nowhere in memory", "[people]") {
    if (!reelproof::tests::memory_can_be_searched()) return;
    Door door;
    std::optional<Remembered> token, factor;
    {
        auto given = door.post("/v1/tokens", R"({"name":"line-1","scopes":["read"]})");
        REQUIRE(given.status == 201);
        token.emplace(Door::text_in(given, R"("token":"rpt_)"));
        CHECK(token->present());
        Door::sent(given);
    }
    CHECK_FALSE(token->present());
    {
        const SecretText link(door.users->invite("anna", "Anna", {"quality"}).value());
        auto opened = door.post("/v1/setup", R"({"link":")" + link.expose() + "\"}");
        REQUIRE(opened.status == 200);
        factor.emplace(Door::text_in(opened, R"("secret":")"));
        CHECK(factor->present());
        Door::sent(opened);
    }
    CHECK_FALSE(factor->present());
}

TEST_CASE("a set-up link that was shown is nowhere in memory", "[people]") {
    if (!reelproof::tests::memory_can_be_searched()) return;
    Door door;
    std::optional<Remembered> link;
    {
        auto invited =
            door.post("/v1/users", R"({"user":"anna","name":"Anna","roles":["quality"]})");
        REQUIRE(invited.status == 201);
        link.emplace(Door::text_in(invited, "/setup#"));
        CHECK(link->present());
        Door::sent(invited);
    }
    CHECK_FALSE(link->present());
}

}  // namespace reelproof::api
