// A private PostgreSQL 15 cluster on a Unix socket, durable, with no more of the machine's set-up
// than the benchmarks need. One thread.
#pragma once

#include <filesystem>
#include <string>

#include <libpq-fe.h>

#include "ledger/base/bytes.h"

namespace reelproof::bench {

// Rows in the binary format of COPY.
class CopyRows {
  public:
    CopyRows();
    void begin_row(int fields) { number<2>(static_cast<std::uint64_t>(fields)); }
    void add(ledger::ByteView field);
    void add(std::string_view field) { add(ledger::as_bytes(field)); }
    void add_int(std::int64_t field);  // int8
    void add_null() { number<4>(0xffffffff); }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  private:
    friend class PostgresCluster;
    template <int Size>
    void number(std::uint64_t value) {
        for (int shift = 8 * (Size - 1); shift >= 0; shift -= 8)
            bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    }

    ledger::Bytes bytes_;
};

class PostgresCluster {
  public:
    // In a folder of its own.
    explicit PostgresCluster(std::filesystem::path folder) : folder_(std::move(folder)) {}
    ~PostgresCluster();
    PostgresCluster(const PostgresCluster&) = delete;
    PostgresCluster& operator=(const PostgresCluster&) = delete;

    // Why it could not be started, or an empty text.
    std::string start();
    // These throw std::runtime_error when something fails.
    void run(const char* sql);
    // One transaction; `rows` are used up.
    void copy(const std::string& into, CopyRows& rows);
    [[nodiscard]] PGconn* connection() const { return connection_; }
    [[noreturn]] void fail() const;

  private:
    std::filesystem::path folder_;
    PGconn* connection_ = nullptr;
};

}  // namespace reelproof::bench
