#include <iostream>

#include <pthread.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "node/cli/cli.h"
#include "node/runtime.h"

namespace reelproof::node {

namespace {

int run(const CommandLine& cli, const std::string& file, const std::string& level) {
    const auto config = load_config(file);
    if (!config) return fail(config.error());
    spdlog::set_default_logger(spdlog::stderr_color_mt("reelproof"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
    spdlog::set_level(spdlog::level::from_str(level));
    // Blocked before any thread starts, so that only this one takes them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);

    auto runtime = Runtime::start(*config);
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
    auto file = std::make_shared<std::string>("node.toml");
    auto level = std::make_shared<std::string>("info");
    auto* command = cli.command(node, "run", "Run the node until it is told to stop",
                                "reelproof node run --config /etc/reelproof/node.toml");
    command->add_option("--config", *file, "its configuration")
        ->envname("REELPROOF_CONFIG")
        ->capture_default_str();
    command->add_option("--log-level", *level, "debug, info, warn or error")
        ->capture_default_str()
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    command->callback([&cli, file, level] {
        cli.action = [&cli, file, level] { return run(cli, *file, *level); };
    });
}

}  // namespace reelproof::node
