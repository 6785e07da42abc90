// Tiles and bundles as they are stored and served, below the check of statements.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "ledger/store/state.h"
#include "tests/ledger/store/store_support.h"
#include "tests/shared_data.h"

namespace reelproof::ledger::tests {

namespace {

// A store whose own log holds these entries, whatever they are.
struct RawLog {
    RawLog() {
        options.folder = folder.path();
        options.map_size = std::uint64_t{1} << 28;
        store = std::move(*Store::open(options));
    }
    // Grows the log to these entries in one transaction, and publishes that.
    void grow(const std::vector<Bytes>& entries) {
        Store::State& state = store->state();
        lmdb::Writer writer(state.log);
        for (std::uint64_t i = tail.size(); i < entries.size(); ++i) {
            write_entry(writer, state.tables, {kOwnLog, i}, entries[i], false);
            tail.append(leaf_hash(entries[i]));
        }
        tail.write_tiles(writer, state.tables, kOwnLog);
        writer.commit();
        state.heads[kOwnLog].checkpoint = {"raw", tail.size(), tail.root()};
    }

    TempFolder folder;
    StoreOptions options;
    std::unique_ptr<Store> store;
    LogTail tail;
};

Bytes vector_leaf(std::uint64_t i) {
    return to_bytes(as_bytes("reelproof-vectors-1/leaf/" + std::to_string(i)));
}

boost::json::value read_json(const std::filesystem::path& path) {
    return boost::json::parse(as_text(*read_file(path, 1 << 26)));
}

}  // namespace

TEST_CASE("stored tiles are those of the vectors at every size", "[store][tiles]") {
    const auto tiles_file = reelproof::tests::shared_data("vectors/tiles.json");
    const auto roots_file = reelproof::tests::shared_data("vectors/merkle-roots.json");
    if (!tiles_file || !roots_file) return;
    const auto tiles = read_json(*tiles_file);
    const auto roots = read_json(*roots_file);
    std::map<std::uint64_t, std::string> sizes;  // the sizes that vectors speak of
    for (const auto& vector : roots.at("vectors").as_array())
        sizes[vector.at("size").to_number<std::uint64_t>()] = vector.at("root").as_string();
    for (const auto& vector : tiles.at("vectors").as_array())
        sizes.try_emplace(vector.at("size").to_number<std::uint64_t>());

    RawLog log;
    std::vector<Bytes> entries;
    for (const auto& [size, root] : sizes) {
        while (entries.size() < size) entries.push_back(vector_leaf(entries.size()));
        log.grow(entries);
        if (!root.empty()) {
            CHECK(to_hex(log.tail.root()) == root);
            CHECK(to_hex(tree_root(size, log.store->subtree(kOwnLog))) == root);
        }
        for (const auto& vector : tiles.at("vectors").as_array()) {
            if (vector.at("size").to_number<std::uint64_t>() != size) continue;
            const auto id = parse_tile_path(std::string_view(vector.at("path").as_string()));
            REQUIRE(id);
            const auto bytes = log.store->tile(kOwnLog, *id);
            REQUIRE(bytes);
            CHECK(to_hex(sha256(*bytes)) == std::string_view(vector.at("sha256").as_string()));
        }
    }
}

TEST_CASE("a log of the same entries serves Tessera's bytes", "[store][tiles]") {
    const auto data = reelproof::tests::shared_data("conformance/tessera-testdata/log");
    if (!data) return;
    std::vector<Bytes> entries;
    RawLog log;
    log.grow(entries);
    std::size_t files = 0;
    for (std::uint64_t size = 1; size <= 15; ++size) {
        const auto note = parse_note(
            as_text(*read_file(*data / ("checkpoint." + std::to_string(size)), 1 << 20)));
        REQUIRE(note);
        const auto checkpoint = parse_checkpoint(note->text);
        REQUIRE(checkpoint);
        const auto bundle_file = *data / ("tile/entries/000.p/" + std::to_string(size));
        const auto bundle = read_file(bundle_file, 1 << 20);
        REQUIRE(bundle);
        const auto views = parse_bundle(*bundle, static_cast<int>(size));
        REQUIRE(views);
        while (entries.size() < size) entries.push_back(to_bytes((*views)[entries.size()]));
        log.grow(entries);
        CHECK(log.tail.root() == checkpoint->root);
        const int width = static_cast<int>(size);
        CHECK(*log.store->tile(kOwnLog, {0, true, 0, width}) == *bundle);
        CHECK(*log.store->tile(kOwnLog, {0, false, 0, width}) ==
              *read_file(*data / ("tile/0/000.p/" + std::to_string(size)), 1 << 20));
        files += 2;
    }
    CHECK(files == 30);
}

TEST_CASE("a tile is served in every width up to its own, and no wider", "[store][tiles]") {
    RawLog log;
    std::vector<Bytes> entries;
    for (std::uint64_t i = 0; i < 700; ++i) entries.push_back(vector_leaf(i));
    log.grow(entries);
    const Bytes full = *log.store->tile(kOwnLog, {0, false, 1, 256});
    CHECK(full.size() == 8192);
    CHECK(*log.store->tile(kOwnLog, {0, false, 1, 7}) == Bytes(full.begin(), full.begin() + 224));
    CHECK(log.store->tile(kOwnLog, {0, false, 2, 188}));
    CHECK(log.store->tile(kOwnLog, {0, false, 2, 189}).error().kind == ErrorKind::not_found);
    CHECK(log.store->tile(kOwnLog, {0, true, 2, 188}));
    CHECK(log.store->tile(kOwnLog, {0, true, 3, 1}).error().kind == ErrorKind::not_found);
    CHECK(log.store->tile(kOwnLog, {1, false, 0, 2}));
    CHECK(log.store->tile(kOwnLog, {1, false, 0, 3}).error().kind == ErrorKind::not_found);
    CHECK(log.store->tile(kOwnLog, {2, false, 0, 1}).error().kind == ErrorKind::not_found);
    CHECK(log.store->tile(kOwnLog, {0, false, 0, 0}).error().kind == ErrorKind::not_found);
    CHECK(log.store->tile(9, {0, false, 0, 1}).error().kind == ErrorKind::not_found);
}

TEST_CASE("a tail loaded at any size goes on like one that never stopped", "[store][tiles]") {
    RawLog log;
    std::vector<Bytes> entries;
    for (std::uint64_t i = 0; i < 66'000; ++i) entries.push_back(vector_leaf(i));
    log.grow(entries);
    const Store::State& state = log.store->state();
    const lmdb::Reader reader(state.log);
    const TileReader tiles = tiles_in(reader, state.tables, kOwnLog);
    for (const std::uint64_t size : {1, 2, 255, 256, 257, 511, 512, 1000, 65'535, 65'536, 65'537}) {
        CAPTURE(size);
        LogTail tail = LogTail::load(size, tiles);
        CHECK(tail.root() == tree_root(size, log.store->subtree(kOwnLog)));
        for (std::uint64_t i = size; i < std::min<std::uint64_t>(size + 300, entries.size()); ++i)
            tail.append(leaf_hash(entries[i]));
        CHECK(tail.root() == tree_root(tail.size(), log.store->subtree(kOwnLog)));
    }
}

}  // namespace reelproof::ledger::tests
