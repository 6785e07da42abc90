// A log whose own node can't be reached is taken from those who mirror it.
#include <condition_variable>

#include <catch2/catch.hpp>

#include "api/routes/transparency.h"
#include "ledger/format/merkle.h"
#include "ledger/format/note.h"
#include "ledger/format/submission.h"
#include "node/replication/intake.h"
#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;
using namespace std::chrono_literals;

namespace {

// The ems and the oem know each other's logs and the maker's up to its genesis; then the maker
// writes on, which only the ems sees, and goes.
struct Network {
    TestNode maker{"maker.example"}, ems{"ems.example"}, oem{"oem.example"};

    void meet() {
        maker.replicate({ems.as_partner(), oem.as_partner()});
        ems.replicate({maker.as_partner(), oem.as_partner()});
        oem.replicate({maker.as_partner(), ems.as_partner()});
        REQUIRE(eventually([&] {
            return oem.copy_of(maker) == 1 && oem.copy_of(ems) == 1 && ems.copy_of(oem) == 1 &&
                   ems.copy_of(maker) == 1;
        }));
    }
    void leave_after(int entries) {
        meet();
        oem.stop_replicating();
        maker.write("a", entries);
        const auto size = static_cast<std::uint64_t>(entries) + 1;
        REQUIRE(eventually([&] { return maker.status_of(ems).cosigned == size; }));
        maker.stop();
    }
    void oem_returns() { oem.replicate({maker.as_partner(), ems.as_partner()}); }
};

}  // namespace

TEST_CASE("a log whose node is away is taken from a mirror", "[replication][mirror]") {
    Network all;
    all.oem.part_entries = 100;
    // Long ago, by the clock of the mirror, or some hours ahead.
    const auto [entries, clock_error] =
        GENERATE(std::pair(3, -5000), std::pair(700, -5000), std::pair(3, 7 * 3600));
    const auto size = static_cast<std::uint64_t>(entries) + 1;
    all.ems.clock = [error = clock_error] { return ledger::system_now() + error; };
    all.leave_after(entries);
    all.oem_returns();
    REQUIRE(eventually([&] { return all.oem.copy_of(all.maker) == size; }));
    REQUIRE(eventually([&] {
        return all.oem.status_of(all.maker).error.find("mirror at ems.example") !=
               std::string::npos;
    }));
    const auto status = all.oem.status_of(all.maker);
    CHECK(status.alarm.empty());
    CHECK(status.frozen.empty());
    // It is no fresher than the mirror's word, and never of the future.
    CHECK(status.last_checked <= ledger::system_now() + (clock_error < 0 ? clock_error + 100 : 0));
    CHECK(status.last_checked > 0);
    // Cosigned as any other copy.
    CHECK(eventually([&] {
        const auto row =
            all.oem.store().get(ledger::Table::mirrors, ledger::as_bytes(all.maker.origin()));
        return row && ledger::as_text(*row).find("\n" + std::to_string(size) + "\n") !=
                          std::string_view::npos;
    }));
    // When the node is back, it is asked again.
    all.maker.start();
    all.maker.write("b", 1);
    all.maker.replicate({all.ems.as_partner(), all.oem.as_partner()});
    CHECK(eventually([&] { return all.oem.copy_of(all.maker) == size + 1; }));
    CHECK(eventually([&] { return all.oem.status_of(all.maker).error.empty(); }));
    CHECK(all.oem.status_of(all.maker).last_checked > ledger::system_now() - 1000);
}

