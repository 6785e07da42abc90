// PostgreSQL with the events that bench_check judges, in plain tables: nothing sealed, nothing
// signed, found by the item's public id. One thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/check_store.h"
#include "bench/postgres.h"

namespace reelproof::bench {

class PlainTables {
  public:
    explicit PlainTables(const std::filesystem::path& folder) : cluster_(folder) {}
    // Why it could not be started, or an empty text. Fills the tables with `others` events about
    // items of their own and with the reels' lives.
    std::string start(std::uint64_t others, const std::vector<Reel>& reels);
    // By a prepared statement: all events of the item and of what it was made of, as trusted
    // organisations wrote them, in order, every field of each. Gives how many.
    std::size_t history(const std::string& item);

  private:
    PostgresCluster cluster_;
};

}  // namespace reelproof::bench
