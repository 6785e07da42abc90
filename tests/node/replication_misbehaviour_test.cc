#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/format/evidence.h"
#include "ledger/format/public_statement.h"
#include "ledger/store/fault.h"
#include "node/replication/pusher.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;

namespace {

// A log of the size 1 + `before` is copied, then its node begins anew with the same keys and
// another history of the size 1 + `after`.
void fork_log(TestNode& forker, TestNode& mirror, int before, int after) {
    forker.write("first", before);
    forker.replicate({mirror.as_partner()});
    mirror.replicate({forker.as_partner()});
    REQUIRE(eventually(
        [&] { return mirror.copy_of(forker) == static_cast<std::uint64_t>(before) + 1; }));
    forker.stop();
    forker.forget();
    forker.start();
    forker.write("second", after);
    forker.replicate({mirror.as_partner()});
}

std::optional<ledger::LogEvidence> kept_evidence(TestNode& node, const std::string& origin) {
    const auto row = node.store().get(ledger::Table::evidence, ledger::as_bytes(origin));
    if (!row) return std::nullopt;
    auto parsed = ledger::parse_public(ledger::as_text(*row));
    if (!parsed) return std::nullopt;
    return std::get<ledger::LogEvidence>(*parsed);
}

Lie serve_instead(const std::string& path, const std::string& body) {
    return [=](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with(path)) return std::nullopt;
        return api::Response::bytes(200, "application/octet-stream", body);
    };
}

}  // namespace

TEST_CASE("a forked log is frozen with the evidence, whatever its new size", "[replication]") {
    const auto [before, after] =
        GENERATE(std::pair(5, 5), std::pair(5, 9), std::pair(9, 5), std::pair(300, 700),
                 std::pair(3, 255), std::pair(700, 300));
    INFO("from " << before << " to " << after);
    TestNode maker("maker.example"), ems("ems.example");
    fork_log(maker, ems, before, after);
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));

    const auto status = ems.status_of(maker);
    CHECK_FALSE(status.alarm.empty());
    CHECK(status.size == static_cast<std::uint64_t>(before) + 1);
    const auto evidence = kept_evidence(ems, maker.origin());
    REQUIRE(evidence);
    CHECK(ledger::verify_evidence(*evidence, maker.keys().log.verifier()));
    CHECK(evidence->size == static_cast<std::uint64_t>(std::min(before, after)) + 1);
    REQUIRE(eventually([&] { return ems.evidence_published() == 1; }));
    // The forker can see that it was caught: by the copy it finds, and by what was published.
    CHECK(eventually([&] { return !maker.status_of(ems).alarm.empty(); }));
    some_rounds();
    CHECK(ems.evidence_published() == 1);
    CHECK(ems.copy_of(maker) == static_cast<std::uint64_t>(before) + 1);
    CHECK(ems.found_by_check() == "");
}

TEST_CASE("a fork is found before a long catch-up is fetched", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.part_entries = 100;
    fork_log(maker, ems, 30, 900);
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    for (const std::string& path : maker.take_requests())
        CHECK((!path.starts_with("/log/tile/entries/") || path == "/log/tile/entries/000.p/31" ||
               path == "/log/tile/entries/000.p/1"));
}

TEST_CASE("a frozen log stays frozen after a restart while others go on", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example"), oem("oem.example");
    fork_log(maker, ems, 4, 6);
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    REQUIRE(eventually([&] { return ems.evidence_published() == 1; }));
    ems.stop();
    ems.start();
    oem.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner(), oem.as_partner()});
    // A third history, for the node itself signs no more on its second one.
    maker.stop();
    maker.forget();
    maker.start();
    maker.write("third", 20);
    maker.replicate({ems.as_partner()});
    oem.write("good", 7);
    maker.take_requests();
    REQUIRE(eventually([&] { return ems.copy_of(oem) == 8; }));
    some_rounds();
    const auto status = ems.status_of(maker);
    CHECK_FALSE(status.frozen.empty());
    CHECK_FALSE(status.alarm.empty());
    CHECK(ems.copy_of(maker) == 5);
    CHECK(ems.evidence_published() == 1);
    for (const std::string& path : maker.take_requests()) CHECK_FALSE(path.starts_with("/log/"));
    CHECK(ems.status_of(oem).alarm.empty());
}

