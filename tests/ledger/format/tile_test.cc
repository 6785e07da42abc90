#include "ledger/format/tile.h"

#include <algorithm>
#include <limits>
#include <map>

#include "ledger/base/sha256.h"
#include "ledger/format/merkle.h"
#include "ledger/format/note.h"
#include "ledger/format/statement.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

constexpr std::size_t kHashBytes = std::tuple_size_v<Hash>;

// The hashes of a log as the store keeps them: by level (of single tree levels) and index.
struct Log {
    Frontier frontier;
    std::map<std::pair<int, std::uint64_t>, Hash> hashes;

    void append(ByteView entry) { append_leaf(leaf_hash(entry)); }
    void append_leaf(const Hash& leaf) {
        frontier.append(leaf, [this](int level, std::uint64_t index, const Hash& hash) {
            hashes[{level, index}] = hash;
        });
    }
    [[nodiscard]] Bytes tile(const TileId& id) const {
        Bytes out;
        for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(id.width); ++i) {
            const Hash& hash = hashes.at({id.level * 8, id.index * 256 + i});
            out.insert(out.end(), hash.begin(), hash.end());
        }
        return out;
    }
};

}  // namespace

TEST_CASE("tile paths go both ways as in the vectors", "[format][vectors]") {
    for (const auto& vector : load_vectors("tile-paths.json")) {
        TileId tile{.level = static_cast<int>(number_of(vector, "level")),
                    .entries = false,
                    .index = number_of(vector, "index"),
                    .width = static_cast<int>(number_of(vector, "width"))};
        CHECK(tile_path(tile) == text_of(vector, "path"));
        CHECK(parse_tile_path(text_of(vector, "path")).value() == tile);
    }
}

TEST_CASE("a log of the vectors' leaves serves the tiles of the vectors", "[format][vectors]") {
    std::map<std::uint64_t, std::map<std::string, std::string>> wanted;
    for (const auto& vector : load_vectors("tiles.json"))
        wanted[number_of(vector, "size")][text_of(vector, "path")] = text_of(vector, "sha256");
    Log log;
    for (std::uint64_t i = 0; i < 1100; ++i) {
        log.append(as_bytes("reelproof-vectors-1/leaf/" + std::to_string(i)));
        auto size = wanted.find(i + 1);
        if (size == wanted.end()) continue;
        auto tiles = tiles_of_tree(i + 1);
        CHECK(tiles.size() == size->second.size());
        for (const TileId& tile : tiles) {
            INFO(tile_path(tile));
            CHECK(to_hex(sha256(log.tile(tile))) == size->second.at(tile_path(tile)));
        }
    }
}

TEST_CASE("tile paths: entries, the largest index, and everything that is none", "[format]") {
    TileId bundle{.level = 0, .entries = true, .index = 1234067, .width = 17};
    CHECK(tile_path(bundle) == "tile/entries/x001/x234/067.p/17");
    CHECK(parse_tile_path("tile/entries/x001/x234/067.p/17").value() == bundle);
    TileId last{.level = 63,
                .entries = false,
                .index = std::numeric_limits<std::uint64_t>::max(),
                .width = 255};
    CHECK(tile_path(last) == "tile/63/x018/x446/x744/x073/x709/x551/615.p/255");
    CHECK(parse_tile_path(tile_path(last)).value() == last);
    for (const char* bad : {"",
                            "tile",
                            "tile/",
                            "tile/0",
                            "tile/0/",
                            "tile/0/0",
                            "tile/0/00",
                            "tile/0/0000",
                            "tile/00/000",
                            "tile/64/000",
                            "tile/-1/000",
                            "tile/+1/000",
                            "tile/0/x000/000",
                            "tile/0/001/000",
                            "tile/0/x001",
                            "tile/0/x001/",
                            "tile/0/x001/x000",
                            "tile/0/000.p",
                            "tile/0/000.p/",
                            "tile/0/000.p/0",
                            "tile/0/000.p/256",
                            "tile/0/000.p/01",
                            "tile/0/000.p/1/",
                            "tile/0/000/",
                            "/tile/0/000",
                            "tile/0/000.p/1000",
                            "tile/entries",
                            "tile/entries/0",
                            "tile/Entries/000",
                            "tile/0/00a",
                            "tile/0/ 00",
                            "tile/0/000 ",
                            "tile/0/x018/x446/x744/x073/x709/x551/616",
                            "tile/0/x999/x446/x744/x073/x709/x551/615",
                            "tile/1/../000",
                            "tile/data/000"}) {
        INFO(bad);
        CHECK_FALSE(parse_tile_path(bad));
    }
}

