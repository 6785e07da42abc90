#include <atomic>
#include <future>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <thread>

#include <boost/json.hpp>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/demo/demo.h"

namespace reelproof::node {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

struct Options {
    std::string folder;
    bool keep = false;
};

json::object json_of(const SceneResult& scene) {
    return {{"scene", scene.number},   {"title", scene.title},     {"expected", scene.expected},
            {"got", scene.got},        {"as_told", scene.as_told}, {"detail", scene.detail},
            {"seconds", scene.seconds}};
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

// Ctrl-C and SIGTERM, taken by a thread of its own: removes what the demo made and ends at once.
// Its nodes end with it by themselves (PR_SET_PDEATHSIG). Once wait() is called a signal only wakes
// it.
class Interrupts {
  public:
    explicit Interrupts(fs::path to_remove) : to_remove_(std::move(to_remove)) {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        // Blocked before the first thread starts: all threads inherit it.
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        std::thread([this] { take_one(); }).detach();
    }
    void wait() {
        waiting_ = true;
        woken_.get_future().wait();
    }

  private:
    void take_one() {
        int number = 0;
        sigwait(&signals_, &number);
        if (waiting_) {
            woken_.set_value();
            return;
        }
        std::cerr << "\nreelproof: interrupted\n";
        std::error_code ignored;
        if (!to_remove_.empty()) fs::remove_all(to_remove_, ignored);
        _exit(130);
    }

    const fs::path to_remove_;
    sigset_t signals_{};
    std::atomic<bool> waiting_{false};
    std::promise<void> woken_;
};

// Nodes that go on after us: started again if a scene had switched them off.
int keep_running(Demo& demo, const fs::path& folder, Interrupts& interrupts) {
    // For people, also beside --json.
    std::cerr << "\n  The nodes are running; Ctrl-C ends them. Try, in another terminal:\n";
    for (const auto& node : demo.nodes()) {
        if (!node->running())
            if (auto started = node->start(); !started) return fail(started.error());
        std::cerr << "    reelproof partner list --config " << node->config().string() << "\n";
    }
    std::cerr << "    reelproof label read " << (folder / "photos" / "1-genuine-reel.jpg").string()
              << "\n"
              << std::flush;
    interrupts.wait();
    for (const auto& node : demo.nodes()) node->stop();
    return kDone;
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
    signal(SIGPIPE, SIG_IGN);
    // Never deleted: its thread may outlive this function.
    auto* interrupts = new Interrupts(ours && !options.keep ? folder : fs::path());

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
        if (ours && !options.keep) fs::remove_all(folder);
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
    if (options.keep) {
        const auto kept = keep_running(demo, folder, *interrupts);
        code = code == kDone ? kept : code;
    } else {
        for (const auto& node : demo.nodes()) node->stop();
        if (ours) fs::remove_all(folder);
    }
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
