// Files of secrets that are replaced as a whole, and overwritten where they lay: so that what was
// taken out of one is not read off the disk. What a disk or file system keeps of that on its own is
// beyond us (docs/VAULT.md). For one process and thread at a time a file. Throws EnvironmentError.
#pragma once

#include <filesystem>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

// As write_file_durably, mode 0600; the file that was there is overwritten once the new one is
// safe.
void replace_secret_file(const std::filesystem::path& file, ByteView content);
// What write_file_durably leaves beside it where somebody died in it.
void overwrite_unfinished(const std::filesystem::path& file);

}  // namespace reelproof::ledger
