// The growing end of one log's tree: the frontier and the partial tiles of each level. Appending
// touches no storage; the tiles that changed are then written in one go. A LogTail is a value:
// the writer works on a copy and keeps it once its transaction is committed. Not thread-safe.
#pragma once

#include <functional>
#include <vector>

#include "ledger/format/merkle.h"
#include "ledger/store/lmdb.h"
#include "ledger/store/schema.h"

namespace reelproof::ledger {

// Gives the stored bytes of a tile; throws EnvironmentError when it is not there.
using TileReader = std::function<Bytes(int level, std::uint64_t index)>;

// Hash of a complete subtree from the tiles. Throws EnvironmentError when a tile is too short.
Hash subtree_from_tiles(const TileReader& tiles, int level, std::uint64_t index);
// Tiles of a log as they stand in a transaction.
TileReader tiles_in(const lmdb::Reader& reader, const schema::Tables& tables, LogId log);

class LogTail {
  public:
    LogTail() = default;
    // The tail of the first `size` leaves, from the stored tiles.
    static LogTail load(std::uint64_t size, const TileReader& tiles);

    void append(const Hash& leaf);
    [[nodiscard]] std::uint64_t size() const { return frontier_.size(); }
    [[nodiscard]] Hash root() const { return frontier_.root(); }

    // Writes each tile that changed since the last call, full ones and the partial ones as they
    // stand now.
    void write_tiles(lmdb::Writer& writer, const schema::Tables& tables, LogId log);
    // A copy of this, which counts from here on as written, whoever writes the copy's tiles.
    [[nodiscard]] LogTail hand_over();

  private:
    struct FullTile {
        int level;
        std::uint64_t index;
        Bytes bytes;
    };
    void add_to_tile(int level, std::uint64_t index, const Hash& hash);

    Frontier frontier_;
    std::vector<Bytes> edge_;     // the last, partial tile of each level; may be empty
    std::vector<bool> changed_;   // edge_[level] since the last write
    std::vector<FullTile> full_;  // completed since the last write
};

// Appends statements to a log: rows of entries, the leaf hashes to the tail. `public_statement`
// says which ones go into the table of public statements.
void write_entry(lmdb::Writer& writer, const schema::Tables& tables, const Place& place,
                 ByteView entry, bool public_statement);

// Removes the tiles that a tree of the first `size` leaves does not have. A partial tile may keep
// hashes beyond it: they are cut on read.
void remove_tiles_beyond(lmdb::Writer& writer, const schema::Tables& tables, LogId log,
                         std::uint64_t size);

}  // namespace reelproof::ledger
