#include "ledger/store/replace.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "ledger/base/file.h"

namespace reelproof::ledger {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& from, const std::string& what, const fs::path& to = {}) {
    const int error = errno;
    throw EnvironmentError(from.string() + ": " + what + to.string() + ": " + std::strerror(error));
}

void rename_durably(const fs::path& from, const fs::path& to, unsigned flags) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) != 0)
        fail(from, "can't be moved to ", to);
    sync_folder(to.parent_path());
}

// Also of the same file system, which st_dev would not tell.
bool is_mount_point(const fs::path& folder) {
    struct statx found {};
    if (::statx(AT_FDCWD, folder.c_str(), 0, STATX_BASIC_STATS, &found) != 0)
        fail(folder, "can't be looked at");
    return (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace

fs::path plain_path(const fs::path& path) {
    fs::path out = fs::absolute(path).lexically_normal();
    return out.has_filename() ? out : out.parent_path();
}

void check_replaceable(const fs::path& folder) {
    const fs::path store = plain_path(folder);
    if (!fs::exists(store)) return;
    if (is_mount_point(store))
        throw EnvironmentError(store.string() +
                               " is a mount point, which nothing can take the place of: move the "
                               "store into a folder on it, and name that one in [store]");
    const fs::path one = store.string() + ".probe", other = store.string() + ".probe-2";
    for (const fs::path& made : {one, other})
        if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST) fail(made, "can't be made");
    const int done = ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
    const int error = errno;
    for (const fs::path& made : {one, other}) ::rmdir(made.c_str());
    errno = error;
    if (done != 0) fail(store.parent_path(), "its file system can't exchange two folders");
}

fs::path set_aside(const fs::path& store, const fs::path& folder, UnixSeconds now) {
    const std::string name = plain_path(folder).string() + ".before-" + to_iso8601(now);
    fs::path to = name;
    for (int i = 2; fs::exists(to); ++i) to = name + "-" + std::to_string(i);
    rename_durably(plain_path(store), to, RENAME_NOREPLACE);
    return to;
}

fs::path replace_store(const fs::path& fresh, const fs::path& folder, UnixSeconds now) {
    if (!fs::exists(folder)) {
        rename_durably(plain_path(fresh), plain_path(folder), RENAME_NOREPLACE);
        return {};
    }
    rename_durably(plain_path(fresh), plain_path(folder), RENAME_EXCHANGE);
    // If we die here, the old store lies where the fresh one was.
    return set_aside(fresh, folder, now);
}

}  // namespace reelproof::ledger