TEST_CASE("tile widths and the list of tiles at the edges of 256 and 65,536", "[format]") {
    CHECK(tile_width(0, 0, 0) == 0);
    CHECK(tile_width(0, 0, 1) == 1);
    CHECK(tile_width(0, 0, 256) == 256);
    CHECK(tile_width(1, 0, 255) == 0);
    CHECK(tile_width(1, 0, 256) == 1);
    CHECK(tile_width(0, 1, 256) == 0);
    CHECK(tile_width(0, 273, 70000) == 112);
    CHECK(tile_width(1, 1, 70000) == 17);
    CHECK(tile_width(2, 0, 70000) == 1);
    CHECK(tile_width(3, 0, 70000) == 0);
    CHECK(tile_width(63, 0, std::numeric_limits<std::uint64_t>::max()) == 0);
    CHECK(tile_width(0, std::numeric_limits<std::uint64_t>::max(), 5) == 0);
    CHECK(tiles_of_tree(0).empty());
    CHECK(tiles_of_tree(70000).size() == 274 + 2 + 1);
    for (std::uint64_t size : {1u, 255u, 256u, 257u, 65535u, 65536u, 65537u}) {
        std::uint64_t hashes = 0;
        for (const TileId& tile : tiles_of_tree(size))
            if (tile.level == 0) hashes += static_cast<std::uint64_t>(tile.width);
        CHECK(hashes == size);
    }
}

TEST_CASE("entry bundles go both ways and are exact", "[format]") {
    Bytes bundle;
    Bytes large(65535, 7);
    append_to_bundle(bundle, as_bytes("one"));
    append_to_bundle(bundle, {});
    append_to_bundle(bundle, large);
    auto entries = parse_bundle(bundle, 3);
    REQUIRE(entries);
    CHECK(as_text((*entries)[0]) == "one");
    CHECK((*entries)[1].empty());
    CHECK(equal((*entries)[2], large));
    CHECK(why(parse_bundle(bundle, 2)) == "entry bundle has 65537 bytes after its 2 entries");
    CHECK(why(parse_bundle(bundle, 4)) == "entry bundle ends within entry 3 of 4");
    CHECK(why(parse_bundle(ByteView(bundle).first(6), 2)) ==
          "entry bundle ends within entry 1 of 2");
    CHECK(parse_bundle({}, 0)->empty());
    large.push_back(0);
    CHECK_THROWS_AS(append_to_bundle(bundle, large), std::logic_error);
}

TEST_CASE("Tessera's test log: its 16 checkpoints, tiles and bundles are ours to the byte",
          "[format][vectors]") {
    const std::string root = "conformance/tessera-testdata/log/";
    if (!has_shared(root)) return;
    auto key = NoteVerifier::parse(
                   "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
                   .value();
    Log log;
    std::vector<Bytes> entries;
    for (int size = 0; size <= 15; ++size) {
        INFO("size " << size);
        auto note = parse_note(as_text(load_shared(root + "checkpoint." + std::to_string(size))));
        REQUIRE(note);
        CHECK(why(verify_note(*note, key)) == "");
        auto checkpoint = parse_checkpoint(note->text).value();
        CHECK(checkpoint.origin == key.name);
        CHECK(checkpoint.size == static_cast<std::uint64_t>(size));
        CHECK(format_checkpoint(checkpoint) == note->text);
        if (size > 0) {
            const std::string partial = "000.p/" + std::to_string(size);
            Bytes bundle = load_shared(root + "tile/entries/" + partial);
            auto read = parse_bundle(bundle, size);
            REQUIRE(read);
            entries.push_back(to_bytes(read->back()));
            log.append(entries.back());
            Bytes ours;
            for (const Bytes& entry : entries) append_to_bundle(ours, entry);
            CHECK(ours == bundle);
            CHECK(log.tile({.level = 0, .entries = false, .index = 0, .width = size}) ==
                  load_shared(root + "tile/0/" + partial));
        }
        CHECK(log.frontier.root() == checkpoint.root);
    }
}

TEST_CASE("the tiles that Sunlight's mirror serves hash up to the root that it cosigned",
          "[format][vectors]") {
    // Its entries are stand-ins; its hashes are those of a real log of 300.
    const std::string root =
        "conformance/sunlight-testdata/witness/mirror/"
        "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/";
    if (!has_shared(root)) return;
    const auto note = parse_note(as_text(load_shared(root + "checkpoint")));
    REQUIRE(note);
    const auto checkpoint = parse_checkpoint(note->text).value();
    Log log;
    for (const TileId& id : tiles_of_tree(checkpoint.size)) {
        const Bytes tile = load_shared(root + tile_path(id));
        INFO(tile_path(id));
        REQUIRE(tile.size() == static_cast<std::size_t>(id.width) * kHashBytes);
        if (id.level == 0)
            for (std::size_t at = 0; at < tile.size(); at += kHashBytes) {
                Hash leaf;
                std::copy_n(tile.begin() + static_cast<std::ptrdiff_t>(at), leaf.size(),
                            leaf.begin());
                log.append_leaf(leaf);
            }
        CHECK(log.tile(id) == tile);
    }
    CHECK(log.frontier.root() == checkpoint.root);
}
