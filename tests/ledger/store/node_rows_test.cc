// Business data in the store lies there encrypted under the data key.
#include "ledger/store/node_rows.h"

#include <algorithm>
#include <functional>
#include <map>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/store/migrate.h"
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
    void change(const std::function<void(lmdb::Writer&, lmdb::TableHandle)>& how) {
        node.close();
        lmdb::Environment environment(node.store_options.folder / "log", 1 << 30, false);
        const auto tables = environment.open_tables({"node.verdicts"});
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
    // One that was encrypted before the version said so.
    {
        lmdb::Environment environment(rows.node.store_options.folder / "log", 1 << 30, false);
        const auto meta = environment.open_tables({"meta"})[0];
        std::array<std::uint8_t, 4> plain;
        schema::put_u32(plain.data(), kPlainVersion);
        lmdb::Writer writer(environment);
        writer.put(meta, as_bytes(schema::kVersionRow), plain);
        writer.commit();
    }
    REQUIRE(rows.open_with(std::nullopt) == "");
    rows.node.close();
    CHECK(version() == kStoreVersion);
    REQUIRE(rows.open_with(rows.key) == "");
    CHECK(rows.has_all());
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
