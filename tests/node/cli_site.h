// An organisation as its people have it: made, run and asked by the real program.
#pragma once

#include <fstream>
#include <optional>
#include <regex>
#include <sstream>

#include <catch2/catch.hpp>
#include <signal.h>

#include "tests/node/cli_support.h"
#include "tests/node/node_process.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

// An organisation as a person makes it: `org init`, then `node run`.
class Site {
  public:
    Site(const WorkFolder& work, const std::string& name, const std::string& salt = {})
        : work_(work), folder_(work.path() / name), org_(name + ".example") {
        const auto port = free_port();
        std::vector<std::string> arguments{
            "org",   "init", "--dir",    folder_.string(),
            "--org", org_,   "--listen", "127.0.0.1:" + std::to_string(port),
            "--json"};
        if (!salt.empty()) arguments.insert(arguments.end(), {"--network-salt", salt});
        const auto made = work.run(arguments);
        INFO(made.err);
        REQUIRE(made.code == 0);
        root_ = made.json().at("root").as_string();
        url_ = "https://127.0.0.1:" + std::to_string(port);
        // Looks for news more often than a real node, so that the test need not wait.
        std::ostringstream text;
        text << std::ifstream(config()).rdbuf();
        std::ofstream(config()) << std::regex_replace(text.str(), std::regex("poll_ms = 1000"),
                                                      "poll_ms = 50");
    }
    [[nodiscard]] std::string config() const { return (folder_ / "node.toml").string(); }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] const std::string& org() const { return org_; }
    [[nodiscard]] const std::string& root() const { return root_; }
    [[nodiscard]] const std::string& url() const { return url_; }

    [[nodiscard]] Ran partner(const Site& other) const {
        return work_.run({"partner", "add", "--config", config(), "--org", other.org_, "--root",
                          other.root_, "--url", other.url_, "--json"});
    }
    void start() {
        node_.emplace(std::vector<std::string>{"node", "run", "--config", config(), "--json"},
                      folder_ / "log");
        const auto line = node_->line();
        INFO(line);
        REQUIRE(line.find("\"ready\":true") != std::string::npos);
    }
    void tell(int signal) const { node_->signal(signal); }
    void kill_node() const { node_->signal(SIGKILL); }
    int stop(int signal = SIGTERM) {
        node_->signal(signal);
        const int code = node_->wait();
        node_.reset();
        return code;
    }
    // With --config and --json.
    [[nodiscard]] Ran run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--config", config(), "--json"});
        return work_.run(arguments);
    }
    [[nodiscard]] bool has_log_of(const Site& other) const {
        return eventually([&] {
            const auto partners = run({"partner", "list"}).json();
            return partners.is_object() &&
                   partners.at("size").to_number<std::uint64_t>() >= other.size();
        });
    }

    // Both run, are partners, and have each other's log.
    static void join(Site& one, Site& other) {
        REQUIRE(one.partner(other).code == 0);
        REQUIRE(other.partner(one).code == 0);
        one.start();
        other.start();
        REQUIRE(one.has_log_of(other));
        REQUIRE(other.has_log_of(one));
    }

    // Entries of its own log.
    [[nodiscard]] std::uint64_t size() const {
        const auto stats = run({"ledger", "stats"}).json();
        for (const auto& log : stats.at("logs").as_array())
            if (log.at("own").as_bool()) return log.at("size").to_number<std::uint64_t>();
        throw std::runtime_error("no own log");
    }

  private:
    const WorkFolder& work_;
    std::filesystem::path folder_;
    std::string org_, root_, url_;
    std::optional<Process> node_;
};

}  // namespace reelproof::node::tests
