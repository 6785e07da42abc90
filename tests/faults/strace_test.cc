// The kernel refuses a call of an ingest, as strace makes it do, or the process is killed at it:
// whatever was answered is there, and `ledger check` finds nothing.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/ingest.h"

using namespace reelproof;
using namespace reelproof::faults;

namespace {

constexpr const char* kCalls =
    "pwrite64,pwritev,writev,write,fdatasync,msync,ftruncate,openat,rename,renameat,fsync";
constexpr int kPatience = 30'000;  // ms

bool eventually(const std::function<bool()>& condition) {
    for (int waited = 0; waited < kPatience; ++waited) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

bool ended(pid_t pid) {
    return waitpid(pid, nullptr, WNOHANG) == pid;
}

bool is_traced(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("TracerPid:")) return std::stoi(line.substr(10)) != 0;
    return false;
}

// Ends with the object, whatever happens.
class Child {
  public:
    explicit Child(const std::function<void()>& work) : pid_(fork()) {
        if (pid_ != 0) return;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        work();
        _exit(127);
    }
    ~Child() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    [[nodiscard]] pid_t pid() const { return pid_; }
    bool wait() {
        if (!eventually([&] { return ended(pid_); })) return false;
        pid_ = -1;
        return true;
    }

  private:
    pid_t pid_;
};

// Runs the ingest under `strace` with these options; gives how many steps were answered, nothing
// when it can't be traced or does not end.
std::optional<std::size_t> run_traced(const Ingest& ingest, const std::filesystem::path& live,
                                      const std::vector<std::string>& options) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return std::nullopt;
    const auto quiet = [] { dup2(open("/dev/null", O_WRONLY), STDERR_FILENO); };
    std::optional<std::size_t> answered;
    {
        Child worker([&] {
            quiet();
            prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
            raise(SIGSTOP);
            ingest.run(live, [&] {
                const char byte = 1;
                static_cast<void>(!::send(ends[1], &byte, 1, 0));
            });
            _exit(0);
        });
        waitpid(worker.pid(), nullptr, WUNTRACED);  // until it waits for us
        Child tracer([&] {
            quiet();
            std::vector<std::string> words{"strace", "-f", "-p", std::to_string(worker.pid())};
            words.insert(words.end(), options.begin(), options.end());
            std::vector<char*> argv;
            for (auto& word : words) argv.push_back(word.data());
            argv.push_back(nullptr);
            execvp(argv.front(), argv.data());
        });
        if (eventually([&] { return is_traced(worker.pid()) || ended(tracer.pid()); }) &&
            is_traced(worker.pid())) {
            kill(worker.pid(), SIGCONT);
            if (worker.wait()) answered = 0;
            tracer.wait();
        }
    }
    close(ends[1]);
    char byte = 0;
    while (answered && read(ends[0], &byte, 1) == 1) ++*answered;
    close(ends[0]);
    return answered;
}

// Which calls an ingest makes, each as name and number within its thread.
std::set<std::pair<std::string, int>> calls_in(const std::filesystem::path& trace,
                                               const std::string& folder) {
    std::set<std::pair<std::string, int>> out;
    std::map<std::pair<std::string, std::string>, int> seen;
    std::ifstream in(trace);
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string thread, call;
        words >> thread >> call;
        const auto open = call.find('(');
        if (open == std::string::npos) continue;  // a signal, an end, or the rest of a call
        const std::string name = call.substr(0, open);
        const int number = ++seen[{thread, name}];
        if (line.find(folder) != std::string::npos) out.emplace(name, number);
    }
    return out;
}

}  // namespace

TEST_CASE("a call that the kernel refuses, or a kill at it, loses nothing", "[.slow]") {
    const ledger::tests::TempFolder folder;
    const auto live = folder.path() / "live";
    const auto trace = (folder.path() / "trace").string();
    const Ingest ingest;
    ingest.restore(live);
    const auto whole =
        run_traced(ingest, live, {"-y", "-o", trace, "-e", std::string("trace=") + kCalls});
    if (!whole) {
        std::cout << "SKIPPED: strace is missing or may not trace here" << std::endl;
        return;
    }
    REQUIRE(*whole >= 3);
    const auto calls = calls_in(trace, live.string());
    REQUIRE(calls.size() > 10);
    std::size_t cut_short = 0;
    for (const auto& [name, number] : calls)
        for (const std::string fault : {"error=EIO", "error=ENOSPC", "signal=KILL"})
            for (const std::string more : {"", "+"}) {  // this call, or also all after it
                if (fault == "signal=KILL" && !more.empty()) continue;
                ingest.restore(live);
                const auto inject =
                    "inject=" + name + ":" + fault + ":when=" + std::to_string(number) + more;
                INFO(inject);
                const auto answered = run_traced(
                    ingest, live, {"-o", "/dev/null", "-e", "trace=" + name, "-e", inject});
                REQUIRE(answered);
                if (*answered < *whole) ++cut_short;
                CHECK(ingest.look(live, *answered) == "");
            }
    std::cout << calls.size() << " calls; " << cut_short << " ingests were cut short" << std::endl;
    CHECK(cut_short > calls.size());
}
