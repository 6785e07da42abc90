// Statements that only an organisation's root key signs, handed to its running node. That key is
// kept apart from the node: it is read for this one signature. Single-threaded.
#pragma once

#include <string>
#include <string_view>

#include "ledger/format/public_statement.h"
#include "node/cli/client.h"
#include "node/config.h"

namespace reelproof::node {

// `file`: of --root-key; empty: keys/root.key. Refused where it is not the root of that
// organisation.
ledger::Result<ledger::SecretKey> load_root_key(const NodeConfig& config, const std::string& file);
// Gives the node's answer: log, index, ...
ledger::Result<boost::json::object> sign_by_root(NodeClient& client, const NodeConfig& config,
                                                 const ledger::SecretKey& root,
                                                 std::string_view sub,
                                                 const ledger::PublicStatement& payload);
// "entry 7 of acme-ems.example/ledger"
std::string entry_of(const boost::json::object& answer);

// Defined in org_sealing.cc.
void add_org_sealing_commands(CommandLine& cli, CLI::App* org);

}  // namespace reelproof::node
