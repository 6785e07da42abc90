// What the store does when its surroundings fail: commits, disks, other processes, other versions.
#include <algorithm>
#include <future>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/store/anchor.h"
#include "ledger/store/schema.h"
#include "ledger/store/state.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

const char* name_of(FaultPoint point) {
    switch (point) {
        case FaultPoint::before_commit:
            return "before commit";
        case FaultPoint::after_commit:
            return "after commit";
        case FaultPoint::before_anchor:
            return "before anchor";
        case FaultPoint::after_anchor:
            return "after anchor";
        case FaultPoint::before_publish:
            return "before publish";
        case FaultPoint::before_answer:
            return "before answer";
        case FaultPoint::before_index_commit:
            return "before index commit";
        case FaultPoint::after_index_commit:
            return "after index commit";
        case FaultPoint::before_wrap:
        case FaultPoint::after_wrap:
        case FaultPoint::amid_backup:
            break;
    }
    return "";
}

}  // namespace

TEST_CASE("a commit in doubt stops the store, and a restart is consistent", "[store][fault]") {
    const auto point =
        GENERATE(FaultPoint::before_commit, FaultPoint::after_commit, FaultPoint::before_anchor,
                 FaultPoint::after_anchor, FaultPoint::before_publish);
    CAPTURE(name_of(point));
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const Bytes statement = org.any();
    {
        const RecordFatal fatal;
        set_fault_hook([point](FaultPoint at) {
            if (at == point) throw EnvironmentError("fdatasync: Input/output error");
        });
        const auto answer = node.sequencer->submit(statement).get();
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind == ErrorKind::unavailable);
        CHECK(contains(fatal.reason(), "Input/output error"));
        set_fault_hook({});
        // Stopped for good, also when the disk is well again.
        CHECK(contains(node.submit_error(org.any()), "has stopped"));
        CHECK_FALSE(node.sequencer->write([](WriteTransaction&) {}).get());
        CHECK(node.size() == 1);
        node.close();
    }
    REQUIRE(node.open() == "");
    CHECK(node.check() == "");
    const bool kept = point != FaultPoint::before_commit;
    CHECK(node.size() == (kept ? 2u : 1u));
    const Placement again = node.must_submit(statement);
    CHECK(again.index == 1);
    CHECK(again.duplicate == kept);
}

TEST_CASE("two faults in a row still leave a consistent store", "[store][fault]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const RecordFatal fatal;
    const auto fail_at = [](FaultPoint point) {
        set_fault_hook([point](FaultPoint at) {
            if (at == point) throw EnvironmentError("no space left on device");
        });
    };
    fail_at(FaultPoint::after_commit);
    CHECK_FALSE(node.sequencer->submit(org.any()).get());
    node.close();
    fail_at(FaultPoint::before_anchor);  // the recovery fails too
    CHECK_THROWS_AS(node.open(), EnvironmentError);
    node.close();
    set_fault_hook({});
    REQUIRE(node.open() == "");
    CHECK(node.size() == 2);
    CHECK(node.check() == "");
}

