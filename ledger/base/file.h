// Reading and durable writing of small files: temporary file, fsync, rename, fsync of the folder.
// Thread-safe for different paths.
#pragma once

#include <filesystem>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

// What to do about a failed write for want of space, to be put behind the system's reason; empty
// for any other error. `error` is an errno.
std::string space_advice(const std::filesystem::path& path, int error);

// Reads a whole file ("-" is standard input) of at most `limit` bytes; the error names the path.
Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit);
// The same of a secret: refused (kind malformed) when others than its owner may read the file.
Result<Bytes> read_secret_file(const std::filesystem::path& path, std::size_t limit);
// Replaces the file atomically and durably; `mode` is the new file's permission bits.
// Throws EnvironmentError with the path and the system's reason.
void write_file_durably(const std::filesystem::path& path, ByteView bytes, unsigned mode = 0644);
// What was made in that folder, or renamed, is there for good. Throws EnvironmentError.
void sync_folder(const std::filesystem::path& folder);

}  // namespace reelproof::ledger
