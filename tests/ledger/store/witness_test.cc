#include <thread>

#include <catch2/catch.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/format/merkle.h"
#include "ledger/format/statement.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

// A log that is ahead of what is mirrored of it, and another history of it from entry 3 on.
struct Fixture {
    Fixture() : log(maker), other(maker), node(folder.path(), acme, {&maker}) {
        log.add(maker.genesis());
        while (log.entries.size() < 40) log.add(maker.any());
        other.entries.assign(log.entries.begin(), log.entries.begin() + 3);
        while (other.entries.size() < 40) other.add(maker.any());
        node.open_with_genesis();
        node.keep_genesis_of(maker);
    }

    static std::vector<Hash> proof(const TestLog& of, std::uint64_t from, std::uint64_t to) {
        if (from == 0) return {};
        return consistency_proof(from, to, [&](int level, std::uint64_t index) {
            Frontier tree;
            for (std::uint64_t i = index << level; i < (index + 1) << level; ++i)
                tree.append(leaf_hash(of.entries[i]));
            return tree.root();
        });
    }
    static WitnessRequest request(const TestLog& of, std::uint64_t from, std::uint64_t to) {
        return {of.checkpoint(to), from, proof(of, from, to),
                [note = of.note(to)](UnixSeconds) { return note; }};
    }
    // The kind of its error.
    std::optional<ErrorKind> witness(const TestLog& of, std::uint64_t from, std::uint64_t to) {
        auto done = node.sequencer->witness(request(of, from, to)).get();
        return done ? std::nullopt : std::optional(done.error().kind);
    }
    [[nodiscard]] std::uint64_t witnessed() const {
        const auto kept = node.store->witnessed(maker.origin());
        return kept ? kept->checkpoint.size : 0;
    }

    TempFolder folder;
    TestOrg acme{"acme-ems.example"};
    TestOrg maker{"maker.example"};
    TestLog log, other;
    TestNode node;
};

}  // namespace

TEST_CASE("a checkpoint is witnessed when it leads on from the last one", "[store][witness]") {
    Fixture f;
    CHECK(f.witness(f.log, 0, 5) == std::nullopt);
    CHECK(f.witnessed() == 5);
    CHECK(f.witness(f.log, 0, 9) == ErrorKind::conflict);
    CHECK(f.witness(f.log, 4, 9) == ErrorKind::conflict);
    CHECK(f.witness(f.log, 5, 9) == std::nullopt);
    CHECK(f.witness(f.log, 9, 9) == std::nullopt);
    // Replayed.
    CHECK(f.witness(f.log, 0, 5) == ErrorKind::conflict);
    CHECK(f.witness(f.log, 5, 9) == ErrorKind::conflict);
    CHECK(f.witnessed() == 9);
    CHECK(f.node.store->witnessed(f.maker.origin())->note == f.log.note(9));

    REQUIRE(f.node.open() == "");
    CHECK(f.witnessed() == 9);
    CHECK(f.node.check() == "");
}

TEST_CASE("what does not lead on from the last checkpoint is not witnessed", "[store][witness]") {
    Fixture f;
    REQUIRE(f.witness(f.log, 0, 9) == std::nullopt);
    CHECK(f.witness(f.other, 9, 9) == ErrorKind::invalid);
    CHECK(f.witness(f.other, 9, 12) == ErrorKind::invalid);
    auto no_proof = Fixture::request(f.log, 9, 12);
    no_proof.proof.clear();
    CHECK(f.node.sequencer->witness(no_proof).get().error().kind == ErrorKind::invalid);
    auto too_much = Fixture::request(f.log, 9, 12);
    too_much.proof.push_back(too_much.proof.front());
    CHECK(f.node.sequencer->witness(too_much).get().error().kind == ErrorKind::invalid);
    CHECK(f.witnessed() == 9);
    CHECK(f.node.store->witnessed(f.maker.origin())->note == f.log.note(9));
}

