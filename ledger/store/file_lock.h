// The lock that keeps a second process away from a store: flock on a file that names who holds it.
// The kernel lets go of it when the holder ends, however it ends. Owned by the Store.
#pragma once

#include <filesystem>

#include "ledger/base/result.h"

namespace reelproof::ledger {

class FileLock {
  public:
    FileLock() = default;
    // `unavailable` with the holder's process id when somebody has it. Throws EnvironmentError.
    static Result<FileLock> take(const std::filesystem::path& path);
    ~FileLock();
    FileLock(FileLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    FileLock& operator=(FileLock&& other) noexcept;

  private:
    int fd_ = -1;
};

}  // namespace reelproof::ledger
