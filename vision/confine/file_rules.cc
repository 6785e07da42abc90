#include "vision/confine/file_rules.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace reelproof::vision {
namespace {

// Debian 12's header ends with the second version.
struct Handled {
    std::uint64_t files, network, scoped;
};
constexpr std::uint64_t truncate_right = 1u << 14, device_order_right = 1u << 15;
constexpr std::uint64_t bind_tcp = 1u << 0, connect_tcp = 1u << 1;
constexpr std::uint64_t abstract_sockets = 1u << 0, signals = 1u << 1;

constexpr std::uint64_t reads = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

// All that this version can refuse.
Handled all_of(int version) {
    Handled out{(LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1, 0, 0};
    if (version >= 2) out.files |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3) out.files |= truncate_right;
    if (version >= 4) out.network = bind_tcp | connect_tcp;
    if (version >= 5) out.files |= device_order_right;
    if (version >= 6) out.scoped = abstract_sockets | signals;
    return out;
}

constexpr const char* system_files[] = {
    "/usr/lib", "/usr/lib64", "/usr/share",       "/usr/local/lib", "/usr/local/share/fonts",
    "/lib",     "/lib64",     "/etc/ld.so.cache", "/etc/fonts",     "/var/cache/fontconfig"};

}  // namespace

int FileRules::version() {
    const auto got =
        syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return got < 0 ? 0 : static_cast<int>(got);
}

FileRules::FileRules() {
    const auto handled = all_of(version());
    // An older kernel takes the longer structure where what it doesn't know is 0.
    rules_ = static_cast<int>(syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0));
    if (rules_ < 0) error_ = errno;
}

FileRules::~FileRules() {
    if (rules_ >= 0) close(rules_);
}

void FileRules::let_read(const std::string& path) {
    let(path, reads);
}

void FileRules::let_write(const std::string& path) {
    let(path, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
}

void FileRules::let_run(const std::string& path) {
    let(path, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE);
}

void FileRules::let_read_system() {
    for (const char* path : system_files) let_read(path);
}

std::string FileRules::enforce() {
    if (error_ == 0 && syscall(SYS_landlock_restrict_self, rules_, 0) != 0) error_ = errno;
    return error_ == 0 ? "" : std::string("Landlock: ") + std::strerror(error_);
}

void FileRules::let(const std::string& path, std::uint64_t access) {
    if (error_ != 0) return;
    const int there = open(path.c_str(), O_PATH | O_CLOEXEC);
    if (there < 0) {
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) error_ = errno;
        return;
    }
    landlock_path_beneath_attr attribute{};
    attribute.allowed_access = access;
    attribute.parent_fd = there;
    const auto add = [&] {
        return syscall(SYS_landlock_add_rule, rules_, LANDLOCK_RULE_PATH_BENEATH, &attribute, 0);
    };
    auto done = add();
    if (done != 0 && errno == EINVAL) {
        // It is a file, to which the right over folders can't be given.
        attribute.allowed_access &= ~std::uint64_t{LANDLOCK_ACCESS_FS_READ_DIR};
        done = add();
    }
    if (done != 0) error_ = errno;
    close(there);
}

}  // namespace reelproof::vision