TEST_CASE("of many that witness at once, one at a time gets ahead", "[store][witness]") {
    Fixture f;
    REQUIRE(f.witness(f.log, 0, 1) == std::nullopt);
    std::atomic<int> taken = 0;
    std::atomic<bool> other_trouble = false;
    std::vector<std::thread> clients;
    for (std::uint64_t to = 2; to <= 9; ++to)
        clients.emplace_back([&, to] {
            const auto done = f.node.sequencer->witness(Fixture::request(f.log, 1, to)).get();
            if (done)
                ++taken;
            else if (done.error().kind != ErrorKind::conflict)
                other_trouble = true;
        });
    for (auto& client : clients) client.join();
    CHECK(taken == 1);
    CHECK_FALSE(other_trouble);
    CHECK(f.witnessed() > 1);
}

TEST_CASE("a copy counts like a checkpoint that was witnessed", "[store][witness]") {
    Fixture f;
    REQUIRE(f.node.mirror_error(f.log.batch(0, 12, 12)) == "");
    CHECK(f.witness(f.log, 0, 20) == ErrorKind::conflict);
    CHECK(f.witness(f.other, 12, 20) == ErrorKind::invalid);
    CHECK(f.witness(f.log, 12, 20) == std::nullopt);
}

TEST_CASE("what is mirrored has to contain what was witnessed", "[store][witness]") {
    Fixture f;
    REQUIRE(f.witness(f.log, 0, 20) == std::nullopt);
    // Older than that, unless it was witnessed too.
    CHECK(f.node.mirror_error(f.log.batch(0, 10, 10)) != "");
    auto witnessed_before = f.log.batch(0, 10, 10);
    witnessed_before.witnessed = true;
    CHECK(f.node.mirror_error(std::move(witnessed_before)) == "");
    // Another history, with the witnessed size in a part of it, at its end and before it.
    CHECK(f.node.mirror_error(f.other.batch(10, 15, 30)) == "");
    CHECK(f.node.mirror_error(f.other.batch(15, 30, 30)) != "");
    CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 10);
    CHECK(f.node.mirror_error(f.log.batch(10, 25, 30)) == "");
    CHECK(f.node.mirror_error(f.log.batch(25, 30, 30)) == "");
    CHECK(f.node.store->head(1)->checkpoint == f.log.checkpoint(30));
    CHECK(f.node.check() == "");
}

TEST_CASE("a smaller tree than what was witnessed can be shown, marked until that is reached",
          "[store][witness]") {
    Fixture f;
    const auto marks = [&] { return f.node.store->copy_marks(f.maker.origin()); };
    REQUIRE(f.witness(f.log, 0, 20) == std::nullopt);
    const bool honest = GENERATE(true, false);
    auto behind = (honest ? f.log : f.other).batch(0, 10, 10);
    behind.may_be_behind = true;
    REQUIRE(f.node.mirror_error(std::move(behind)) == "");
    CHECK(f.node.store->head(1)->checkpoint.size == 10);
    CHECK(marks().unproven);
    CHECK(marks().newest.iat > 0);
    REQUIRE(f.node.open() == "");
    CHECK(marks().unproven);
    // Nor does a part of what is to come say anything.
    const bool in_parts = GENERATE(true, false);
    if (in_parts) {
        CHECK(f.node.mirror_error(f.log.batch(10, 15, 20)) == "");
        CHECK(marks().unproven);
    }
    const std::string error = f.node.mirror_error(f.log.batch(in_parts ? 15 : 10, 20, 20));
    CHECK(error.empty() == honest);
    CHECK(marks().unproven == !honest);
    CHECK(f.node.store->head(1)->checkpoint.size == (honest ? 20u : 10u));
    if (honest) CHECK(f.witness(f.log, 20, 30) == std::nullopt);
    CHECK(marks().unproven == !honest);
    CHECK(f.node.check() == "");
}

TEST_CASE("the newest statement of a copy is known, and not that of parts that were thrown away",
          "[store][witness]") {
    Fixture f;
    const auto newest = [&] { return f.node.store->copy_marks(f.maker.origin()); };
    REQUIRE(f.node.mirror_error(f.log.batch(0, 10, 10)) == "");
    const auto before = newest();
    CHECK(before.newest.iat == before.newest_stored.iat);
    REQUIRE(f.node.mirror_error(f.log.batch(10, 20, 30)) == "");
    const auto parts = newest();
    CHECK(parts.newest.iat == before.newest.iat);
    CHECK(parts.newest_stored.iat >= before.newest.iat);
    CHECK(f.node.mirror_error(f.other.batch(20, 30, 30)) != "");
    CHECK(newest().newest_stored.iat == before.newest.iat);
    CHECK(newest().newest_stored.index == before.newest.index);
}

