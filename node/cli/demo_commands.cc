#include <atomic>
#include <future>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <thread>

#include <boost/json.hpp>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/routes/json.h"
#include "node/demo/demo.h"
#include "node/shell_word.h"

namespace reelproof::node {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

struct Options {
    std::string folder;
    bool keep = false;
};

constexpr int kInterrupted = 130;

sigset_t end_signals() {
    sigset_t out;
    sigemptyset(&out);
    sigaddset(&out, SIGINT);
    sigaddset(&out, SIGTERM);
    return out;
}

json::object json_of(const SceneResult& scene) {
    return {{"scene", scene.number},
            {"title", scene.title},
            {"expected", scene.expected},
            {"got", scene.got},
            {"as_told", scene.as_told},
            {"detail", scene.detail},
            {"seconds", api::short_number(scene.seconds)}};
}

void print_table(const std::vector<SceneResult>& scenes) {
    std::cout << "\n  " << std::left << std::setw(3) << "#" << std::setw(24) << "scene"
              << std::setw(30) << "told" << std::setw(30) << "came out"
              << "\n";
    for (const auto& scene : scenes)
        std::cout << "  " << std::setw(3) << scene.number << std::setw(24) << scene.title
                  << std::setw(30) << scene.expected << std::setw(30) << scene.got
                  << (scene.as_told ? "as told" : "NOT AS TOLD") << "\n";
    std::cout << std::flush;
}

// Ctrl-C and SIGTERM of the demo that keeps its nodes: once wait() is called they wake it, before
// they end it; its nodes then end by themselves (PR_SET_PDEATHSIG). Blocked all the while: nodes
// and readers hear theirs.
class Interrupts {
  public:
    Interrupts() {
        std::thread([this] { take_one(); }).detach();
    }
    void wait() {
        waiting_ = true;
        woken_.get_future().wait();
    }

  private:
    void take_one() {
        const auto signals = end_signals();
        int number = 0;
        sigwait(&signals, &number);
        if (!waiting_) _exit(kInterrupted);
        woken_.set_value();
    }

    std::atomic<bool> waiting_{false};
    std::promise<void> woken_;
};

// Nodes that go on after us: started again if a scene had switched them off.
int keep_running(Demo& demo, const fs::path& folder, Interrupts& interrupts) {
    // For people, also beside --json.
    std::cerr << "\n  The nodes are running; Ctrl-C ends them. Try, in another terminal:\n";
    for (const auto& node : demo.nodes()) {
        if (!node->running())
            if (auto started = node->start(); !started) {
                // The one that rewrote its past, once its mirrors have told it so.
                std::cerr << "    " << node->org() << " does not start: " << started.error().message
                          << "\n";
                continue;
            }
        std::cerr << "    reelproof partner list --config " << shell_word(node->config().string())
                  << "\n";
    }
    std::cerr << "    reelproof label read "
              << shell_word((folder / "photos" / "1-genuine-reel.jpg").string()) << "\n"
              << std::flush;
    interrupts.wait();
    for (const auto& node : demo.nodes()) node->stop();
    return kDone;
}

int play(const CommandLine& cli, const fs::path& folder, bool keep) {
    signal(SIGPIPE, SIG_IGN);
    // Never deleted: its thread may outlive this function.
    auto* interrupts = keep ? new Interrupts : nullptr;

    std::vector<SceneResult> scenes;
    const auto started = std::chrono::steady_clock::now();
    Demo demo(
        folder,
        [&](const std::string& line) {
            if (cli.json)
                std::cerr << line << std::endl;
            else
                std::cout << line << std::endl;
        },
        [&](const SceneResult& scene) {
            scenes.push_back(scene);
            cli.print(json_of(scene),
                      "     => " + scene.got +
                          (scene.as_told ? "" : "   (told: " + scene.expected + ") NOT AS TOLD") +
                          (scene.detail.empty() ? "" : "\n        " + scene.detail));
        });
    const auto all = demo.run();
    if (!all) {
        for (const auto& node : demo.nodes()) node->stop();
        return fail(all.error());
    }
    if (!cli.json) {
        print_table(scenes);
        std::cout
            << "\n  " << std::fixed << std::setprecision(1)
            << std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()
            << " seconds\n"
            << std::flush;
    }
    int code = *all ? kDone : kNo;
    if (keep) {
        const auto kept = keep_running(demo, folder, *interrupts);
        code = code == kDone ? kept : code;
    } else {
        for (const auto& node : demo.nodes()) node->stop();
    }
    return code;
}

// Waits for the player, and hands it signals: one that keeps its nodes ends by itself, any other is
// ended here. Gives its exit code when nobody is left, neither it nor its nodes.
int watch(pid_t player, bool keep) {
    auto signals = end_signals();
    sigaddset(&signals, SIGCHLD);
    int code = -1;
    while (code < 0) {
        int number = 0, status = 0;
        sigwait(&signals, &number);
        if (number == SIGCHLD) {
            if (waitpid(player, &status, WNOHANG) == player)
                code = WIFEXITED(status) ? WEXITSTATUS(status) : kTrouble;
        } else if (keep) {
            kill(player, SIGTERM);
        } else {
            std::cerr << "\nreelproof: interrupted\n";
            kill(player, SIGKILL);
            waitpid(player, &status, 0);
            code = kInterrupted;
        }
    }
    // Its nodes hear of its end and are ours now; what they write, they write before we go on.
    while (waitpid(-1, nullptr, 0) > 0) continue;
    return code;
}

int run(const CommandLine& cli, const Options& options) {
    fs::path folder = options.folder;
    const bool ours = folder.empty();
    if (ours) {
        std::string name = (fs::temp_directory_path() / "reelproof-demo-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw ledger::EnvironmentError("no folder for the demo in " +
                                           fs::temp_directory_path().string());
        folder = name;
    } else if (fs::exists(folder) && !fs::is_empty(folder)) {
        return fail(ledger::malformed("--dir: " + folder.string() + " is not empty"));
    }
    fs::create_directories(folder);
    folder = fs::absolute(folder);

    // The demo plays in a process of its own, so that wherever it is interrupted somebody is left
    // to clean up.
    auto signals = end_signals();
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const auto watcher = getpid();
    const pid_t player = fork();
    if (player < 0) throw ledger::EnvironmentError("fork failed");
    if (player == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != watcher) _exit(kTrouble);
        return play(cli, folder, options.keep);
    }
    const int code = watch(player, options.keep);
    if (ours && !options.keep) fs::remove_all(folder);
    return code;
}

}  // namespace

void add_demo_commands(CommandLine& cli) {
    auto options = std::make_shared<Options>();
    auto* command =
        cli.command(&cli.app, "demo", "The main job on a ready-made network of four organisations",
                    "reelproof demo --keep --dir /tmp/my-demo");
    command->add_flag("--keep", options->keep, "leave the nodes running until Ctrl-C");
    command->add_option("--dir", options->folder,
                        "folder for the organisations (default: a temporary one, removed at the "
                        "end)");
    command->callback(
        [&cli, options] { cli.action = [&cli, options] { return run(cli, *options); }; });
}

}  // namespace reelproof::node
