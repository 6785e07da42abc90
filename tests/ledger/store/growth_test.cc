// The map grows while the store is read and written.
#include <algorithm>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/store/lmdb.h"
#include "ledger/store/state.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

using namespace std::chrono_literals;

using Growth = lmdb::Environment::Growth;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

Bytes key_of(std::uint64_t number) {
    Bytes key(8);
    schema::put_u64(key.data(), number);
    return key;
}

// Puts 64 KiB rows until `megabytes` are used.
void fill(lmdb::Environment& environment, lmdb::TableHandle table, std::uint64_t megabytes) {
    for (std::uint64_t row = 0; row < megabytes * 16; ++row) {
        lmdb::Writer writer(environment);
        writer.put(table, key_of(row), Bytes(65'000, std::uint8_t(row)));
        writer.commit();
    }
}

void small_map(StoreOptions& options, SequencerOptions&) {
    options.map_size = 2 * kMiB;
    options.max_map_size = 64 * kMiB;
}

}  // namespace

TEST_CASE("a store grows under readers, and nobody is refused", "[store][growth]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    REQUIRE(node.open(small_map) == "");
    node.must_submit(org.genesis());
    std::atomic<bool> done = false;
    std::atomic<std::uint64_t> read = 0, wrong = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!done) {
                const auto head = node.store->head(kOwnLog);
                const std::uint64_t last = head->checkpoint.size - 1;
                if (!node.store->entry(kOwnLog, last)) ++wrong;
                if (tree_root(last + 1, node.store->subtree(kOwnLog)) != head->checkpoint.root)
                    ++wrong;
                // One reader within another, as a visit of entries that looks something up.
                node.store->scan(Table::settings, [&](ByteView, ByteView) {
                    return node.store->get(Table::settings, as_bytes("x")).has_value();
                });
                ++read;
            }
        });
    std::string refused;
    for (int i = 0; i < 300 && refused.empty(); ++i) {
        std::vector<Tag> tags(50);
        std::generate(tags.begin(), tags.end(), random_tag);
        refused = node.submit_error(org.sealed(tags, kNow, 4));
    }
    done = true;
    for (std::thread& reader : readers) reader.join();
    CHECK(refused == "");
    CHECK(read > 0);
    CHECK(wrong == 0);
    CHECK(node.size() == 301);
    const auto stats = node.store->stats();
    CHECK(stats.map_size > 8 * kMiB);
    CHECK(stats.map_used <= stats.map_size);
    CHECK(node.check() == "");
    // A smaller map in the configuration is no obstacle later.
    REQUIRE(node.open(small_map) == "");
    node.must_submit(org.any());
    CHECK(node.size() == 302);
}

TEST_CASE("a store that readers keep from growing does not say that it is full",
          "[store][growth]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    REQUIRE(node.open(small_map) == "");
    node.must_submit(org.genesis());
    const std::vector<Tag> tags(50, tag_of(1));
    std::string reason;
    {
        const lmdb::Reader reader(node.store->state().log);
        for (int i = 0; i < 500 && reason.empty(); ++i)
            reason = node.submit_error(org.sealed(tags, kNow, 4));
    }
    CHECK_THAT(reason, Catch::Matchers::Contains("reads from it for long; try again"));
    CHECK(node.submit_error(org.sealed(tags, kNow, 4)) == "");
}

TEST_CASE("a full map is told as what it is, a want of space", "[store][growth]") {
    const TempFolder folder;
    lmdb::Environment environment(folder.path(), kMiB, false);
    const auto table = environment.open_tables({"rows"}).front();
    bool full = false;
    try {
        fill(environment, table, 2);
    } catch (const lmdb::MapFull& trouble) {
        try {
            std::rethrow_if_nested(trouble);
        } catch (const std::system_error& cause) {
            full = cause.code() == std::errc::no_space_on_device;
        }
    }
    CHECK(full);
}

