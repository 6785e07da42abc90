// Business data in the store lies there encrypted under the data key.
#include "ledger/store/node_rows.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/store/migrate.h"
#include "ledger/store/state.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

using Catch::Matchers::Contains;

constexpr Table kTables[] = {Table::idempotency, Table::observations, Table::verdicts};

// A store with a row in each table, its files, and the two ways to open it.
struct Rows {
    TempFolder folder;
    const TestOrg org{"acme-ems.example"};
    TestNode node{folder.path(), org};
    const Secret<32> key = Secret<32>::random();
    const Bytes name = to_bytes(as_bytes("NL52840-QIAA-R/7AB123"));
    const Bytes value = to_bytes(as_bytes("HOLD, said Maria Muster at goods-in"));

    std::string open_with(const std::optional<Secret<32>>& data_key) {
        return node.open(
            [&](StoreOptions& options, SequencerOptions&) { options.data_key = data_key; });
    }
    void begin(const std::optional<Secret<32>>& data_key) {
        REQUIRE(open_with(data_key) == "");
        node.must_submit(org.genesis());
        REQUIRE(put_all());
    }
    Result<void> put_all() {
        return node.sequencer
            ->write([&](WriteTransaction& writes) {
                for (const auto table : kTables) writes.put(table, name, value);
            })
            .get();
    }
    [[nodiscard]] bool has_all() const {
        return std::all_of(std::begin(kTables), std::end(kTables),
                           [&](Table table) { return node.store->get(table, name) == value; });
    }
    // In any file of the store.
    [[nodiscard]] bool on_disk(ByteView text) const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
            if (!entry.is_regular_file()) continue;
            const Bytes bytes = read_file(entry.path(), std::size_t{1} << 30).value();
            if (std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end())
                return true;
        }
        return false;
    }
    // Changes the tables behind the store's back.
    void change(const std::function<void(lmdb::Writer&, lmdb::TableHandle)>& how,
                const std::string& table = "node.verdicts") {
        node.close();
        lmdb::Environment environment(node.store_options.folder / "log", 1 << 30, false);
        const auto tables = environment.open_tables({table});
        lmdb::Writer writer(environment);
        how(writer, tables[0]);
        writer.commit();
    }
};

}  // namespace

TEST_CASE("business data is found under its key, and in no file", "[store][encryption]") {
    Rows rows;
    rows.begin(rows.key);
    CHECK(rows.has_all());
    CHECK(rows.node.store->encrypted());
    for (const auto table : kTables)
        rows.node.store->scan(table, [&](ByteView key, ByteView value) {
            CHECK(equal(key, rows.name));
            CHECK(equal(value, rows.value));
            return true;
        });
    CHECK_FALSE(rows.on_disk(rows.name));
    CHECK_FALSE(rows.on_disk(rows.value));
    CHECK_FALSE(rows.on_disk(rows.key.expose()));
    CHECK(rows.on_disk(as_bytes("acme-ems.example/ledger")));  // the search does find

    REQUIRE(rows.open_with(rows.key) == "");
    CHECK(rows.has_all());
    REQUIRE(rows.node.sequencer
                ->write([&](WriteTransaction& writes) {
                    CHECK(writes.get(Table::verdicts, rows.name) == rows.value);
                    writes.remove(Table::verdicts, rows.name);
                })
                .get());
    CHECK_FALSE(rows.node.store->get(Table::verdicts, rows.name));
    CHECK(rows.node.check() == "");
}

TEST_CASE("a sweep comes by every row, bit by bit, and keeps, changes or removes it",
          "[store][encryption]") {
    Rows rows;
    rows.begin(GENERATE(false, true) ? std::optional(rows.key) : std::nullopt);
    constexpr int kRows = 50;
    const auto name = [](int i) { return to_bytes(as_bytes("row " + std::to_string(i))); };
    REQUIRE(rows.node.sequencer
                ->write([&](WriteTransaction& writes) {
                    writes.remove(Table::verdicts, rows.name);
                    for (int i = 0; i < kRows; ++i)
                        writes.put(Table::verdicts, name(i),
                                   Bytes{static_cast<std::uint8_t>(i % 3)});
                })
                .get());
    Bytes position(32, 0x80);
    std::size_t seen = 0;
    const auto sweep = [&](std::size_t count) {
        const auto swept = rows.node.sequencer
                               ->write([&](WriteTransaction& writes) {
                                   writes.sweep(Table::verdicts, position, count,
                                                [&](ByteView value) -> std::optional<Bytes> {
                                                    ++seen;
                                                    if (value[0] == 0) return std::nullopt;
                                                    if (value[0] == 1) return Bytes{7, 7};
                                                    return to_bytes(value);
                                                });
                               })
                               .get();
        REQUIRE(swept);
    };
    sweep(4);
    CHECK(seen == 4);
    // Each round that begins anew comes by all of them.
    for (int i = 0; i < 2 * kRows / 4; ++i) sweep(4);
    for (int i = 0; i < kRows; ++i) {
        const auto value = rows.node.store->get(Table::verdicts, name(i));
        if (i % 3 == 0)
            CHECK_FALSE(value);
        else
            CHECK(value == (i % 3 == 1 ? Bytes{7, 7} : Bytes{2}));
    }
    CHECK(rows.node.check() == "");
}

