// Looks into LMDB's data file from outside. A page that the file is too short for ends the process
// with SIGBUS when it is read through the map, so this has to be known before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace reelproof::ledger::lmdb {

struct CutFile {
    std::uint64_t has = 0, needs = 0;  // bytes
};

// Set when pages that the newest commit uses lie beyond the end of the file. Nothing for a file
// that is missing, empty, or not LMDB's. Safe beside a process that writes it. Throws
// EnvironmentError when it can't be read.
std::optional<CutFile> find_cut(const std::filesystem::path& file);

}  // namespace reelproof::ledger::lmdb
