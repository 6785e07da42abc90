// A node of one organisation at one place of the wire, run by the real program, and a client beside
// it. A Site belongs to the test's main thread, a client to one thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "api/http/client.h"
#include "ledger/base/result.h"
#include "tests/cluster/wire.h"
#include "tests/node/node_process.h"

namespace reelproof::cluster {

class Site {
  public:
    // Makes the organisation. `salt` is the folder of a site whose network salt it shares, or
    // empty.
    Site(const Wire& wire, std::size_t place, const std::filesystem::path& folder,
         const std::filesystem::path& salt, long clock_offset);

    // Whom it trusts. `delivers`: it hands its log over; `calls`: only the partner does.
    enum class Reach { both, delivers, calls };
    void add_partner(const Site& other, Reach reach);

    // Returns when the node is ready; throws std::runtime_error with its last words when it is not.
    void start();
    void kill();
    // Its exit code after a polite request to end.
    int stop();
    [[nodiscard]] bool running() const { return process_ != nullptr; }

    [[nodiscard]] const std::string& org() const { return org_; }
    [[nodiscard]] std::string origin() const { return org_ + "/ledger"; }
    [[nodiscard]] std::string config() const { return (folder_ / "node.toml").string(); }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::size_t place() const { return place_; }
    // What it said so far that nobody may say without reason: lines of level error.
    [[nodiscard]] std::vector<std::string> errors() const;

  private:
    [[nodiscard]] std::map<std::string, std::string> environment() const;

    const Wire& wire_;
    std::size_t place_;
    std::string org_, root_;
    std::filesystem::path folder_;
    long clock_offset_;
    std::unique_ptr<node::tests::Process> process_;
};

// Talks to a node from the node's own place. Nobody beside that node sees what happens to the wire.
class SiteClient {
  public:
    SiteClient(const Wire& wire, const Site& site);

    // The answer's body; unavailable for what goes by itself: no connection, 429, 5xx.
    ledger::Result<std::string> get(const std::string& path);
    ledger::Result<boost::json::object> get_json(const std::string& path);
    ledger::Result<boost::json::object> post(const std::string& path,
                                             const boost::json::object& body,
                                             const std::string& idempotency_key = "");

  private:
    ledger::Result<std::string> call(api::Method method, const std::string& path,
                                     const std::string& body, api::Headers headers);

    const Wire& wire_;
    std::size_t place_;
    std::string token_;
    std::unique_ptr<api::HttpClient> client_;
};

// Runs the program to its end and gives its exit code; its words go to `errors`.
int run_program(const std::vector<std::string>& arguments, const std::filesystem::path& errors);

}  // namespace reelproof::cluster
