// Makes a new organisation: keys, genesis, configuration, store. Run once an organisation.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/base/result.h"

namespace reelproof::node {

struct NewOrg {
    std::filesystem::path folder;  // must not exist or be empty
    std::string org;
    std::string listen = "127.0.0.1:8443";
    std::string url;                  // default: https:// + listen
    std::filesystem::path salt_file;  // the network's salt to copy; empty: draw a new one
    std::string anchor;               // file of the rollback anchor, better on another volume
    ledger::Clock clock = ledger::system_now;
};

struct MadeOrg {
    std::filesystem::path config;
    std::string root;       // thumbprint, for the partners' configuration
    std::string cli_token;  // path of the file that holds it
    std::string link;       // set-up link of the first administrator; holds once, for three days
};

// Everything is written into a folder beside it first and renamed at the end: a failure leaves
// nothing behind. Throws EnvironmentError on trouble of the disk.
ledger::Result<MadeOrg> make_org(const NewOrg& wanted);

// A new random token and its entry for tokens.toml; the token is shown once and kept nowhere.
struct NewToken {
    std::string token;
    std::string entry;
};
NewToken make_token(const std::string& name, const std::vector<std::string>& scopes);

}  // namespace reelproof::node
