// The parts of `reelproof vault` that lie in files of their own. Single-threaded.
#pragma once

#include "node/cli/cli.h"

namespace reelproof::node {

void add_vault_commands(CommandLine& cli);                       // all of it
void add_agreement_commands(CommandLine& cli, CLI::App* vault);  // vault agreement …
void add_share_commands(CommandLine& cli, CLI::App* vault);      // vault share …, open, readings

void add_vault_partner_commands(CommandLine& cli, CLI::App* vault);  // offboard, exit, partner, …
void add_vault_incident_commands(CommandLine& cli, CLI::App* vault);   // incident …
void add_vault_review_commands(CommandLine& cli, CLI::App* vault);     // raci, review
void add_vault_retention_commands(CommandLine& cli, CLI::App* vault);  // retain, hold, duties

}  // namespace reelproof::node
