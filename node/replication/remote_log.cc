#include "node/replication/remote_log.h"

#include <algorithm>
#include <map>

#include "ledger/base/counted.h"
#include "ledger/format/wire.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Hash;

constexpr std::size_t kHashSize = 32;
constexpr std::size_t kUnreadable = 16UL * 1024;  // of it is kept to be looked at
constexpr std::size_t kMaxEntryRow = ledger::wire::kMaxStatementSize + 2;  // with its length
constexpr int kFullWidth = static_cast<int>(ledger::wire::kTileWidth);

Hash hash_at(std::string_view tile, std::size_t index) {
    Hash out;
    std::copy_n(tile.begin() + static_cast<std::ptrdiff_t>(index * kHashSize), kHashSize,
                out.begin());
    return out;
}

std::vector<ledger::Bytes> first_rows(const std::vector<ledger::ByteView>& rows, int count) {
    std::vector<ledger::Bytes> out;
    for (int i = 0; i < count; ++i) out.push_back(ledger::to_bytes(rows[i]));
    return out;
}

}  // namespace

ledger::Result<SignedCheckpoint> check_checkpoint(std::string_view text,
                                                  const ledger::NoteVerifier& log) {
    auto note = ledger::parse_note(text);
    if (!note) return within("checkpoint", note.error());
    if (note->text.size() > kMaxCheckpointText)
        return Error{ErrorKind::too_large, "checkpoint: its text is " +
                                               ledger::counted(note->text.size(), "byte") +
                                               ", more than " + std::to_string(kMaxCheckpointText)};
    if (auto ok = ledger::verify_note(*note, log); !ok) return within("checkpoint", ok.error());
    auto checkpoint = ledger::parse_checkpoint(note->text);
    if (!checkpoint) return checkpoint.error();
    if (checkpoint->origin != log.name)
        return ledger::invalid("checkpoint: it is of the log " + checkpoint->origin + ", not " +
                               log.name);
    if (checkpoint->size == 0 && checkpoint->root != ledger::empty_root())
        return ledger::invalid("checkpoint: size 0 with another root than that of the empty tree");
    SignedCheckpoint out{*checkpoint, note->text, {}};
    for (const auto& signature : note->signatures)
        if (signature.name == log.name && signature.key_id == log.key_id) {
            out.note = ledger::format_note(note->text, {signature.line});
            break;
        }
    return out;
}

ledger::Result<SignedCheckpoint> RemoteLog::checkpoint(const ledger::NoteVerifier& log) {
    auto note = unchecked_checkpoint();
    if (!note) return note.error();
    return check_checkpoint(*note, log);
}

ledger::Result<std::string> RemoteLog::unchecked_checkpoint() {
    return source_.get(prefix_ + "/checkpoint", ledger::wire::kMaxNoteSize);
}

ledger::Result<std::string> RemoteLog::hashes(const ledger::TileId& id) {
    auto body = tile(id, kHashSize);
    if (!body) return body.error();
    const std::size_t size = static_cast<std::size_t>(id.width) * kHashSize;
    if (body->size() < size) {
        unreadable_ = body->substr(0, kUnreadable);
        return ledger::malformed(tile_path(id) + " is too short");
    }
    body->resize(size);
    return body;
}

ledger::Result<std::string> RemoteLog::tile(ledger::TileId id, std::size_t row_limit) {
    auto body =
        source_.get(prefix_ + "/" + tile_path(id), static_cast<std::size_t>(id.width) * row_limit);
    if (!body && body.error().kind == ErrorKind::too_large) unreadable_ = body.error().message;
    if (body || body.error().kind != ErrorKind::not_found || id.width == kFullWidth) return body;
    id.width = kFullWidth;
    return source_.get(prefix_ + "/" + tile_path(id), kFullWidth * row_limit);
}

ledger::Result<std::vector<ledger::Bytes>> RemoteLog::entries(std::uint64_t index, int width) {
    const ledger::TileId id{.level = 0, .entries = true, .index = index, .width = width};
    auto body = tile(id, kMaxEntryRow);
    if (!body) return body.error();
    auto rows = ledger::parse_bundle(ledger::as_bytes(*body), width);
    // A full bundle in the place of a partial one.
    if (!rows && width != kFullWidth)
        if (auto all = ledger::parse_bundle(ledger::as_bytes(*body), kFullWidth)) rows = all;
    if (!rows) {
        unreadable_ = body->substr(0, kUnreadable);
        return within(tile_path(id), rows.error());
    }
    return first_rows(*rows, width);
}

ledger::Result<void> RemoteLog::full_bundles(std::uint64_t index, std::size_t count,
                                             const TakeEntries& take) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < count; ++i)
        paths.push_back(prefix_ + "/" +
                        ledger::tile_path({.level = 0, .entries = true, .index = index + i}));
    ledger::Result<void> all;
    auto path = paths.begin();
    source_.get_each(paths, kFullWidth * kMaxEntryRow, [&](ledger::Result<std::string> body) {
        if (!body) {
            if (body.error().kind == ErrorKind::too_large) unreadable_ = body.error().message;
            all = body.error();
            return false;
        }
        auto rows = ledger::parse_bundle(ledger::as_bytes(*body), kFullWidth);
        if (!rows) {
            unreadable_ = body->substr(0, kUnreadable);
            all = within(*path, rows.error());
            return false;
        }
        ++path;
        return take(first_rows(*rows, kFullWidth));
    });
    return all;
}

ledger::SubtreeHash RemoteLog::subtree(std::uint64_t size) {
    using Key = std::pair<int, std::uint64_t>;
    return
        [this, size, tiles = std::map<Key, std::string>()](int level, std::uint64_t index) mutable {
            // A subtree of 2^level leaves is made of 2^(level % 8) hashes side by side in one tile.
            const int tile_level = level / ledger::wire::kTileHeight;
            const int inner = level % ledger::wire::kTileHeight;
            const std::uint64_t first = index << inner;
            const std::uint64_t tile_index = first / ledger::wire::kTileWidth;
            const ledger::TileId id{.level = tile_level,
                                    .entries = false,
                                    .index = tile_index,
                                    .width = ledger::tile_width(tile_level, tile_index, size)};
            std::string& bytes = tiles[{tile_level, tile_index}];
            if (bytes.empty()) {
                auto body = hashes(id);
                if (!body) throw FetchFailed(body.error());
                bytes = std::move(*body);
            }
            std::vector<Hash> row;
            for (std::uint64_t i = 0; i < std::uint64_t{1} << inner; ++i)
                row.push_back(hash_at(bytes, first % ledger::wire::kTileWidth + i));
            for (; row.size() > 1; row.resize(row.size() / 2))
                for (std::size_t i = 0; i < row.size() / 2; ++i)
                    row[i] = ledger::node_hash(row[2 * i], row[2 * i + 1]);
            return row.front();
        };
}

}  // namespace reelproof::node
