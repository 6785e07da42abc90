#include "ledger/base/overwritten_file.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/failed_write.h"
#include "ledger/base/file.h"

namespace reelproof::ledger {
namespace {

// The file that a name stood for, so that it can be overwritten once another has taken its place.
class OldFile {
  public:
    explicit OldFile(const std::filesystem::path& file)
        : file_(file), descriptor_(::open(file.c_str(), O_WRONLY | O_CLOEXEC)) {
        if (descriptor_ < 0 && errno != ENOENT) fail("open");
    }
    ~OldFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    OldFile(const OldFile&) = delete;
    OldFile& operator=(const OldFile&) = delete;

    void overwrite() const {
        if (descriptor_ < 0) return;
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) fail("fstat");
        const Bytes zeros(std::size_t{64} << 10);
        for (off_t at = 0; at < status.st_size;) {
            const auto size =
                std::min<off_t>(static_cast<off_t>(zeros.size()), status.st_size - at);
            const auto wrote =
                ::pwrite(descriptor_, zeros.data(), static_cast<std::size_t>(size), at);
            if (wrote < 0 && errno != EINTR) fail("write");
            if (wrote > 0) at += wrote;
        }
        if (::fsync(descriptor_) != 0) fail("fsync");
    }

  private:
    [[noreturn]] void fail(const char* step) const { throw_failed(file_, step, errno); }

    const std::filesystem::path file_;
    const int descriptor_;
};

}  // namespace

void replace_secret_file(const std::filesystem::path& file, ByteView content) {
    const OldFile old(file);
    write_file_durably(file, content, 0600);
    // Who dies here leaves blocks of the old file on the disk that no name leads to any more.
    old.overwrite();
}

void overwrite_unfinished(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::exists(folder)) return;
    const auto begins = "." + file.filename().string() + ".";
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(begins) && name.ends_with(".tmp") && entry.is_regular_file())
            found.push_back(entry.path());
    }
    for (const auto& one : found) {
        OldFile(one).overwrite();
        std::filesystem::remove(one);
    }
    if (!found.empty()) sync_folder(folder);
}

}  // namespace reelproof::ledger
