#include "ledger/format/wire.h"
#include "tests/faults/seen.h"

namespace reelproof::faults {

namespace {

constexpr int kWidth = ledger::wire::kTileWidth;

std::string entry_name(std::uint64_t index) {
    return "entry " + std::to_string(index);
}

// All of a log that is served for good.
std::map<std::string, ledger::Bytes> served_now(const ledger::Store& store, ledger::LogId log,
                                                std::uint64_t size) {
    std::map<std::string, ledger::Bytes> out;
    const auto take = [&](const ledger::TileId& tile) {
        out[tile_path(tile)] = store.tile(log, tile).value();
    };
    for (std::uint64_t index = 0; index < size; ++index)
        out[entry_name(index)] = store.entry(log, index).value();
    std::uint64_t hashes = size;
    for (int level = 0; hashes > 0; ++level, hashes /= kWidth)
        for (std::uint64_t index = 0; index < hashes / kWidth; ++index)
            take({.level = level, .entries = false, .index = index, .width = kWidth});
    for (std::uint64_t index = 0; index * kWidth < size; ++index)
        take({.level = 0,
              .entries = true,
              .index = index,
              .width = ledger::tile_width(0, index, size)});
    return out;
}

}  // namespace

std::string Seen::look(const ledger::Store& store) {
    std::string trouble;
    for (const auto& [origin, before] : roots_) {
        const auto log = store.log_by_origin(origin);
        const auto head = log ? store.head(log->id) : std::nullopt;
        if (!head || head->checkpoint.size < before.rbegin()->first) {
            trouble += "the log " + origin + " was seen with " +
                       std::to_string(before.rbegin()->first) + " entries\n";
            continue;
        }
        for (const auto& [size, root] : before)
            if (ledger::tree_root(size, store.subtree(log->id)) != root)
                trouble += "the log " + origin + " had another root at size " +
                           std::to_string(size) + "\n";
        for (const auto& [path, bytes] : served_[origin]) {
            ledger::Result<ledger::Bytes> now = ledger::Bytes();
            if (path.starts_with("entry "))
                now = store.entry(log->id, std::stoull(path.substr(6)));
            else
                now = store.tile(log->id, ledger::parse_tile_path(path).value());
            if (!now || *now != bytes)
                trouble += path + " of the log " + origin + " is not what it was\n";
        }
    }
    if (!trouble.empty()) return trouble;
    for (const auto& log : store.logs()) {
        const auto head = store.head(log.id);
        if (!head) continue;
        roots_[log.origin][head->checkpoint.size] = head->checkpoint.root;
        served_[log.origin].merge(served_now(store, log.id, head->checkpoint.size));
    }
    return {};
}

std::size_t Seen::full_tiles() const {
    std::size_t out = 0;
    for (const auto& [origin, served] : served_)
        for (const auto& [path, bytes] : served)
            out += path.starts_with("tile/0/") && bytes.size() == kWidth * sizeof(ledger::Hash);
    return out;
}

}  // namespace reelproof::faults