TEST_CASE("evidence that could not be published is published after a restart", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.publishes = false;
    fork_log(maker, ems, 4, 6);
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    CHECK(ems.evidence_published() == 0);
    ems.stop();
    ems.start();
    ems.publishes = true;
    ems.replicate({maker.as_partner()});
    CHECK(eventually([&] { return ems.evidence_published() == 1; }));
}

TEST_CASE("evidence that another publishes freezes our copy as well", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example"), oem("oem.example");
    maker.write("first", 5);
    maker.replicate({ems.as_partner(), oem.as_partner()});
    ems.replicate({maker.as_partner(), oem.as_partner()});
    oem.replicate({maker.as_partner(), ems.as_partner()});
    REQUIRE(eventually([&] { return oem.copy_of(maker) == 6 && ems.copy_of(maker) == 6; }));
    // The maker shows its second history to the ems alone.
    oem.stop_replicating();
    maker.stop();
    maker.forget();
    maker.start();
    maker.write("second", 8);
    maker.replicate({ems.as_partner(), oem.as_partner()});
    REQUIRE(eventually([&] { return ems.evidence_published() == 1; }));
    maker.lie([](const api::Request& request) -> std::optional<api::Response> {
        if (request.path.starts_with("/log/")) return api::Response::text(503, "not for you");
        return std::nullopt;
    });
    oem.replicate({maker.as_partner(), ems.as_partner()});
    REQUIRE(eventually([&] { return !oem.status_of(maker).frozen.empty(); }));
    CHECK(oem.status_of(maker).frozen.find("ems.example") != std::string::npos);
    some_rounds();
    CHECK(oem.evidence_published() == 0);  // it has been said
}

