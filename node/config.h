// The node's configuration file (TOML) and the files it names. Plain values; loading is
// thread-safe.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "api/http/server.h"
#include "api/people/access.h"
#include "api/people/tokens.h"
#include "ledger/format/item.h"
#include "ledger/format/tlog_policy.h"
#include "ledger/rules/policy.h"
#include "ledger/store/store.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

// An organisation without a node, whose statements we admit to our log.
struct GuestConfig {
    std::string org;
    std::string root;  // thumbprint, hex
};

// What callers may take of the node ([limits]).
struct CallLimits {
    std::size_t connections = 1'000;
    std::size_t connections_per_address = 100;
    api::Rate new_connections{200, 1'000};  // of one address
    api::Rate strangers{100, 500};          // requests of one address by callers that we don't know
    api::Rate callers{1'000, 5'000};        // requests of one token or partner
};

struct NodeConfig {
    std::filesystem::path file;
    std::filesystem::path folder;  // where relative paths of the file start
    std::string org;
    std::string origin;  // "<org>/ledger"
    std::string root;    // thumbprint of our own root key, hex
    std::string url;     // as partners reach us
    api::ListenAddress listen;
    std::filesystem::path keys;
    std::filesystem::path policy_file;
    std::filesystem::path tokens_file;
    std::filesystem::path salt_file;  // empty: none
    // Whose logs are mirrored, and when an entry counts as replicated. Empty: every partner's, and
    // as soon as one partner mirrors it.
    std::filesystem::path replication_policy_file;
    ledger::StoreOptions store;
    std::filesystem::path backups;  // a folder for backups that the portal asks for; empty: none
    std::vector<PartnerConfig> partners;
    std::vector<GuestConfig> guests;
    std::chrono::milliseconds poll_interval{1'000};
    unsigned readers = 1;                           // reader processes for pictures
    std::string reader_program = "/proc/self/exe";  // of the reading processes; for tests
    CallLimits limits;
    std::filesystem::path label_profiles;  // a folder; empty: the program's own only
    std::filesystem::path marking_rules;   // the same

    // Ours, the partners' and the guests'.
    [[nodiscard]] std::map<std::string, std::string> trusted_roots() const;
};

// "127.0.0.1:8443" or "[::1]:8443"; nothing when it is not of that form.
std::optional<api::ListenAddress> parse_listen(std::string_view text);

// An https origin, and perhaps a path below which a node or a log is served.
bool is_node_url(std::string_view text);

// Errors name the file, the member and what is wrong with it. Unknown members are errors too: a
// misspelt option must not be ignored.
ledger::Result<NodeConfig> load_config(const std::filesystem::path& file);
ledger::Result<ledger::Policy> load_policy(const std::filesystem::path& file);
ledger::Result<ledger::TlogPolicy> load_replication_policy(const std::filesystem::path& file);
// A line for each rule that the policy makes milder than the worst of its findings would be.
std::vector<std::string> softened_rules(const ledger::Policy& policy);
ledger::Result<std::vector<api::Token>> load_tokens(const std::filesystem::path& file);
ledger::Result<ledger::NetworkSalt> load_salt(const std::filesystem::path& file);

}  // namespace reelproof::node
