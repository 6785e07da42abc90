// What `reelproof org init` makes, for benchmarks of a whole node. One thread.
#pragma once

#include <filesystem>
#include <string>

#include "bench/ingest_support.h"
#include "node/config.h"

namespace reelproof::bench {

// The organisation kBenchOrg, whose node listens on any free port.
class BenchOrg {
  public:
    // `more`: is put at the end of its configuration.
    explicit BenchOrg(const std::filesystem::path& folder, const std::string& more = {});

    // Its store, to be filled before the node starts.
    [[nodiscard]] Node store() const;
    // Of the command line, with all scopes.
    [[nodiscard]] std::string token() const;

    node::NodeConfig config;
};

std::string text_of_file(const std::filesystem::path& file);
// The port that a node prints with --json when it serves.
int port_of(const std::string& line);

}  // namespace reelproof::bench