TEST_CASE("a log that goes back raises an alarm and is not cosigned, but may recover",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    TempFolder backup;
    maker.write("a", 3);
    maker.stop();
    maker.save_store(backup.path() / "store");
    maker.start();
    maker.write("b", 4);
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 8; }));
    const std::string newest = maker.store().head(ledger::kOwnLog)->note;

    SECTION("an old checkpoint is served for a while") {
        const std::string old = [&] {
            const auto text = ledger::format_checkpoint(
                {.origin = maker.origin(),
                 .size = 4,
                 .root = ledger::tree_root(4, maker.store().subtree(ledger::kOwnLog))});
            return ledger::format_note(text, {maker.keys().log.sign(text)});
        }();
        maker.lie(serve_instead("/log/checkpoint", old));
        REQUIRE(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
        CHECK(ems.status_of(maker).alarm.find("went back from 8 entries to 4 entries") !=
              std::string::npos);
        CHECK(ems.status_of(maker).frozen.empty());
        CHECK(ems.evidence_published() == 0);
        // Both are kept, and the alarm too, whether or not it can be reached after a restart.
        const auto honest = ems.incidents_of(maker, IncidentKind::rollback);
        REQUIRE(honest.size() == 1);
        CHECK(honest[0].first == old);
        CHECK(honest[0].second == newest);
        ems.stop();
        maker.lie([](const api::Request&) { return api::Response::text(503, "not now"); });
        ems.start();
        ems.replicate({maker.as_partner()});
        CHECK(ems.status_of(maker).log_alarm.find("went back from 8") != std::string::npos);
        maker.lie({});
        maker.write("c", 1);
        CHECK(eventually([&] { return ems.copy_of(maker) == 9; }));
        CHECK(eventually([&] { return ems.status_of(maker).alarm.empty(); }));
        CHECK(ems.status_of(maker).log_alarm.empty());
        const auto record = ems.incidents_of(maker, IncidentKind::rollback);
        REQUIRE(record.size() == 1);
        CHECK(record[0].over != 0);
        CHECK(record[0].second == newest);
    }
    SECTION("its store was rolled back: it learns that from its mirror") {
        maker.stop();
        maker.restore_store(backup.path() / "store");
        maker.start();
        maker.replicate({ems.as_partner()});
        REQUIRE(eventually([&] { return !maker.status_of(ems).alarm.empty(); }));
        CHECK(maker.status_of(ems).alarm.find("rolled back") != std::string::npos);
        CHECK(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
        CHECK(ems.status_of(maker).frozen.empty());
        CHECK_THROWS(maker.write("d", 1));
        // A forger signs on it all the same: now there are two histories.
        maker.stop();
        maker.restore_store(backup.path() / "store");
        maker.start();
        maker.write("d", 9);
        maker.replicate({ems.as_partner()});
        CHECK(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
        CHECK(eventually([&] {
            return maker.status_of(ems).alarm.find("another history") != std::string::npos;
        }));
    }
    CHECK(ems.found_by_check() == "");
}

TEST_CASE("what does not hash up is refused, and nothing of it is kept", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 9);
    const auto honest = [&](std::uint64_t from, std::uint64_t to) {
        ledger::Bytes bundle;
        for (std::uint64_t i = from; i < to; ++i)
            ledger::append_to_bundle(bundle, maker.store().entry(ledger::kOwnLog, i).value());
        return std::string(ledger::as_text(bundle));
    };
    std::string lie, path = "/log/tile/entries/";
    SECTION("a flipped bit in an entry") {
        lie = honest(0, 10);
        lie[lie.size() / 2] ^= 1;
    }
    SECTION("one good entry in the place of another") {
        ledger::Bytes bundle;
        for (std::uint64_t i : {0, 1, 2, 3, 4, 5, 6, 7, 9, 8})
            ledger::append_to_bundle(bundle, maker.store().entry(ledger::kOwnLog, i).value());
        lie = std::string(ledger::as_text(bundle));
    }
    SECTION("an entry less") {
        lie = honest(0, 9);
    }
    SECTION("an entry more") {
        lie = honest(0, 10) + honest(0, 1);
    }
    SECTION("nothing") {
        lie = "";
    }
    SECTION("no genesis at the beginning") {
        lie = honest(1, 10) + honest(0, 1);
    }
    SECTION("far more than a bundle can hold") {
        lie = std::string((std::size_t{10} * 65537) + 1, 'x');
    }
    SECTION("a checkpoint with a bit flipped") {
        path = "/log/checkpoint";
        lie = maker.store().head(ledger::kOwnLog)->note;
        lie[lie.find("\n10\n") + 1] = '2';
    }
    SECTION("a checkpoint signed by another key") {
        path = "/log/checkpoint";
        const std::string text =
            ledger::parse_note(maker.store().head(ledger::kOwnLog)->note)->text;
        lie = ledger::format_note(text, {Keys("oem.example").log.sign(text)});
    }
    SECTION("a checkpoint of another log, well signed") {
        path = "/log/checkpoint";
        const std::string text =
            ledger::format_checkpoint({"oem.example/ledger", 3, ledger::Hash{}});
        lie = ledger::format_note(text, {maker.keys().log.sign(text)});
    }
    SECTION("a checkpoint text beyond all measure") {
        path = "/log/checkpoint";
        const std::string text =
            ledger::parse_note(maker.store().head(ledger::kOwnLog)->note)->text +
            std::string(20000, 'x') + "\n";
        lie = ledger::format_note(text, {maker.keys().log.sign(text)});
    }
    SECTION("an endless checkpoint") {
        path = "/log/checkpoint";
        lie = std::string((1 << 20) + 1, 'x');
    }
    maker.lie(serve_instead(path, lie));
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
    CHECK(ems.status_of(maker).frozen.empty());
    CHECK(ems.copy_of(maker) == 0);
    CHECK(ems.status_of(maker).stored == 0);
    CHECK(ems.evidence_published() == 0);
    CHECK_FALSE(ems.store().get(ledger::Table::mirrors, ledger::as_bytes(maker.origin())));
    // It speaks against what rests on that log, and what was served is kept.
    CHECK_FALSE(ems.status_of(maker).log_alarm.empty());
    const auto all = ems.replicator().incidents().all(maker.origin());
    REQUIRE(all.size() == 1);
    const bool read = lie.size() <= (1 << 20) && path == "/log/checkpoint";
    if (read) CHECK(all[0].bytes == lie.substr(0, kMaxIncidentBytes));
    if (path != "/log/checkpoint")
        CHECK(all[0].second == maker.store().head(ledger::kOwnLog)->note);
    ems.stop();
    ems.start();
    ems.replicate({});
    ems.replicate({maker.as_partner()});
    CHECK_FALSE(ems.status_of(maker).log_alarm.empty());
    CHECK(ems.found_by_check() == "");
    // Nothing is lost by it: as soon as it is honest, all is well.
    maker.lie({});
    CHECK(eventually([&] { return ems.copy_of(maker) == 10; }));
    CHECK(eventually([&] { return ems.status_of(maker).alarm.empty(); }));
}

TEST_CASE("a log that signs a root and serves another has two histories", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 9);
    const std::string text = ledger::format_checkpoint({maker.origin(), 10, ledger::Hash{}});
    maker.lie(
        serve_instead("/log/checkpoint", ledger::format_note(text, {maker.keys().log.sign(text)})));
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
    CHECK(ems.status_of(maker).frozen.empty());
    CHECK(ems.copy_of(maker) == 0);
    ems.stop();
    maker.lie({});
    ems.start();
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    CHECK(eventually([&] { return ems.evidence_published() == 1; }));
    // There is no mirror of it to freeze, and there will be none.
    ems.stop();
    ems.start();
    ems.replicate({maker.as_partner()});
    some_rounds();
    CHECK_FALSE(ems.status_of(maker).frozen.empty());
    CHECK(ems.copy_of(maker) == 0);
    CHECK(ems.evidence_published() == 1);
}