TEST_CASE("a sweep passes a damaged row over", "[store][encryption]") {
    Rows rows;
    rows.begin(rows.key);
    rows.change([](lmdb::Writer& writer, lmdb::TableHandle table) {
        writer.put(table, Bytes(32, 0x41), Bytes(100, 0x42));
    });
    REQUIRE(rows.open_with(rows.key) == "");
    Bytes position;
    REQUIRE(rows.node.sequencer
                ->write([&](WriteTransaction& writes) {
                    writes.sweep(Table::verdicts, position, 10,
                                 [](ByteView) { return std::optional<Bytes>(); });
                })
                .get());
    CHECK_FALSE(rows.node.store->get(Table::verdicts, rows.name));
    CHECK_THAT(rows.node.check(), Contains("verdicts"));  // it is still there
}

TEST_CASE("without the data key all but business data can be used", "[store][encryption]") {
    Rows rows;
    rows.begin(rows.key);
    REQUIRE(rows.open_with(std::nullopt) == "");
    CHECK(rows.node.check() == "");
    CHECK(rows.node.submit_error(rows.org.any()) == "");
    REQUIRE(rows.node.sequencer
                ->write([](WriteTransaction& writes) {
                    writes.put(Table::settings, as_bytes("a"), as_bytes("b"));
                })
                .get());
    CHECK_THROWS_WITH(rows.node.store->get(Table::verdicts, rows.name),
                      Contains("verdicts") && Contains("data key"));
    // Never plain rows among the encrypted.
    const auto written = rows.put_all();
    REQUIRE_FALSE(written);
    CHECK_THAT(written.error().message, Contains("idempotency") && Contains("data key"));
    CHECK_THAT(rows.open_with(Secret<32>::random()), Contains("another data key"));
    REQUIRE(rows.open_with(rows.key) == "");
    CHECK(rows.has_all());
}

TEST_CASE("a plain store is encrypted once it is opened with a data key", "[store][encryption]") {
    Rows rows;
    rows.begin(std::nullopt);
    CHECK(rows.on_disk(rows.name));
    CHECK_FALSE(rows.node.store->encrypted());
    rows.node.close();
    // Cut off in the middle, all is as it was.
    set_fault_hook([](FaultPoint at) {
        if (at == FaultPoint::before_commit) throw EnvironmentError("out of power");
    });
    CHECK_THROWS_WITH(rows.open_with(rows.key), "out of power");
    set_fault_hook({});
    rows.node.close();
    REQUIRE(rows.open_with(std::nullopt) == "");
    CHECK_FALSE(rows.node.store->encrypted());
    CHECK(rows.has_all());

    REQUIRE(rows.open_with(rows.key) == "");
    CHECK(rows.node.store->encrypted());
    CHECK(rows.has_all());
    // A backup leaves the freed pages behind, in which the old rows may stand for a while.
    const auto copy = rows.folder.path() / "backup";
    backup_store(*rows.node.store, copy);
    const Bytes bytes = read_file(copy / "log/data.mdb", std::size_t{1} << 30).value();
    CHECK(std::search(bytes.begin(), bytes.end(), rows.name.begin(), rows.name.end()) ==
          bytes.end());
}

TEST_CASE("the check opens what is encrypted, or says what it skipped", "[store][encryption]") {
    Rows rows;
    rows.begin(rows.key);
    const auto with_key = check_store(*rows.node.store, {});
    CHECK(with_key.rows == 3);
    CHECK(with_key.rows_skipped == 0);
    REQUIRE(rows.open_with(std::nullopt) == "");
    const auto without = check_store(*rows.node.store, {});
    CHECK(without.rows == 0);
    CHECK(without.rows_skipped == 3);
    CHECK(rows.node.check() == "");
}

