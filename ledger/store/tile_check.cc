#include "ledger/store/tile_check.h"

#include "ledger/format/wire.h"

namespace reelproof::ledger {

void TileCheck::append(const Hash& leaf) {
    frontier_.append(leaf, [this](int level, std::uint64_t index, const Hash& hash) {
        if (level % wire::kTileHeight != 0) return;
        const auto at = static_cast<std::size_t>(level / wire::kTileHeight);
        if (edge_.size() <= at) edge_.resize(at + 1);
        edge_[at].insert(edge_[at].end(), hash.begin(), hash.end());
        if (edge_[at].size() < wire::kTileWidth * hash.size()) return;
        compare(static_cast<int>(at), index / wire::kTileWidth, edge_[at]);
        edge_[at].clear();
    });
}

void TileCheck::finish() {
    std::uint64_t hashes = frontier_.size();
    for (std::size_t level = 0; level < edge_.size(); ++level, hashes /= wire::kTileWidth)
        if (!edge_[level].empty())
            compare(static_cast<int>(level), hashes / wire::kTileWidth, edge_[level]);
}

void TileCheck::compare(int level, std::uint64_t index, ByteView wanted) {
    ++count_;
    const lmdb::Reader reader(state_.log);
    const auto row = reader.get(state_.tables.tiles, schema::tile_key(log_.id, level, index));
    const std::string name = "tile " + std::to_string(level) + "/" + std::to_string(index) +
                             " of the log " + log_.origin;
    if (!row)
        bad_.push_back(name + " is missing");
    else if (row->size() < wanted.size() || !equal(row->first(wanted.size()), wanted))
        bad_.push_back(name + " does not hold the hashes of its entries");
}

}  // namespace reelproof::ledger