TEST_CASE("a tampered entry in a log we know is no fork", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 9);
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 10; }));
    SECTION("an entry") {
        maker.lie([&](const api::Request& request) -> std::optional<api::Response> {
            if (!request.path.starts_with("/log/tile/entries/")) return std::nullopt;
            ledger::Bytes bundle;
            for (std::uint64_t i = 0; i < 12; ++i)
                ledger::append_to_bundle(bundle,
                                         maker.store().entry(ledger::kOwnLog, i % 11).value());
            return api::Response::bytes(200, "application/octet-stream",
                                        std::string(ledger::as_text(bundle)));
        });
    }
    SECTION("an entry and the hash tiles") {
        maker.lie([](const api::Request& request) -> std::optional<api::Response> {
            if (!request.path.starts_with("/log/tile/")) return std::nullopt;
            return api::Response::bytes(200, "application/octet-stream", std::string(8192, 'h'));
        });
    }
    maker.write("b", 2);
    REQUIRE(eventually([&] { return !ems.status_of(maker).alarm.empty(); }));
    some_rounds();
    CHECK(ems.status_of(maker).frozen.empty());
    CHECK(ems.copy_of(maker) == 10);
    CHECK(ems.evidence_published() == 0);
    maker.lie({});
    CHECK(eventually([&] { return ems.copy_of(maker) == 12; }));
    CHECK(eventually([&] { return ems.status_of(maker).alarm.empty(); }));
}

TEST_CASE("a log stands by a checkpoint that it showed, even if we could not fetch it",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.part_entries = 50;
    maker.write("first", 400);
    maker.lie([](const api::Request& request) -> std::optional<api::Response> {
        if (request.path.starts_with("/log/tile/entries/001"))
            return api::Response::text(503, "later");
        return std::nullopt;
    });
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return ems.status_of(maker).stored == 256; }));
    ems.stop();
    maker.stop();
    maker.forget();
    maker.start();
    maker.lie({});
    int after = 0;
    SECTION("a larger tree") {
        after = 600;
    }
    SECTION("the same size") {
        after = 400;
    }
    maker.write("second", after);
    ems.start();
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    CHECK(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    const auto evidence = kept_evidence(ems, maker.origin());
    REQUIRE(evidence);
    CHECK(ledger::verify_evidence(*evidence, maker.keys().log.verifier()));
    CHECK(ems.copy_of(maker) == 0);
    CHECK(eventually([&] { return ems.evidence_published() == 1; }));
}

TEST_CASE("a mirror that shows nonsense for our log is told apart from its own log",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 1; }));
    maker.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with("/mirror/")) return std::nullopt;
        return api::Response::text(200, "no note at all");
    });
    CHECK(eventually([&] {
        return ems.status_of(maker).alarm.find("its copy of our log") != std::string::npos;
    }));
    maker.write("a", 4);
    CHECK(eventually([&] { return ems.copy_of(maker) == 5; }));
    CHECK(ems.status_of(maker).frozen.empty());
    maker.lie({});
    CHECK(eventually([&] { return ems.status_of(maker).alarm.empty(); }));
}

TEST_CASE("a store that can't be read any more ends the process, not just one partner's rounds",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
    std::atomic<bool> died = false;
    ledger::set_fatal_handler([&](const std::string& reason) {
        died = reason.find("the store is damaged") != std::string::npos;
    });
    REQUIRE(ems.sequencer()
                .write([&](ledger::WriteTransaction& writes) {
                    writes.put(ledger::Table::settings,
                               ledger::as_bytes("witnessed/" + maker.origin()),
                               ledger::as_bytes(std::string("x")));
                })
                .get());
    CHECK(eventually([&] { return died.load(); }));
    ems.stop();
    ledger::set_fatal_handler({});
}

