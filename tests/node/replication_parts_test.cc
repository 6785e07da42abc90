#include <catch2/catch.hpp>

#include "api/http/client.h"
#include "api/routes/transparency.h"
#include "ledger/base/sha256.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"
#include "node/replication/backoff.h"
#include "node/replication/genesis.h"
#include "node/replication/remote_log.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;
using namespace std::chrono_literals;

TEST_CASE("the wait after failures doubles up to its limit and is never exact", "[replication]") {
    Backoff backoff(100ms, 60s);
    auto expected = 100ms;
    for (int i = 0; i < 20; ++i) {
        const auto wait = backoff.after_failure();
        CHECK(wait <= expected);
        CHECK(wait >= expected / 2);
        expected = std::min<std::chrono::milliseconds>(expected * 2, 60s);
    }
    backoff.succeeded();
    CHECK(backoff.after_failure() <= 100ms);
    CHECK(backoff.regular(1000ms) >= 900ms);
    CHECK(backoff.regular(1000ms) <= 1000ms);
    CHECK(backoff.regular(0ms) == 0ms);
}

TEST_CASE("hashes read from a server are those of its store", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 700);
    // So that the client's certificate is admitted.
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually(
        [&] { return maker.replicator().org_of_certificate(ems.tls().spki).has_value(); }));
    PeerClient client(ems.tls().certificate_pem, ems.tls().private_key_pem);
    client.use(maker.url() + "/", {maker.tls().spki});
    RemoteLog log(client, "/log");
    const auto checkpoint = log.checkpoint(maker.keys().log.verifier());
    REQUIRE(checkpoint);
    CHECK(checkpoint->checkpoint.size == 701);
    const auto remote = log.subtree(701);
    const auto local = maker.store().subtree(ledger::kOwnLog);
    CHECK(ledger::tree_root(701, remote) == checkpoint->checkpoint.root);
    for (std::uint64_t size : {1, 2, 255, 256, 257, 511, 512, 700})
        CHECK(ledger::consistency_proof(size, 701, remote) ==
              ledger::consistency_proof(size, 701, local));
    auto entries = log.entries(2, 189);
    REQUIRE(entries);
    CHECK(entries->back() == maker.store().entry(ledger::kOwnLog, 700).value());
    CHECK(log.entries(2, 190).error().kind == ledger::ErrorKind::not_found);
    CHECK_THROWS_AS(ledger::tree_root(1024, log.subtree(1024)), FetchFailed);
    client.cancel();
    CHECK(log.entries(2, 189).error().kind == ledger::ErrorKind::unavailable);
}

TEST_CASE("of the TLS keys that a partner's root key granted only a newer one is taken",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    const Keys& keys = maker.keys();
    const auto genesis = verify_genesis(maker.store().entry(ledger::kOwnLog, 0).value(),
                                        maker.org(), keys.root_thumbprint())
                             .value();
    constexpr ledger::UnixSeconds kThen = 1'700'000'000, kDay = 24L * 3600;
    const auto grant = [&](std::uint8_t number, ledger::UnixSeconds since) {
        ledger::StatementHeader header;
        header.content_type = "application/vnd.reelproof.public+json";
        header.iss = maker.org();
        header.sub = "key.grant";
        header.iat = since;
        const ledger::TlsGrant what{ledger::Hash{number},
                                    "https://node" + std::to_string(number) + ".example"};
        return ledger::sign_statement(keys.root, header,
                                      ledger::as_bytes(ledger::format_public(what)))
            .value();
    };
    const auto keep = [&](const ledger::Bytes& statement) {
        return keep_tls_grant(ems.store(), ems.sequencer(), genesis, statement);
    };
    const auto pins = [&](ledger::UnixSeconds now) {
        return known_address(ems.store(), genesis, now).pins;
    };
    CHECK(pins(kThen) == std::vector<ledger::Hash>{genesis.tls_spki});
    REQUIRE(keep(grant(1, kThen)));
    CHECK(pins(kThen + kDay) == std::vector<ledger::Hash>{genesis.tls_spki, {1}});
    CHECK(pins(kThen + 8 * kDay) == std::vector<ledger::Hash>{{1}});
    REQUIRE(keep(grant(2, kThen + 10)));
    CHECK(keep(grant(1, kThen)).error().kind == ledger::ErrorKind::conflict);
    CHECK(pins(kThen + 8 * kDay) == std::vector<ledger::Hash>{{2}});
    CHECK(known_address(ems.store(), genesis, kThen).url == "https://node2.example");
    auto forged = grant(3, kThen + 20);
    forged.back() ^= 1;
    CHECK_FALSE(keep(forged));
    CHECK(pins(kThen + 8 * kDay) == std::vector<ledger::Hash>{{2}});
}

