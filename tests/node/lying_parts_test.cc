// Entries that a log did sign, in places where it did not: a mirror brings some of them, breaks
// off, and what comes next from the log itself looks wrong on top of them.
#include <catch2/catch.hpp>

#include "api/routes/transparency.h"
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

void submit(TestNode& node, const ledger::SecretKey& key, const std::string& sub,
            const std::string& payload) {
    ledger::StatementHeader header;
    header.content_type = ledger::wire::kPublicContentType;
    header.iss = node.org();
    header.sub = sub;
    header.iat = node.iat;
    auto statement = ledger::sign_statement(key, header, ledger::as_bytes(payload)).value();
    REQUIRE(node.sequencer().submit(std::move(statement)).get());
}

// A station gets a key, signs, and loses the key again.
struct Station {
    explicit Station(TestNode& owner) : owner_(owner) {}
    void grant() {
        submit(owner_, owner_.keys().root, "key.grant",
               ledger::format_public(ledger::KeyGrant{key.public_key(), "station", {"*"}, {}, {}}));
    }
    void write(int count) {
        for (int i = 0; i < count; ++i)
            submit(owner_, key, "destruction.confirm",
                   R"({"type":"destruction.confirm","what":"by the station )" + std::to_string(i) +
                       R"("})");
    }
    void revoke() {
        submit(owner_, owner_.keys().root, "key.revoke",
               ledger::format_public(ledger::KeyRevoke{key.public_key(), "stolen"}));
    }
    ledger::SecretKey key = ledger::SecretKey::generate();

  private:
    TestNode& owner_;
};

std::string bundle_of(TestNode& node, const std::vector<std::uint64_t>& entries) {
    ledger::Bytes bundle;
    for (const std::uint64_t i : entries)
        ledger::append_to_bundle(bundle, node.store().entry(ledger::kOwnLog, i).value());
    return std::string(ledger::as_text(bundle));
}

// All entries from `start` on, which are seen by readers up to there. Gives the answer's status.
int deliver(TestNode& from, TestNode& to, std::uint64_t start) {
    const auto head = *from.store().head(ledger::kOwnLog);
    const std::uint64_t size = head.checkpoint.size;
    const ledger::SubtreeHash tree = from.store().subtree(ledger::kOwnLog);
    Intake& intake = to.replicator().intake();
    api::Peer own;
    own.certificate_spki = from.tls().spki;
    REQUIRE(
        intake
            .add_checkpoint(ledger::format_checkpoint_submission(
                                {start, ledger::consistency_proof(start, size, tree), head.note}),
                            own)
            .status == 200);
    ledger::Bytes body = ledger::format_upload_head({from.origin(), start, size, {}});
    for (std::uint64_t at = start; at < size;) {
        const std::uint64_t bundle = at / 256 * 256, end = std::min(size, bundle + 256);
        std::vector<ledger::Bytes> entries;
        for (std::uint64_t i = at; i < end; ++i)
            entries.push_back(from.store().entry(ledger::kOwnLog, i).value());
        ledger::append_package(body, entries, ledger::subtree_proof(bundle, end, size, tree));
        at = end;
    }
    return intake.add_entries(ledger::as_text(body), own).status;
}

api::Response bytes(const std::string& body) {
    return api::Response::bytes(200, "application/octet-stream", body);
}

}  // namespace

