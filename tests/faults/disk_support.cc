#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/faults/disk.h"

namespace reelproof::faults {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSector = 512;  // written whole or not at all

using Contents = std::vector<std::uint8_t>;
// Not the inode: its number is another file's once this one is gone.
using FileId = std::uint64_t;

enum class Step { write, truncate, sync, create, rename, remove, sync_folder };

struct Call {
    Step step = Step::write;
    FileId file = 0;
    std::uint64_t offset = 0;  // of truncate: the size
    Contents bytes;
    bool durable = false;  // by the way it was opened
    std::string path, to;  // of changes of the folder
};

// What is on disk, and what is under way to it.
struct Recording {
    fs::path folder;
    Failure failure;
    std::map<std::string, FileId> names;
    std::map<FileId, Contents> contents;
    std::vector<Call> calls;
    std::map<ino_t, FileId> ids;  // of the files that there are
    FileId files = 0;             // so far
};

std::mutex mutex;
std::optional<Recording> recording;  // owner: mutex

template <class Function>
Function real(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::string path_of(int fd) {
    char out[4096];
    const auto size = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), out, sizeof out);
    return size > 0 ? std::string(out, static_cast<std::size_t>(size)) : std::string();
}

// LMDB's lock file is made anew at each start.
bool is_watched(const std::string& path) {
    return recording && path.starts_with(recording->folder.string() + "/") &&
           !path.ends_with("/lock.mdb");
}

FileId id_of(ino_t inode) {
    auto& id = recording->ids[inode];
    if (id == 0) id = ++recording->files;
    return id;
}

FileId id_of(int fd, bool is_new = false) {
    struct stat status {};
    if (fstat(fd, &status) != 0) return 0;
    if (is_new) recording->ids.erase(status.st_ino);
    return id_of(status.st_ino);
}