TEST_CASE("a round that breaks off says nothing of our store: it is tried again", "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    std::atomic<bool> died = false, told = false;
    ledger::set_fatal_handler([&](const std::string&) { died = true; });
    std::atomic<int> left = 6;
    ems.clock = [&]() -> ledger::UnixSeconds {
        const int now = left > 0 ? left-- : 0;
        if (now > 3) throw std::system_error(ECONNRESET, std::generic_category(), "a socket");
        if (now > 0) throw std::bad_alloc();
        return ledger::system_now();
    };
    ems.log = [&](api::LogLevel, const std::string& line) {
        if (line.find("the round broke off") != std::string::npos) told = true;
    };
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    maker.write("a", 3);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 4; }));
    CHECK(told);
    CHECK(eventually([&] { return ems.status_of(maker).error.empty(); }));
    CHECK_FALSE(died);
    ems.stop();

    // A bug is another matter.
    ems.start();
    ems.clock = []() -> ledger::UnixSeconds { throw std::logic_error("a bug"); };
    ems.replicate({maker.as_partner()});
    CHECK(eventually([&] { return died.load(); }));
    ems.stop();
    ledger::set_fatal_handler({});
}

TEST_CASE("a delivery that breaks off is tried again", "[replication][push]") {
    TestNode ems("ems.example");
    std::atomic<bool> died = false;
    ledger::set_fatal_handler([&](const std::string&) { died = true; });
    ledger::Keepers keepers(ems.keys().mirror.verifier(), std::nullopt, {});
    const TestNode maker("maker.example");
    const ReplicatorDeps deps{.store = ems.store(),
                              .sequencer = ems.sequencer(),
                              .keepers = keepers,
                              .mirror_signer = ems.keys().mirror,
                              .org = ems.org(),
                              .origin = ems.origin(),
                              .certificate_pem = ems.tls().certificate_pem,
                              .private_key_pem = ems.tls().private_key_pem,
                              .partners = {},
                              .log = {},
                              .publish = {}};
    std::atomic<int> asked = 0;
    Pusher pusher(deps, maker.as_receiver(), [&]() -> PeerAddress {
        if (++asked <= 2) throw std::system_error(EMFILE, std::generic_category(), "a socket");
        return {};
    });
    pusher.start();
    CHECK(eventually([&] { return asked > 2; }));
    CHECK(
        eventually([&] { return pusher.status().error.find("not met yet") != std::string::npos; }));
    pusher.stop();
    CHECK_FALSE(died);
    ledger::set_fatal_handler({});
}

TEST_CASE("a log with a statement of the future is neither cosigned nor fresh until its time comes",
          "[replication]") {
    TestNode maker("maker.example"), ems("ems.example");
    std::atomic<long> later = 0;
    const auto now = ledger::system_now();
    ems.clock = [&] { return now + later; };
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 1; }));
    // Clocks may be wrong by hours.
    maker.iat = now + 23 * 3600;
    maker.write("a", 1);
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 2; }));
    CHECK(ems.status_of(maker).alarm.empty());
    later = 10;
    REQUIRE(eventually([&] { return ems.status_of(maker).last_checked == now + 10; }));
    maker.iat = now + 30 * 3600;
    maker.write("b", 1);
    REQUIRE(eventually([&] { return !ems.status_of(maker).log_alarm.empty(); }));
    CHECK(ems.status_of(maker).log_alarm.find("still to come") != std::string::npos);
    CHECK(ems.copy_of(maker) == 3);
    later = 20;
    some_rounds();
    CHECK(ems.status_of(maker).last_checked == now + 10);
    CHECK(maker.status_of(ems).cosigned == 2);
    CHECK(ems.status_of(maker).frozen.empty());
    ems.stop();
    ems.start();
    ems.replicate({});
    ems.replicate({maker.as_partner()});
    CHECK_FALSE(ems.status_of(maker).log_alarm.empty());
    CHECK(ems.found_by_check() == "");
    later = 7 * 3600;
    CHECK(eventually([&] { return maker.status_of(ems).cosigned == 3; }));
    CHECK(eventually([&] { return ems.status_of(maker).alarm.empty(); }));
    CHECK(eventually([&] { return ems.status_of(maker).last_checked == now + 7 * 3600; }));
}
