// A log and an index that don't belong together: one of the two environments was put back by hand.
#include <catch2/catch.hpp>

#include "ledger/store/anchor.h"
#include "ledger/store/state.h"
#include "ledger/store/tag_rows.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

namespace fs = std::filesystem;

// A node that mirrors one partner, whose two environments can be kept and put back apart.
struct Fixture {
    Fixture() {
        node.open_with_genesis();
        log.add(maker.genesis());
    }

    // Entry after entry, so that their order is the one given.
    void write(std::uint64_t from, std::uint64_t to) {
        for (std::uint64_t i = from; i < to; ++i) {
            statements.try_emplace(i, org.sealed({tag_of(i)}));
            node.must_submit(statements.at(i));
        }
    }
    void mirror(std::uint64_t tags_from, std::uint64_t count) {
        const auto from = log.entries.size();
        for (std::uint64_t i = 0; i < count; ++i) log.add(maker.sealed({tag_of(tags_from + i)}));
        const auto stored = node.sequencer->mirror_stored(maker.origin());
        REQUIRE(node.mirror_error(log.batch(stored, from + count)) == "");
    }

    [[nodiscard]] fs::path part(const std::string& name) const {
        return node.store_options.folder / name;
    }
    [[nodiscard]] fs::path kept(const std::string& name, const std::string& when) const {
        return folder.path() / (name + "." + when);
    }
    // With the node closed. As who copies by hand does: without the anchor.
    void keep(const std::string& name, const std::string& when) const {
        fs::copy(part(name), kept(name, when));
    }
    void put_back(const std::string& name, const std::string& when) const {
        fs::remove_all(part(name));
        fs::copy(kept(name, when), part(name));
    }
    void lose_index() const { fs::remove_all(part("index")); }
    void open_without_anchor() {
        fs::remove(node.store_options.anchor);
        REQUIRE(accept_anchor(node.store_options));
        REQUIRE(node.open() == "");
    }
    [[nodiscard]] std::vector<Place> places_of(std::uint64_t tag) const {
        std::vector<Place> out;
        for (const auto& found : node.store->find_tag(tag_of(tag)).envelopes)
            out.push_back(found.place);
        return out;
    }
    // Why it can't be opened by who only reads, or an empty text.
    [[nodiscard]] std::string reading_error() const {
        StoreOptions options = node.store_options;
        options.read_only = true;
        const auto store = Store::open(options);
        return store ? "" : store.error().message;
    }

    TempFolder folder;
    TestOrg org{"acme-ems.example"}, maker{"maker.example"};
    TestNode node{folder.path(), org, {&maker}};
    TestLog log{maker};
    std::map<std::uint64_t, Bytes> statements;  // of our own log, by tag
};

using Places = std::vector<Place>;
constexpr LogId kMirror = 1;
using Catch::Matchers::Contains;

}  // namespace

TEST_CASE("an index that is ahead of an older log is made anew", "[store][index]") {
    Fixture f;
    f.write(1, 6);
    f.mirror(101, 5);
    f.node.close();
    f.keep("log", "old");
    REQUIRE(f.node.open() == "");
    SECTION("by entries of our own") {
        f.write(6, 12);
    }
    SECTION("by entries of a mirrored log") {
        f.mirror(106, 6);
    }
    f.node.close();
    f.put_back("log", "old");
    CHECK_THAT(f.reading_error(), Contains("start the node once"));
    f.open_without_anchor();
    CHECK(f.places_of(3) == Places{{kOwnLog, 3}});
    CHECK(f.places_of(103) == Places{{kMirror, 3}});
    CHECK(f.places_of(8).empty());
    CHECK(f.places_of(108).empty());
    CHECK(f.node.check() == "");
    f.write(8, 9);
    CHECK(f.places_of(8) == Places{{kOwnLog, 6}});
    CHECK(f.node.check() == "");
}

TEST_CASE("an index that is behind its log is brought up to it", "[store][index]") {
    Fixture f;
    f.write(1, 6);
    f.mirror(101, 5);
    f.node.close();
    f.keep("index", "old");
    REQUIRE(f.node.open() == "");
    f.write(6, 12);
    f.mirror(106, 6);
    f.node.close();
    f.put_back("index", "old");
    CHECK(f.reading_error().empty());
    REQUIRE(f.node.open() == "");
    for (const std::uint64_t tag : {2, 8}) {
        CHECK(f.places_of(tag) == Places{{kOwnLog, tag}});
        CHECK(f.places_of(100 + tag) == Places{{kMirror, tag}});
        const auto again = f.node.must_submit(f.statements.at(tag));
        CHECK(again.duplicate);
        CHECK(again.index == tag);
    }
    CHECK(f.node.check() == "");
}

