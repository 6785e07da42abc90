// A node that nobody can reach delivers its log itself.
#include <catch2/catch.hpp>

#include "ledger/format/merkle.h"
#include "ledger/format/submission.h"
#include "node/replication/cosigned_note.h"
#include "node/replication/intake.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;

namespace {

bool has_cosignature(TestNode& node, const ledger::NoteVerifier& key) {
    const auto head = node.store().head(ledger::kOwnLog);
    const std::string text = ledger::parse_note(head->note)->text;
    std::string note = head->note;
    for (const auto& line : node.store().cosignatures(ledger::kOwnLog, text)) note += line;
    return ledger::verify_note(*ledger::parse_note(note), key).has_value();
}

void begin(TestNode& maker, TestNode& ems) {
    ems.replicate({maker.as_caller()});
    maker.replicate({ems.as_receiver()});
}

}  // namespace

TEST_CASE("a log that can't be fetched is delivered, entry by entry as it grows", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 299);
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 300; }));
    for (std::uint64_t size = 301; size < 310; ++size) {
        maker.write("b" + std::to_string(size), 1);
        // By the growth itself: the next regular delivery is half a minute away.
        REQUIRE(eventually([&] { return ems.copy_of(maker) == size; }));
    }
    for (const std::string& path : maker.take_requests()) CHECK_FALSE(path.starts_with("/log/"));

    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 309; }));
    CHECK(eventually([&] {
        return has_cosignature(maker, ems.keys().mirror.verifier()) &&
               has_cosignature(maker, ems.keys().witness.verifier());
    }));
    CHECK(maker.status_of(ems).error.empty());
    // Its partner knows that its copy is fresh.
    CHECK(eventually([&] { return ems.status_of(maker).last_checked != 0; }));
    CHECK(eventually([&] { return ems.status_of(maker).error.empty(); }));
    CHECK(ems.status_of(maker).alarm.empty());
    CHECK(maker.copy_of(ems) == 1);
}

TEST_CASE("a log that is both delivered and fetched gives no false alarm", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.part_entries = 300;
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_receiver()});
    std::string alarm;
    const auto look = [&] {
        for (const auto& seen : {ems.status_of(maker).alarm, maker.status_of(ems).alarm})
            if (!seen.empty()) alarm = seen;
    };
    for (int i = 0; i < 30; ++i) {
        maker.write("part-" + std::to_string(i), 60);
        look();
    }
    REQUIRE(eventually([&] {
        look();
        return ems.copy_of(maker) == 1801;
    }));
    CHECK(alarm == "");
}

TEST_CASE("who has its log witnessed faster than it serves it makes no stale copy look fresh",
          "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    std::atomic<ledger::UnixSeconds> now{1'800'000'000};
    ems.clock = [&] { return now.load(); };
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually([&] { return ems.status_of(maker).last_checked == now; }));

    // One more entry is witnessed during each download, and none is uploaded.
    std::atomic<std::uint64_t> witnessed = 0;
    std::atomic<int> asked = 0;
    std::atomic<bool> racing = true;
    maker.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (request.path == "/log/checkpoint") ++asked;
        if (!request.path.starts_with("/log/tile/entries/") || !racing) return std::nullopt;
        maker.write("race-" + std::to_string(witnessed), 1);
        const auto head = *maker.store().head(ledger::kOwnLog);
        const std::uint64_t from = witnessed.exchange(head.checkpoint.size);
        ledger::CheckpointSubmission submission{from, {}, head.note};
        submission.proof = ledger::consistency_proof(from, head.checkpoint.size,
                                                     maker.store().subtree(ledger::kOwnLog));
        api::Peer own;
        own.certificate_spki = maker.tls().spki;
        const auto answer = ems.replicator().intake().add_checkpoint(
            ledger::format_checkpoint_submission(submission), own);
        if (answer.status != 200) racing = false;
        return std::nullopt;
    });
    witnessed = 1;
    maker.write("a", 5);
    REQUIRE(eventually([&] { return witnessed > 1; }));
    now += 1000;
    const int before = asked;
    REQUIRE(eventually([&] { return asked >= before + 3; }));
    CHECK(racing);
    CHECK(ems.copy_of(maker) == 1);
    auto status = ems.status_of(maker);
    CHECK(status.last_checked == now - 1000);
    CHECK_FALSE(status.error.empty());
    CHECK(status.alarm.empty());
    CHECK(status.stored > 5);  // what was read is kept

    racing = false;
    REQUIRE(eventually([&] { return ems.copy_of(maker) == maker.size(); }));
    CHECK(eventually([&] { return ems.status_of(maker).last_checked == now; }));
}

