// A log whose node signs a tree with statements in it that a log must not hold: what its own
// sequencer would never take, so it is made up here, with hash tiles and all.
#include <catch2/catch.hpp>

#include "ledger/format/public_statement.h"
#include "ledger/format/statement.h"
#include "ledger/format/submission.h"
#include "ledger/format/subtree_proof.h"
#include "ledger/format/tile.h"
#include "ledger/format/wire.h"
#include "node/replication/intake.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;

namespace {

ledger::Bytes statement(const ledger::SecretKey& key, const std::string& org,
                        const std::string& sub, const std::string& payload) {
    ledger::StatementHeader header;
    header.content_type = ledger::wire::kPublicContentType;
    header.iss = org;
    header.sub = sub;
    header.iat = 1763640000;
    return ledger::sign_statement(key, header, ledger::as_bytes(payload)).value();
}

ledger::Bytes plain(const ledger::SecretKey& key, const std::string& org) {
    return statement(key, org, "destruction.confirm",
                     R"({"type":"destruction.confirm","what":"thing"})");
}

ledger::Hash subtree_of(const std::vector<ledger::Bytes>& entries, int level, std::uint64_t index) {
    if (level == 0) return ledger::leaf_hash(entries[index]);
    return ledger::node_hash(subtree_of(entries, level - 1, 2 * index),
                             subtree_of(entries, level - 1, 2 * index + 1));
}

std::vector<ledger::Bytes> entries_with(TestNode& owner, const std::vector<ledger::Bytes>& more) {
    std::vector<ledger::Bytes> entries;
    for (std::uint64_t i = 0; i < owner.size(); ++i)
        entries.push_back(owner.store().entry(ledger::kOwnLog, i).value());
    entries.insert(entries.end(), more.begin(), more.end());
    return entries;
}

std::string note_of(const TestNode& owner, const std::vector<ledger::Bytes>& entries) {
    const std::string text = ledger::format_checkpoint(
        {owner.origin(), entries.size(),
         ledger::tree_root(entries.size(), [&](int level, std::uint64_t index) {
             return subtree_of(entries, level, index);
         })});
    return ledger::format_note(text, {owner.keys().log.sign(text)});
}

// Serves the log of `owner` with these entries behind its own; all fit into one tile.
Lie serve_with(TestNode& owner, const std::vector<ledger::Bytes>& more) {
    const std::vector<ledger::Bytes> entries = entries_with(owner, more);
    const std::string note = note_of(owner, entries);
    ledger::Bytes bundle;
    std::string hashes;
    for (const ledger::Bytes& entry : entries) {
        ledger::append_to_bundle(bundle, entry);
        const ledger::Hash leaf = ledger::leaf_hash(entry);
        hashes += ledger::as_text(leaf);
    }
    return [=](const api::Request& request) -> std::optional<api::Response> {
        const auto bytes = [](std::string body) {
            return api::Response::bytes(200, "application/octet-stream", std::move(body));
        };
        if (request.path == "/log/checkpoint") return bytes(note);
        if (request.path.starts_with("/log/tile/entries/"))
            return bytes(std::string(ledger::as_text(bundle)));
        if (request.path.starts_with("/log/tile/0/")) return bytes(hashes);
        return std::nullopt;
    };
}

}  // namespace

