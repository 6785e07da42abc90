#include "ledger/directory/directory.h"

#include <catch2/catch.hpp>

#include "ledger/directory/matching.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// A directory with the log of one organisation, fed one statement after another.
struct Fixture {
    explicit Fixture(std::map<std::string, std::string> more_roots = {})
        : directory(roots(more_roots)) {
        directory.add_log(0, org.name);
    }
    std::map<std::string, std::string> roots(std::map<std::string, std::string> more) const {
        more.insert(org.trust());
        return more;
    }
    // As the sequencer does: right, signature, effect. The reason of a refusal, or empty.
    std::string add(const Bytes& statement, LogId log = 0) {
        const auto view = parse_statement(statement);
        if (!view) return "malformed: " + view.error().message;
        const Place place{log, next[log]};
        const auto key = directory.key_for(place, *view);
        if (!key) return key.error().message;
        if (auto verified = verify_statement(*view, *key); !verified)
            return verified.error().message;
        if (auto applied = directory.apply(place, *view); !applied) return applied.error().message;
        ++next[log];
        return {};
    }
    std::string right_at(std::uint64_t index, const Bytes& statement) const {
        const auto key = directory.key_for({0, index}, *parse_statement(statement));
        return key ? "" : key.error().message;
    }

    TestOrg org{"maker.example"};
    TestOrg guest{"broker.example"};
    SecretKey station = SecretKey::generate();
    std::map<LogId, std::uint64_t> next;
    Directory directory;
};

}  // namespace

TEST_CASE("entry 0 is the genesis of the log's own organisation", "[directory]") {
    Fixture f;
    CHECK(contains(f.add(f.org.any()), "must be its org.genesis"));
    CHECK(contains(f.add(f.guest.guest_genesis()), "must be its org.genesis"));
    CHECK(contains(f.add(f.org.genesis(), 7), "log 7 is not known"));
    CHECK(f.add(f.org.genesis()) == "");
    CHECK(contains(f.add(f.org.genesis()), "a second org.genesis of maker.example"));
    const OrgState* org = f.directory.org(f.org.name);
    REQUIRE(org != nullptr);
    CHECK(org->trusted);
    CHECK_FALSE(org->guest);
    CHECK(org->url == "https://maker.example");
    CHECK(org->key_statements == std::vector<std::uint64_t>{0});
    CHECK(f.directory.org_of_tls(*org->genesis.tls_spki, kNow) == f.org.name);
    CHECK(f.directory.trusted_orgs() == std::vector<std::string>{f.org.name});
}

TEST_CASE("a root key other than the configured one is not taken", "[directory]") {
    Fixture f;
    const TestOrg impostor(f.org.name);
    CHECK(contains(f.add(impostor.genesis()), "not the trusted"));
    CHECK(f.directory.org(f.org.name) == nullptr);
}

TEST_CASE("an organisation with a log of its own is no guest of another's", "[directory]") {
    // Whoever copies its genesis would leave its revocations behind.
    const TestOrg other("maker-of-chips.example");
    Fixture f(std::map<std::string, std::string>{other.trust()});
    REQUIRE(f.add(f.org.genesis()) == "");
    CHECK(contains(f.add(other.genesis()), "has a log of its own"));
}

TEST_CASE("a guest is known, and trusted only when its root is configured", "[directory]") {
    const bool trusted = GENERATE(false, true);
    const TestOrg guest("broker.example");
    Fixture f(trusted ? std::map<std::string, std::string>{guest.trust()}
                      : std::map<std::string, std::string>{});
    REQUIRE(f.add(f.org.genesis()) == "");
    CHECK(contains(f.add(guest.any()), "broker.example has no org.genesis in the log of maker"));
    REQUIRE(f.add(guest.guest_genesis()) == "");
    CHECK(f.add(guest.any()) == "");
    CHECK(contains(f.add(guest.guest_genesis()), "a second org.genesis"));
    const OrgState* state = f.directory.org_in(0, guest.name);
    REQUIRE(state != nullptr);
    CHECK(state->guest);
    CHECK(state->trusted == trusted);
    CHECK((f.directory.org(guest.name) != nullptr) == trusted);
    CHECK(f.directory.trusted_orgs().size() == (trusted ? 2 : 1));
}