TEST_CASE("another history than the witnessed one is not mirrored", "[store][witness]") {
    const std::uint64_t first = GENERATE(0, 10, 20, 25);
    const bool waits = GENERATE(true, false);
    CAPTURE(first, waits);
    Fixture f;
    REQUIRE(f.witness(f.log, 0, 20) == std::nullopt);
    std::future<Result<void>> part;
    if (first > 0) part = f.node.sequencer->store_mirror(f.other.batch(0, first, 30));
    if (waits && first > 0) part.wait();
    const std::string error = f.node.mirror_error(f.other.batch(first, 30, 30));
    CHECK(error.find("does not contain that of 20") != std::string::npos);
    if (first > 0) CHECK(part.get());
    CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 0);
    CHECK(f.node.mirror_error(f.log.batch(0, 30, 30)) == "");
}

TEST_CASE("a frozen log has nothing witnessed", "[store][witness]") {
    Fixture f;
    REQUIRE(f.node.mirror_error(f.log.batch(0, 12, 12)) == "");
    REQUIRE(f.node.sequencer->freeze(f.maker.origin(), "it forked", Bytes{1}).get());
    CHECK(f.witness(f.log, 12, 20) == ErrorKind::untrusted);
}

TEST_CASE("the time of a cosignature never goes back", "[store][witness]") {
    Fixture f;
    std::vector<UnixSeconds> times;
    auto request = Fixture::request(f.log, 0, 5);
    const auto cosign = [&](UnixSeconds time) {
        times.push_back(time);
        return f.log.note(5);
    };
    request.cosign = cosign;
    REQUIRE(f.node.sequencer->witness(request).get());
    *f.node.now -= 3600;
    request = Fixture::request(f.log, 5, 5);
    request.cosign = cosign;
    REQUIRE(f.node.sequencer->witness(request).get());
    REQUIRE(times.size() == 2);
    CHECK(times[1] >= times[0]);
}

TEST_CASE("dying around the commit leaves a witness that has or has not witnessed",
          "[store][witness][crash][fork]") {
    const auto point = GENERATE(FaultPoint::before_commit, FaultPoint::after_commit);
    Fixture f;
    REQUIRE(f.witness(f.log, 0, 5) == std::nullopt);
    f.node.close();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (!f.node.open().empty()) ::_exit(2);
        set_fault_hook([point](FaultPoint at) {
            if (at == point) ::kill(::getpid(), SIGKILL);
        });
        f.witness(f.log, 5, 9);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(f.node.open() == "");
    const bool kept = point == FaultPoint::after_commit;
    CHECK(f.witnessed() == (kept ? 9u : 5u));
    // Whoever had no answer asks again, hears of the size where it differs, and goes on.
    CHECK(f.witness(f.log, 5, 9) == (kept ? std::optional(ErrorKind::conflict) : std::nullopt));
    CHECK(f.witness(f.log, 9, 12) == std::nullopt);
}

TEST_CASE("who watches the heads hears of each log until he goes", "[store]") {
    Fixture f;
    std::atomic<int> own = 0, mirrored = 0;
    auto watch = f.node.store->watch_heads([&](LogId log) { log == kOwnLog ? ++own : ++mirrored; });
    f.node.must_submit(f.acme.any());
    CHECK(own == 1);
    REQUIRE(f.node.mirror_error(f.log.batch(0, 5, 12)) == "");
    CHECK(mirrored == 0);
    REQUIRE(f.node.mirror_error(f.log.batch(5, 12, 12)) == "");
    CHECK(mirrored == 1);
    watch.reset();
    f.node.must_submit(f.acme.any());
    CHECK(own == 1);
}

}  // namespace reelproof::ledger::tests