TEST_CASE("a log that grows and is witnessed while it is fetched is fetched all the same",
          "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.replicate({maker.as_partner()});
    maker.replicate({ems.as_partner()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
    std::atomic<bool> grown = false;
    maker.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with("/log/tile/entries/") || grown.exchange(true))
            return std::nullopt;
        maker.write("more", 3);
        const auto head = *maker.store().head(ledger::kOwnLog);
        ledger::CheckpointSubmission submission{1, {}, head.note};
        submission.proof = ledger::consistency_proof(1, head.checkpoint.size,
                                                     maker.store().subtree(ledger::kOwnLog));
        api::Peer own;
        own.certificate_spki = maker.tls().spki;
        (void)ems.replicator().intake().add_checkpoint(
            ledger::format_checkpoint_submission(submission), own);
        return std::nullopt;
    });
    maker.write("a", 5);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 9; }));
    CHECK(ems.status_of(maker).alarm.empty());
}

TEST_CASE("a partner whose TLS key another names as its own is heard as before", "[push]") {
    TestNode maker("maker.example"), thief("ems.example"), oem("oem.example");
    oem.clock = [] { return ledger::UnixSeconds{1763640001}; };  // both keys of the thief count
    thief.grant_tls_key(maker.tls().spki);
    oem.replicate({thief.as_partner(), maker.as_caller()});
    thief.replicate({oem.as_partner()});
    REQUIRE(eventually([&] { return oem.copy_of(thief) == 2; }));
    maker.replicate({oem.as_receiver()});
    REQUIRE(eventually([&] { return oem.copy_of(maker) == 1; }));
    maker.write("a", 1);
    REQUIRE(eventually([&] { return oem.copy_of(maker) == 2; }));
    CHECK(eventually([&] { return oem.status_of(maker).last_checked != 0; }));
}

TEST_CASE("a log whose node changed its TLS key is delivered on", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 4);
    const bool was_delivered = GENERATE(true, false);
    CAPTURE(was_delivered);
    if (was_delivered) {
        begin(maker, ems);
        REQUIRE(eventually([&] { return ems.copy_of(maker) == 5; }));
    }
    const auto before = maker.tls().spki;
    maker.stop();
    maker.change_tls_key();
    maker.start();
    SECTION("when its root key granted it") {
        maker.grant_tls_key();
        if (was_delivered)
            maker.replicate({ems.as_receiver()});
        else
            begin(maker, ems);
        REQUIRE(eventually([&] { return ems.copy_of(maker) == 6; }));
        CHECK(ems.replicator().org_of_certificate(maker.tls().spki) == maker.org());
        CHECK_FALSE(ems.replicator().org_of_certificate(before));  // granted months ago
        CHECK(eventually([&] { return maker.status_of(ems).error.empty(); }));
    }
    SECTION("and not when nobody did") {
        if (was_delivered)
            maker.replicate({ems.as_receiver()});
        else
            begin(maker, ems);
        REQUIRE(eventually([&] { return !maker.status_of(ems).error.empty(); }));
        CHECK_FALSE(ems.replicator().org_of_certificate(maker.tls().spki));
    }
}

TEST_CASE("a partner that was away gets what it missed", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 1; }));
    ems.stop();
    maker.write("a", 700);
    ems.start();
    ems.replicate({maker.as_caller()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 701; }));
    CHECK(eventually([&] { return maker.status_of(ems).error.empty(); }));
}

TEST_CASE("a partner that lost its copy gets it again", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 400);
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 401; }));
    ems.stop();
    ems.forget();
    ems.start();
    ems.replicate({maker.as_caller()});
    maker.write("b", 1);
    CHECK(eventually([&] { return ems.copy_of(maker) == 402; }));
}

TEST_CASE("an upload that is cut off goes on where it was", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 10'000);  // more than one request takes
    std::atomic<int> uploads = 0;
    ems.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (request.path == "/mirror/add-entries" && ++uploads == 3)
            return api::Response::text(500, "no");
        return std::nullopt;
    });
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 10'001; }));
    CHECK(uploads >= 4);
}

