// kill -9 in the middle of ingest: whatever was answered is there, once, and the store is sound.
#include <algorithm>
#include <iostream>
#include <limits>
#include <random>
#include <set>
#include <thread>

#include <catch2/catch.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

constexpr int kClients = 4;

// The child: ingests until it is killed, and writes the leaf hash of each answered statement to the
// pipe (a write of 32 bytes is atomic). Some statements are submitted twice.
[[noreturn]] void ingest_until_killed(TestNode& node, int pipe_end) {
    if (!node.open().empty()) ::_exit(2);
    if (node.size() == 0) node.sequencer->submit(node.org.genesis()).wait();
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i)
        clients.emplace_back([&, i] {
            for (std::uint64_t n = 0;; ++n) {
                const Bytes statement =
                    n % 50 == 49 ? node.org.grant(SecretKey::generate().public_key(), {"sealed"})
                                 : node.org.sealed({random_tag(), random_tag()});
                auto answer = node.sequencer->submit(statement);
                if ((n + static_cast<std::uint64_t>(i)) % 3 == 0)
                    node.sequencer->submit(statement).wait();
                if (!answer.get()) ::_exit(3);
                const Hash leaf = leaf_hash(statement);
                if (::write(pipe_end, leaf.data(), leaf.size()) != 32) ::_exit(4);
            }
        });
    for (auto& client : clients) client.join();
    ::_exit(5);
}

// Reads what was answered: up to `count`, or to the end.
void read_answers(int fd, std::size_t count, std::vector<Hash>& answered) {
    Hash leaf;
    std::size_t have = 0;
    while (count > 0) {
        const ssize_t size = ::read(fd, leaf.data() + have, leaf.size() - have);
        if (size <= 0) return;
        have += static_cast<std::size_t>(size);
        if (have < leaf.size()) continue;
        answered.push_back(leaf);
        have = 0;
        --count;
    }
}

void kill_and_look(int rounds) {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.store_options.map_size = std::uint64_t{256} << 20;
    std::mt19937 random(static_cast<unsigned>(::getpid()));
    std::vector<Hash> answered;
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(ends[0]);
            ingest_until_killed(node, ends[1]);
        }
        ::close(ends[1]);
        // By answers rather than by the clock, so that a busy machine kills at the same places;
        // each third round while it still opens the store.
        const auto wanted = std::uniform_int_distribution<std::size_t>(0, 60)(random);
        const auto then = std::uniform_int_distribution<int>(0, 20'000)(random);
        if (round % 3 != 2) read_answers(ends[0], wanted, answered);
        std::this_thread::sleep_for(std::chrono::microseconds(then));
        ::kill(child, SIGKILL);
        read_answers(ends[0], std::numeric_limits<std::size_t>::max(), answered);
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));

        REQUIRE(node.open() == "");
        std::size_t missing = 0;
        for (const Hash& leaf : answered)
            if (!node.store->find_statement(leaf)) ++missing;
        CHECK(missing == 0);
        const std::string findings = node.check();
        CHECK(findings == "");
        std::set<Hash> leaves;
        for (std::uint64_t i = 0; i < node.size(); ++i)
            leaves.insert(leaf_hash(*node.store->entry(kOwnLog, i)));
        CHECK(leaves.size() == node.size());
        // Closed as a crash would: the child must replay too.
        node.close();
    }
    CHECK(answered.size() > static_cast<std::size_t>(rounds));
}

}  // namespace

TEST_CASE("kill -9 during ingest loses nothing that was answered", "[store][crash][fork]") {
    kill_and_look(15);
}

TEST_CASE("kill -9 during ingest, two hundred times, loses nothing that was answered", "[.slow]") {
    kill_and_look(200);
}

TEST_CASE("kill -9 while a log is mirrored loses nothing that was answered",
          "[store][crash][fork]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const TestOrg maker("maker.example");
    TestNode node(folder.path(), org, {&maker});
    node.store_options.map_size = std::uint64_t{256} << 20;
    TestLog log(maker);
    log.add(maker.genesis());
    while (log.entries.size() < 1500) log.add(maker.sealed({random_tag(), random_tag()}));
    // Parts of 20 entries; every third of them completes a checkpoint.
    std::vector<MirrorBatch> batches;
    for (std::uint64_t from = 0; from < 1500; from += 20)
        batches.push_back(log.batch(from, from + 20, (from / 60 + 1) * 60));
    std::mt19937 random(static_cast<unsigned>(::getpid()));
    std::uint64_t answered = 0;
    for (int round = 0; answered < 1500 && round < 100; ++round) {
        CAPTURE(round);
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            if (!node.open().empty()) ::_exit(2);
            if (node.size() == 0) node.sequencer->submit(org.genesis()).wait();
            for (std::uint64_t at = node.sequencer->mirror_stored(maker.origin()); at < 1500;) {
                if (!node.sequencer->store_mirror(batches[at / 20]).get()) ::_exit(3);
                at += 20;
                if (::write(ends[1], &at, sizeof at) != sizeof at) ::_exit(4);
            }
            ::pause();
        }
        ::close(ends[1]);
        const auto lifetime =
            std::chrono::microseconds(std::uniform_int_distribution<int>(5'000, 60'000)(random));
        std::thread killer([&] {
            std::this_thread::sleep_for(lifetime);
            ::kill(child, SIGKILL);
        });
        for (std::uint64_t at; ::read(ends[0], &at, sizeof at) == sizeof at;) answered = at;
        killer.join();
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        REQUIRE(node.open() == "");
        CHECK(node.sequencer->mirror_stored(maker.origin()) >= answered);
        CHECK(node.check() == "");
        node.close();
    }
    REQUIRE(node.open() == "");
    for (std::uint64_t at = node.sequencer->mirror_stored(maker.origin()); at < 1500; at += 20)
        REQUIRE(node.mirror_error(batches[at / 20]) == "");
    CHECK(node.store->head(1)->checkpoint == log.checkpoint(1500));
    CHECK(node.check() == "");
}

TEST_CASE("dying at each step of a commit loses nothing that was answered",
          "[store][crash][fork]") {
    const auto point =
        GENERATE(FaultPoint::before_commit, FaultPoint::after_commit, FaultPoint::before_anchor,
                 FaultPoint::after_anchor, FaultPoint::before_publish, FaultPoint::before_answer,
                 FaultPoint::before_index_commit, FaultPoint::after_index_commit);
    CAPTURE(static_cast<int>(point));
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    const Bytes first = org.any();
    const Bytes second = org.any();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (!node.open().empty()) ::_exit(2);
        node.sequencer->submit(org.genesis()).wait();
        node.sequencer->submit(first).wait();
        set_fault_hook([point](FaultPoint at) {
            if (at == point) ::kill(::getpid(), SIGKILL);
        });
        node.sequencer->submit(second).wait();
        node.close();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));

    REQUIRE(node.open() == "");
    CHECK(node.check() == "");
    CHECK(node.must_submit(first).duplicate);
    CHECK(node.must_submit(second).index == 2);
    CHECK(node.size() == 3);
    CHECK(node.check() == "");
}

}  // namespace reelproof::ledger::tests