TEST_CASE("an index of another history of our log is made anew", "[store][index]") {
    Fixture f;
    f.write(1, 6);
    f.node.close();
    f.keep("log", "old");
    REQUIRE(f.node.open() == "");
    f.write(6, 12);
    f.node.close();
    f.keep("index", "other");

    // Another history, longer than the first; what that ended with lies at its very place.
    f.put_back("log", "old");
    f.lose_index();
    f.open_without_anchor();
    f.write(9, 10);
    f.write(8, 9);
    f.write(50, 53);
    f.write(11, 12);
    f.write(53, 55);
    f.node.close();
    f.put_back("index", "other");
    CHECK_THAT(f.reading_error(), Contains("start the node once"));

    REQUIRE(f.node.open() == "");
    CHECK(f.places_of(9) == Places{{kOwnLog, 6}});
    CHECK(f.places_of(50) == Places{{kOwnLog, 8}});
    CHECK(f.places_of(11) == Places{{kOwnLog, 11}});
    CHECK(f.places_of(7).empty());
    CHECK(f.node.must_submit(f.statements.at(9)).index == 6);
    CHECK(f.node.must_submit(f.statements.at(51)).index == 9);
    const auto fresh = f.node.must_submit(f.statements.at(7));
    CHECK_FALSE(fresh.duplicate);
    CHECK(fresh.index == 14);
    CHECK(f.node.check() == "");
}

TEST_CASE("an index of another history of a mirrored log is made anew", "[store][index]") {
    Fixture f;
    f.mirror(101, 5);
    f.node.close();
    f.keep("log", "old");
    REQUIRE(f.node.open() == "");
    f.mirror(106, 5);
    f.node.close();
    f.keep("index", "other");

    f.put_back("log", "old");
    f.lose_index();
    f.log.entries.resize(6);
    REQUIRE(f.node.open() == "");
    f.mirror(501, 3);
    if (GENERATE(false, true)) f.mirror(504, 9);
    f.node.close();
    f.put_back("index", "other");
    CHECK_THAT(f.reading_error(), Contains("start the node once"));

    REQUIRE(f.node.open() == "");
    CHECK(f.places_of(103) == Places{{kMirror, 3}});
    CHECK(f.places_of(502) == Places{{kMirror, 7}});
    CHECK(f.places_of(107).empty());
    CHECK(f.node.check() == "");
}

TEST_CASE("what a merge that was cut off left is used only beside its log", "[store][index]") {
    Fixture f;
    f.write(1, 4);
    f.node.close();
    f.keep("log", "old");
    REQUIRE(f.node.open() == "");
    constexpr std::uint64_t kEntries = 130, kEnvelopes = 256;  // two slices and more
    std::vector<Bytes> large;
    for (std::uint64_t i = 0; i < kEntries; ++i) {
        std::vector<Tag> tags;
        for (std::uint64_t j = 0; j < kEnvelopes; ++j) tags.push_back(tag_of(1000 * (i + 1) + j));
        large.push_back(f.org.sealed(tags));
    }
    f.node.must_submit_all(large);
    f.node.close();
    f.keep("log", "new");
    f.lose_index();
    {
        const auto store = Store::open(f.node.store_options).value();
        int commits = 0;
        set_fault_hook([&](FaultPoint point) {
            if (point == FaultPoint::before_index_commit && ++commits == 2)
                throw EnvironmentError("the power is gone");
        });
        CHECK_THROWS_AS(store->state().index->merge(), EnvironmentError);
        set_fault_hook({});
        const auto contents = store->state().index->contents();
        REQUIRE(contents.logs.at(kOwnLog).merged.size == 0);
        REQUIRE(contents.logs.at(kOwnLog).begun);
        REQUIRE(store->state().index->envelopes_merged() > 0);
    }
    f.keep("index", "cut");

    const std::uint64_t some = 1000 * 2 + 5;  // entry 5 of the first history
    SECTION("which is as it was") {
        CHECK(f.reading_error().empty());
        REQUIRE(f.node.open() == "");
        CHECK(f.places_of(some) == Places{{kOwnLog, 5}});
        CHECK(f.node.must_submit(large[3]).index == 7);
    }
    SECTION("and not beside an older one") {
        f.put_back("log", "old");
        CHECK_THAT(f.reading_error(), Contains("start the node once"));
        f.open_without_anchor();
        CHECK(f.places_of(some).empty());
        CHECK(f.node.store->state().index->envelopes_merged() == 0);
        CHECK(f.node.must_submit(large[3]).index == 4);
    }
    SECTION("and not beside one that has grown otherwise") {
        f.put_back("log", "old");
        f.lose_index();
        f.open_without_anchor();
        f.write(4, 10);
        f.node.close();
        f.put_back("index", "cut");
        REQUIRE(f.node.open() == "");
        CHECK(f.places_of(some).empty());
        CHECK(f.places_of(5) == Places{{kOwnLog, 5}});
        CHECK_FALSE(f.node.must_submit(large[3]).duplicate);
    }
    CHECK(f.places_of(2) == Places{{kOwnLog, 2}});
    CHECK(f.node.check() == "");
    // All is merged by then, and belongs to this log.
    REQUIRE(f.node.open() == "");
    CHECK(f.node.check() == "");
}