TEST_CASE("who is admitted to our log is trusted by the root that is named there", "[directory]") {
    const bool genesis_first = GENERATE(false, true);
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    const GuestAdmit admit{f.guest.name, thumbprint(f.guest.root.public_key()), {"sealed"}, {}};
    if (genesis_first) REQUIRE(f.add(f.guest.guest_genesis()) == "");
    CHECK(f.directory.org(f.guest.name) == nullptr);
    CHECK_FALSE(f.directory.trusts(f.guest.name));
    REQUIRE(f.add(f.org.public_statement(f.org.node, admit)) == "");
    if (!genesis_first) REQUIRE(f.add(f.guest.guest_genesis()) == "");
    REQUIRE(f.directory.org(f.guest.name) != nullptr);
    CHECK(f.directory.trusts(f.guest.name));
    const auto& guest = f.directory.org(f.org.name)->guests.at(f.guest.name);
    CHECK(guest.what.may == std::vector<std::string>{"sealed"});
    CHECK_FALSE(guest.dismissed_at);

    // Another root is another organisation, whoever says so.
    const TestOrg impostor(f.guest.name);
    REQUIRE(f.add(f.org.public_statement(
                f.org.node,
                GuestAdmit{f.guest.name, thumbprint(impostor.root.public_key()), {}, {}})) == "");
    CHECK(f.directory.org(f.org.name)->guests.at(f.guest.name).what.root == admit.root);

    REQUIRE(f.add(f.org.public_statement(f.org.node, GuestDismiss{f.guest.name, "left"})) == "");
    CHECK(f.directory.org(f.org.name)->guests.at(f.guest.name).dismissed_at);
    // What it signed before stays good.
    CHECK(f.directory.org(f.guest.name) != nullptr);
    REQUIRE(f.add(f.org.public_statement(f.org.node, admit)) == "");
    CHECK_FALSE(f.directory.org(f.org.name)->guests.at(f.guest.name).dismissed_at);
}

TEST_CASE("nobody but the owner of our own log makes us trust anybody", "[directory]") {
    const TestOrg partner("partner.example"), other("other.example");
    Fixture f({partner.trust(), other.trust()});
    REQUIRE(f.add(f.org.genesis()) == "");
    f.directory.add_log(3, partner.name);
    REQUIRE(f.add(partner.genesis(), 3) == "");
    const TestOrg stranger("stranger.example");
    const GuestAdmit admit{stranger.name, thumbprint(stranger.root.public_key()), {"*"}, {}};
    // Of a partner, in its own log: its guest, not ours.
    REQUIRE(f.add(partner.public_statement(partner.node, admit), 3) == "");
    CHECK(f.directory.org(partner.name)->guests.contains(stranger.name));
    CHECK_FALSE(f.directory.trusts(stranger.name));
    // Of a guest, in ours.
    REQUIRE(f.add(other.guest_genesis()) == "");
    REQUIRE(f.add(other.public_statement(other.node, admit)) == "");
    CHECK_FALSE(f.directory.trusts(stranger.name));
    // What was configured goes before.
    const TestOrg impostor(partner.name);
    REQUIRE(f.add(f.org.public_statement(
                f.org.node,
                GuestAdmit{partner.name, thumbprint(impostor.root.public_key()), {}, {}})) == "");
    CHECK(*f.directory.root_of(partner.name) == thumbprint(partner.root.public_key()));
    CHECK(f.directory.org(partner.name)->trusted);
}

TEST_CASE("an organisation is taken from its own log rather than as a guest", "[directory]") {
    const TestOrg other("broker.example");
    Fixture f({other.trust()});
    REQUIRE(f.add(f.org.genesis()) == "");
    REQUIRE(f.add(other.guest_genesis()) == "");
    CHECK(f.directory.org(other.name)->log == 0);
    f.directory.add_log(3, other.name);
    REQUIRE(f.add(other.genesis(), 3) == "");
    CHECK(f.directory.org(other.name)->log == 3);
    CHECK_FALSE(f.directory.org(other.name)->guest);
}

