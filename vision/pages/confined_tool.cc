// The parent's side.
#include "vision/pages/confined_tool.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vision/reader/wire.h"

namespace reelproof::vision {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return number_; }
    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

  private:
    int number_;
};

Error cannot_start(const std::string& what) {
    return {"pages.cannot-start", "the document can't be shown: " + what};
}

// Ends and reaps it whatever happens.
class Child {
  public:
    explicit Child(pid_t pid) : pid_(pid) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { wait(true); }
    int wait(bool kill_it) {
        if (pid_ < 0) return status_;
        if (kill_it) kill(pid_, SIGKILL);
        while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return status_;
    }

  private:
    pid_t pid_;
    int status_ = 0;
};

bool fill(int descriptor, std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto put = write(descriptor, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return lseek(descriptor, 0, SEEK_SET) == 0;
}

// Nothing: its time is over, or it is too much.
enum class Took { all, timeout, too_large };
Took take_all(int from, std::size_t most, Clock::time_point until, std::string& out) {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return Took::timeout;
        pollfd waiting{from, POLLIN, 0};
        if (poll(&waiting, 1, static_cast<int>(left)) <= 0) continue;
        char buffer[65536];
        const auto got = read(from, buffer, sizeof buffer);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return Took::all;
        if (out.size() + static_cast<std::size_t>(got) > most) return Took::too_large;
        out.append(buffer, static_cast<std::size_t>(got));
    }
}

Error took_too_long() {
    return {"pages.timeout", "the document takes too long to draw: share a simpler one"};
}

Error too_large() {
    return {"pages.too-large", "a page of the document is too large to be shown"};
}

Error unreadable() {
    return {"pages.unreadable",
            "the document can't be drawn: it is damaged, or not what its name says"};
}

// How it ended, when that was not well.
std::optional<Error> trouble_of(int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
    if (WIFEXITED(status) && WEXITSTATUS(status) == exit_not_locked_in)
        return cannot_start("this kernel has no Landlock to lock the renderer in");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return cannot_start("the renderer is not installed (Debian: poppler-utils, gerbv)");
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
        return took_too_long();
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ) return too_large();
    return unreadable();
}

}  // namespace

Result<std::string> run_tool(const ToolJob& job) {
    const Descriptor input(memfd_create("document", MFD_CLOEXEC));
    Descriptor file(memfd_create("pages", MFD_CLOEXEC));
    int ends[2];
    if (input.get() < 0 || file.get() < 0 || !fill(input.get(), job.input) ||
        pipe2(ends, O_CLOEXEC) != 0)
        return cannot_start(std::strerror(errno));
    const Descriptor from(ends[0]);
    Descriptor to(ends[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.get(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, to.get(), STDOUT_FILENO);
    if (job.writes_file) {
        posix_spawn_file_actions_adddup2(&actions, to.get(), STDERR_FILENO);
        posix_spawn_file_actions_adddup2(&actions, file.get(), 3);
    } else {
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, job.writes_file ? 4 : 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> arguments;
    for (const auto& word : job.command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    // No variable of ours: they hold secrets.
    char locale[] = "LC_ALL=C.UTF-8";
    char* environment[] = {locale, nullptr};
    pid_t pid = -1;
    const int error =
        posix_spawn(&pid, arguments[0], &actions, &attributes, arguments.data(), environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) return cannot_start(std::strerror(error));
    Child child(pid);
    to.close();
    std::string out;
    const auto took = take_all(from.get(), job.most, Clock::now() + job.limit, out);
    if (took == Took::timeout) return took_too_long();
    if (took == Took::too_large) return too_large();
    // Its output is closed, so it is ending; what only closed it does not get to stay.
    const auto patience = Clock::now() + std::chrono::seconds(2);
    siginfo_t info{};
    while (info.si_pid == 0 && Clock::now() < patience) {
        waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT);
        if (info.si_pid == 0) usleep(2000);
    }
    if (auto trouble = trouble_of(child.wait(info.si_pid == 0))) return *trouble;
    if (!job.writes_file) return Result<std::string>(boost::system::in_place_value, std::move(out));
    if (job.is_trouble != nullptr && job.is_trouble(out)) return unreadable();
    const auto size = lseek(file.get(), 0, SEEK_END);
    if (size < 0 || static_cast<std::size_t>(size) > job.most) return too_large();
    out.resize(static_cast<std::size_t>(size));
    if (pread(file.get(), out.data(), out.size(), 0) != size)
        return cannot_start("its page can't be read back");
    return Result<std::string>(boost::system::in_place_value, std::move(out));
}

}  // namespace reelproof::vision
