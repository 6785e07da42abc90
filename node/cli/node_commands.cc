#include <algorithm>
#include <iostream>

#include <pthread.h>
#include <signal.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "node/cli/arguments.h"
#include "node/cli/passphrase.h"
#include "node/cli/terminal.h"
#include "node/runtime.h"

namespace reelproof::node {

namespace {

struct Run {
    std::string file = "node.toml";
    std::string level = "info";
    bool accept_clock = false;
};

// The usual limit of open files is that of an interactive program. What the store, partners and
// reader processes need comes on top.
void allow_connections(std::size_t most) {
    constexpr rlim_t kOthers = 1024;
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    const rlim_t wanted = most + kOthers;
    if (files.rlim_cur >= wanted) return;
    files.rlim_cur = std::min(files.rlim_max, wanted);
    if (files.rlim_max < wanted)
        spdlog::warn("only {} files may be open, so fewer connections than [limits] says",
                     files.rlim_max);
    setrlimit(RLIMIT_NOFILE, &files);
}

// What a log line says, of partners too, is read on terminals, and forges no second line.
class OneLine : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& out) override {
        const auto text = printable({message.payload.data(), message.payload.size()});
        out.append(text.data(), text.data() + text.size());
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<OneLine>();
    }
};

int run(const CommandLine& cli, const Run& wanted) {
    const auto config = load_config(wanted.file);
    if (!config) return fail(config.error());
    spdlog::set_default_logger(spdlog::stderr_color_mt("reelproof"));
    auto lines = std::make_unique<spdlog::pattern_formatter>();
    lines->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %*");
    spdlog::set_formatter(std::move(lines));
    spdlog::set_level(spdlog::level::from_str(wanted.level));
    // Blocked before any thread starts, so that only this one takes them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    // The terminal went away (there are no log files to open again), unless nohup says to stay.
    struct sigaction hang_up {};
    if (sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN)
        sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);

    allow_connections(config->limits.connections);
    auto runtime = Runtime::start(*config, ledger::system_now, wanted.accept_clock, ask_passphrase);
    if (!runtime) return fail(runtime.error());
    const auto url = "https://" + config->listen.address + ":" + std::to_string((*runtime)->port());
    cli.print({{"ready", true}, {"org", config->org}, {"url", url}, {"port", (*runtime)->port()}},
              "ready: " + config->org + " at " + url);
    int signal_number = 0;
    sigwait(&signals, &signal_number);
    spdlog::info("stopping");
    (*runtime)->stop();
    return kDone;
}

}  // namespace

void add_node_commands(CommandLine& cli) {
    auto* node = cli.app.add_subcommand("node", "The server of one organisation");
    node->require_subcommand(1);
    auto wanted = std::make_shared<Run>();
    auto* command = cli.command(node, "run", "Run the node until it is told to stop",
                                "reelproof node run --config /etc/reelproof/node.toml");
    command->add_option("--config", wanted->file, "its configuration")
        ->envname("REELPROOF_CONFIG")
        ->capture_default_str();
    command->add_option("--log-level", wanted->level, "debug, info, warn or error")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    command->add_flag("--accept-clock", wanted->accept_clock,
                      "once: the clock is right now; it was ahead when the log was last signed");
    command->callback(
        [&cli, wanted] { cli.action = [&cli, wanted] { return run(cli, *wanted); }; });
}

}  // namespace reelproof::node
