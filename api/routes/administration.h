// What an administrator looks after: partners with their keys and how far they are trusted, the
// policy with its versions, backups of the store. Thread-safe.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "api/http/router.h"
#include "api/service/context.h"
#include "api/service/policy_history.h"

namespace reelproof::api {

// As the configuration names it.
struct TrustedOrg {
    std::string org;
    std::string root;  // thumbprint of its root key, hex
    std::string url;   // empty: it delivers its log, or is a guest
    bool guest = false;
    bool push = false, gzip = false;  // our log is delivered to it; its entries come packed
};

// The configuration's files, which hold from the node's next start on. Changes are held to the
// rules of the command line, whole, and durable when the call returns. Thread-safe.
class Configuration {
  public:
    virtual ~Configuration() = default;
    [[nodiscard]] virtual ledger::Result<std::vector<TrustedOrg>> partners() const = 0;
    // A partner without a url can't be reached from here.
    virtual ledger::Result<void> add_partner(const TrustedOrg& wanted) = 0;
    virtual ledger::Result<void> remove_partner(const std::string& org) = 0;

    struct PolicyFile {
        std::string text, version;
        std::vector<std::string> softened;  // what it makes milder, a sentence each
        std::vector<std::string> named;     // organisations
    };
    [[nodiscard]] virtual ledger::Result<PolicyFile> policy() const = 0;
    // What a node would make of that text.
    [[nodiscard]] virtual ledger::Result<PolicyFile> check_policy(
        const std::string& text) const = 0;
    // `conflict` where the file does not say `before` any more.
    virtual ledger::Result<PolicyFile> write_policy(const std::string& text,
                                                    const std::string& before) = 0;
};

struct AdministrationRoutes {
    const ServiceContext& context;
    std::vector<TrustedOrg> partners;
    PolicyHistory& policies;
    Configuration& configuration;
    std::string policy_text;        // in force: the file as it was at the start
    std::filesystem::path backups;  // a folder; empty: none is configured
    std::mutex backing_up{};        // one at a time
    std::mutex changing{};          // the configuration: one at a time
};

// `routes` must outlive the router.
void add_administration_routes(Router& router, AdministrationRoutes& routes);

}  // namespace reelproof::api