TEST_CASE("the first genesis of a partner stays", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    const std::string root = maker.keys().root_thumbprint();
    const auto first =
        verify_genesis(maker.store().entry(ledger::kOwnLog, 0).value(), maker.org(), root).value();
    auto second = first;
    second.statement.back() ^= 1;
    CHECK(keep_genesis(ems.sequencer(), first, root)->statement == first.statement);
    CHECK(keep_genesis(ems.sequencer(), second, root)->statement == first.statement);
    CHECK(kept_genesis(ems.store(), maker.org(), root)->statement == first.statement);
}

TEST_CASE("a genesis must be the organisation's own, by its root, for its own log",
          "[replication]") {
    const Keys keys("maker.example");
    ledger::OrgGenesis genesis{"maker.example",
                               keys.root.public_key(),
                               "maker.example/ledger",
                               "https://maker.example:8443",
                               {},
                               {},
                               {},
                               {},
                               {},
                               {}};
    genesis.log_key = keys.log.verifier();
    genesis.mirror_key = keys.mirror.verifier();
    genesis.tls_spki = ledger::Hash{1};
    ledger::StatementHeader header;
    header.content_type = "application/vnd.reelproof.public+json";
    header.iss = "maker.example";
    header.sub = "org.genesis";
    header.iat = 1763640000;
    const auto made = [&](const ledger::SecretKey& key) {
        return ledger::sign_statement(key, header, ledger::as_bytes(ledger::format_public(genesis)))
            .value();
    };
    const auto refusal = [&](const ledger::Bytes& statement) {
        auto result = verify_genesis(statement, "maker.example", keys.root_thumbprint());
        return result ? std::string() : result.error().message;
    };
    CHECK(refusal(made(keys.root)).empty());
    CHECK(verify_genesis(made(keys.root), "maker.example", keys.root_thumbprint())->log_key ==
          keys.log.verifier());

    SECTION("signed by another key") {
        CHECK_FALSE(refusal(made(keys.statements)).empty());
    }
    SECTION("of another root") {
        const Keys other("oem.example");
        genesis.root = other.root.public_key();
        CHECK(refusal(made(other.root)).find("root key") != std::string::npos);
    }
    SECTION("changed after signing") {
        auto bytes = made(keys.root);
        bytes.back() ^= 1;
        CHECK_FALSE(refusal(bytes).empty());
    }
    SECTION("issued for another organisation") {
        header.iss = "oem.example";
        CHECK_FALSE(refusal(made(keys.root)).empty());
        header.iss = "maker.example";
        genesis.org = "oem.example";
        CHECK_FALSE(refusal(made(keys.root)).empty());
    }
    SECTION("speaks for the log of another") {
        genesis.origin = "oem.example/ledger";
        const Keys other("oem.example");
        genesis.log_key = other.log.verifier();
        CHECK(refusal(made(keys.root)).find("its log is named") != std::string::npos);
    }
    SECTION("a guest's") {
        genesis.origin.clear();
        genesis.log_key.reset();
        genesis.mirror_key.reset();
        genesis.url.clear();
        genesis.tls_spki.reset();
        CHECK(refusal(made(keys.root)).find("names no node") != std::string::npos);
    }
    SECTION("no statement, or another") {
        CHECK_FALSE(refusal({}).empty());
        CHECK_FALSE(refusal({0xd2, 0x84}).empty());
    }
}

