// The parts of `reelproof bom` that lie in files of their own, and what they share.
// Single-threaded.
#pragma once

#include "node/cli/bom_output.h"

namespace reelproof::node {

struct BomArguments {
    NodeAddress node;
    std::string bom, revision, from, to, field, was, value, job, part;
    std::vector<std::string> add;
    std::uint64_t line = 0, remove = 0, after = 0, boards = 0;
    bool has_was = false;
};

// A command about one BOM: `run` gets the node and what it has of the BOM.
using BomRun = std::function<int(NodeClient& client, const boost::json::object& bom)>;
int with_bom(const BomArguments& given, const BomRun& run);

using RunBomCommand = int (*)(const CommandLine&, const BomArguments&);
CLI::App* add_bom_command(CommandLine& cli, CLI::App* bom,
                          const std::shared_ptr<BomArguments>& given, const char* name,
                          const char* help, const char* example, RunBomCommand run);
// With the option --revision.
void add_bom_revision_command(CommandLine& cli, CLI::App* bom, const char* name, const char* help,
                              const char* example, RunBomCommand run,
                              const std::function<void(CLI::App*, BomArguments&)>& more = {});

void add_bom_draft_commands(CommandLine& cli, CLI::App* bom);  // bom edit, log, check, release
void add_bom_part_commands(CommandLine& cli, CLI::App* bom);   // bom parts, compare, where-used

}  // namespace reelproof::node