TEST_CASE("the version of a store says that it is encrypted", "[store][encryption]") {
    Rows rows;
    const auto version = [&] {
        lmdb::Environment environment(rows.node.store_options.folder / "log", 1 << 30, true);
        return stored_version(environment);
    };
    rows.begin(std::nullopt);
    rows.node.close();
    CHECK(version() == kPlainVersion);
    REQUIRE(rows.open_with(rows.key) == "");
    rows.node.close();
    CHECK(version() == kStoreVersion);
    REQUIRE(rows.open_with(rows.key) == "");
    CHECK(rows.node.store->stats().version == kStoreVersion);
    rows.node.close();
    CHECK(version() == kStoreVersion);
}

TEST_CASE("no row that is lost makes a plain store of an encrypted one", "[store][encryption]") {
    Rows rows;
    const auto set = [&](std::string_view row, const Bytes& value) {
        rows.change(
            [&](lmdb::Writer& writer, lmdb::TableHandle meta) {
                if (value.empty())
                    writer.remove(meta, as_bytes(row));
                else
                    writer.put(meta, as_bytes(row), value);
            },
            "meta");
    };
    const auto refused = [&] {
        for (const auto& key : {std::optional<Secret<32>>(), std::optional(rows.key)}) {
            CHECK_THAT(rows.open_with(key), Contains("the store is damaged"));
            auto options = rows.node.store_options;
            options.data_key = key;
            options.read_only = true;
            const auto looked = Store::open(options);
            REQUIRE_FALSE(looked);
            CHECK(looked.error().kind == ErrorKind::invalid);
        }
    };
    const Bytes plain{0, 0, 0, kPlainVersion}, encrypted{0, 0, 0, kStoreVersion};
    SECTION("of an encrypted store") {
        rows.begin(rows.key);
        Bytes mark;
        rows.change(
            [&](lmdb::Writer& writer, lmdb::TableHandle meta) {
                mark = to_bytes(*writer.get(meta, as_bytes("data_key")));
            },
            "meta");
        set("data_key", {});
        refused();
        set("data_key", Bytes(mark.begin(), mark.end() - 1));
        refused();
        set("data_key", mark);
        set("version", plain);
        refused();
        set("version", {});
        refused();
        set("version", encrypted);
        REQUIRE(rows.open_with(rows.key) == "");
        CHECK(rows.has_all());
        // Both: with the data key, what is ciphertext already is not encrypted again.
        set("version", plain);
        set("data_key", {});
        REQUIRE(rows.open_with(rows.key) == "");
        CHECK(rows.has_all());
        CHECK(rows.node.check() == "");
    }
    SECTION("of a plain store") {
        rows.begin(std::nullopt);
        set("version", encrypted);
        refused();
        set("version", {});
        refused();
        set("version", plain);
        REQUIRE(rows.open_with(std::nullopt) == "");
        CHECK(rows.has_all());
    }
}

