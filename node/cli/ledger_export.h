// Takes a stored log out, for other programs: as JSON lines, or as the files of C2SP tlog-tiles.
// Reads only. Thread-safe for different folders.
#pragma once

#include <filesystem>
#include <functional>

#include <boost/json.hpp>

#include "ledger/store/store.h"

namespace reelproof::node {

// {index, iss, sub, iat, content_type, kid, leaf_hash, envelopes, payload} of one entry: envelopes
// counts those of a sealed statement, payload is the JSON of a public one, else null.
ledger::Result<boost::json::object> entry_json(std::uint64_t index, ledger::ByteView entry);

struct RawExport {
    std::uint64_t files = 0, bytes = 0;
};
// Writes `checkpoint`, `tile/…` and `tile/entries/…` to a folder that is empty or not there yet.
// The checkpoint comes last: a folder that has it is whole. `progress` gets files written and to
// write. Errors: the folder is not empty; `not_found` when the log has no head. Throws
// EnvironmentError.
ledger::Result<RawExport> export_tiles(
    const ledger::Store& store, const ledger::LogInfo& log, const std::filesystem::path& folder,
    const std::function<void(std::uint64_t done, std::uint64_t all)>& progress);

}  // namespace reelproof::node
