// Geometry and paths of C2SP tlog-tiles. Pure, no I/O, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

struct TileId {
    int level = 0;  // 0..63; for an entry bundle 0
    bool entries = false;
    std::uint64_t index = 0;
    int width = 256;  // 1..256

    friend bool operator==(const TileId&, const TileId&) = default;
};

// "tile/3/005.p/17", "tile/entries/x001/234": relative to the log's prefix.
std::string tile_path(const TileId& tile);
// Strict inverse: no leading zeros, no empty or over-long parts.
Result<TileId> parse_tile_path(std::string_view path);

// Width of the tile at (level, index) in a tree of this size: 0 (not there) to 256.
int tile_width(int level, std::uint64_t index, std::uint64_t size);
// All hash tiles (not entry bundles) of a tree, partial ones as they stand at this size.
std::vector<TileId> tiles_of_tree(std::uint64_t size);

// An entry bundle: each entry with its big-endian uint16 length in front.
void append_to_bundle(Bytes& bundle, ByteView entry);
// Exactly `count` entries, nothing behind; views into `bundle`.
Result<std::vector<ByteView>> parse_bundle(ByteView bundle, int count);

}  // namespace reelproof::ledger
