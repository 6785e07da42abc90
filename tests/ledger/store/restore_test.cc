#include "ledger/store/restore.h"

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/store/replace.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

// What the files hold, but for LMDB's own lock files.
std::map<fs::path, Bytes> files_of(const fs::path& folder) {
    std::map<fs::path, Bytes> files;
    for (const auto& one : fs::recursive_directory_iterator(folder))
        if (one.is_regular_file() && one.path().filename() != "lock.mdb")
            files[one.path()] = read_file(one.path(), std::size_t{1} << 30).value();
    return files;
}

}  // namespace

TEST_CASE("a restored backup forgets nothing of others' logs", "[store][restore]") {
    const TempFolder folder;
    const TestOrg acme("acme-ems.example"), maker("maker.example"), cut("cut.example"),
        bad("bad.example");
    TestNode node(folder.path() / "store", acme, {&maker, &cut, &bad});
    node.open_with_genesis();
    std::map<const TestOrg*, TestLog> logs;
    for (const TestOrg* org : {&maker, &cut, &bad}) {
        TestLog& log = logs.emplace(org, *org).first->second;
        log.add(org->genesis());
        while (log.entries.size() < 12) log.add(org->any());
        REQUIRE(node.mirror_error(log.batch(0, 5, 5)) == "");
    }
    const fs::path backup = folder.path() / "backup";
    backup_store(*node.store, backup);

    // After it: one log is mirrored further, one goes further as a witness sees it, one is frozen.
    REQUIRE(node.mirror_error(logs.at(&maker).batch(5, 12, 12)) == "");
    std::vector<Hash> proof;
    {
        const TestLog& log = logs.at(&cut);
        proof = consistency_proof(5, 9, [&](int level, std::uint64_t index) {
            Frontier tree;
            for (std::uint64_t i = index << level; i < (index + 1) << level; ++i)
                tree.append(leaf_hash(log.entries[i]));
            return tree.root();
        });
        REQUIRE(node.sequencer
                    ->witness({log.checkpoint(9), 5, proof,
                               [note = log.note(9)](UnixSeconds) { return note; }})
                    .get());
    }
    TestLog fork(bad);
    fork.add(bad.genesis());
    while (fork.entries.size() < 5) fork.add(bad.any());
    REQUIRE(
        node.sequencer->freeze(bad.origin(), "it forked", evidence_of_fork(logs.at(&bad), fork, 5))
            .get());
    node.close();

    StoreOptions options = node.store_options;
    if (GENERATE(false, true)) options.folder += "/";
    const auto done = restore_store(options, backup, acme.origin(), node.roots);
    REQUIRE(done);
    CHECK(done->not_carried_over == "");
    CHECK_FALSE(fs::exists(folder.path() / "store.restoring"));
    CHECK_FALSE(fs::exists(folder.path() / "store.probe"));
    REQUIRE(node.open() == "");
    CHECK(node.check() == "");
    REQUIRE(node.store->witnessed(maker.origin()));
    CHECK(node.store->witnessed(maker.origin())->checkpoint == logs.at(&maker).checkpoint(12));
    REQUIRE(node.store->witnessed(cut.origin()));
    CHECK(node.store->witnessed(cut.origin())->checkpoint == logs.at(&cut).checkpoint(9));
    CHECK(node.store->log_by_origin(bad.origin())->frozen == "it forked");
    CHECK(node.store->get(Table::evidence, as_bytes(bad.origin())));

    // What contradicts it is not taken, what leads on is.
    TestLog forked(maker);
    forked.entries.assign(logs.at(&maker).entries.begin(), logs.at(&maker).entries.begin() + 5);
    while (forked.entries.size() < 14) forked.add(maker.any());
    CHECK(node.mirror_error(forked.batch(5, 14, 14)) != "");
    CHECK(node.mirror_error(logs.at(&maker).batch(5, 12, 12)) == "");
}

TEST_CASE("a backup is whole though entries of a mirror are dropped while it is made",
          "[store][restore]") {
    const TempFolder folder;
    const TestOrg acme("acme-ems.example"), maker("maker.example");
    TestNode node(folder.path() / "store", acme, {&maker});
    const bool encrypted = GENERATE(false, true);
    if (encrypted) node.store_options.data_key = Secret<32>::random();
    node.open_with_genesis();
    TestLog log(maker), lies(maker);
    log.add(maker.genesis());
    while (log.entries.size() < 5) log.add(maker.any());
    lies.entries = log.entries;
    for (TestLog* one : {&log, &lies})
        while (one->entries.size() < 20) one->add(maker.any());
    REQUIRE(node.mirror_error(log.batch(0, 5, 5)) == "");
    REQUIRE(node.mirror_error(lies.batch(5, 19)) == "");
    const auto drop = [&] {
        CHECK(node.mirror_error(log.batch(19, 20)) != "");
        CHECK(node.sequencer->mirror_stored(maker.origin()) == 5);
    };
    const fs::path backup = folder.path() / "backup";
    SECTION("between its two halves") {
        set_fault_hook([&](FaultPoint at) {
            if (at == FaultPoint::amid_backup) drop();
        });
        backup_store(*node.store, backup);
        set_fault_hook({});
        CHECK_FALSE(fs::exists(backup / "lock"));
        StoreOptions to_read = node.store_options;
        to_read.folder = backup;
        to_read.read_only = true;
        const auto copy = Store::open(to_read);
        REQUIRE(copy);
        CHECK(check_store(**copy, node.roots).ok());
    }
    SECTION("and it was made by hand, of halves that don't belong together") {
        backup_store(*node.store, backup);
        drop();
        const fs::path other = folder.path() / "other";
        backup_store(*node.store, other);
        fs::remove_all(backup / "log");
        fs::rename(other / "log", backup / "log");
    }
    SECTION("and its index is damaged") {
        drop();
        backup_store(*node.store, backup);
        const fs::path index = backup / "index" / "data.mdb";
        const auto kept = GENERATE(0, 2, 4);
        CAPTURE(kept);
        if (kept == 4)
            fs::remove_all(index.parent_path());
        else
            fs::resize_file(index, fs::file_size(index) * static_cast<unsigned>(kept) / 4);
    }
    node.close();
    // Whose it may be is not known yet.
    write_file_durably(backup / "lock", {});
    const auto before = files_of(backup);
    REQUIRE_FALSE(restore_store(node.store_options, backup, maker.origin(), node.roots));
    REQUIRE(restore_store(node.store_options, backup, acme.origin(), node.roots));
    CHECK(files_of(backup) == before);
    CHECK_FALSE(fs::exists(folder.path() / "store.reindexed"));
    REQUIRE(node.open() == "");
    CHECK(node.check() == "");
    CHECK(node.mirror_error(log.batch(node.sequencer->mirror_stored(maker.origin()), 20)) == "");
}

TEST_CASE("a store that nothing can take the place of is told before any work",
          "[store][restore]") {
    CHECK_THROWS_WITH(check_replaceable("/proc/"), Contains("is a mount point"));
    CHECK_NOTHROW(check_replaceable("/nowhere/at/all"));
    const TempFolder folder;
    fs::create_directory(folder.path() / "store");
    check_replaceable(folder.path() / "store");
    CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

}  // namespace reelproof::ledger::tests