TEST_CASE("a log is followed up to a statement that it must not hold, and not over it",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example"), oem("oem.example");
    maker.write("a", 4);
    maker.replicate({ems.as_partner()});
    oem.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner(), oem.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 5; }));
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 5; }));
    const Keys& keys = maker.keys();
    std::vector<ledger::Bytes> bad;
    std::string why;
    // No later version of this program could think otherwise of it.
    bool certain = false;
    SECTION("by a key that it has revoked") {
        bad = {statement(keys.root, maker.org(), "key.revoke",
                         ledger::format_public(
                             ledger::KeyRevoke{keys.statements.public_key(), "stolen"})),
               plain(keys.statements, maker.org())};
        why = "was revoked";
        certain = true;
    }
    SECTION("with a signature that does not hold") {
        bad = {plain(keys.statements, maker.org())};
        bad[0].back() ^= 1;
        why = "signature";
        certain = true;
    }
    SECTION("by a key that nobody has granted") {
        bad = {plain(oem.keys().statements, maker.org())};
        why = "key";
    }
    SECTION("of another organisation") {
        bad = {plain(oem.keys().statements, oem.org())};
        why = "oem.example";
    }
    SECTION("that is none") {
        bad = {ledger::to_bytes(ledger::as_bytes(std::string("no statement")))};
        why = "entry 5";
    }
    maker.lie(serve_with(maker, bad));
    REQUIRE(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
    INFO(ems.status_of(maker).alarm);
    CHECK(ems.status_of(maker).alarm.find(why) != std::string::npos);
    CHECK(ems.copy_of(maker) == 5);
    // The others go on.
    oem.write("b", 2);
    CHECK(eventually([&] { return ems.copy_of(oem) == 3; }));
    if (certain) REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    CHECK(ems.status_of(maker).log_alarm.empty() == certain);
    const auto kept = ems.incidents_of(maker, IncidentKind::statement);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].bytes == ledger::as_text(bad.back()));
    CHECK(kept[0].second.starts_with(maker.origin() + "\n"));
    CHECK(ems.status_of(maker).frozen.empty() != certain);
    CHECK(ems.evidence_published() == 0);
    // It is all there after a restart, whether or not it can be reached.
    ems.stop();
    maker.lie([](const api::Request&) { return api::Response::text(503, "not now"); });
    ems.start();
    ems.replicate({maker.as_partner(), oem.as_partner()});
    CHECK(ems.status_of(maker).alarm.find(why) != std::string::npos);
    CHECK(ems.found_by_check() == "");
    if (certain) {
        // Its own signature is under it: there is no way back.
        const auto row = ems.store().get(ledger::Table::evidence, ledger::as_bytes(maker.origin()));
        REQUIRE(row);
        CHECK(ledger::as_text(*row).find(ledger::to_hex(bad.back())) != std::string_view::npos);
        maker.lie({});
        some_rounds();
        CHECK_FALSE(ems.status_of(maker).frozen.empty());
        return;
    }
    // It stands by what it signed: to go on without that statement is a second history.
    maker.lie({});
    maker.write("c", 4);
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    CHECK(ems.copy_of(maker) == 5);
    CHECK(eventually([&] { return ems.evidence_published() == 1; }));
}

TEST_CASE("a log whose very first entries hold what convicts it is frozen before it is held",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 4);
    const Keys& keys = maker.keys();
    std::vector<ledger::Bytes> bad;
    SECTION("by a key that it has revoked") {
        bad = {statement(keys.root, maker.org(), "key.revoke",
                         ledger::format_public(
                             ledger::KeyRevoke{keys.statements.public_key(), "stolen"})),
               plain(keys.statements, maker.org())};
    }
    SECTION("with a signature that does not hold") {
        bad = {plain(keys.statements, maker.org())};
        bad[0].back() ^= 1;
    }
    maker.lie(serve_with(maker, bad));
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    CHECK(ems.incidents_of(maker, IncidentKind::statement).size() == 1);
    CHECK(ems.copy_of(maker) == 0);
    CHECK(ems.found_by_check() == "");
    ems.stop();
    maker.lie({});
    ems.start();
    ems.replicate({maker.as_partner()});
    some_rounds();
    CHECK_FALSE(ems.status_of(maker).frozen.empty());
    CHECK_FALSE(ems.status_of(maker).alarm.empty());
    CHECK(ems.copy_of(maker) == 0);
    CHECK(ems.evidence_published() == 0);
}