TEST_CASE("the tag index grows when a merge needs it", "[store][growth]") {
    const TempFolder folder;
    TagIndex index(folder.path(), 1 * kMiB, 256 * kMiB, false,
                   [](LogId, std::uint64_t) { return std::optional<Hash>(Hash{}); });
    constexpr std::uint64_t kRows = 40'000;
    for (std::uint64_t i = 0; i < kRows; ++i) {
        const EnvelopeSpan span{.tag = random_tag(), .offset = 1, .length = 2};
        const IndexedStatement statement{
            .place = {1, i}, .iss = "a.example", .envelopes = {&span, 1}};
        index.add({&statement, 1});
    }
    CHECK(index.merge());
    CHECK(index.envelopes_merged() == kRows);
    CHECK_FALSE(index.full());
}

TEST_CASE("a map does not grow while somebody reads from it", "[store][growth]") {
    const TempFolder folder;
    lmdb::Environment environment(folder.path(), 4 * kMiB, false);
    const auto table = environment.open_tables({"t"})[0];
    fill(environment, table, 1);
    {
        const lmdb::Reader reader(environment);
        CHECK(environment.grow(16 * kMiB, 64 * kMiB, 20ms) == Growth::readers);
        // Where there is no more room to be had, nobody is waited for.
        CHECK(environment.grow(16 * kMiB, 4 * kMiB, 1h) == Growth::limit);
        CHECK(environment.map_size() == 4 * kMiB);
        const lmdb::Reader within(environment);
        CHECK(within.get(table, key_of(3)));
        CHECK(reader.get(table, key_of(3))->size() == 65'000);
    }
    CHECK(environment.grow(16 * kMiB, 64 * kMiB, 20ms) == Growth::grown);
    CHECK(environment.map_size() == 32 * kMiB);
    CHECK(environment.grow(128 * kMiB, 32 * kMiB, 20ms) == Growth::limit);
    fill(environment, table, 12);
    CHECK(lmdb::Reader(environment).rows(table) == 12 * 16);
}

TEST_CASE("another process follows a map that has grown", "[store][growth]") {
    const TempFolder folder;
    int go[2];
    int ready[2];
    REQUIRE(::pipe(go) == 0);
    REQUIRE(::pipe(ready) == 0);
    {
        lmdb::Environment first(folder.path(), 2 * kMiB, false);
        fill(first, first.open_tables({"t"})[0], 1);
    }
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    char byte = 0;
    if (child == 0) {
        lmdb::Environment environment(folder.path(), 2 * kMiB, true);
        const auto table = environment.open_tables({"t"})[0];
        bool good = lmdb::Reader(environment).rows(table) == 16;
        good = ::write(ready[1], &byte, 1) == 1 && ::read(go[0], &byte, 1) == 1 && good;
        try {
            good = good && lmdb::Reader(environment).rows(table) == 16 * 8;
        } catch (const std::exception&) {
            good = false;
        }
        ::_exit(good ? 0 : 1);
    }
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    lmdb::Environment environment(folder.path(), 2 * kMiB, false);
    REQUIRE(environment.grow(16 * kMiB, 64 * kMiB, 1s) == Growth::grown);
    fill(environment, environment.open_tables({"t"})[0], 8);
    REQUIRE(::write(go[1], &byte, 1) == 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a process that died reading is cleared away", "[store][growth]") {
    const TempFolder folder;
    lmdb::Environment environment(folder.path(), 4 * kMiB, false);
    const auto table = environment.open_tables({"t"})[0];
    fill(environment, table, 1);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        lmdb::Environment other(folder.path(), 4 * kMiB, true);
        const lmdb::Reader reader(other);
        ::_exit(0);  // without ending it
    }
    ::waitpid(child, nullptr, 0);
    CHECK(environment.clear_dead_readers() == 1);
    CHECK(environment.clear_dead_readers() == 0);
}

TEST_CASE("the stats name tables, sizes and the version", "[store][growth]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.must_submit(org.sealed({tag_of(1)}));
    node.close();
    REQUIRE(node.open() == "");
    const auto stats = node.store->stats();
    CHECK(stats.version == kPlainVersion);
    const auto rows = [&](const std::string& name) {
        for (const auto& table : stats.tables)
            if (table.name == name) return table.rows;
        return std::uint64_t{0};
    };
    CHECK(rows("entries") == 2);
    CHECK(rows("publics") == 1);
    CHECK(rows("index.tags") == 1);
    CHECK(stats.index_size > stats.index_used);
    CHECK(stats.map_reusable < stats.map_used);
}

}  // namespace reelproof::ledger::tests