TEST_CASE("a delivery is bounded, but for one package", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.upload_bytes = 200'000;
    maker.write("small", 300);
    maker.write(std::string(900, 'x'), 600);  // alone over the limit
    std::atomic<int> most = 0;
    std::atomic<bool> too_large = false;
    ems.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (request.path != "/mirror/add-entries") return std::nullopt;
        auto reader = ledger::UploadReader::open(ledger::as_bytes(request.body)).value();
        int packages = 0;
        while (reader.next()) ++packages;
        if (packages > 1 && request.body.size() > maker.upload_bytes) too_large = true;
        if (packages > most) most = packages;
        return std::nullopt;
    });
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 901; }));
    CHECK(most == 1);
    CHECK_FALSE(too_large);
}

TEST_CASE("a partner that is configured with us later is asked again soon", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.replicate({});
    maker.replicate({ems.as_receiver()});
    int asked = 0;
    // So often within that time: not at ever longer distances.
    REQUIRE(eventually([&] {
        for (const std::string& path : ems.take_requests()) asked += path == "/mirror/genesis";
        return asked >= 9;
    }));
    CHECK(maker.status_of(ems).alarm.empty());
    ems.replicate({maker.as_caller()});
    CHECK(eventually([&] { return ems.copy_of(maker) == 1; }));
}

TEST_CASE("a log that forks is caught by those it is delivered to", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("first", 9);
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 10; }));
    maker.stop();
    maker.forget();
    maker.start();
    maker.write("second", 9);
    maker.replicate({ems.as_receiver()});
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    CHECK(eventually([&] { return ems.evidence_published() == 1; }));
    CHECK(eventually([&] { return !maker.status_of(ems).alarm.empty(); }));
    CHECK(ems.copy_of(maker) == 10);
}

namespace {

// A log of 1 + `before` entries was delivered; then its node begins anew with another history of
// 1 + `after`. The first one is kept in the folder.
void fork_delivered(TestNode& maker, TestNode& ems, const TempFolder& first, int before,
                    int after) {
    maker.write("first", before);
    begin(maker, ems);
    REQUIRE(
        eventually([&] { return ems.copy_of(maker) == static_cast<std::uint64_t>(before) + 1; }));
    maker.stop();
    maker.save_store(first.path() / "store");
    maker.forget();
    maker.start();
    maker.write("second", after);
    maker.replicate({ems.as_receiver()});
}

// Hands in the newest checkpoint of the maker with a proof that leads nowhere.
int hand_in_unproven(TestNode& maker, TestNode& ems, const api::Peer& by) {
    const auto head = *maker.store().head(ledger::kOwnLog);
    const ledger::CheckpointSubmission submission{ems.copy_of(maker), {ledger::Hash{1}}, head.note};
    return ems.replicator()
        .intake()
        .add_checkpoint(ledger::format_checkpoint_submission(submission), by)
        .status;
}

}  // namespace

TEST_CASE("a fork that is delivered to a larger size convicts itself by its own proof", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    const TempFolder first;
    fork_delivered(maker, ems, first, 9, 20);
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    CHECK_FALSE(ems.status_of(maker).alarm.empty());
    CHECK(eventually([&] { return ems.evidence_published() == 1; }));
    CHECK(ems.copy_of(maker) == 10);
}

TEST_CASE("a delivered tree that is not proved to go on from ours is suspect until that is told",
          "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    const TempFolder first;
    // Of a power of two the proof does not say what it contains instead.
    fork_delivered(maker, ems, first, 7, 20);
    REQUIRE(eventually([&] { return !ems.status_of(maker).log_alarm.empty(); }));
    CHECK(ems.status_of(maker).frozen.empty());
    const auto kept = ems.incidents_of(maker, IncidentKind::suspect);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].second == maker.store().head(ledger::kOwnLog)->note);
    CHECK(kept[0].first.find("\n8\n") != std::string::npos);

    maker.stop();
    ems.stop();
    ems.start();
    ems.replicate({maker.as_caller()});
    CHECK_FALSE(ems.status_of(maker).log_alarm.empty());
    CHECK(ems.incidents_of(maker, IncidentKind::suspect)[0].second == kept[0].second);
    // Back to the first history, as if nothing had been.
    maker.restore_store(first.path() / "store");
    maker.start();
    maker.write("more", 20);
    maker.replicate({ems.as_receiver()});
    REQUIRE(eventually([&] { return !ems.status_of(maker).frozen.empty(); }));
    CHECK(eventually([&] { return ems.evidence_published() == 1; }));
}

