#include "ledger/store/log_tail.h"

#include <algorithm>

#include "ledger/format/wire.h"

namespace reelproof::ledger {

namespace {

constexpr std::size_t kHashSize = 32;
constexpr std::size_t kFullTile = wire::kTileWidth * kHashSize;

Hash hash_at(ByteView tile, std::size_t position) {
    Hash hash;
    std::copy_n(tile.begin() + static_cast<std::ptrdiff_t>(position * kHashSize), kHashSize,
                hash.begin());
    return hash;
}

}  // namespace

Hash subtree_from_tiles(const TileReader& tiles, int level, std::uint64_t index) {
    const int tile_level = level / wire::kTileHeight;
    const int height = level % wire::kTileHeight;  // within the tile
    const std::uint64_t first = index << height;   // among the hashes of that level
    const std::size_t count = std::size_t{1} << height;
    const Bytes tile = tiles(tile_level, first / wire::kTileWidth);
    const std::size_t position = first % wire::kTileWidth;
    if (tile.size() < (position + count) * kHashSize)
        throw EnvironmentError("the store is damaged: tile " + std::to_string(tile_level) + "/" +
                               std::to_string(first / wire::kTileWidth) + " is too short");
    std::vector<Hash> row(count);
    for (std::size_t i = 0; i < count; ++i) row[i] = hash_at(tile, position + i);
    for (std::size_t width = count; width > 1; width /= 2)
        for (std::size_t i = 0; i < width / 2; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
    return row[0];
}

TileReader tiles_in(const lmdb::Reader& reader, const schema::Tables& tables, LogId log) {
    return [&reader, &tables, log](int level, std::uint64_t index) {
        const auto row = reader.get(tables.tiles, schema::tile_key(log, level, index));
        if (!row)
            throw EnvironmentError("the store is damaged: tile " + std::to_string(level) + "/" +
                                   std::to_string(index) + " of log " + std::to_string(log) +
                                   " is missing");
        return to_bytes(*row);
    };
}

LogTail LogTail::load(std::uint64_t size, const TileReader& tiles) {
    LogTail tail;
    tail.frontier_ = Frontier::load(size, [&](int level, std::uint64_t index) {
        return subtree_from_tiles(tiles, level, index);
    });
    int level = 0;
    for (std::uint64_t count = size; count > 0; count /= wire::kTileWidth, ++level) {
        const std::size_t width = count % wire::kTileWidth;
        Bytes edge;
        if (width > 0) {
            edge = tiles(level, count / wire::kTileWidth);
            if (edge.size() < width * kHashSize)
                throw EnvironmentError("the store is damaged: tile " + std::to_string(level) + "/" +
                                       std::to_string(count / wire::kTileWidth) + " is too short");
            // The row may reach further: entries of a mirror that are stored but not yet visible.
            edge.resize(width * kHashSize);
        }
        tail.edge_.push_back(std::move(edge));
        tail.changed_.push_back(false);
    }
    return tail;
}

void LogTail::append(const Hash& leaf) {
    frontier_.append(leaf, [this](int level, std::uint64_t index, const Hash& hash) {
        if (level % wire::kTileHeight == 0) add_to_tile(level / wire::kTileHeight, index, hash);
    });
}

void LogTail::add_to_tile(int level, std::uint64_t index, const Hash& hash) {
    const auto at = static_cast<std::size_t>(level);
    if (edge_.size() <= at) {
        edge_.resize(at + 1);
        changed_.resize(at + 1, false);
    }
    Bytes& tile = edge_[at];
    tile.insert(tile.end(), hash.begin(), hash.end());
    changed_[at] = true;
    if (tile.size() < kFullTile) return;
    full_.push_back({level, index / wire::kTileWidth, std::move(tile)});
    tile.clear();
    changed_[at] = false;
}

void LogTail::write_tiles(lmdb::Writer& writer, const schema::Tables& tables, LogId log) {
    for (const FullTile& tile : full_)
        writer.put(tables.tiles, schema::tile_key(log, tile.level, tile.index), tile.bytes);
    full_.clear();
    std::uint64_t count = size();
    for (std::size_t level = 0; level < edge_.size(); ++level, count /= wire::kTileWidth) {
        if (!changed_[level]) continue;
        changed_[level] = false;
        writer.put(tables.tiles,
                   schema::tile_key(log, static_cast<int>(level), count / wire::kTileWidth),
                   edge_[level]);
    }
}

LogTail LogTail::hand_over() {
    LogTail out = *this;
    full_.clear();
    changed_.assign(changed_.size(), false);
    return out;
}

void write_entry(lmdb::Writer& writer, const schema::Tables& tables, const Place& place,
                 ByteView entry, bool public_statement) {
    const auto key = schema::entry_key(place.log, place.index);
    // Our own log has a table to itself, so that its rows fill pages without gaps.
    if (place.log == kOwnLog)
        writer.append(tables.entries, key, entry);
    else
        writer.put(tables.mirrored, key, entry);
    if (public_statement) writer.put(tables.publics, key, {});
}

void remove_tiles_beyond(lmdb::Writer& writer, const schema::Tables& tables, LogId log,
                         std::uint64_t size) {
    for (int level = 0; level < 8; ++level) {
        const std::uint64_t hashes = size >> (wire::kTileHeight * level);
        const std::uint64_t keep = (hashes + wire::kTileWidth - 1) / wire::kTileWidth;
        for (std::uint64_t index = keep;; ++index) {
            const auto key = schema::tile_key(log, level, index);
            if (!writer.get(tables.tiles, key)) break;
            writer.remove(tables.tiles, key);
        }
    }
}

}  // namespace reelproof::ledger
