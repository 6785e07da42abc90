// The rivals of bench_ingest: SQLite and a private PostgreSQL cluster that store rows of the same
// bytes with the same two indexes, durably, without checking anything. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ledger/base/bytes.h"

namespace reelproof::bench {

// One row: unique id, tag, body.
struct Row {
    ledger::Hash id;
    ledger::Tag tag;
    ledger::Bytes body;
};
std::vector<Row> random_rows(std::size_t count, std::size_t body_size);

class Rival {
  public:
    virtual ~Rival() = default;
    // Appends rows in one durable transaction.
    virtual void insert(const Row* rows, std::size_t count) = 0;
};

// In `folder`; WAL, synchronous=FULL. `preload` rows are there already.
std::unique_ptr<Rival> open_sqlite(const std::filesystem::path& folder, std::size_t preload,
                                   std::size_t body_size);

// A cluster of its own in `folder`, on a Unix socket, stopped at the end; fsync on, rows by binary
// COPY. Nothing, with the reason in `why_not`, where PostgreSQL 15 can't be started.
std::unique_ptr<Rival> open_postgresql(const std::filesystem::path& folder, std::size_t preload,
                                       std::size_t body_size, std::string& why_not);

}  // namespace reelproof::bench
