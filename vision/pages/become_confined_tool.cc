// The child's side of confined_tool.h: takes from this process what drawing a page does not need,
// then becomes the program.
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vision/pages/confined_tool.h"
#include "vision/reader/wire.h"

namespace reelproof::vision {
namespace {

constexpr rlim_t memory_limit = 1536u << 20, output_limit = 64u << 20, descriptors = 64;
constexpr rlim_t cpu_seconds = 20;

constexpr std::uint64_t reads = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
// All of the first version, which each kernel with Landlock knows; what later ones add (renaming
// across folders, truncating by path) is of no use to who may write no file, or is refused below.
constexpr std::uint64_t all_access = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

// What programs and fonts are made of. Nothing of the node lies there.
constexpr std::array readable{
    "/usr/lib", "/usr/lib64", "/usr/share",       "/usr/local/lib", "/usr/local/share/fonts",
    "/lib",     "/lib64",     "/etc/ld.so.cache", "/etc/fonts",     "/var/cache/fontconfig"};
constexpr std::array loaders{"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"};

// A path that is not there gives no access, and is passed over.
bool let(int rules, const char* path, std::uint64_t access) {
    const int there = open(path, O_PATH | O_CLOEXEC);
    if (there < 0) return errno == ENOENT;
    landlock_path_beneath_attr attribute{};
    attribute.allowed_access = access;
    attribute.parent_fd = there;
    long done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &attribute, 0);
    if (done != 0 && errno == EINVAL) {
        attribute.allowed_access &=
            ~static_cast<std::uint64_t>(LANDLOCK_ACCESS_FS_READ_DIR);  // a file
        done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &attribute, 0);
    }
    close(there);
    return done == 0;
}

bool restrict_files(const char* program) {
    landlock_ruleset_attr handled{};
    handled.handled_access_fs = all_access;
    const auto rules = static_cast<int>(
        syscall(SYS_landlock_create_ruleset, &handled, sizeof handled.handled_access_fs, 0));
    if (rules < 0) return false;
    bool fine =
        let(rules, program, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE) &&
        let(rules, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
    for (const char* path : readable) fine = fine && let(rules, path, reads);
    for (const char* path : loaders)
        fine = fine && let(rules, path, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE);
    fine = fine && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return fine;
}

bool limit(__rlimit_resource_t resource, rlim_t value) {
    const rlimit both{value, value};
    return setrlimit(resource, &both) == 0;
}

bool filter_calls() {
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_ALLOW),
                                                                  seccomp_release);
    if (!filter) return false;
    int error = 0;
    // No network, no look into other processes, no way around the rules for files.
    for (const int call : {SCMP_SYS(socket),
                           SCMP_SYS(socketpair),
                           SCMP_SYS(connect),
                           SCMP_SYS(bind),
                           SCMP_SYS(ptrace),
                           SCMP_SYS(process_vm_readv),
                           SCMP_SYS(process_vm_writev),
                           SCMP_SYS(pidfd_getfd),
                           SCMP_SYS(pidfd_open),
                           SCMP_SYS(pidfd_send_signal),
                           SCMP_SYS(kill),
                           SCMP_SYS(tkill),
                           SCMP_SYS(rt_sigqueueinfo),
                           SCMP_SYS(io_uring_setup),
                           SCMP_SYS(bpf),
                           SCMP_SYS(perf_event_open),
                           SCMP_SYS(userfaultfd),
                           SCMP_SYS(keyctl),
                           SCMP_SYS(add_key),
                           SCMP_SYS(request_key),
                           SCMP_SYS(unshare),
                           SCMP_SYS(setns),
                           SCMP_SYS(mount),
                           SCMP_SYS(umount2),
                           SCMP_SYS(open_by_handle_at),
                           SCMP_SYS(truncate),
                           SCMP_SYS(setpriority),
                           SCMP_SYS(shmget),
                           SCMP_SYS(msgget),
                           SCMP_SYS(mq_open),
                           SCMP_SYS(chmod),
                           SCMP_SYS(fchmodat),
                           SCMP_SYS(chown),
                           SCMP_SYS(fchownat),
                           SCMP_SYS(utimensat),
                           SCMP_SYS(setxattr),
                           SCMP_SYS(fork),
                           SCMP_SYS(vfork)})
        error = error != 0 ? error : seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0);
    // Threads may be had, processes not. glibc asks by clone() where there is no clone3().
    if (error == 0)
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (error == 0)
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                 SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    if (error == 0)
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), 1,
                                 SCMP_A0(SCMP_CMP_NE, 0));
    // abort() signals this very process.
    if (error == 0)
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
                                 SCMP_A0(SCMP_CMP_NE, static_cast<scmp_datum_t>(getpid())));
    return error == 0 && seccomp_load(filter.get()) == 0;
}

}  // namespace

int become_confined_tool(char** argv) {
    if (argv[0] == nullptr || access(argv[0], X_OK) != 0) return 127;
    const bool locked = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && limit(RLIMIT_CORE, 0) &&
                        limit(RLIMIT_FSIZE, output_limit) && limit(RLIMIT_NOFILE, descriptors) &&
                        limit(RLIMIT_CPU, cpu_seconds) && restrict_files(argv[0]) &&
                        limit(RLIMIT_AS, memory_limit) && filter_calls();
    if (!locked) return exit_not_locked_in;
    execv(argv[0], argv);
    return 127;
}

}  // namespace reelproof::vision
