#include "vision/reader/confine.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace reelproof::vision {
namespace {

// 50 megapixels take 150 MB in colour; decoders keep a few such buffers.
constexpr rlim_t memory_limit = 2ull << 30;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;  // shadow memory takes terabytes of address space
#else
constexpr bool sanitized = false;
#endif

std::string failure(const char* what, int error) {
    return std::string(what) + ": " + std::strerror(error);
}

bool limit(__rlimit_resource_t resource, rlim_t value) {
    const rlimit both{value, value};
    return setrlimit(resource, &both) == 0;
}

// Everything else is answered with EPERM, so that a library that merely asks goes on without.
constexpr std::array allowed{
    SCMP_SYS(read),          SCMP_SYS(write),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),
    SCMP_SYS(brk),           SCMP_SYS(madvise),
    SCMP_SYS(futex),         SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),   SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrandom),     SCMP_SYS(fstat),
    SCMP_SYS(sigaltstack),   SCMP_SYS(restart_syscall),
};

std::string install_filter() {
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(
        seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release);
    if (!filter) return "seccomp_init failed";
    // For threads too that a library may have started while it was loaded.
    int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    for (const int call : allowed) {
        error = error != 0 ? error : seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
    }
    if (sanitized) {
        // The sanitizers test an address by writing it to a pipe.
        for (const int call : {SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(close)}) {
            error = error != 0 ? error : seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
        }
    }
    // Memory may be had, code may not be made.
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
        if (error != 0) break;
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1,
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    }
    // abort() signals this very process; the parent shall see how it died.
    if (error == 0) {
        error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                 SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid())));
    }
    for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace)}) {
        if (error == 0) error = seccomp_rule_add(filter.get(), SCMP_ACT_KILL_PROCESS, call, 0);
    }
    if (error == 0) error = seccomp_load(filter.get());
    return error == 0 ? "" : failure("seccomp filter", -error);
}

constexpr std::array denied_to_cameras{
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(creat),
    SCMP_SYS(openat2),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(truncate),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchownat),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
};

std::string install_camera_filter() {
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(seccomp_init(SCMP_ACT_ALLOW),
                                                                  seccomp_release);
    if (!filter) return "seccomp_init failed";
    int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    const auto refuse = [&](int call, unsigned count, scmp_arg_cmp argument) {
        if (error == 0)
            error =
                seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EPERM), call, count, &argument);
    };
    for (const int call : denied_to_cameras) refuse(call, 0, {});
    for (const unsigned long way : {O_WRONLY, O_RDWR}) {
        refuse(SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, way));
        refuse(SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, way));
    }
    for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace)})
        if (error == 0) error = seccomp_rule_add(filter.get(), SCMP_ACT_KILL_PROCESS, call, 0);
    if (error == 0) error = seccomp_load(filter.get());
    return error == 0 ? "" : failure("seccomp filter", -error);
}

}  // namespace

std::string confine_camera() {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failure("PR_SET_PDEATHSIG", errno);
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return failure("PR_SET_DUMPABLE", errno);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failure("PR_SET_NO_NEW_PRIVS", errno);
    if (!limit(RLIMIT_CORE, 0)) return failure("RLIMIT_CORE", errno);
    return install_camera_filter();
}

std::string confine_this_process() {
    if (close_range(3, ~0u, 0) != 0) return failure("close_range", errno);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failure("PR_SET_PDEATHSIG", errno);
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return failure("PR_SET_DUMPABLE", errno);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failure("PR_SET_NO_NEW_PRIVS", errno);
    if (!sanitized && !limit(RLIMIT_AS, memory_limit)) return failure("RLIMIT_AS", errno);
    if (!limit(RLIMIT_CORE, 0)) return failure("RLIMIT_CORE", errno);
    if (!limit(RLIMIT_FSIZE, 0)) return failure("RLIMIT_FSIZE", errno);
    if (!limit(RLIMIT_NOFILE, sanitized ? 16 : 3)) return failure("RLIMIT_NOFILE", errno);
    return install_filter();
}

}  // namespace reelproof::vision
