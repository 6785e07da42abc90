// What the store is measured beside: SQLite and a private PostgreSQL cluster that store rows of the
// same bytes with the same two indexes, durably, without checking anything. One thread.
#pragma once

#include <filesystem>

namespace reelproof::bench {

// Runs both in `folder`, each with `preload` rows of `body` bytes before the clock starts, in
// batches of 100 and 1,000, and prints a line for each with what `ours` (rows a second) is of it.
// PostgreSQL runs as a cluster of its own on a Unix socket; where it can't, the line says why.
void print_rivals(const std::filesystem::path& folder, std::size_t preload, double seconds,
                  std::size_t body, double ours);
constexpr const char* kRivalsNote =
    "\nReelproof checks every signature and right, and its unique id is one a statement; the "
    "others\nstore a row an envelope with a unique id (32 B) and a tag (16 B), and check "
    "nothing.\n";

}  // namespace reelproof::bench