TEST_CASE("a store that is encrypted grows where its map is too small", "[store][encryption]") {
    Rows rows;
    constexpr std::uint64_t kMap = std::uint64_t{2} << 20;
    const auto open = [&](const std::optional<Secret<32>>& data_key, std::uint64_t limit) {
        return rows.node.open([&](StoreOptions& options, SequencerOptions&) {
            options.data_key = data_key;
            options.map_size = kMap;
            options.max_map_size = limit;
        });
    };
    REQUIRE(open(std::nullopt, kMap) == "");
    rows.node.must_submit(rows.org.genesis());
    std::map<Bytes, Bytes> all;
    for (std::uint8_t i = 0; i < 200; ++i) all[Bytes(1 + i, i)] = Bytes(6'000, i);
    REQUIRE(rows.node.sequencer
                ->write([&](WriteTransaction& writes) {
                    for (const auto& [key, value] : all) writes.put(Table::verdicts, key, value);
                    writes.put(Table::verdicts, Bytes(511, 0xff), {});
                })
                .get());
    all[Bytes(511, 0xff)] = {};
    rows.node.close();
    CHECK_THROWS_WITH(open(rows.key, kMap), Contains("raise store.max_map_size"));
    rows.node.close();
    REQUIRE(open(rows.key, 32 * kMap) == "");
    std::map<Bytes, Bytes> found;
    rows.node.store->scan(Table::verdicts, [&](ByteView key, ByteView value) {
        found[to_bytes(key)] = to_bytes(value);
        return true;
    });
    CHECK(found == all);
    CHECK(rows.node.check() == "");
}

TEST_CASE("business data is not left behind in memory", "[store][encryption]") {
    Rows rows;
    Bytes marked(900);  // of a size that malloc gives again at once
    for (std::size_t i = 0; i < marked.size(); ++i) marked[i] = static_cast<std::uint8_t>(i * 37);
    const auto left_behind = [&] {
        std::size_t blocks = 0;
        std::vector<void*> taken;
        const ByteView piece = ByteView(marked).subspan(300, 200);
        for (int round = 0; round < 8; ++round)
            for (std::size_t size = 512; size < 1'040; size += 16) {
                void* block = std::malloc(size);
                asm volatile("" : "+r"(block) : : "memory");
                const ByteView bytes(static_cast<const std::uint8_t*>(block), size);
                if (std::search(bytes.begin(), bytes.end(), piece.begin(), piece.end()) !=
                    bytes.end())
                    ++blocks;
                std::memset(block, 0, size);
                taken.push_back(block);
            }
        for (void* block : taken) std::free(block);
        return blocks;
    };
    { const Bytes freed = marked; }
    const bool sees = left_behind() > 0;  // no allocator has to show it
    rows.begin(rows.key);
    auto& store = *rows.node.store;
    {
        const NodeRows& node_rows = store.state().rows;
        const auto& tables = store.state().tables;
        {
            lmdb::Writer writer(store.state().log);
            node_rows.put(writer, tables, Table::verdicts, rows.name, marked);
            writer.commit();
        }
        CHECK(left_behind() == 0);
        {
            auto value = store.get(Table::verdicts, rows.name).value();
            wipe(value.data(), value.size());
        }
        CHECK(left_behind() == 0);
        store.scan(Table::verdicts, [](ByteView, ByteView) { return true; });
        CHECK(left_behind() == 0);
    }
    if (!sees) WARN("this allocator does not show what was freed");
}

TEST_CASE("a damaged or moved row is an error that names its table", "[store][encryption]") {
    Rows rows;
    rows.begin(rows.key);
    const auto other = as_bytes("another");
    REQUIRE(rows.node.sequencer
                ->write([&](WriteTransaction& writes) {
                    writes.put(Table::verdicts, other, as_bytes("ACCEPT"));
                })
                .get());
    SECTION("one bit") {
        rows.change([](lmdb::Writer& writer, lmdb::TableHandle table) {
            std::map<Bytes, Bytes> all;
            {
                lmdb::Cursor cursor(writer, table);
                for (bool row = cursor.first(); row; row = cursor.next())
                    all[to_bytes(cursor.key())] = to_bytes(cursor.value());
            }
            for (auto& [key, value] : all) {
                value.back() ^= 1;
                writer.put(table, key, value);
            }
        });
    }
    SECTION("two rows exchanged") {
        rows.change([](lmdb::Writer& writer, lmdb::TableHandle table) {
            std::vector<Bytes> keys, values;
            {
                lmdb::Cursor cursor(writer, table);
                for (bool row = cursor.first(); row; row = cursor.next()) {
                    keys.push_back(to_bytes(cursor.key()));
                    values.push_back(to_bytes(cursor.value()));
                }
            }
            REQUIRE(keys.size() == 2);
            writer.put(table, keys[0], values[1]);
            writer.put(table, keys[1], values[0]);
        });
    }
    REQUIRE(rows.open_with(rows.key) == "");
    CHECK_THAT(rows.node.check(), Contains("node row") && Contains("verdicts") && Contains("(2)") &&
                                      !Contains("7AB123"));
    const auto names_its_table = [&](const std::function<void(const Store&)>& read) {
        CHECK_THROWS_WITH(read(*rows.node.store),
                          Contains("damaged") && Contains("verdicts") && !Contains("7AB123"));
    };
    names_its_table([&](const Store& store) { (void)store.get(Table::verdicts, rows.name); });
    names_its_table([&](const Store& store) { (void)store.get(Table::verdicts, other); });
    names_its_table([](const Store& store) {
        store.scan(Table::verdicts, [](ByteView, ByteView) { return true; });
    });
    CHECK(rows.node.store->get(Table::observations, rows.name) == rows.value);
}

}  // namespace reelproof::ledger::tests
