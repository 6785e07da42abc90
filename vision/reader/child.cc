#include "vision/reader/child.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vision/reader/wire.h"

namespace reelproof::vision {
namespace {

constexpr std::chrono::milliseconds look_again{100};
constexpr rlim_t cpu_seconds_for_a_picture = 60;  // far above any deadline: a second line

// The child gets no environment but what the loader, the sanitizers and the tests need: variables
// hold secrets.
std::vector<char*> small_environment() {
    constexpr std::string_view kept[] = {"LD_LIBRARY_PATH=", "ASAN_OPTIONS=", "UBSAN_OPTIONS=",
                                         "TSAN_OPTIONS=", "REELPROOF_READER_"};
    std::vector<char*> result;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const bool keep = std::any_of(std::begin(kept), std::end(kept), [&](std::string_view name) {
            return std::string_view(*variable).starts_with(name);
        });
        if (keep) result.push_back(*variable);
    }
    // Tesseract's OpenMP would start threads, which a locked-in process may not.
    static char one_thread[] = "OMP_THREAD_LIMIT=1";
    result.push_back(one_thread);
    result.push_back(nullptr);
    return result;
}

Error timeout() {
    return {"reader.timeout", "the picture took too long to read; the reader was replaced"};
}

Error cannot_start(const char* what, int error) {
    return {"reader.cannot-start", std::string("the reader process can't be started: ") + what +
                                       ": " + std::strerror(error)};
}

}  // namespace

Result<ReaderChild> ReaderChild::start(const std::vector<std::string>& command) {
    if (command.empty()) return cannot_start("no command", EINVAL);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return cannot_start("socketpair", errno);
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    // The parent may block or ignore signals; the child starts with none of that.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // Ctrl-C is for the parent, which lets a child come to its end or takes it with it.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, arguments[0], &actions, &attributes, arguments.data(),
                                  small_environment().data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        return cannot_start(arguments[0], error);
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return ReaderChild(pid, ends[0]);
}

ReaderChild::ReaderChild(ReaderChild&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      channel_(std::exchange(other.channel_, -1)),
      served_(other.served_) {}

ReaderChild::~ReaderChild() {
    if (channel_ >= 0) close(channel_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

bool ReaderChild::running() const {
    // Idle children say nothing: anything to read is the end of the channel, or garbage.
    pollfd waiting{channel_, POLLIN, 0};
    return poll(&waiting, 1, 0) == 0;
}

bool ReaderChild::wait_for(short events, const Allowance& allowance) const {
    for (;;) {
        const auto now = Clock::now();
        const bool late = now >= allowance.first;
        if (now >= allowance.last || (late && time_used() >= allowance.used_up)) return false;
        const auto next = late ? std::min(allowance.last, now + look_again) : allowance.first;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
        pollfd waiting{channel_, events, 0};
        const int ready = poll(&waiting, 1, static_cast<int>(std::min<long>(left, 60'000)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

Error ReaderChild::ended(bool unread) {
    // It has closed its end, so it is dying: killing it again only makes sure of that.
    siginfo_t info{};
    const auto patience = Clock::now() + std::chrono::milliseconds(500);
    do {
        waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
        if (info.si_pid == 0) usleep(1000);
    } while (info.si_pid == 0 && Clock::now() < patience);
    std::string how = "closed its channel";
    if (info.si_pid != 0) {
        const bool exited = info.si_code == CLD_EXITED;
        how = exited ? "ended with status " + std::to_string(info.si_status)
                     : std::string("was ended by signal ") + sigabbrev_np(info.si_status);
        if (exited && info.si_status == exit_not_locked_in) {
            return {"reader.cannot-start", "the reader process could not lock itself in"};
        }
        // A child that a picture has taken over must not pass for one that never began.
        if (exited && info.si_status == exit_no_text_data && unread && !served_) {
            return {std::string(no_text_data),
                    "print is not compared: Tesseract's English data is missing; install the "
                    "Debian package tesseract-ocr-eng and start again"};
        }
        if (exited && info.si_status == exit_no_network && unread && !served_) {
            return {"reader.no-network",
                    "the line network can't be read, or is none of this program's: make one with "
                    "reelproof marking train"};
        }
        if (exited && info.si_status == 127) {
            return {"reader.cannot-start", "the reader program can't be run"};
        }
    }
    return {"reader.crashed", "the reader process " + how + " on this picture"};
}

std::chrono::nanoseconds ReaderChild::time_used() const {
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return std::chrono::nanoseconds::max();  // it is gone
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

void ReaderChild::limit_cpu_time() const {
    const auto used = std::chrono::floor<std::chrono::seconds>(time_used()).count();
    const rlimit limit{static_cast<rlim_t>(used) + cpu_seconds_for_a_picture, RLIM_INFINITY};
    prlimit(pid_, RLIMIT_CPU, &limit, nullptr);
}

Result<std::string> ReaderChild::exchange(std::span<const std::uint8_t> picture, bool careful,
                                          std::chrono::milliseconds limit) {
    limit_cpu_time();
    const auto now = Clock::now();
    const Allowance allowance{now + limit, now + kPatience * limit, time_used() + limit};
    std::uint8_t header[length_bytes];
    put_length(static_cast<std::uint32_t>(picture.size()) | (careful ? careful_bit : 0), header);
    for (std::span<const std::uint8_t> part : {std::span<const std::uint8_t>(header), picture}) {
        while (!part.empty()) {
            const ssize_t put = send(channel_, part.data(), part.size(), MSG_NOSIGNAL);
            if (put > 0) {
                part = part.subspan(static_cast<std::size_t>(put));
            } else if (errno == EAGAIN) {
                if (!wait_for(POLLOUT, allowance)) return timeout();
            } else if (errno != EINTR) {
                return ended(true);
            }
        }
    }
    std::string answer;
    std::size_t wanted = length_bytes;
    bool have_length = false;
    while (answer.size() < wanted) {
        if (!wait_for(POLLIN, allowance)) return timeout();
        char buffer[16384];
        const ssize_t got =
            recv(channel_, buffer, std::min(sizeof buffer, wanted - answer.size()), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) return ended(got < 0 && errno == ECONNRESET);
        answer.append(buffer, static_cast<std::size_t>(got));
        if (!have_length && answer.size() == length_bytes) {
            wanted = get_length(reinterpret_cast<const std::uint8_t*>(answer.data()));
            if (wanted == 0 || wanted > max_answer_bytes) {
                return Error{"reader.garbage", "the reader process answered nonsense"};
            }
            have_length = true;
            answer.clear();
        }
    }
    served_ = true;
    return Result<std::string>(boost::system::in_place_value, std::move(answer));
}

}  // namespace reelproof::vision