TEST_CASE("a log that sent one wrong proof is cleared when it goes on in order", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 7);
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 8; }));
    maker.stop_replicating();
    maker.write("b", 5);
    api::Peer own;
    own.certificate_spki = maker.tls().spki;
    CHECK(hand_in_unproven(maker, ems, own) == 422);
    CHECK_FALSE(ems.status_of(maker).log_alarm.empty());
    maker.write("c", 1);
    maker.replicate({ems.as_receiver()});
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 14; }));
    CHECK(eventually([&] { return ems.status_of(maker).log_alarm.empty(); }));
    CHECK(ems.status_of(maker).alarm.empty());
    CHECK(ems.status_of(maker).frozen.empty());
    const auto record = ems.incidents_of(maker, IncidentKind::suspect);
    REQUIRE(record.size() == 1);
    CHECK(record[0].over != 0);
}

TEST_CASE("others who hand in a log with a wrong proof raise no alarm", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 7);
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 8; }));
    maker.stop_replicating();
    maker.write("b", 5);
    CHECK(hand_in_unproven(maker, ems, {}) == 422);
    CHECK(ems.status_of(maker).alarm.empty());
    CHECK(ems.incidents_of(maker, IncidentKind::suspect).empty());
}

TEST_CASE("suspects are bounded", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 7);
    begin(maker, ems);
    REQUIRE(eventually([&] { return ems.copy_of(maker) == 8; }));
    maker.stop_replicating();
    api::Peer own;
    own.certificate_spki = maker.tls().spki;
    for (int i = 0; i < 10; ++i) {
        maker.write("b" + std::to_string(i), 1);
        CHECK(hand_in_unproven(maker, ems, own) == 422);
    }
    CHECK(ems.incidents_of(maker, IncidentKind::suspect).size() == kMaxSuspects);
}

TEST_CASE("a log that hands in less than before has gone back, unless that was on its way",
          "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    std::atomic<long> minutes = 0;
    ems.steady_clock = [&] {
        return std::chrono::steady_clock::time_point(std::chrono::minutes(1000 + minutes));
    };
    maker.write("a", 4);
    const std::string older = maker.store().head(ledger::kOwnLog)->note;
    maker.write("b", 3);
    begin(maker, ems);
    // All of that delivery was answered: its end is what says that all is well.
    REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == 8; }));
    maker.stop_replicating();
    api::Peer own;
    own.certificate_spki = maker.tls().spki;
    const std::string body = ledger::format_checkpoint_submission({0, {}, older});
    CHECK(ems.replicator().intake().add_checkpoint(body, own).status == 409);
    CHECK(ems.status_of(maker).alarm.empty());
    minutes = 10;
    CHECK(ems.replicator().intake().add_checkpoint(body, {}).status == 409);
    CHECK(ems.status_of(maker).alarm.empty());
    CHECK(ems.replicator().intake().add_checkpoint(body, own).status == 409);
    CHECK(ems.status_of(maker).log_alarm.find("went back from 8") != std::string::npos);
    CHECK(ems.status_of(maker).frozen.empty());
    const auto kept = ems.incidents_of(maker, IncidentKind::rollback);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].first == older);
    maker.replicate({ems.as_receiver()});
    CHECK(eventually([&] { return ems.status_of(maker).log_alarm.empty(); }));
}

TEST_CASE("a mirror that tells nonsense does not keep us busy", "[push]") {
    TestNode maker("maker.example"), ems("ems.example");
    maker.write("a", 5);
    const auto [status, body] = GENERATE(
        std::pair<int, std::string>(409, "6\n0\n\n"), std::pair<int, std::string>(409, "9\n9\n\n"),
        std::pair<int, std::string>(202, "6\n3\n\n"), std::pair<int, std::string>(200, "x"),
        std::pair<int, std::string>(409, "nonsense"), std::pair<int, std::string>(404, ""),
        std::pair<int, std::string>(422, ""));
    CAPTURE(status, body);
    std::atomic<int> uploads = 0;
    ems.lie([&, status = status,
             body = body](const api::Request& request) -> std::optional<api::Response> {
        if (request.path != "/mirror/add-entries") return std::nullopt;
        ++uploads;
        return api::Response::text(status, body);
    });
    begin(maker, ems);
    REQUIRE(eventually([&] { return uploads > 0; }));
    REQUIRE(eventually([&] { return !maker.status_of(ems).error.empty(); }));
    some_rounds();
    CHECK(uploads < 30);
    CHECK(maker.status_of(ems).cosigned == 0);
    ems.lie({});
    CHECK(eventually([&] { return ems.copy_of(maker) == 6; }));
}