Contents read_whole(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Does the call, unless it is to fail; records it where it was done.
template <class Result, class Do>
Result through(Call call, const Do& go) {
    const std::size_t number = recording->calls.size();
    const Failure& failure = recording->failure;
    const bool fails = number == failure.call || (failure.for_ever && number > failure.call);
    Result result = -1;
    if (!fails || failure.persisted) {
        result = go();
        if (call.step == Step::write)
            call.bytes.resize(static_cast<std::size_t>(std::max<Result>(result, 0)));
    } else {
        // Nothing came of it: a sync synced nothing, a write wrote nothing.
        call = {};
    }
    recording->calls.push_back(std::move(call));
    if (!fails) return result;
    errno = failure.error;
    return -1;
}

template <class Do>
ssize_t watched_write(int fd, std::optional<off_t> at, Contents bytes, const Do& go) {
    const std::lock_guard lock(mutex);
    if (!recording || !is_watched(path_of(fd))) return go();
    const int flags = fcntl(fd, F_GETFL);
    if (!at) at = (flags & O_APPEND) != 0 ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    Call call{.step = Step::write,
              .file = id_of(fd),
              .offset = static_cast<std::uint64_t>(*at),
              .bytes = std::move(bytes),
              .durable = (flags & O_DSYNC) != 0,
              .path = {},
              .to = {}};
    return through<ssize_t>(std::move(call), go);
}

template <class Do>
int watched(Step step, int fd, std::uint64_t size, const Do& go) {
    const std::lock_guard lock(mutex);
    if (!recording) return go();
    const std::string path = path_of(fd);
    if (step == Step::sync && (path == recording->folder || is_watched(path)) &&
        fs::is_directory(path))
        return through<int>({.step = Step::sync_folder, .bytes = {}, .path = path, .to = {}}, go);
    if (!is_watched(path)) return go();
    return through<int>(
        {.step = step, .file = id_of(fd), .offset = size, .bytes = {}, .path = {}, .to = {}}, go);
}

template <class Do>
int watched_names(Step step, const std::string& path, const std::string& to, const Do& go) {
    const std::lock_guard lock(mutex);
    if (!is_watched(path)) return go();
    return through<int>({.step = step, .bytes = {}, .path = path, .to = to}, go);
}

template <class Do>
int watched_open(const char* path, int flags, const Do& go) {
    const std::lock_guard lock(mutex);
    if (!is_watched(path) || (flags & O_CREAT) == 0 || fs::exists(path)) return go();
    const int fd = through<int>({.step = Step::create, .bytes = {}, .path = path, .to = {}}, go);
    if (fd >= 0) recording->calls.back().file = id_of(fd, true);
    return fd;
}

Contents gathered(const iovec* parts, int count) {
    Contents out;
    for (int i = 0; i < count; ++i) {
        const auto* begin = static_cast<const std::uint8_t*>(parts[i].iov_base);
        out.insert(out.end(), begin, begin + parts[i].iov_len);
    }
    return out;
}

Contents gathered(const void* bytes, std::size_t size) {
    const iovec one{const_cast<void*>(bytes), size};
    return gathered(&one, 1);
}

void apply(Contents& contents, const Call& call, std::size_t from, std::size_t to) {
    if (contents.size() < call.offset + to) contents.resize(call.offset + to);
    std::copy(call.bytes.begin() + static_cast<std::ptrdiff_t>(from),
              call.bytes.begin() + static_cast<std::ptrdiff_t>(to),
              contents.begin() + static_cast<std::ptrdiff_t>(call.offset + from));
}

// Sector by sector, each for itself.
template <class Keeps>
void apply_torn(Contents& contents, const Call& call, const Keeps& keeps) {
    if (call.step == Step::truncate) {
        if (keeps()) contents.resize(call.offset);
        return;
    }
    for (std::size_t from = 0; from < call.bytes.size();) {
        const std::size_t in_sector = (call.offset + from) % kSector;
        const std::size_t to = std::min(call.bytes.size(), from + kSector - in_sector);
        if (keeps()) apply(contents, call, from, to);
        from = to;
    }
}

void rename_in(std::map<std::string, FileId>& names, const Call& call) {
    const auto found = names.find(call.path);
    if (call.step == Step::create) {
        names[call.path] = call.file;
    } else if (found != names.end()) {
        if (call.step == Step::rename) names[call.to] = found->second;
        names.erase(found);
    }
}

}  // namespace

Disk::Disk(const fs::path& folder, const Failure& failure) {
    const std::lock_guard lock(mutex);
    recording.emplace();
    recording->folder = fs::canonical(folder);
    recording->failure = failure;
    for (const auto& entry : fs::recursive_directory_iterator(recording->folder)) {
        if (!entry.is_regular_file()) continue;
        struct stat status {};
        stat(entry.path().c_str(), &status);
        const auto id = id_of(status.st_ino);
        recording->names[entry.path()] = id;
        recording->contents[id] = read_whole(entry.path());
    }
}

Disk::~Disk() {
    const std::lock_guard lock(mutex);
    recording.reset();
}

std::size_t Disk::calls() const {
    const std::lock_guard lock(mutex);
    return recording->calls.size();
}

