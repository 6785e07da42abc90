#include "ledger/store/replace.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

namespace {

namespace fs = std::filesystem;

// ".", "..", "a/" and "a" have the same neighbours only once they are written out.
fs::path plain(const fs::path& path) {
    fs::path out = fs::absolute(path).lexically_normal();
    return out.has_filename() ? out : out.parent_path();
}

void rename_durably(const fs::path& from, const fs::path& to, unsigned flags) {
    const auto fail = [&](const std::string& what) {
        const int error = errno;
        throw EnvironmentError(from.string() + ": " + what + " " + to.string() + ": " +
                               std::strerror(error));
    };
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) != 0)
        fail("can't be moved to");
    const int fd = ::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || ::fsync(fd) != 0) fail("can't flush the folder of");
    ::close(fd);
}

}  // namespace

fs::path set_aside(const fs::path& store, const fs::path& folder, UnixSeconds now) {
    const std::string name = plain(folder).string() + ".before-" + to_iso8601(now);
    fs::path to = name;
    for (int i = 2; fs::exists(to); ++i) to = name + "-" + std::to_string(i);
    rename_durably(plain(store), to, RENAME_NOREPLACE);
    return to;
}

fs::path replace_store(const fs::path& fresh, const fs::path& folder, UnixSeconds now) {
    if (!fs::exists(folder)) {
        rename_durably(plain(fresh), plain(folder), RENAME_NOREPLACE);
        return {};
    }
    rename_durably(plain(fresh), plain(folder), RENAME_EXCHANGE);
    // If we die here, the old store lies where the fresh one was.
    return set_aside(fresh, folder, now);
}

}  // namespace reelproof::ledger
