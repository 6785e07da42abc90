#include "vision/confine/call_filter.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "vision/confine/sanitized.h"

namespace reelproof::vision {
namespace {

constexpr std::array computing{
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

// open and openat stand apart: what they may do is in their flags.
constexpr std::array reading_files{
    SCMP_SYS(close),      SCMP_SYS(lseek),      SCMP_SYS(pread64), SCMP_SYS(readv),
    SCMP_SYS(newfstatat), SCMP_SYS(stat),       SCMP_SYS(lstat),   SCMP_SYS(statx),
    SCMP_SYS(access),     SCMP_SYS(faccessat),  SCMP_SYS(statfs),  SCMP_SYS(fstatfs),
    SCMP_SYS(readlink),   SCMP_SYS(readlinkat), SCMP_SYS(getcwd),  SCMP_SYS(getdents64),
    SCMP_SYS(fadvise64),  SCMP_SYS(uname),      SCMP_SYS(sysinfo), SCMP_SYS(faccessat2),
    SCMP_SYS(getuid),     SCMP_SYS(geteuid),    SCMP_SYS(getgid),  SCMP_SYS(getegid),
};

// Of fcntl only these: F_SETOWN and F_SETSIG have the kernel signal whomever one likes.
constexpr std::array descriptor_orders{F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC};

constexpr std::array threads{
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
};

constexpr std::array starting{
    SCMP_SYS(execve),  SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address), SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),    SCMP_SYS(mmap),       SCMP_SYS(mprotect),        SCMP_SYS(getrlimit),
    SCMP_SYS(getppid), SCMP_SYS(getpgrp),
};

constexpr unsigned long what_open_changes = O_ACCMODE | O_CREAT | O_TRUNC;

}  // namespace

CallFilter::CallFilter() : filter_(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release) {
    if (!filter_) {
        error_ = -ENOMEM;
        return;
    }
    // For threads too that a library may have started while it was loaded.
    error_ = seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    for (const int call : computing) let(call);
    // The sanitizers test an address by writing it to a pipe.
    if (sanitized)
        for (const int call : {SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(close)}) let(call);
    // Memory may be had, code may not be made.
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
        let(call, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
    // abort() signals this very process; the parent shall see how it died.
    let(SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()))});
}

void CallFilter::read_files() {
    for (const int call : reading_files) let(call);
    for (const int order : descriptor_orders)
        let(SCMP_SYS(fcntl), {SCMP_A1(SCMP_CMP_EQ, static_cast<scmp_datum_t>(order))});
    // To truncate or make a file it need not be open for writing.
    let_open(what_open_changes, O_RDONLY);
}

void CallFilter::write_files() {
    let_open(O_ACCMODE, O_WRONLY);
}

void CallFilter::start_threads() {
    for (const int call : threads) let(call);
    let(SCMP_SYS(prctl), {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)});
    // glibc asks by clone(), whose flags can be seen, where there is no clone3().
    answer(SCMP_SYS(clone3), SCMP_ACT_ERRNO(ENOSYS));
    let(SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)});
}

void CallFilter::use_video_device() {
    for (const int call : {SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6)})
        let(call);
    // The orders of <linux/videodev2.h>.
    let(SCMP_SYS(ioctl),
        {SCMP_A1(SCMP_CMP_MASKED_EQ, _IOC_TYPEMASK << _IOC_TYPESHIFT, 'V' << _IOC_TYPESHIFT)});
}

void CallFilter::become_program() {
    becomes_program_ = true;
    for (const int call : starting) let(call);
    // Its own limits, which it can only lower.
    let(SCMP_SYS(prlimit64), {SCMP_A0(SCMP_CMP_EQ, 0)});
}

std::string CallFilter::load() {
    for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace)})
        if (call != SCMP_SYS(execve) || !becomes_program_) answer(call, SCMP_ACT_KILL_PROCESS);
    if (error_ == 0) error_ = seccomp_load(filter_.get());
    return error_ == 0 ? "" : std::string("seccomp filter: ") + std::strerror(-error_);
}

void CallFilter::let(int call, std::initializer_list<scmp_arg_cmp> when) {
    if (error_ == 0)
        error_ = seccomp_rule_add_array(filter_.get(), SCMP_ACT_ALLOW, call,
                                        static_cast<unsigned>(when.size()), when.begin());
}

void CallFilter::let_open(unsigned long mask, unsigned long flags) {
    let(SCMP_SYS(open), {SCMP_A1(SCMP_CMP_MASKED_EQ, mask, flags)});
    let(SCMP_SYS(openat), {SCMP_A2(SCMP_CMP_MASKED_EQ, mask, flags)});
}

void CallFilter::answer(int call, unsigned action) {
    if (error_ == 0) error_ = seccomp_rule_add(filter_.get(), action, call, 0);
}

}  // namespace reelproof::vision