void Disk::after_power_cut(std::size_t call, std::uint32_t seed, const fs::path& to) const {
    std::map<std::string, Contents> image;
    fs::path folder;
    {
        const std::lock_guard lock(mutex);
        std::mt19937 random(seed);
        const auto share = seed < 2 ? seed * 100 : 10 + random() % 81;
        const auto keeps = [&] { return random() % 100 < share; };
        folder = recording->folder;
        auto names = recording->names;
        auto contents = recording->contents;
        std::map<FileId, std::vector<const Call*>> unsynced;
        std::vector<const Call*> moves;
        const auto settle = [&](FileId file) {
            for (const Call* one : unsynced[file])
                apply_torn(contents[file], *one, [] { return true; });
            unsynced[file].clear();
        };
        for (std::size_t i = 0; i < std::min(call + 1, recording->calls.size()); ++i) {
            const Call& one = recording->calls[i];
            const bool done = i < call;
            switch (one.step) {
                case Step::write:
                    if (one.durable && done)
                        apply(contents[one.file], one, 0, one.bytes.size());
                    else
                        unsynced[one.file].push_back(&one);
                    break;
                case Step::truncate:
                    unsynced[one.file].push_back(&one);
                    break;
                case Step::sync:
                    if (done) settle(one.file);
                    break;
                case Step::sync_folder:
                    if (!done) break;
                    for (const Call* move : moves) rename_in(names, *move);
                    moves.clear();
                    break;
                default:
                    moves.push_back(&one);
            }
        }
        // A journal keeps the order of names; data has none.
        for (const Call* move : moves) {
            if (!keeps()) break;
            rename_in(names, *move);
        }
        for (auto& [file, writes] : unsynced)
            for (const Call* one : writes) apply_torn(contents[file], *one, keeps);
        for (const auto& [name, file] : names) image[name] = contents[file];
    }
    fs::remove_all(to);
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_directory()) fs::create_directories(to / fs::relative(entry.path(), folder));
    fs::create_directories(to);
    for (const auto& [name, bytes] : image) {
        const auto file = to / fs::relative(name, folder);
        std::ofstream out(file, std::ios::binary);
        out.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
        // Some hold keys, and are not read where others could.
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    }
}

}  // namespace reelproof::faults

// What LMDB and our own code call, ahead of the C library's.
extern "C" {

using namespace reelproof::faults;  // NOLINT(google-build-using-namespace)

ssize_t write(int fd, const void* bytes, size_t size) {
    static const auto go = real<ssize_t (*)(int, const void*, size_t)>("write");
    if (fd <= STDERR_FILENO) return go(fd, bytes, size);
    return watched_write(fd, std::nullopt, gathered(bytes, size),
                         [&] { return go(fd, bytes, size); });
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
    static const auto go = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    return watched_write(fd, at, gathered(bytes, size), [&] { return go(fd, bytes, size, at); });
}
ssize_t writev(int fd, const iovec* parts, int count) {
    static const auto go = real<ssize_t (*)(int, const iovec*, int)>("writev");
    return watched_write(fd, std::nullopt, gathered(parts, count),
                         [&] { return go(fd, parts, count); });
}
ssize_t pwritev(int fd, const iovec* parts, int count, off_t at) {
    static const auto go = real<ssize_t (*)(int, const iovec*, int, off_t)>("pwritev");
    return watched_write(fd, at, gathered(parts, count), [&] { return go(fd, parts, count, at); });
}
int ftruncate(int fd, off_t size) noexcept {
    static const auto go = real<int (*)(int, off_t)>("ftruncate");
    return watched(Step::truncate, fd, static_cast<std::uint64_t>(size),
                   [&] { return go(fd, size); });
}
int fsync(int fd) {
    static const auto go = real<int (*)(int)>("fsync");
    return watched(Step::sync, fd, 0, [&] { return go(fd); });
}
int fdatasync(int fd) {
    static const auto go = real<int (*)(int)>("fdatasync");
    return watched(Step::sync, fd, 0, [&] { return go(fd); });
}
int rename(const char* from, const char* to) noexcept {
    static const auto go = real<int (*)(const char*, const char*)>("rename");
    return watched_names(Step::rename, from, to, [&] { return go(from, to); });
}
int unlink(const char* path) noexcept {
    static const auto go = real<int (*)(const char*)>("unlink");
    return watched_names(Step::remove, path, {}, [&] { return go(path); });
}
int open(const char* path, int flags, ...) {
    static const auto go = real<int (*)(const char*, int, ...)>("open");
    mode_t mode = 0;
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    return watched_open(path, flags, [&] { return go(path, flags, mode); });
}
}
