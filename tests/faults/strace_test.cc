// The kernel refuses a call of an ingest, a backup or a new wrap of the data key, as strace makes
// it do, or the process is killed at it: whatever was answered is there, and `ledger check` finds
// nothing.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
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

#include "tests/faults/backup.h"
#include "tests/faults/ingest.h"
#include "tests/faults/rewrap.h"

using namespace reelproof;
using namespace reelproof::faults;

namespace {

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

struct Traced {
    std::size_t answered = 0;
    bool injected = false;  // as strace tells; or the process was killed
};

bool says(const std::filesystem::path& trace, std::string_view words) {
    std::ifstream in(trace);
    for (std::string line; std::getline(in, line);)
        if (line.find(words) != std::string::npos) return true;
    return false;
}

// Does the work under `strace` with these options, which writes to `trace`; nothing when it can't
// be traced or does not end.
std::optional<Traced> run_traced(const Work& work, const std::filesystem::path& live,
                                 const std::filesystem::path& trace,
                                 const std::vector<std::string>& options) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return std::nullopt;
    std::filesystem::remove(trace);
    const auto quiet = [] { dup2(open("/dev/null", O_WRONLY), STDERR_FILENO); };
    std::optional<Traced> out;
    {
        Child worker([&] {
            quiet();
            prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
            raise(SIGSTOP);
            try {
                work.run(live, [&] {
                    const char byte = 1;
                    static_cast<void>(!::send(ends[1], &byte, 1, 0));
                });
            } catch (const std::exception& trouble) {
                std::cerr << trouble.what() << std::endl;  // the program ends here
            }
            _exit(0);
        });
        waitpid(worker.pid(), nullptr, WUNTRACED);  // until it waits for us
        Child tracer([&] {
            quiet();
            std::vector<std::string> words{
                "strace", "-f", "-p", std::to_string(worker.pid()), "-o", trace.string()};
            words.insert(words.end(), options.begin(), options.end());
            std::vector<char*> argv;
            for (auto& word : words) argv.push_back(word.data());
            argv.push_back(nullptr);
            execvp(argv.front(), argv.data());
        });
        if (eventually([&] { return is_traced(worker.pid()) || ended(tracer.pid()); }) &&
            is_traced(worker.pid())) {
            kill(worker.pid(), SIGCONT);
            if (worker.wait()) out.emplace();
            tracer.wait();
        }
    }
    close(ends[1]);
    char byte = 0;
    while (out && read(ends[0], &byte, 1) == 1) ++out->answered;
    close(ends[0]);
    if (out) out->injected = says(trace, "(INJECTED)") || says(trace, "+++ killed by SIGKILL +++");
    return out;
}

// Which calls are made, each as name and number within its thread; of those about `folder`.
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
        // It names no file, so that any counts.
        if (name == "msync" || line.find(folder) != std::string::npos) out.emplace(name, number);
    }
    return out;
}

// The calls that the kernel can refuse, by the name that the C library has for them.
const std::map<std::string, std::vector<std::string>> kFamilies{
    {"pwrite", {"pwrite64", "pwritev", "pwritev2"}},
    {"write", {"write", "writev"}},
    {"fdatasync", {"fdatasync"}},
    {"ftruncate", {"ftruncate"}},
    {"openat", {"openat"}},
    {"rename", {"rename", "renameat", "renameat2"}},
    {"fsync", {"fsync"}},
    {"msync", {"msync"}},
};
const std::vector<std::string> kFaults{"error=EIO", "error=ENOSPC", "signal=KILL"};

std::string family_of(const std::string& call) {
    for (const auto& [family, names] : kFamilies)
        if (std::find(names.begin(), names.end(), call) != names.end()) return family;
    return call;
}

// How often which fault met which calls; and how often they are made when nothing fails.
struct Met {
    std::map<std::string, std::size_t> calls;
    std::map<std::pair<std::string, std::string>, std::size_t> faults;  // by family, fault
    std::size_t cut_short = 0;
};

// Nothing where there is no tracing.
std::optional<Met> disturb(const Work& work) {
    const ledger::tests::TempFolder folder;
    const auto live = folder.path() / "live", trace = folder.path() / "trace";
    work.restore(live);
    std::string all = "trace=";
    for (const auto& [family, names] : kFamilies)
        for (const auto& name : names) all += (all.back() == '=' ? "?" : ",?") + name;
    const auto whole = run_traced(work, live, trace, {"-y", "-e", all});
    if (!whole) return std::nullopt;
    REQUIRE(whole->answered == work.steps());
    const auto calls = calls_in(trace, live.string());
    Met met;
    for (const auto& [name, number] : calls) ++met.calls[family_of(name)];
    for (const auto& [name, number] : calls)
        for (const auto& fault : kFaults)
            for (const std::string more : {"", "+"}) {  // this call, or also all after it
                if (fault == "signal=KILL" && !more.empty()) continue;
                work.restore(live);
                const auto inject =
                    "inject=" + name + ":" + fault + ":when=" + std::to_string(number) + more;
                INFO(inject);
                const auto done =
                    run_traced(work, live, trace, {"-e", "trace=" + name, "-e", inject});
                REQUIRE(done);
                if (done->answered < whole->answered) ++met.cut_short;
                if (done->injected) ++met.faults[{family_of(name), fault}];
                CHECK(work.look(live, done->answered) == "");
            }
    return met;
}

void tell(const std::string& what, const Met& met) {
    std::cout << what << ": ";
    for (const auto& [family, count] : met.calls) std::cout << count << " " << family << ", ";
    std::cout << met.cut_short << " runs were cut short" << std::endl;
}

}  // namespace

TEST_CASE("a call that the kernel refuses, or a kill at it, loses nothing", "[.slow]") {
    std::vector<std::pair<std::string, std::unique_ptr<Work>>> works;
    works.emplace_back("a store with a past", std::make_unique<Ingest>());
    works.emplace_back("a store that is made", std::make_unique<Ingest>(true));
    works.emplace_back("a backup", std::make_unique<Backup>());
    works.emplace_back("another wrap of the data key", std::make_unique<Rewrap>());
    Met all;
    for (const auto& [what, work] : works) {
        INFO(what);
        const auto met = disturb(*work);
        if (!met) {
            std::cout << "SKIPPED: strace is missing or may not trace here" << std::endl;
            return;
        }
        tell(what, *met);
        CHECK(met->cut_short > 0);
        for (const auto& [family, count] : met->calls) all.calls[family] += count;
        for (const auto& [fault, count] : met->faults) all.faults[fault] += count;
    }
    // Each that our programs make was met by each fault.
    for (const auto& [family, names] : kFamilies) {
        INFO(family);
        if (family == "msync") {
            CHECK(all.calls[family] == 0);  // LMDB writes by pwrite here, and never through its map
            continue;
        }
        CHECK(all.calls[family] > 0);
        for (const auto& fault : kFaults) {
            INFO(fault);
            CHECK(all.faults[{family, fault}] > 0);
        }
    }
}