TEST_CASE("a log that delivers what convicts it is frozen", "[replication][push]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.replicate({maker.as_caller()});
    const Keys& keys = maker.keys();
    const auto station = ledger::SecretKey::generate();
    const auto submit = [&](const std::string& sub, const ledger::PublicStatement& what) {
        auto made = statement(keys.root, maker.org(), sub, ledger::format_public(what));
        REQUIRE(maker.sequencer().submit(std::move(made)).get());
    };
    submit("key.grant", ledger::KeyGrant{station.public_key(), "station", {"*"}, {}, {}});
    submit("key.revoke", ledger::KeyRevoke{station.public_key(), "stolen"});
    maker.write("a", 300);
    std::uint64_t held = 0;
    // Where nothing is held, in one request or in two.
    const int requests = GENERATE(0, 1, 2);
    if (requests == 0) {
        held = maker.size();
        maker.replicate({ems.as_receiver()});
        REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == held; }));
        maker.stop_replicating();
    }
    CAPTURE(held, requests);
    std::vector<ledger::Bytes> bad;
    bool certain = true;
    SECTION("by a key that it has revoked long before") {
        bad = {plain(station, maker.org())};
    }
    SECTION("by a key that it has revoked") {
        bad = {statement(keys.root, maker.org(), "key.revoke",
                         ledger::format_public(
                             ledger::KeyRevoke{keys.statements.public_key(), "stolen"})),
               plain(keys.statements, maker.org())};
    }
    SECTION("with a signature that does not hold") {
        bad = {plain(keys.statements, maker.org())};
        bad[0].back() ^= 1;
    }
    SECTION("by a key that nobody has granted") {
        bad = {plain(Keys("oem.example").statements, maker.org())};
        certain = false;
    }
    const std::vector<ledger::Bytes> entries = entries_with(maker, bad);
    const std::uint64_t size = entries.size();
    const ledger::SubtreeHash tree = [&](int level, std::uint64_t index) {
        return subtree_of(entries, level, index);
    };
    Intake& intake = ems.replicator().intake();
    api::Peer own;
    own.certificate_spki = maker.tls().spki;
    if (held == 0) REQUIRE(intake.add_genesis(ledger::as_text(entries[0]), own).status == 204);
    const auto proof =
        held == 0 ? std::vector<ledger::Hash>() : ledger::consistency_proof(held, size, tree);
    REQUIRE(
        intake
            .add_checkpoint(
                ledger::format_checkpoint_submission({held, proof, note_of(maker, entries)}), own)
            .status == 200);
    ledger::Bytes body = ledger::format_upload_head({maker.origin(), held, size, {}});
    for (std::uint64_t start = held; start < size;) {
        if (requests == 2 && start > 0) {
            REQUIRE(intake.add_entries(ledger::as_text(body), own).status == 202);
            body = ledger::format_upload_head({maker.origin(), start, size, {}});
        }
        const std::uint64_t bundle = start / 256 * 256, end = std::min(size, bundle + 256);
        const auto at = [&](std::uint64_t i) {
            return entries.begin() + static_cast<std::ptrdiff_t>(i);
        };
        ledger::append_package(body, {at(start), at(end)},
                               ledger::subtree_proof(bundle, end, size, tree));
        start = end;
    }
    const auto answer = intake.add_entries(ledger::as_text(body), own);
    CHECK(answer.status == (certain ? 403 : 422));
    CHECK(eventually([&] { return ems.status_of(maker).frozen.empty() != certain; }));
    CHECK_FALSE(ems.status_of(maker).alarm.empty());
    CHECK(ems.incidents_of(maker, IncidentKind::statement).size() == 1);
    CHECK(ems.copy_of(maker) == held);
    CHECK(ems.found_by_check() == "");
    ems.stop();
    ems.start();
    ems.replicate({maker.as_caller()});
    CHECK(ems.status_of(maker).frozen.empty() != certain);
    CHECK(ems.evidence_published() == 0);
}