TEST_CASE("a mirror that cosigns in the future is an alarm, and vouches for nothing being fresh",
          "[replication][mirror]") {
    Network all;
    all.ems.clock = [] { return ledger::system_now() + 90'000; };
    std::atomic<long> later = 0;
    all.oem.clock = [&] { return ledger::system_now() + later; };
    all.leave_after(3);
    all.oem_returns();
    REQUIRE(eventually([&] { return !all.oem.status_of(all.ems).alarm.empty(); }));
    CHECK(all.oem.status_of(all.ems).alarm.find("still to come") != std::string::npos);
    // It is no fault of either log.
    CHECK(all.oem.status_of(all.ems).log_alarm.empty());
    CHECK(all.oem.status_of(all.maker).alarm.empty());
    // What the log itself signed is taken, and not as fresh.
    REQUIRE(eventually([&] { return all.oem.copy_of(all.maker) == 4; }));
    some_rounds();
    CHECK(all.oem.status_of(all.maker).last_checked == 0);
    CHECK(all.oem.incidents_of(all.ems, IncidentKind::cosignature).size() == 1);
    all.oem.stop();
    all.oem.start();
    all.oem_returns();
    CHECK_FALSE(all.oem.status_of(all.ems).alarm.empty());
    // The clock gets there.
    later = 90'000;
    CHECK(eventually([&] { return all.oem.status_of(all.ems).alarm.empty(); }));
    CHECK(eventually([&] { return all.oem.status_of(all.maker).last_checked != 0; }));
}

TEST_CASE("who has the newest checkpoint of a log alone keeps nothing from us that mirrors hold",
          "[replication][mirror]") {
    Network all;
    all.leave_after(5);
    // The maker goes on to 9 entries, which no mirror sees; somebody brings the checkpoint of them.
    const bool honest = GENERATE(true, false);
    CAPTURE(honest);
    if (!honest) all.maker.forget();
    all.maker.start();
    all.maker.write("b", honest ? 3 : 8);
    const auto head = *all.maker.store().head(ledger::kOwnLog);
    const auto proof = ledger::consistency_proof(1, 9, all.maker.store().subtree(ledger::kOwnLog));
    all.maker.stop();
    all.oem.replicate({all.maker.as_partner()});
    REQUIRE(all.oem.replicator()
                .intake()
                .add_checkpoint(ledger::format_checkpoint_submission({1, proof, head.note}), {})
                .status == 200);
    CHECK(all.oem.copy_of(all.maker) == 1);
    all.oem_returns();
    REQUIRE(eventually([&] { return all.oem.copy_of(all.maker) == 6; }));
    CHECK(all.oem.status_of(all.maker).alarm.empty());
    // What was witnessed may contain another tree of that size: it is not cosigned yet.
    const auto cosigned = [&](int size) {
        const auto row =
            all.oem.store().get(ledger::Table::mirrors, ledger::as_bytes(all.maker.origin()));
        return row && ledger::as_text(*row).find("\n" + std::to_string(size) + "\n") !=
                          std::string_view::npos;
    };
    some_rounds();
    CHECK(cosigned(1));
    all.oem.stop();
    all.oem.start();
    all.oem_returns();
    some_rounds();
    CHECK(cosigned(1));
    CHECK(all.oem.copy_of(all.maker) == 6);
    all.maker.start();
    all.maker.replicate({all.ems.as_partner(), all.oem.as_partner()});
    if (honest) {
        REQUIRE(eventually([&] { return all.oem.copy_of(all.maker) == 9; }));
        CHECK(eventually([&] { return cosigned(9); }));
        CHECK(all.oem.status_of(all.maker).frozen.empty());
    } else {
        REQUIRE(eventually([&] { return !all.oem.status_of(all.maker).frozen.empty(); }));
        CHECK(cosigned(1));
        CHECK(all.oem.copy_of(all.maker) == 6);
    }
}

TEST_CASE("a mirror that never finishes an answer keeps nobody from the log itself",
          "[replication][mirror]") {
    Network all;
    all.oem.compare_interval = 50ms;
    all.oem.mirror_patience = 100ms;
    all.meet();
    std::mutex mutex;
    std::condition_variable wake;
    bool over = false;
    std::atomic<int> held = 0;
    all.ems.lie([&](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with("/mirror/")) return std::nullopt;
        ++held;
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return over; });
        return std::nullopt;
    });
    REQUIRE(eventually([&] { return held > 0; }));
    all.maker.write("a", 3);
    // Each of its answers alone may take longer than this waits.
    CHECK(eventually([&] { return all.oem.copy_of(all.maker) == 4; }));
    CHECK(all.oem.status_of(all.maker).error.empty());
    {
        const std::lock_guard lock(mutex);
        over = true;
    }
    wake.notify_all();
    all.ems.lie({});
}

TEST_CASE("a mirror that lies about a log harms neither the log nor our copy",
          "[replication][mirror]") {
    Network all;
    all.leave_after(5);
    const std::string prefix = "/mirror/" + api::mirror_name(all.maker.origin());
    std::string path = prefix + "/tile/entries/", lie = std::string(300, 'x');
    SECTION("entries") {}
    SECTION("a checkpoint that nobody signed") {
        path = prefix + "/checkpoint";
    }
    SECTION("a checkpoint of the log without its own cosignature") {
        path = prefix + "/checkpoint";
        const auto row =
            all.ems.store().get(ledger::Table::mirrors, ledger::as_bytes(all.maker.origin()));
        const auto note = ledger::parse_note(ledger::as_text(row.value())).value();
        lie = ledger::format_note(note.text, {note.signatures.front().line});
    }
    SECTION("a checkpoint that another cosigned in its name") {
        path = prefix + "/checkpoint";
        const auto row =
            all.ems.store().get(ledger::Table::mirrors, ledger::as_bytes(all.maker.origin()));
        const auto note = ledger::parse_note(ledger::as_text(row.value())).value();
        lie = ledger::format_note(note.text, {note.signatures.front().line,
                                              all.oem.keys().mirror.sign(note.text, 1763640000)});
    }
    all.ems.lie([=](const api::Request& request) -> std::optional<api::Response> {
        if (!request.path.starts_with(path)) return std::nullopt;
        return api::Response::bytes(200, "application/octet-stream", lie);
    });
    all.ems.take_requests();
    all.oem_returns();
    REQUIRE(eventually([&] {
        const auto asked = all.ems.take_requests();
        return std::any_of(asked.begin(), asked.end(),
                           [&](const std::string& one) { return one.starts_with(path); });
    }));
    some_rounds();
    CHECK(all.oem.copy_of(all.maker) == 1);
    CHECK(all.oem.status_of(all.maker).alarm.empty());
    CHECK(all.oem.status_of(all.maker).frozen.empty());
    all.ems.lie({});
    CHECK(eventually([&] { return all.oem.copy_of(all.maker) == 6; }));
}

