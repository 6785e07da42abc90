#include "ledger/store/migrate.h"

#include <catch2/catch.hpp>

#include "ledger/store/schema.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

constexpr std::uint32_t kOlder = kPlainVersion - 1;

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

void set_version(const StoreOptions& options, std::uint32_t to) {
    lmdb::Environment environment(options.folder / "log", options.map_size, false);
    const auto tables = environment.open_tables({"meta"});
    std::array<std::uint8_t, 4> version;
    schema::put_u32(version.data(), to);
    lmdb::Writer writer(environment);
    writer.put(tables[0], as_bytes(schema::kVersionRow), version);
    writer.commit();
}

// A store as a version before had it: its note lies under another name.
void make_older(const StoreOptions& options) {
    set_version(options, kOlder);
    lmdb::Environment environment(options.folder / "log", options.map_size, false);
    const auto tables = environment.open_tables({"old.settings"});
    lmdb::Writer writer(environment);
    writer.put(tables[0], as_bytes("colour"), as_bytes("green"));
    writer.commit();
}

Migration move_settings() {
    return {.from = kOlder,
            .what = "settings move to the tables of the node",
            .tables = {"old.settings", "node.settings"},
            .run = [](lmdb::Writer& writer, std::span<const lmdb::TableHandle> tables) {
                const Bytes value = to_bytes(*writer.get(tables[0], as_bytes("colour")));
                writer.put(tables[1], as_bytes("colour"), value);
                writer.clear(tables[0]);
            }};
}

struct OlderStore {
    OlderStore() : org("acme-ems.example"), node(folder.path(), org) {
        node.open_with_genesis();
        node.close();
        make_older(node.store_options);
    }
    TempFolder folder;
    TestOrg org;
    TestNode node;
};

}  // namespace

TEST_CASE("a store of an older version is refused until it is migrated", "[store][migrate]") {
    OlderStore older;
    const auto opened = Store::open(older.node.store_options);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::refused);
    CHECK(contains(opened.error().message, "reelproof ledger migrate"));

    const auto migrated = migrate_store(older.node.store_options, {move_settings()});
    REQUIRE(migrated);
    CHECK(migrated->from == kOlder);
    CHECK(migrated->to == kPlainVersion);
    CHECK(migrated->steps.size() == 1);
    REQUIRE(older.node.open() == "");
    CHECK(as_text(*older.node.store->get(Table::settings, as_bytes("colour"))) == "green");
    CHECK(older.node.check() == "");
    older.node.must_submit(older.org.any());
    older.node.close();
    CHECK(migrate_store(older.node.store_options, {move_settings()})->steps.empty());
}

TEST_CASE("a migration that is cut off leaves the store as it was", "[store][migrate]") {
    OlderStore older;
    Migration cut_off = move_settings();
    cut_off.run = [whole = cut_off.run](lmdb::Writer& writer,
                                        std::span<const lmdb::TableHandle> tables) {
        whole(writer, tables);
        throw EnvironmentError("no space left on device");
    };
    CHECK_THROWS_AS(migrate_store(older.node.store_options, {cut_off}), EnvironmentError);
    CHECK_FALSE(Store::open(older.node.store_options));
    REQUIRE(migrate_store(older.node.store_options, {move_settings()}));
    REQUIRE(older.node.open() == "");
    CHECK(older.node.store->get(Table::settings, as_bytes("colour")));
}

TEST_CASE("a store is migrated only where a way leads, and by one process", "[store][migrate]") {
    OlderStore older;
    const auto nowhere = migrate_store(older.node.store_options, {});
    REQUIRE_FALSE(nowhere);
    CHECK(contains(nowhere.error().message, "no migration leads from version"));
    StoreOptions elsewhere = older.node.store_options;
    elsewhere.folder = older.folder.path() / "nothing";
    CHECK(migrate_store(elsewhere).error().kind == ErrorKind::not_found);

    set_version(older.node.store_options, kStoreVersion + 1);
    const auto newer = migrate_store(older.node.store_options, {move_settings()});
    REQUIRE_FALSE(newer);
    CHECK(contains(newer.error().message, "use a newer program"));
    set_version(older.node.store_options, kPlainVersion);
    REQUIRE(older.node.open() == "");
    CHECK(migrate_store(older.node.store_options).error().kind == ErrorKind::unavailable);
}

}  // namespace reelproof::ledger::tests
