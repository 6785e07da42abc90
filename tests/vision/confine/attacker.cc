// reelproof_attacker HOW VICTIM FILE FOLDER [OWN]: what a taken-over process would try against the
// process VICTIM of the same user and against FILE, from within the confinement HOW ("reader",
// "film", "device"; "tool": it was put in). Says of each attempt whether it was refused.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include "vision/confine/confine.h"

namespace {

std::vector<std::pair<const char*, bool>> attempts;

void attempt(const char* name, long result) {
    attempts.emplace_back(name, result < 0 && (errno == EPERM || errno == EACCES));
}

void signal_others(pid_t victim) {
    siginfo_t info{};
    info.si_signo = SIGKILL;
    info.si_code = SI_QUEUE;
    attempt("kill", kill(victim, SIGKILL));
    attempt("kill all", kill(-1, 0));
    attempt("tkill", syscall(SYS_tkill, victim, SIGKILL));
    attempt("tgkill", syscall(SYS_tgkill, victim, victim, SIGKILL));
    attempt("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, victim, SIGKILL, &info));
    attempt("rt_tgsigqueueinfo", syscall(SYS_rt_tgsigqueueinfo, victim, victim, SIGKILL, &info));
    attempt("pidfd_open", syscall(SYS_pidfd_open, victim, 0));
    attempt("pidfd_send_signal", syscall(SYS_pidfd_send_signal, 1, SIGKILL, nullptr, 0));
    attempt("pidfd_getfd", syscall(SYS_pidfd_getfd, 1, 0, 0));
    int on = 1;
    f_owner_ex owner{F_OWNER_PID, victim};
    attempt("F_SETOWN", fcntl(STDOUT_FILENO, F_SETOWN, victim));
    attempt("F_SETOWN_EX", fcntl(STDOUT_FILENO, F_SETOWN_EX, &owner));
    attempt("F_SETSIG", fcntl(STDOUT_FILENO, F_SETSIG, SIGKILL));
    attempt("O_ASYNC", fcntl(STDOUT_FILENO, F_SETFL, O_ASYNC));
    attempt("F_NOTIFY", fcntl(STDOUT_FILENO, F_NOTIFY, 1));
    attempt("F_SETLEASE", fcntl(STDOUT_FILENO, F_SETLEASE, F_RDLCK));
    attempt("FIOASYNC", ioctl(STDOUT_FILENO, FIOASYNC, &on));
    attempt("TIOCSTI", ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

void look_into_others(pid_t victim) {
    char byte = 0;
    iovec own{&byte, 1}, theirs{&byte, 1};
    attempt("process_vm_readv", process_vm_readv(victim, &own, 1, &theirs, 1, 0));
    attempt("process_vm_writev", process_vm_writev(victim, &own, 1, &theirs, 1, 0));
    attempt("process_madvise", syscall(SYS_process_madvise, 1, &own, 1, MADV_COLD, 0));
    attempt("kcmp", syscall(SYS_kcmp, victim, victim, 0, 0, 0));
    attempt("its memory", open(("/proc/" + std::to_string(victim) + "/mem").c_str(), O_RDONLY));
    rlimit limits{};
    attempt("prlimit", prlimit(victim, RLIMIT_CPU, nullptr, &limits));
    attempt("setpriority", setpriority(PRIO_PROCESS, static_cast<id_t>(victim), 19));
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(0, &cpus);
    attempt("sched_setaffinity", sched_setaffinity(victim, sizeof cpus, &cpus));
    const sched_param idle{};
    attempt("sched_setscheduler", sched_setscheduler(victim, SCHED_IDLE, &idle));
    attempt("ioprio_set", syscall(SYS_ioprio_set, 1, victim, 3 << 13));
    attempt("perf_event_open", syscall(SYS_perf_event_open, nullptr, victim, -1, -1, 0));
    attempt("bpf", syscall(SYS_bpf, 0, nullptr, 0));
    attempt("userfaultfd", syscall(SYS_userfaultfd, 0));
    attempt("io_uring_setup", syscall(SYS_io_uring_setup, 1, nullptr));
    attempt("keyctl", syscall(SYS_keyctl, 0, -3, 0));
    attempt("add_key", syscall(SYS_add_key, "user", "x", "x", 1, -3));
    attempt("unshare", unshare(CLONE_NEWUSER));
    attempt("setns", setns(0, 0));
    attempt("mount", syscall(SYS_mount, "x", "/tmp", "tmpfs", 0, nullptr));
    attempt("shmget", syscall(SYS_shmget, 1, 4096, 01600));
    attempt("msgget", syscall(SYS_msgget, 1, 01600));
    attempt("semget", syscall(SYS_semget, 1, 1, 01600));
    attempt("mq_open", syscall(SYS_mq_open, "x", O_RDWR | O_CREAT, 0600, nullptr));
    attempt("socket", socket(AF_INET, SOCK_STREAM, 0));
    attempt("unix socket", socket(AF_UNIX, SOCK_STREAM, 0));
    int ends[2];
    attempt("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    attempt("syslog", syscall(SYS_syslog, 3, nullptr, 0));
}

void start_others() {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    attempt("fork", child);
    attempt("clone", syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0));
    if (attempts.back().second == false) _exit(0);  // may be either of two
}

void change_files(const char* file, const std::string& folder) {
    const auto fresh = folder + "/fresh";
    const auto* name = fresh.c_str();
    [[maybe_unused]] const timeval times[2] = {{1, 0}, {1, 0}};
    const timespec exact[2] = {{1, 0}, {1, 0}};
    [[maybe_unused]] const utimbuf whole{1, 1};
    const open_how how{O_RDONLY, 0, 0};
    attempt("read", open(file, O_RDONLY));
    attempt("list", open(folder.c_str(), O_RDONLY | O_DIRECTORY));
    attempt("write", open(file, O_WRONLY));
    attempt("read and write", open(file, O_RDWR));
    attempt("truncate on reading", open(file, O_RDONLY | O_TRUNC));
    attempt("truncate on writing", open(file, O_WRONLY | O_TRUNC));
    attempt("make on reading", open(name, O_RDONLY | O_CREAT, 0600));
    attempt("make on writing", open(name, O_WRONLY | O_CREAT, 0600));
    attempt("O_TMPFILE", open(folder.c_str(), O_WRONLY | O_TMPFILE, 0600));
#ifdef SYS_open  // what younger machines do without
    attempt("open", syscall(SYS_open, file, O_RDWR));
    attempt("utime", syscall(SYS_utime, file, &whole));
    attempt("utimes", syscall(SYS_utimes, file, times));
    attempt("futimesat", syscall(SYS_futimesat, AT_FDCWD, file, times));
#endif
    attempt("openat2", syscall(SYS_openat2, AT_FDCWD, file, &how, sizeof how));
    attempt("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, nullptr, 0));
    attempt("creat", creat(name, 0600));
    attempt("truncate", truncate(file, 0));
    attempt("rename", rename(file, name));
    attempt("renameat2", syscall(SYS_renameat2, AT_FDCWD, file, AT_FDCWD, name, 0));
    attempt("unlink", unlink(file));
    attempt("unlinkat", unlinkat(AT_FDCWD, file, 0));
    attempt("link", link(file, name));
    attempt("symlink", symlink(file, name));
    attempt("mkdir", mkdir(name, 0700));
    attempt("rmdir", rmdir(folder.c_str()));
    attempt("mknod", mknod(name, S_IFIFO | 0600, 0));
    attempt("chmod", chmod(file, 0777));
    attempt("fchmodat", fchmodat(AT_FDCWD, file, 0777, 0));
    attempt("fchmodat2", syscall(452, AT_FDCWD, file, 0777, 0));
    attempt("fchmod", fchmod(STDIN_FILENO, 0777));
    attempt("chown", chown(file, 12345, 12345));
    attempt("lchown", lchown(file, 12345, 12345));
    attempt("fchown", fchown(STDIN_FILENO, 12345, 12345));
    attempt("fchownat", fchownat(AT_FDCWD, file, 12345, 12345, 0));
    attempt("setxattr", setxattr(file, "user.x", "1", 1, 0));
    attempt("lsetxattr", lsetxattr(file, "user.x", "1", 1, 0));
    attempt("fsetxattr", fsetxattr(STDIN_FILENO, "user.x", "1", 1, 0));
    attempt("removexattr", removexattr(file, "user.x"));
    attempt("utimensat", utimensat(AT_FDCWD, file, exact, 0));
    attempt("chdir", chdir(folder.c_str()));
    attempt("chroot", chroot(folder.c_str()));
    attempt("inotify_init", syscall(SYS_inotify_init1, 0));
    attempt("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
}

void grow(std::string_view how) {
    rlimit more{};
    getrlimit(RLIMIT_CORE, &more);
    more.rlim_cur = more.rlim_max = 1 << 20;
    attempt("more than its limits", setrlimit(RLIMIT_CORE, &more));
    attempt("setuid", syscall(SYS_setuid, 12345));
    attempt("capset", syscall(SYS_capset, nullptr, nullptr));
    attempt("prctl", syscall(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0));
    // What becomes a program, and its loader, has code to load.
    if (how != "tool") {
        void* const code =
            mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        attempt("code", code == MAP_FAILED ? -1 : 0);
        return;
    }
    char program[] = "/bin/true";
    char* const arguments[] = {program, nullptr};
    attempt("execve", execve(program, arguments, nullptr));
    attempt("thread", syscall(SYS_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, nullptr, nullptr,
                              nullptr, 0));
}

std::string confine(std::string_view how, const char* own) {
    using namespace reelproof::vision;
    if (how == "reader") return confine_reader();
    if (how == "film") return confine_film(own);
    if (how == "device") return confine_video_device();
    return "";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) return 2;
    const std::string_view how = argv[1];
    const pid_t victim = std::atoi(argv[2]);
    if (const auto trouble = confine(how, argc > 5 ? argv[5] : ""); !trouble.empty()) {
        std::printf("not confined: %s\n", trouble.c_str());
        return 1;
    }
    if (argc > 5) std::printf("its own: %s\n", open(argv[5], O_RDONLY) >= 0 ? "read" : "refused");
    signal_others(victim);
    look_into_others(victim);
    start_others();
    change_files(argv[3], argv[4]);
    grow(how);
    for (const auto& [name, refused] : attempts)
        if (!refused) std::printf("let through: %s\n", name);
    std::printf("%zu attempts\n", attempts.size());
    return 0;
}