TEST_CASE("only the root grants and revokes, and signs nothing else", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    const KeyGrant grant{f.station.public_key(), "station", {"sealed"}, {}, {}};
    CHECK(contains(f.add(f.org.public_statement(f.org.node, grant)), "only the root key may"));
    CHECK(contains(
        f.add(f.org.public_statement(f.org.node, KeyRevoke{f.org.node.public_key(), "no"})),
        "only the root key may"));
    CHECK(contains(f.add(f.org.sealed_by(f.org.root, {tag_of(1)})), "may not sign sealed"));
    CHECK(f.add(f.org.public_statement(f.org.root, grant)) == "");
    CHECK(f.directory.org(f.org.name)->key_statements == std::vector<std::uint64_t>{0, 1});
}

TEST_CASE("what to seal to is the newest key that the root has granted", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    const auto newest = [&] { return *f.directory.org(f.org.name)->sealing_key(); };
    const auto first = newest();
    CHECK(first == *f.directory.org(f.org.name)->genesis.sealing_key);
    const SealingGrant second{SealingKey::generate().public_key},
        third{SealingKey::generate().public_key};
    CHECK(contains(f.add(f.org.public_statement(f.org.node, second)), "only the root key may"));
    const TestOrg impostor(f.org.name);
    CHECK(
        contains(f.add(impostor.public_statement(impostor.root, second)), "only the root key may"));
    CHECK(newest() == first);
    CHECK(f.add(f.org.public_statement(f.org.root, second)) == "");
    CHECK(newest() == second.key);
    CHECK(f.add(f.org.public_statement(f.org.root, third)) == "");
    CHECK(newest() == third.key);
    // Who has an earlier one gets nothing more of it.
    for (const auto& earlier : {first, second.key, third.key})
        CHECK(contains(f.add(f.org.public_statement(f.org.root, SealingGrant{earlier})),
                       "can't be granted again"));
    CHECK(newest() == third.key);
    CHECK(f.directory.org(f.org.name)->sealing_keys.at(1).granted_at == 1);
    // Signatures don't hang on it: bundles for auditors go without.
    CHECK(f.directory.org(f.org.name)->key_statements == std::vector<std::uint64_t>{0});
}

TEST_CASE("a guest changes its own sealing key and nobody else's", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    REQUIRE(f.add(f.org.public_statement(
                f.org.node,
                GuestAdmit{f.guest.name, thumbprint(f.guest.root.public_key()), {}, {}})) == "");
    REQUIRE(f.add(f.guest.guest_genesis()) == "");
    const auto host = *f.directory.org(f.org.name)->sealing_key();
    const SealingGrant own{SealingKey::generate().public_key};
    CHECK(f.add(f.guest.public_statement(f.guest.root, own)) == "");
    CHECK(*f.directory.org(f.guest.name)->sealing_key() == own.key);
    CHECK(*f.directory.org(f.org.name)->sealing_key() == host);
    // In another's log the name of the host is a stranger's.
    f.directory.add_log(3, "elsewhere.example");
    const TestOrg elsewhere("elsewhere.example");
    REQUIRE(f.add(elsewhere.genesis(), 3) == "");
    const TestOrg impostor(f.org.name);
    REQUIRE(f.add(impostor.guest_genesis(), 3) != "");
    CHECK(f.add(impostor.public_statement(impostor.root, SealingGrant{{7}}), 3) != "");
    CHECK(*f.directory.org(f.org.name)->sealing_key() == host);
}

TEST_CASE("a key signs what it may, from its grant to its revocation", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    const Bytes by_station = f.org.sealed_by(f.station, {tag_of(1)});
    CHECK(contains(f.add(by_station), "was never granted"));
    REQUIRE(f.add(f.org.grant(f.station.public_key(), {"sealed"})) == "");  // entry 1
    CHECK(contains(f.right_at(1, by_station), "was granted only at entry 1"));
    CHECK(f.add(by_station) == "");
    CHECK(contains(f.add(f.org.public_statement(f.station, Recall{"X", {"L"}, {}, "bad"})),
                   "may not sign recall"));
    REQUIRE(f.add(f.org.revoke(f.station.public_key())) == "");  // entry 3
    CHECK(contains(f.add(f.org.sealed_by(f.station, {tag_of(2)})), "was revoked at entry 3"));
    CHECK(f.right_at(2, by_station) == "");  // what it signed before stays good
    CHECK(
        contains(f.add(f.org.grant(f.station.public_key(), {"sealed"})), "can't be granted again"));
    CHECK(contains(f.add(f.org.revoke(SecretKey::generate().public_key())), "never granted"));
    CHECK(contains(f.add(f.org.revoke(f.org.root.public_key())), "can't be revoked"));
    CHECK(f.directory.org(f.org.name)->keys.at(1).revoked_at == 3u);
}

