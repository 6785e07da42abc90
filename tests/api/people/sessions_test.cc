#include "api/people/sessions.h"

#include <catch2/catch.hpp>

#include "api/people/users.h"
#include "tests/api/people/base32_support.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::api {
namespace {

constexpr std::string_view kPassword = "four blue reels on a shelf";

struct House {
    ledger::tests::TempFolder folder;
    ledger::tests::TestOrg org{"ems.example"};
    ledger::tests::TestNode node{folder.path(), org};
    ledger::UnixSeconds now = ledger::tests::kNow;
    std::optional<JsonRows> rows;
    std::optional<Users> users;
    std::optional<Sessions> sessions;

    House() {
        node.open_with_genesis();
        begin();
    }
    void begin() {
        const auto clock = [this] { return now; };
        rows.emplace(*node.store, *node.sequencer, ledger::Table::people);
        users.emplace(*rows, "ems.example", clock);
        sessions.emplace(*rows, clock);
    }
    void restart() {
        sessions.reset();
        users.reset();
        node.close();
        REQUIRE(node.open().empty());
        begin();
    }
    [[nodiscard]] std::string code(const TotpSecret& secret) const {
        return totp_code(secret, static_cast<std::uint64_t>(now) / 30);
    }
    // Anna, enrolled. Gives the secret of her second factor.
    TotpSecret enrol() {
        const auto link = users->invite("anna", "Anna", {"warehouse"}).value();
        const auto secret = tests::secret_from(users->open_link(link).value().secret);
        REQUIRE(users->enrol(link, kPassword, code(secret)));
        now += 30;
        return secret;
    }
    // As the door lets in.
    bool lets_in(const std::string& cookie) {
        const auto session = sessions->find(cookie);
        const auto user = session ? users->find(session->user) : std::nullopt;
        return user && !user->disabled && user->epoch == session->epoch;
    }
};

}  // namespace

TEST_CASE("what was proved before a person was disabled opens nothing afterwards", "[people]") {
    House house;
    const auto secret = house.enrol();
    const auto proof = house.users->prove("anna", kPassword, house.code(secret)).value();
    REQUIRE(proof.user);
    // In between: the administrator is faster than the session.
    REQUIRE(house.users->change("anna", {.name = {}, .roles = {}, .disabled = true}));
    REQUIRE(house.sessions->end_all("anna"));
    const auto cookie = house.sessions->begin("anna", proof.user->epoch).value();
    CHECK(!house.lets_in(cookie));
    REQUIRE(house.users->change("anna", {.name = {}, .roles = {}, .disabled = false}));
    CHECK(!house.lets_in(cookie));
    house.restart();
    CHECK(!house.lets_in(cookie));
    house.now += 30;
    const auto again = house.users->prove("anna", kPassword, house.code(secret)).value();
    REQUIRE(again.user);
    CHECK(house.lets_in(house.sessions->begin("anna", again.user->epoch).value()));
}

TEST_CASE("a new password ends what the old one proved, but not the session that set it",
          "[people]") {
    House house;
    const auto secret = house.enrol();
    const auto proof = house.users->prove("anna", kPassword, house.code(secret)).value();
    REQUIRE(proof.user);
    const auto own = house.sessions->begin("anna", proof.user->epoch).value();
    const auto epoch = house.users->set_password("anna", "seven quiet reels in a row").value();
    const auto late = house.sessions->begin("anna", proof.user->epoch).value();
    REQUIRE(house.sessions->end_others(house.sessions->find(own).value(), epoch));
    CHECK(house.lets_in(own));
    CHECK(!house.lets_in(late));
    const auto later = house.sessions->begin("anna", proof.user->epoch).value();
    CHECK(!house.lets_in(later));
    house.restart();
    CHECK(house.lets_in(own));
    CHECK(!house.lets_in(late));
    CHECK(!house.lets_in(later));
}

}  // namespace reelproof::api