TEST_CASE("a mirror that is behind us says nothing against the log", "[replication][mirror]") {
    Network all;
    all.meet();
    all.ems.stop_replicating();
    all.maker.write("a", 4);
    REQUIRE(eventually([&] { return all.oem.copy_of(all.maker) == 5; }));
    all.maker.stop();
    all.ems.replicate({all.maker.as_partner(), all.oem.as_partner()});
    REQUIRE(eventually([&] { return !all.oem.status_of(all.maker).error.empty(); }));
    some_rounds();
    CHECK(all.oem.status_of(all.maker).alarm.empty());
    CHECK(all.oem.copy_of(all.maker) == 5);
    // And it comes to us for what it lacks.
    CHECK(eventually([&] { return all.ems.copy_of(all.maker) == 5; }));
}

TEST_CASE("a second history that a mirror holds freezes the log here too",
          "[replication][mirror]") {
    Network all;
    all.meet();
    all.ems.stop_replicating();
    all.maker.write("first", 4);
    REQUIRE(eventually([&] { return all.oem.copy_of(all.maker) == 5; }));
    all.oem.stop_replicating();
    all.maker.stop();
    all.maker.forget();
    all.maker.start();
    all.maker.write("second", 6);
    all.maker.replicate({all.ems.as_partner()});
    all.ems.publishes = false;
    all.ems.replicate({all.maker.as_partner()});
    REQUIRE(eventually([&] { return all.ems.copy_of(all.maker) == 7; }));
    all.maker.stop();
    all.ems.replicate({all.maker.as_partner(), all.oem.as_partner()});
    all.oem_returns();
    REQUIRE(eventually([&] { return !all.oem.status_of(all.maker).frozen.empty(); }));
    CHECK(all.oem.copy_of(all.maker) == 5);
    CHECK(eventually([&] { return all.oem.evidence_published() == 1; }));
}

TEST_CASE("a log that shows each mirror a history of its own is caught when they compare",
          "[replication][mirror]") {
    Network all;
    all.meet();
    all.ems.stop_replicating();
    const int ours = GENERATE(4, 6, 8);  // theirs: 6
    all.maker.write("first", ours);
    const auto size = static_cast<std::uint64_t>(ours) + 1;
    REQUIRE(eventually([&] { return all.oem.copy_of(all.maker) == size; }));
    all.oem.stop_replicating();
    all.maker.stop();
    const TempFolder first;
    all.maker.save_store(first.path() / "store");
    all.maker.forget();
    all.maker.start();
    all.maker.write("second", 6);
    all.maker.replicate({all.ems.as_partner()});
    all.ems.replicate({all.maker.as_partner()});
    REQUIRE(eventually([&] {
        const auto row =
            all.ems.store().get(ledger::Table::mirrors, ledger::as_bytes(all.maker.origin()));
        return row && ledger::as_text(*row).find("\n7\n") != std::string_view::npos;
    }));
    // To us it shows the first history again, as if nothing had been, and the ems is cut off from
    // it.
    all.ems.replicate({all.oem.as_partner()});
    all.maker.stop();
    all.maker.restore_store(first.path() / "store");
    all.maker.start();
    all.maker.replicate({all.oem.as_partner()});
    all.oem.compare_interval = 50ms;
    all.oem_returns();
    REQUIRE(eventually([&] { return !all.oem.status_of(all.maker).frozen.empty(); }));
    CHECK(all.oem.copy_of(all.maker) == size);
    CHECK(eventually([&] { return all.oem.evidence_published() == 1; }));
}

TEST_CASE("comparing with a mirror that lies, lags or is away harms nobody",
          "[replication][mirror]") {
    Network all;
    all.oem.compare_interval = 50ms;
    all.meet();
    const std::string path = "/mirror/" + api::mirror_name(all.maker.origin()) + "/checkpoint";
    const auto asked = [&] {
        all.ems.take_requests();
        return eventually([&] {
            const auto requests = all.ems.take_requests();
            return std::find(requests.begin(), requests.end(), path) != requests.end();
        });
    };
    CHECK(asked());
    all.ems.lie([=](const api::Request& request) -> std::optional<api::Response> {
        if (request.path != path) return std::nullopt;
        return api::Response::bytes(200, "text/plain", "not a note");
    });
    CHECK(asked());
    all.ems.lie({});
    all.ems.stop_replicating();
    all.maker.write("a", 3);
    CHECK(eventually([&] { return all.oem.copy_of(all.maker) == 4; }));
    CHECK(asked());
    all.ems.stop();
    all.maker.write("b", 3);
    CHECK(eventually([&] { return all.oem.copy_of(all.maker) == 7; }));
    some_rounds();
    CHECK(all.oem.status_of(all.maker).frozen.empty());
    CHECK(all.oem.status_of(all.maker).alarm.empty());
    CHECK(all.oem.status_of(all.maker).error.empty());
}