TEST_CASE("a log is not blamed for what a mirror put out of its place", "[replication][mirror]") {
    // What comes next is fetched from its own node, delivered, or delivered from further back; a
    // revocation comes too early, or a grant is left out.
    const int way = GENERATE(0, 1, 2);
    const bool early = GENERATE(false, true);
    CAPTURE(way, early);
    TestNode maker("maker.example"), ems("ems.example"), oem("oem.example");
    oem.part_entries = 100;
    maker.replicate({ems.as_partner(), oem.as_partner()});
    ems.replicate({maker.as_partner(), oem.as_partner()});
    oem.replicate({maker.as_partner(), ems.as_partner()});
    REQUIRE(eventually(
        [&] { return oem.copy_of(maker) == 1 && oem.copy_of(ems) == 1 && ems.copy_of(oem) == 1; }));
    oem.stop_replicating();
    Station station(maker);
    station.grant();
    maker.write("a", 254);
    station.write(20);  // entry 256 and on: behind the first bundle
    station.revoke();
    maker.write("b", 1);
    const std::uint64_t size = maker.size(), revocation = size - 2;
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == size; }));

    std::vector<std::uint64_t> order{0};
    if (early) {
        order.insert(order.end(), {1, revocation});
        for (std::uint64_t i = 2; order.size() < 256; ++i) order.push_back(i);
    } else {
        for (std::uint64_t i = 2; i < 256; ++i) order.push_back(i);
        order.push_back(size - 1);
    }
    const std::string lie = bundle_of(maker, order);
    const std::string entries = "/mirror/" + api::mirror_name(maker.origin()) + "/tile/entries/";
    ems.lie([=](const api::Request& request) -> std::optional<api::Response> {
        if (request.path == entries + "000") return bytes(lie);
        if (request.path.starts_with(entries)) return api::Response::text(503, "no more");
        return std::nullopt;
    });
    maker.stop();
    oem.replicate({maker.as_partner(), ems.as_partner()});
    REQUIRE(eventually([&] { return oem.status_of(maker).stored == 256; }));
    REQUIRE(oem.copy_of(maker) == 1);
    oem.stop();
    oem.start();
    maker.start();
    if (way > 0) {
        oem.replicate({maker.as_caller()});
        if (way == 2) CHECK(deliver(maker, oem, 1) == 409);
        maker.replicate({oem.as_receiver()});
    } else {
        oem.replicate({maker.as_partner()});
        maker.replicate({oem.as_partner()});
    }
    REQUIRE(eventually([&] { return oem.copy_of(maker) == size; }));
    CHECK(eventually([&] { return oem.status_of(maker).alarm.empty(); }));
    CHECK(oem.status_of(maker).frozen.empty());
    CHECK(oem.replicator().incidents().all(maker.origin()).empty());
    CHECK(oem.found_by_check() == "");
    maker.write("c", 1);
    CHECK(eventually([&] { return maker.status_of(oem).cosigned == size + 1; }));
}

TEST_CASE("a revocation that is served out of its place convicts nobody", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    Station station(maker);
    station.grant();
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 2; }));
    std::vector<std::uint64_t> order{0, 1};
    bool in_parts = false;
    SECTION("beside the statement that it would make a bad one") {
        order.insert(order.end(), {4, 3, 2});
    }
    SECTION("in a part before it") {
        in_parts = true;
        ems.stop_replicating();
        ems.part_entries = 100;
        order.push_back(257);
        for (std::uint64_t i = 2; order.size() < 256; ++i) order.push_back(i);
        ems.replicate({maker.as_partner()});
    }
    // Whoever has the TLS key of its node may do this, with hash tiles that are all in order.
    std::atomic<bool> lies = true;
    std::string lie;
    std::mutex mutex;
    maker.lie([&](const api::Request& request) -> std::optional<api::Response> {
        const std::lock_guard lock(mutex);
        if (!lies) return std::nullopt;
        // Nothing is shown before it is all there.
        if (request.path == "/log/checkpoint" && lie.empty())
            return api::Response::text(503, "later");
        const std::string bundle = in_parts ? "/log/tile/entries/000" : "/log/tile/entries/000.p/5";
        if (request.path == bundle) return bytes(lie);
        return std::nullopt;
    });
    if (in_parts) {
        maker.write("a", 254);
        station.write(1);
        station.revoke();
        maker.write("b", 100);
    } else {
        maker.write("a", 1);
        station.write(1);
        station.revoke();
    }
    {
        const std::lock_guard lock(mutex);
        lie = bundle_of(maker, order);
    }
    REQUIRE(eventually([&] { return !ems.status_of(maker).log_alarm.empty(); }));
    INFO(ems.status_of(maker).alarm);
    CHECK(ems.status_of(maker).alarm.find("was revoked") != std::string::npos);
    some_rounds();
    CHECK(ems.status_of(maker).frozen.empty());
    lies = false;
    REQUIRE(eventually([&] { return ems.copy_of(maker) == maker.size(); }));
    CHECK(eventually([&] { return ems.status_of(maker).log_alarm.empty(); }));
    CHECK(ems.status_of(maker).frozen.empty());
}
