#include "ledger/base/file.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/counted.h"
#include "ledger/base/failed_write.h"
#include "ledger/base/secret.h"

namespace reelproof::ledger {

std::string space_advice(const std::filesystem::path& path, int error) {
    if (error == EDQUOT) return "; free space within the quota first";
    if (error != ENOSPC && error != EIO) return {};
    // A write that a full disk cut short is reported as EIO by some.
    constexpr std::uintmax_t kNearlyNothing = 1 << 20;
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    std::error_code unknown;
    const auto space = std::filesystem::space(folder, unknown);
    if (error == EIO && (unknown || space.available > kNearlyNothing)) return {};
    return "; free space on the disk of " + folder.string() + " first";
}

namespace {

class FileHandle {
  public:
    explicit FileHandle(int descriptor, bool owned = true)
        : descriptor_(descriptor), owned_(owned) {}
    ~FileHandle() {
        if (owned_ && descriptor_ >= 0) ::close(descriptor_);
    }
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;

    [[nodiscard]] int get() const { return descriptor_; }
    int close() {
        int result = ::close(descriptor_);
        descriptor_ = -1;
        return result;
    }

  private:
    int descriptor_;
    bool owned_;
};

std::string reason(const std::filesystem::path& path, std::string_view step, int error) {
    return path.string() + ": " + std::string(step) + ": " + std::strerror(error) +
           space_advice(path, error);
}

[[noreturn]] void fail(const std::filesystem::path& path, const char* step) {
    throw_failed(path, step, errno);
}

// A wrong path is the caller's input; a failing disk is not.
bool is_about_the_path(int error) {
    return error == ENOENT || error == ENOTDIR || error == EISDIR || error == EACCES ||
           error == ENAMETOOLONG || error == ELOOP;
}

void write_all(int descriptor, ByteView bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        ssize_t wrote = ::write(descriptor, bytes.data(), bytes.size());
        if (wrote < 0) {
            if (errno == EINTR) continue;
            fail(path, "write");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    }
}

}  // namespace

void throw_failed(const std::filesystem::path& path, std::string_view step, int error) {
    const EnvironmentError trouble(reason(path, step, error));
    if (space_advice(path, error).empty()) throw trouble;
    try {
        throw std::system_error(std::make_error_code(std::errc::no_space_on_device));
    } catch (const std::system_error&) {
        std::throw_with_nested(trouble);
    }
}

void sync_folder(const std::filesystem::path& folder) {
    FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (handle.get() < 0) fail(folder, "open");
    if (::fsync(handle.get()) != 0) fail(folder, "fsync");
}

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit) {
    const bool standard_input = path == "-";
    FileHandle handle(
        standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY),
        !standard_input);
    if (handle.get() < 0) {
        if (is_about_the_path(errno))
            return Error{ErrorKind::not_found, reason(path, "open", errno)};
        fail(path, "open");
    }
    Bytes out;
    struct stat status {};
    if (::fstat(handle.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        out.reserve(std::min(limit, static_cast<std::size_t>(status.st_size)) + 1);
    // One byte over the limit tells a file that is too large from one that just fits, also where
    // the size is not known before (a pipe).
    std::uint8_t buffer[65536];
    while (out.size() <= limit) {
        std::size_t want = std::min(sizeof buffer, limit - out.size() + 1);
        ssize_t got = ::read(handle.get(), buffer, want);
        if (got < 0) {
            if (errno == EINTR) continue;
            if (is_about_the_path(errno))
                return Error{ErrorKind::not_found, reason(path, "read", errno)};
            fail(path, "read");
        }
        if (got == 0) break;
        out.insert(out.end(), buffer, buffer + got);
    }
    if (out.size() > limit)
        return Error{ErrorKind::too_large, path.string() + " is over " + counted(limit, "byte")};
    return out;
}

Result<Bytes> read_secret_file(const std::filesystem::path& path, std::size_t limit) {
    struct stat status {};
    if (path != "-" && ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_mode & 077) != 0)
        return malformed(path.string() + " is a secret that others can read: chmod 600 it");
    return read_file(path, limit);
}

void write_file_durably(const std::filesystem::path& path, ByteView bytes, unsigned mode) {
    std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    std::array<std::uint8_t, 8> unique;
    fill_random(unique);
    std::filesystem::path temporary =
        folder / ("." + path.filename().string() + "." + to_hex(unique) + ".tmp");
    FileHandle handle(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (handle.get() < 0) fail(path, "create");
    // If we die before the rename, the old file stands and a hidden .tmp file lies beside it: it is
    // never read, and harmless to delete.
    try {
        write_all(handle.get(), bytes, path);
        if (::fchmod(handle.get(), mode) != 0) fail(path, "chmod");
        if (::fsync(handle.get()) != 0) fail(path, "fsync");
        if (handle.close() != 0) fail(path, "close");
        if (::rename(temporary.c_str(), path.c_str()) != 0) fail(path, "rename");
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    // Between the rename and this the new name may not survive a power cut; then the old file does.
    sync_folder(folder);
}

}  // namespace reelproof::ledger