TEST_CASE("a grant's times bound the statements' own", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    REQUIRE(f.add(f.org.grant(f.station.public_key(), {"sealed"}, kNow, kNow + 100)) == "");
    const auto at = [&](UnixSeconds iat) {
        return f.add(f.org.sealed_by(f.station, {tag_of(1)}, iat));
    };
    CHECK(contains(at(kNow - 1), "is valid only from"));
    CHECK(at(kNow) == "");
    CHECK(at(kNow + 100) == "");
    CHECK(contains(at(kNow + 101), "was valid until"));
    REQUIRE(f.add(f.org.grant(f.station.public_key(), {"sealed"}, kNow, kNow + 200)) == "");
    CHECK(at(kNow + 101) == "");  // the newest grant counts
}

TEST_CASE("what a key that has ended signed is admitted for a day, and read for ever",
          "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    REQUIRE(f.add(f.org.grant(f.station.public_key(), {"sealed"}, {}, kNow + 100)) == "");
    const Bytes old = f.org.sealed_by(f.station, {tag_of(1)}, kNow);
    const auto admitted = [&](const Bytes& bytes, std::optional<UnixSeconds> when) {
        const auto statement = parse_statement(bytes);
        const auto key = f.directory.key_for({kOwnLog, 2}, *statement, when);
        return key ? std::string() : key.error().message;
    };
    CHECK(admitted(old, kNow) == "");
    CHECK(admitted(old, kNow + 100 + kLateStatement) == "");
    CHECK(contains(admitted(old, kNow + 101 + kLateStatement), "was valid until"));
    CHECK(admitted(old, std::nullopt) == "");
    // A key without an end, and the root.
    const UnixSeconds late = kNow + 1000L * 24 * 3600;
    CHECK(admitted(f.org.any(), late) == "");
    CHECK(admitted(f.org.revoke(f.station.public_key()), late) == "");
    // A new grant of the same key.
    REQUIRE(f.add(f.org.grant(f.station.public_key(), {"sealed"}, {}, kNow + 200)) == "");
    const auto again = parse_statement(old);
    CHECK(f.directory.key_for({kOwnLog, 3}, *again, kNow + 200 + kLateStatement));
}

TEST_CASE("a new certificate and URL of a node", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    Hash spki{};
    spki[0] = 7;
    REQUIRE(f.add(f.org.public_statement(f.org.root, TlsGrant{spki, "https://new.example"})) == "");
    CHECK(f.directory.org_of_tls(spki, kNow) == f.org.name);
    CHECK(f.directory.org(f.org.name)->url == "https://new.example");
    CHECK(f.directory.org(f.org.name)->tls_spki(kNow).size() == 2);
    spki[0] = 8;
    CHECK_FALSE(f.directory.org_of_tls(spki, kNow));
}

TEST_CASE("naming the TLS key of another takes it from nobody", "[directory]") {
    const TestOrg thief("a.example");  // first by name
    Fixture f({thief.trust()});
    f.directory.add_log(1, thief.name);
    REQUIRE(f.add(f.org.genesis()) == "");
    REQUIRE(f.add(thief.genesis(), 1) == "");
    const Hash spki = *f.directory.org(f.org.name)->genesis.tls_spki;
    REQUIRE(f.add(thief.public_statement(thief.root, TlsGrant{spki, "https://a.example"}, kNow + 1),
                  1) == "");
    CHECK(f.directory.org_of_tls(spki, kNow + 1) == f.org.name);
    CHECK(f.directory.org(f.org.name)->tls_spki(kNow + 1) == std::vector<Hash>{spki});
}

