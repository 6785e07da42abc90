// The check finds each kind of damage.
#include <catch2/catch.hpp>

#include "ledger/store/state.h"
#include "ledger/store/tag_rows.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the check finds each kind of damage and names the row", "[store][check]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const TestOrg maker("maker.example");
    TestNode node(folder.path(), org, {&maker});
    node.open_with_genesis();
    std::vector<Bytes> statements;
    for (std::uint64_t i = 1; i < 300; ++i) statements.push_back(org.sealed({tag_of(i)}));
    node.must_submit_all(std::move(statements));
    TestLog log(maker);
    log.add(maker.genesis());
    for (int i = 0; i < 10; ++i) log.add(maker.any());
    REQUIRE(node.mirror_error(log.batch(0, 11)) == "");
    CHECK(node.check() == "");
    const CheckReport whole = check_store(*node.store, node.roots);
    CHECK(whole.logs == 2);
    CHECK(whole.entries == 311);
    CHECK(whole.envelopes == 309);
    CHECK(whole.tiles == 4);
    node.sequencer.reset();

    Store::State& state = node.store->state();
    const schema::Tables& tables = state.tables;
    std::string expected;
    {
        lmdb::Writer writer(state.log);
        SECTION("an entry of other bytes") {
            Bytes entry = *node.store->entry(kOwnLog, 5);
            entry[entry.size() - 100] ^= 1;
            writer.put(tables.entries, schema::entry_key(kOwnLog, 5), entry);
            expected = "entry 5 of the log acme-ems.example/ledger";
        }
        SECTION("an entry that is missing") {
            writer.remove(tables.entries, schema::entry_key(kOwnLog, 5));
            expected = "entry 5 of log 0 is missing";
        }
        SECTION("an entry too many") {
            writer.put(tables.mirrored, schema::entry_key(1, 11), *node.store->entry(1, 10));
            expected = "mirrored has 12 rows";
        }
        SECTION("a full tile of other hashes") {
            Bytes tile = *node.store->tile(kOwnLog, {0, false, 0, 256});
            tile[100] ^= 1;
            writer.put(tables.tiles, schema::tile_key(kOwnLog, 0, 0), tile);
            expected = "tile 0/0 of the log acme-ems.example/ledger";
        }
        SECTION("a partial tile that is missing") {
            writer.remove(tables.tiles, schema::tile_key(1, 0, 0));
            expected = "tile 0/0 of the log maker.example/ledger is missing";
        }
        SECTION("another root") {
            LogHead head = *node.store->head(1);
            head.checkpoint.root[3] ^= 1;
            writer.put(tables.heads, schema::log_key(1), schema::write_head(head));
            expected = "root: ";
        }
        SECTION("a checkpoint that nobody signed") {
            LogHead head = *node.store->head(1);
            head.note[head.note.size() - 10] ^= 1;
            writer.put(tables.heads, schema::log_key(1), schema::write_head(head));
            expected = "checkpoint: ";
        }
        SECTION("a public statement that is not in its table") {
            writer.remove(tables.publics, schema::entry_key(kOwnLog, 0));
            expected = "is missing in the table of public statements";
        }
        SECTION("a sealed statement in the table of public ones") {
            writer.put(tables.publics, schema::entry_key(kOwnLog, 3), {});
            expected = "is wrongly in the table of public statements";
        }
        SECTION("a cosignature of another tree") {
            const std::string text = format_checkpoint({org.origin(), 2, Hash{}});
            writer.put(tables.cosigs, schema::cosig_key(kOwnLog, 2, text, "x"),
                       schema::write_cosignature({text, "line\n"}));
            expected = "cosignature: ";
        }
        writer.commit();
    }
    SECTION("a tag row that is missing, one too many, one that points elsewhere, a leaf") {
        const TagRow row = state.index->find(tag_of(7)).at(0);
        auto reopened = std::move(node.store);
        reopened.reset();
        {
            lmdb::Environment environment(node.store_options.folder / "index", 1 << 30, false);
            const auto handles = environment.open_tables({"tags", "leaves"});
            lmdb::Writer writer(environment);
            const int kind = GENERATE(0, 1, 2, 3);
            if (kind == 0) {
                writer.remove(handles[0], tag_rows::key(tag_of(7), row));
                expected = "entry 7 of the log acme-ems.example/ledger, envelope 0: its tag is not";
            } else if (kind == 1) {
                writer.put(handles[0], tag_rows::key(tag_of(1000), row), tag_rows::value(row));
                expected = "log 0 has 299 envelopes but 300 rows";
            } else if (kind == 2) {
                TagRow other = row;
                other.offset += 1;
                writer.put(handles[0], tag_rows::key(tag_of(7), row), tag_rows::value(other));
                expected = "the index says otherwise than the entry";
            } else {
                const Hash leaf{};
                writer.put(handles[1], leaf, schema::write_count(3));
                expected = "300 indexed entries but 301 leaves";
            }
            writer.commit();
        }
    }
    node.store.reset();
    auto store = Store::open(node.store_options);
    REQUIRE(store);
    node.store = std::move(*store);
    const std::string findings = node.check();
    CAPTURE(findings, expected);
    CHECK_FALSE(expected.empty());
    CHECK(contains(findings, expected));
}

}  // namespace reelproof::ledger::tests
