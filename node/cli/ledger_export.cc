#include "node/cli/ledger_export.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "ledger/base/file.h"
#include "ledger/format/describe.h"
#include "ledger/format/envelope.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "ledger/provenance/cosigned.h"

namespace reelproof::node {

namespace json = boost::json;
using ledger::Result;
using ledger::TileId;

namespace {

// Tiles can be exported again, so they are not synced one by one; the checkpoint is.
void write_plainly(const std::filesystem::path& path, ledger::ByteView bytes) {
    std::filesystem::create_directories(path.parent_path());
    errno = 0;
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out)
        throw ledger::EnvironmentError(
            path.string() + ": can't be written: " + std::strerror(errno != 0 ? errno : EIO));
}

Result<void> expect_empty(const std::filesystem::path& folder) {
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) return {};
    if (!std::filesystem::is_directory(folder, error) ||
        !std::filesystem::is_empty(folder, error) || error)
        return ledger::malformed(folder.string() + ": is not an empty folder");
    return {};
}

}  // namespace

Result<json::object> entry_json(std::uint64_t index, ledger::ByteView entry) {
    auto described = ledger::describe_statement(entry);
    if (!described) return described.error();
    json::object out{{"index", index}};
    for (const auto& [name, value] : *described) out[name] = value;
    const auto statement = ledger::parse_statement(entry).value();
    out["envelopes"] = 0;
    out["payload"] = nullptr;
    if (statement.sealed())
        out["envelopes"] = ledger::parse_sealed_payload(statement.payload).value().envelopes.size();
    else
        out["payload"] = json::parse(ledger::as_text(statement.payload));
    return out;
}

Result<RawExport> export_tiles(
    const ledger::Store& store, const ledger::LogInfo& log, const std::filesystem::path& folder,
    const std::function<void(std::uint64_t done, std::uint64_t all)>& progress) {
    if (auto ok = expect_empty(folder); !ok) return ok.error();
    const auto head = store.head(log.id);
    if (!head)
        return ledger::Error{ledger::ErrorKind::not_found, log.origin + ": has no entries yet"};
    const auto size = head->checkpoint.size;
    auto tiles = ledger::tiles_of_tree(size);
    constexpr auto kWidth = ledger::wire::kTileWidth;
    for (std::uint64_t first = 0; first < size; first += kWidth)
        tiles.push_back(TileId{.level = 0,
                               .entries = true,
                               .index = first / kWidth,
                               .width = static_cast<int>(std::min(kWidth, size - first))});
    RawExport out;
    for (const auto& tile : tiles) {
        const auto bytes = store.tile(log.id, tile);
        if (!bytes) return ledger::within(log.origin, bytes.error());
        write_plainly(folder / ledger::tile_path(tile), *bytes);
        out.bytes += bytes->size();
        progress(++out.files, tiles.size() + 1);
    }
    std::filesystem::create_directories(folder);
    const auto note = ledger::cosigned_checkpoint(store, log, *head, size, {});
    ledger::write_file_durably(folder / "checkpoint", ledger::as_bytes(note));
    out.bytes += note.size();
    progress(++out.files, tiles.size() + 1);
    return out;
}

}  // namespace reelproof::node
