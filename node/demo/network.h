// The demo's network: organisations in folders of their own, each with its node as a process of its
// own on loopback. Single-threaded; the processes end with this one, whatever happens to it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "node/cli/client.h"

namespace reelproof::node {

class DemoNode {
  public:
    DemoNode(std::string org, std::filesystem::path folder)
        : org_(std::move(org)), folder_(std::move(folder)) {}
    ~DemoNode();
    DemoNode(const DemoNode&) = delete;
    DemoNode& operator=(const DemoNode&) = delete;

    // Starts the process and waits until it is ready. The error is what it printed when it is not.
    ledger::Result<void> start();
    // Asks it to stop and waits; kills it when it does not.
    void stop();
    [[nodiscard]] bool running() const { return pid_ > 0; }

    [[nodiscard]] const std::string& org() const { return org_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::filesystem::path config() const { return folder_ / "node.toml"; }
    [[nodiscard]] NodeClient& client() { return *client_; }
    std::string root;  // thumbprint
    std::string url;

    // Leaves the process running when this object goes.
    void detach() { pid_ = -1; }
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    std::string org_;
    std::filesystem::path folder_;
    std::unique_ptr<NodeClient> client_;
    pid_t pid_ = -1;
};

// Makes the organisations, introduces each to all others and writes their policies.
ledger::Result<std::vector<std::unique_ptr<DemoNode>>> make_network(
    const std::filesystem::path& folder, const std::vector<std::string>& orgs,
    const std::string& policy);

// Asks `done` every 50 ms until it says true; false after `seconds`.
bool wait_until(const std::function<bool()>& done, int seconds = 20);

// Waits until `reader` holds the log of `writer` as far as it is now.
ledger::Result<void> wait_for_log(DemoNode& reader, DemoNode& writer);

// Runs this program with other arguments; gives its exit code and what it printed.
struct ProgramResult {
    int exit_code = -1;
    std::string output;
};
ProgramResult run_program(const std::vector<std::string>& arguments);

}  // namespace reelproof::node