TEST_CASE("of a node's TLS keys the newest counts, and for a week the one before", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    const auto genesis = *f.directory.org(f.org.name)->genesis.tls_spki;
    const Hash second{2}, third{3};
    const auto counts = [&](const Hash& spki, UnixSeconds now) {
        return f.directory.org_of_tls(spki, now).has_value();
    };
    CHECK(counts(genesis, kNow + 10 * kTlsOverlap));  // until it is changed
    REQUIRE(f.add(f.org.public_statement(f.org.root, TlsGrant{second, "https://new.example"})) ==
            "");
    CHECK(counts(second, kNow));
    CHECK(counts(genesis, kNow + kTlsOverlap - 1));
    CHECK_FALSE(counts(genesis, kNow + kTlsOverlap));
    CHECK(counts(second, kNow + 10 * kTlsOverlap));
    REQUIRE(f.add(f.org.public_statement(f.org.root, TlsGrant{third, "https://new.example"})) ==
            "");
    CHECK(counts(third, kNow));
    CHECK(counts(second, kNow));
    CHECK_FALSE(counts(genesis, kNow));
    CHECK_FALSE(counts(second, kNow + kTlsOverlap));
}

TEST_CASE("a source is authorised for its parts and times", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    REQUIRE(f.add(f.org.public_statement(
                f.org.node,
                SourceAuthorise{"dist.example", {"STM32*", "LM358N"}, kNow, kNow + 10})) == "");
    const auto ok = [&](std::string_view mpn, UnixSeconds when,
                        std::string_view distributor = "dist.example") {
        return f.directory.authorised("maker.example", distributor, mpn, when);
    };
    CHECK(ok("STM32F103", kNow));
    CHECK(ok("stm32", kNow + 10));
    CHECK(ok("lm358n", kNow));
    CHECK_FALSE(ok("LM358NX", kNow));
    CHECK_FALSE(ok("STM3", kNow));
    CHECK_FALSE(ok("STM32F103", kNow - 1));
    CHECK_FALSE(ok("STM32F103", kNow + 11));
    CHECK_FALSE(ok("STM32F103", kNow, "other.example"));
    CHECK_FALSE(f.directory.authorised("nobody.example", "dist.example", "STM32F103", kNow));
    REQUIRE(f.add(f.org.public_statement(f.org.node, SourceAuthorise{"all.example", {}, {}, {}})) ==
            "");
    CHECK(ok("anything", 0, "all.example"));
}

TEST_CASE("a recall hits the parts it names", "[directory]") {
    const Recall by_lot{"LM358N", {"L1", "L2"}, {}, ""};
    CHECK(recall_hits(by_lot, "lm358n", "l2", ""));
    CHECK_FALSE(recall_hits(by_lot, "LM358N", "L3", ""));
    CHECK_FALSE(recall_hits(by_lot, "LM324", "L1", ""));
    const Recall by_either{"", {"L1"}, {"2401"}, ""};
    CHECK(recall_hits(by_either, "X", "L1", "2350"));
    CHECK(recall_hits(by_either, "X", "L9", "2401"));
    CHECK_FALSE(recall_hits(by_either, "X", "L9", "2350"));
    CHECK_FALSE(recall_hits(by_either, "X", "", ""));
    CHECK(recall_hits({"LM358N", {}, {}, ""}, "LM358N", "any", ""));
    CHECK_FALSE(recall_hits({"", {}, {}, ""}, "LM358N", "any", ""));
}

TEST_CASE("recalls and evidence are recorded with their places", "[directory]") {
    Fixture f;
    REQUIRE(f.add(f.org.genesis()) == "");
    REQUIRE(f.add(f.org.public_statement(f.org.node, Recall{"X1", {"L1"}, {}, "cracks"})) == "");
    const auto hits = f.directory.recalls("maker.example", "X1", "L1", "");
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].place == Place{0, 1});
    CHECK(hits[0].what.reason == "cracks");
    CHECK(hits[0].iat == kNow);
    CHECK(f.directory.recalls("other.example", "X1", "L1", "").empty());
}

}  // namespace reelproof::ledger::tests