TEST_CASE("the transparency routes serve what they should, to whom they should",
          "[replication][routes]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 300);
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 301; }));

    const auto get = [](TestNode& from, TestNode* as, const std::string& path) {
        api::ClientOptions options;
        options.origin = from.url();
        options.pinned_spki = {from.tls().spki};
        if (as != nullptr) {
            options.certificate_pem = as->tls().certificate_pem;
            options.private_key_pem = as->tls().private_key_pem;
        }
        api::HttpClient client(options);
        auto response = client.get(path);
        REQUIRE(response.has_value());
        return *response;
    };
    const std::string mirror = "/mirror/" + api::mirror_name(maker.origin());

    SECTION("the checkpoint carries the mirror's cosignature") {
        const auto response = get(maker, &ems, "/log/checkpoint");
        CHECK(response.status == 200);
        CHECK(response.content_type == "text/plain; charset=utf-8");
        CHECK(response.headers.get("Cache-Control") == "no-cache");
        const auto note = ledger::parse_note(response.body_view()).value();
        CHECK(ledger::verify_note(note, maker.keys().log.verifier()));
        CHECK(ledger::verify_note(note, ems.keys().mirror.verifier()));
    }
    SECTION("tiles and bundles, full and partial") {
        const auto full = get(maker, &ems, "/log/tile/0/000");
        CHECK(full.status == 200);
        CHECK(full.content_type == "application/octet-stream");
        CHECK(full.body_view().size() == 8192);
        CHECK(full.headers.get("Cache-Control")->find("immutable") != std::string::npos);
        CHECK(get(maker, &ems, "/log/tile/0/001.p/45").body_view().size() == 45 * 32);
        CHECK(get(maker, &ems, "/log/tile/1/000.p/1").body_view().size() == 32);
        CHECK(get(maker, &ems, "/log/tile/entries/001.p/45").status == 200);
        for (const char* path : {"0/001.p/46", "0/002", "2/000.p/1", "entries/001", "63/000"})
            CHECK(get(maker, &ems, std::string("/log/tile/") + path).status == 404);
        for (const char* path : {"0/1", "0/000.p/0", "0/000.p/256", "64/000", "x/000", "entries/",
                                 "-1/000", "00/000", "0/x000"}) {
            INFO(path);
            const auto refused = get(maker, &ems, std::string("/log/tile/") + path);
            CHECK(refused.status == 400);
            CHECK(refused.content_type == "application/problem+json");
        }
    }
    SECTION("mirrors, by the hash of their origin") {
        const auto response = get(ems, &maker, mirror + "/checkpoint");
        CHECK(response.status == 200);
        const auto note = ledger::parse_note(response.body_view()).value();
        CHECK(ledger::verify_note(note, maker.keys().log.verifier()));
        CHECK(ledger::verify_note(note, ems.keys().mirror.verifier()));
        CHECK(get(ems, &maker, mirror + "/tile/entries/000").body_view() ==
              get(maker, &ems, "/log/tile/entries/000").body_view());
        const std::string own = "/mirror/" + api::mirror_name(ems.origin());
        CHECK(get(ems, &maker, own + "/checkpoint").status == 404);
        CHECK(get(ems, &maker, "/mirror/00/checkpoint").status == 404);
        CHECK(get(ems, &maker, "/mirror/00/tile/0/000").status == 404);
    }
    SECTION("strangers see the genesis and nothing else") {
        for (const std::string& path :
             {std::string("/log/checkpoint"), std::string("/log/tile/0/000"),
              mirror + "/checkpoint", mirror + "/tile/0/000"})
            CHECK(get(maker, nullptr, path).status == 403);
        const auto genesis = get(maker, nullptr, "/.well-known/reelproof/genesis");
        CHECK(genesis.status == 200);
        CHECK(genesis.content_type == "application/cose");
        CHECK(genesis.body_view() ==
              ledger::as_text(maker.store().entry(ledger::kOwnLog, 0).value()));
    }
}