TEST_CASE("a disk that takes no more ends the process with one clear line",
          "[store][crash][fork]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    int said[2];
    int answered[2];
    REQUIRE(::pipe(said) == 0);
    REQUIRE(::pipe(answered) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(said[1], STDERR_FILENO);
        if (!node.open().empty()) ::_exit(9);
        node.sequencer->submit(org.genesis()).wait();
        // From here on files can't grow: what LMDB sees is the error of a real write.
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{std::uint64_t{512} << 10, std::uint64_t{512} << 10};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        for (;;) {
            const Bytes statement = org.sealed(std::vector<Tag>(20, tag_of(1)));
            if (!node.sequencer->submit(statement).get()) ::_exit(8);
            const Hash leaf = leaf_hash(statement);
            if (::write(answered[1], leaf.data(), leaf.size()) != 32) ::_exit(7);
        }
    }
    ::close(said[1]);
    ::close(answered[1]);
    std::string text;
    std::array<char, 1024> buffer;
    for (ssize_t size; (size = ::read(said[0], buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(size));
    std::vector<Hash> leaves;
    for (Hash leaf; ::read(answered[0], leaf.data(), leaf.size()) == 32;) leaves.push_back(leaf);
    ::close(said[0]);
    ::close(answered[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    CAPTURE(text, status);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
    CHECK(contains(text, "reelproof: store: "));
    CHECK(contains(text, "nothing that was acknowledged is lost, start it again"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);

    REQUIRE(node.open() == "");
    CHECK(leaves.size() > 5);
    for (const Hash& leaf : leaves) CHECK(node.store->find_statement(leaf));
    CHECK(node.check() == "");
}

TEST_CASE("a commit in doubt of a mirrored log stops the store too", "[store][fault]") {
    const auto point = GENERATE(FaultPoint::before_commit, FaultPoint::after_commit);
    CAPTURE(name_of(point));
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const TestOrg maker("maker.example");
    TestNode node(folder.path(), org, {&maker});
    node.open_with_genesis();
    TestLog log(maker);
    log.add(maker.genesis());
    log.add(maker.any());
    {
        const RecordFatal fatal;
        set_fault_hook([point](FaultPoint at) {
            if (at == point) throw EnvironmentError("fdatasync: Input/output error");
        });
        CHECK(contains(node.mirror_error(log.batch(0, 2)), "has stopped"));
        CHECK(contains(fatal.reason(), "Input/output error"));
        node.close();
    }
    REQUIRE(node.open() == "");
    const std::uint64_t kept = node.sequencer->mirror_stored(maker.origin());
    CHECK(kept == (point == FaultPoint::before_commit ? 0u : 2u));
    CHECK(node.mirror_error(log.batch(kept, 2)) == "");
    CHECK(node.check() == "");
}

TEST_CASE("an index commit in doubt stops the store, and is replayed", "[store][fault]") {
    const auto point = GENERATE(FaultPoint::before_index_commit, FaultPoint::after_index_commit);
    CAPTURE(name_of(point));
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const Bytes statement = org.sealed({tag_of(1)});
    node.must_submit(statement);
    {
        const RecordFatal fatal;
        set_fault_hook([point](FaultPoint at) {
            if (at == point) throw EnvironmentError("fdatasync: Input/output error");
        });
        node.close();  // merges what is in memory
        CHECK(contains(fatal.reason(), "tag index"));
    }
    REQUIRE(node.open() == "");
    CHECK(node.store->find_tag(tag_of(1)).envelopes.size() == 1);
    CHECK(node.must_submit(statement).duplicate);
    CHECK(node.check() == "");
}

TEST_CASE("a full map refuses what does not fit and loses nothing", "[store][fault]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    const auto small = [](StoreOptions& options, SequencerOptions&) {
        options.map_size = options.max_map_size = std::uint64_t{2} << 20;
    };
    REQUIRE(node.open(small) == "");
    node.must_submit(org.genesis());
    const std::vector<Tag> tags(50, tag_of(1));
    std::vector<Bytes> taken;
    std::string reason;
    for (int i = 0; i < 500 && reason.empty(); ++i) {
        Bytes statement = org.sealed(tags, kNow, 4);
        reason = node.submit_error(statement);
        if (reason.empty()) taken.push_back(statement);
    }
    CAPTURE(reason);
    CHECK(contains(reason, "the store is full"));
    CHECK(contains(reason, "raise store.max_map_size"));
    CHECK(taken.size() > 10);
    CHECK(node.size() == taken.size() + 1);
    CHECK(contains(node.submit_error(org.sealed(tags, kNow, 4)), "the store is full"));
    CHECK(node.check() == "");

    REQUIRE(node.open() == "");  // with more room
    CHECK(node.submit_error(org.any()) == "");
    const std::uint64_t size = node.size();
    node.must_submit_all(taken);
    CHECK(node.size() == size);  // all of them were there
    CHECK(node.check() == "");
}

TEST_CASE("a contradicted store anchors that, though a round fails with what others want",
          "[store][fault]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    REQUIRE(node.open([](StoreOptions& options, SequencerOptions&) {
        options.map_size = options.max_map_size = std::uint64_t{2} << 20;
    }) == "");
    node.must_submit(org.genesis());
    std::promise<void> go;
    const auto blocked =
        node.sequencer->write([gone = go.get_future().share()](WriteTransaction&) { gone.wait(); });
    // In one round, since the sequencer is kept busy until all three wait for it.
    const auto too_large = node.sequencer->write([](WriteTransaction& writes) {
        writes.put(Table::settings, as_bytes("large"), Bytes(std::size_t{4} << 20));
    });
    const Checkpoint ahead{org.origin(), 7, leaf_hash(as_bytes("another tree"))};
    std::thread caller([&] { node.sequencer->contradicted(ahead, "a mirror has more"); });
    while (node.sequencer->refusing().empty()) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    go.set_value();
    caller.join();
    node.close();
    const auto anchored = Anchor(node.store_options.anchor).read().value();
    REQUIRE(anchored);
    CHECK(anchored->checkpoint == ahead);
}

TEST_CASE("a second process on the same store is sent away", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const auto again = Store::open(node.store_options);
    REQUIRE_FALSE(again);
    CHECK(again.error().kind == ErrorKind::unavailable);
    CHECK(contains(again.error().message, "process " + std::to_string(::getpid())));
    node.close();
    CHECK(Store::open(node.store_options));
}

TEST_CASE("another process may look while the node runs", "[store][fork]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    for (std::uint64_t i = 1; i < 30; ++i) node.must_submit(org.sealed({tag_of(i)}));
    // LMDB forbids a second opening within one process, so this needs a real one.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        StoreOptions options = node.store_options;
        options.read_only = true;
        auto store = Store::open(options);
        const bool good = store && check_store(**store, node.roots).ok() &&
                          (*store)->head(kOwnLog)->checkpoint.size == 30 &&
                          (*store)->find_tag(tag_of(7)).envelopes.size() == 1;
        ::_exit(good ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(node.submit_error(org.any()) == "");
}

TEST_CASE("a store of a newer version is refused untouched", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.close();
    {
        lmdb::Environment environment(node.store_options.folder / "log", 1 << 30, false);
        const auto meta = environment.open_tables({"meta"});
        std::array<std::uint8_t, 4> version;
        schema::put_u32(version.data(), kStoreVersion + 1);
        lmdb::Writer writer(environment);
        writer.put(meta[0], as_bytes(schema::kVersionRow), version);
        writer.commit();
    }
    const auto opened = Store::open(node.store_options);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::refused);
    CHECK(contains(opened.error().message, "version " + std::to_string(kStoreVersion + 1)));
}

TEST_CASE("a log that is cut short is refused, an index is made anew", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    for (std::uint64_t i = 1; i < 30; ++i) node.must_submit(org.sealed({tag_of(i)}));
    node.close();
    const auto size = GENERATE(1, 8192, 20'000);
    StoreOptions to_read = node.store_options;
    to_read.read_only = true;
    SECTION("log") {
        const auto file = node.store_options.folder / "log" / "data.mdb";
        std::filesystem::resize_file(file, static_cast<std::uintmax_t>(size));
        using Catch::Matchers::Contains;
        for (const auto& options : {node.store_options, to_read})
            CHECK_THROWS_WITH(Store::open(options),
                              Contains(file.string() + " is cut short (" + std::to_string(size)) &&
                                  Contains("reelproof ledger recover"));
    }
    SECTION("index") {
        const auto file = node.store_options.folder / "index" / "data.mdb";
        std::filesystem::resize_file(file, static_cast<std::uintmax_t>(size));
        CHECK_THROWS_WITH(Store::open(to_read), Catch::Matchers::Contains("start the node once"));
        REQUIRE(node.open() == "");
        CHECK(node.store->find_tag(tag_of(7)).envelopes.size() == 1);
        CHECK(node.check() == "");
    }
}

TEST_CASE("a store of another log is not signed on", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.close();
    SECTION("another organisation") {
        const TestOrg other("other.example");
        TestNode node_of_other(folder.path(), other);
        CHECK(contains(node_of_other.open(), "keeps the log acme-ems.example/ledger"));
    }
    SECTION("another log key") {
        TestOrg rekeyed = org;
        rekeyed.log_signer = NoteSigner(org.origin(), 0x01, Secret<32>::random());
        TestNode node_rekeyed(folder.path(), rekeyed);
        CHECK(contains(node_rekeyed.open(), "another log key"));
    }
}

TEST_CASE("what was read back otherwise than written is never signed for", "[store][fault]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const Bytes statement = org.sealed({tag_of(1)});
    const std::string before = node.store->head(kOwnLog)->note;
    {
        const RecordFatal fatal;
        // The disk forgets one bit between the commit and the read-back.
        set_fault_hook([&](FaultPoint at) {
            if (at != FaultPoint::after_commit) return;
            const auto file = node.store_options.folder / "log" / "data.mdb";
            const Bytes bytes = *read_file(file, std::size_t{1} << 30);
            const auto found =
                std::search(bytes.begin(), bytes.end(), statement.end() - 64, statement.end());
            REQUIRE(found != bytes.end());
            const int fd = ::open(file.c_str(), O_WRONLY);
            const std::uint8_t flipped = *found ^ 1;
            REQUIRE(::pwrite(fd, &flipped, 1, found - bytes.begin()) == 1);
            ::close(fd);
        });
        const auto answer = node.sequencer->submit(statement).get();
        set_fault_hook({});
        REQUIRE_FALSE(answer);
        CHECK(contains(fatal.reason(), "read back otherwise than written"));
        CHECK(node.store->head(kOwnLog)->note == before);
        CHECK(contains(node.submit_error(org.any()), "has stopped"));
        node.close();
    }
    // Poisoned until somebody has put it right.
    for (int i = 0; i < 2; ++i) {
        CHECK(contains(node.open(), "the store is damaged"));
        node.close();
    }
}

TEST_CASE("a backup that fails names its target and leaves nothing in the way", "[store]") {
    using Catch::Matchers::Contains;
    using Catch::Matchers::StartsWith;
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    for (std::uint64_t i = 1; i < 30; ++i) node.must_submit(org.sealed({tag_of(i)}));
    const auto to = folder.path() / "backup";
    const bool found = GENERATE(false, true);
    if (found) std::filesystem::create_directory(to);
    {
        // The disk takes no more in the middle of the copy.
        const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        ::getrlimit(RLIMIT_FSIZE, &before);
        const rlimit limit{std::uint64_t{24} << 10, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        std::string reason;
        try {
            backup_store(*node.store, to);
        } catch (const EnvironmentError& error) {
            reason = error.what();
        }
        ::setrlimit(RLIMIT_FSIZE, &before);
        ::signal(SIGXFSZ, ignored);
        CHECK_THAT(reason, StartsWith(to.string()) && Contains("File too large"));
    }
    CHECK(std::filesystem::exists(to) == found);
    backup_store(*node.store, to);
    CHECK_THROWS_WITH(backup_store(*node.store, to), Contains("new or an empty folder"));
    CHECK_THROWS_WITH(
        backup_store(*node.store, "/proc/backup"),
        StartsWith("/proc/backup: can't make the folder: ") && !Contains("an empty folder"));
}

TEST_CASE("a backup that was killed is no store, and the next one begins anew", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const auto to = folder.path() / "backup";
    backup_store(*node.store, to);
    CHECK_FALSE(takes_backup(to));
    // As if it had died before the last step.
    std::filesystem::rename(to / "log", to / "log.part");
    CHECK(takes_backup(to));
    StoreOptions options;
    options.folder = to;
    options.read_only = true;
    CHECK_FALSE(Store::open(options));
    backup_store(*node.store, to);
    CHECK(Store::open(options));
    CHECK_FALSE(std::filesystem::exists(to / "log.part"));
    // Of somebody else's files nothing is cleared away.
    CHECK_FALSE(takes_backup(folder.path()));
}

TEST_CASE("a backup taken while the node writes is consistent", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const TestOrg maker("maker.example");
    TestNode node(folder.path(), org, {&maker});
    node.open_with_genesis();
    TestLog log(maker);
    log.add(maker.genesis());
    for (std::uint64_t i = 0; i < 60; ++i) log.add(maker.sealed({tag_of(1000 + i)}));
    std::atomic<bool> done = false;
    std::atomic<std::uint64_t> next = 0;
    std::thread writer([&] {
        while (!done) {
            node.sequencer->submit(org.sealed({tag_of(next)})).wait();
            if (++next % 10 == 0 && next / 10 <= 60)
                node.sequencer->store_mirror(log.batch(next / 10 - 1, next / 10, next / 10)).wait();
        }
    });
    std::vector<std::uint64_t> sizes;
    for (int i = 0; i < 5; ++i) {
        while (next < std::uint64_t(i + 1) * 20) std::this_thread::yield();
        // The index has rows in LMDB that the backup's log must have too.
        node.store->state().index->merge();
        sizes.push_back(node.size());
        backup_store(*node.store, folder.path() / ("backup" + std::to_string(i)));
    }
    done = true;
    writer.join();
    node.close();
    for (int i = 0; i < 5; ++i) {
        TestNode copy(folder.path() / ("node" + std::to_string(i)), org, {&maker});
        copy.store_options.folder = folder.path() / ("backup" + std::to_string(i));
        auto store = Store::open(copy.store_options);
        REQUIRE(store);
        CHECK((*store)->head(kOwnLog)->checkpoint.size >= sizes[std::size_t(i)]);
        const auto report = check_store(**store, node.roots);
        CHECK(report.ok());
        CHECK((*store)->find_tag(tag_of(7)).envelopes.size() == 1);
    }
}

TEST_CASE("a backup of a live store is a store", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const Bytes statement = org.sealed({tag_of(1)});
    node.must_submit(statement);
    backup_store(*node.store, folder.path() / "backup");
    CHECK_THROWS_AS(backup_store(*node.store, folder.path() / "backup"), EnvironmentError);
    node.close();

    node.store_options.folder = folder.path() / "backup";
    REQUIRE(node.open() == "");
    CHECK(node.store->find_tag(tag_of(1)).envelopes.size() == 1);
    CHECK(node.must_submit(statement).duplicate);
    CHECK(node.check() == "");
}

}  // namespace reelproof::ledger::tests