TEST_CASE("an index in another format is made anew", "[store][index]") {
    Fixture f;
    f.write(1, 4);
    f.node.close();
    const bool first = GENERATE(true, false);
    {
        lmdb::Environment environment(f.part("index"), 1 << 30, false);
        const auto tables = environment.open_tables({"meta", "progress", "tags"});
        lmdb::Writer writer(environment);
        if (first) {
            writer.remove(tables[0], as_bytes(tag_rows::kFormatRow));
            writer.put(tables[1], schema::log_key(kOwnLog), schema::write_count(4));
        } else {
            std::array<std::uint8_t, 4> format{};
            schema::put_u32(format.data(), tag_rows::kFormat + 1);
            writer.put(tables[0], as_bytes(tag_rows::kFormatRow), format);
            writer.put(tables[1], schema::log_key(kOwnLog), as_bytes("who knows"));
        }
        TagRow row;
        row.place = {kOwnLog, 9};
        writer.put(tables[2], tag_rows::key(tag_of(77), row), tag_rows::value(row));
        writer.commit();
    }
    // A backup of an older version can still be read and restored.
    CHECK(f.reading_error().empty() == first);
    REQUIRE(f.node.open() == "");
    CHECK(f.node.store->state().index->contents().format == tag_rows::kFormat);
    f.node.must_submit(f.org.sealed({tag_of(4)}));
    CHECK(f.places_of(3) == Places{{kOwnLog, 3}});
    f.node.close();
    REQUIRE(f.node.open() == "");
    CHECK(f.node.store->state().index->envelopes_merged() == 4);
    CHECK(f.node.check() == "");
}

TEST_CASE("a damaged tile is not taken for another log by who only reads", "[store][index]") {
    Fixture f;
    f.write(1, 4);
    f.node.close();
    const bool flipped = GENERATE(true, false);
    {
        lmdb::Environment environment(f.part("log"), 1 << 30, false);
        const auto tables = schema::tables_from(environment.open_tables(schema::table_names()));
        lmdb::Writer writer(environment);
        const auto key = schema::tile_key(kOwnLog, 0, 0);
        Bytes tile = to_bytes(*writer.get(tables.tiles, key));
        if (flipped)
            tile[40] ^= 1;
        else
            tile.resize(70);
        writer.put(tables.tiles, key, tile);
        writer.commit();
    }
    CHECK(f.reading_error().empty());
    StoreOptions options = f.node.store_options;
    options.read_only = true;
    f.node.store = Store::open(options).value();
    CHECK_THAT(f.node.check(), Contains("tile 0/0 of the log acme-ems.example/ledger"));
    // Nor does anybody sign on it.
    if (flipped)
        CHECK_THAT(f.node.open(), Contains("the store is damaged"));
    else
        CHECK_THROWS_WITH(f.node.open(), Contains("the store is damaged"));
}

}  // namespace reelproof::ledger::tests
