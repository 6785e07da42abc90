#include "bench/ingest_rivals.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "bench/postgres.h"
#include "ledger/base/secret.h"

namespace reelproof::bench {

namespace {

using ledger::ByteView;

constexpr std::size_t kPreloadBatch = 10'000;

// One row: unique id, tag, body.
struct Row {
    ledger::Hash id;
    ledger::Tag tag;
    ledger::Bytes body;
};

class Rival {
  public:
    virtual ~Rival() = default;
    // Appends rows in one durable transaction.
    virtual void insert(const Row* rows, std::size_t count) = 0;
};

std::vector<Row> random_rows(std::size_t count, std::size_t body_size) {
    std::vector<Row> rows(count);
    for (Row& row : rows) {
        ledger::fill_random(row.id);
        ledger::fill_random(row.tag);
        row.body.resize(body_size);
        ledger::fill_random(row.body);
    }
    return rows;
}

void preload_rows(Rival& rival, std::size_t count, std::size_t body_size) {
    for (std::size_t done = 0; done < count; done += kPreloadBatch) {
        const auto rows = random_rows(std::min(kPreloadBatch, count - done), body_size);
        rival.insert(rows.data(), rows.size());
    }
}

class Sqlite : public Rival {
  public:
    explicit Sqlite(const std::filesystem::path& path) {
        check(sqlite3_open(path.c_str(), &db_));
        run("PRAGMA journal_mode=WAL");
        run("PRAGMA synchronous=FULL");
        run("PRAGMA cache_size=-1048576");  // 1 GiB
        run("CREATE TABLE event(seq INTEGER PRIMARY KEY, id BLOB, tag BLOB, body BLOB)");
        check(sqlite3_prepare_v2(db_, "INSERT INTO event(id, tag, body) VALUES(?, ?, ?)", -1,
                                 &insert_, nullptr));
    }
    ~Sqlite() override {
        sqlite3_finalize(insert_);
        sqlite3_close(db_);
    }
    void insert(const Row* rows, std::size_t count) override {
        run("BEGIN IMMEDIATE");
        for (const Row* row = rows; row != rows + count; ++row) {
            bind(1, row->id);
            bind(2, row->tag);
            bind(3, row->body);
            if (sqlite3_step(insert_) != SQLITE_DONE) fail();
            sqlite3_reset(insert_);
        }
        run("COMMIT");
    }
    void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }

  private:
    void bind(int at, ByteView bytes) {
        check(sqlite3_bind_blob(insert_, at, bytes.data(), static_cast<int>(bytes.size()),
                                SQLITE_STATIC));
    }
    void check(int code) {
        if (code != SQLITE_OK) fail();
    }
    [[noreturn]] void fail() {
        throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(db_));
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

class Postgresql : public Rival {
  public:
    explicit Postgresql(std::filesystem::path folder) : cluster_(std::move(folder)) {}
    // Why it could not be started, or an empty text.
    std::string start() {
        if (auto why_not = cluster_.start(); !why_not.empty()) return why_not;
        run("CREATE TABLE event(seq bigserial PRIMARY KEY, id bytea, tag bytea, body bytea)");
        return {};
    }
    void insert(const Row* rows, std::size_t count) override {
        CopyRows copy;
        for (const Row* row = rows; row != rows + count; ++row) {
            copy.begin_row(3);
            for (const ByteView field :
                 {ByteView(row->id), ByteView(row->tag), ByteView(row->body)})
                copy.add(field);
        }
        cluster_.copy("event(id, tag, body)", copy);
    }
    void run(const char* sql) { cluster_.run(sql); }

  private:
    PostgresCluster cluster_;
};

std::unique_ptr<Rival> open_sqlite(const std::filesystem::path& folder, std::size_t preload,
                                   std::size_t body_size) {
    auto rival = std::make_unique<Sqlite>(folder / ("sqlite-" + std::to_string(body_size)));
    // The indexes after the preloaded rows: quicker to build, and packed as well as can be.
    preload_rows(*rival, preload, body_size);
    rival->run("CREATE UNIQUE INDEX event_id ON event(id)");
    rival->run("CREATE INDEX event_tag ON event(tag)");
    return rival;
}

std::unique_ptr<Rival> open_postgresql(const std::filesystem::path& folder, std::size_t preload,
                                       std::size_t body_size, std::string& why_not) {
    auto rival = std::make_unique<Postgresql>(folder / ("pg-" + std::to_string(body_size)));
    why_not = rival->start();
    if (!why_not.empty()) return nullptr;
    preload_rows(*rival, preload, body_size);
    rival->run("CREATE UNIQUE INDEX event_id ON event(id)");
    rival->run("CREATE INDEX event_tag ON event(tag)");
    rival->run("CHECKPOINT");
    return rival;
}

double rival_rate(Rival& rival, std::size_t batch, std::size_t body, double seconds) {
    using Clock = std::chrono::steady_clock;
    std::size_t done = 0;
    std::chrono::duration<double> used{};
    while (used.count() < seconds) {
        const auto fresh = random_rows(batch, body);  // not on the clock
        const auto at = Clock::now();
        rival.insert(fresh.data(), fresh.size());
        used += Clock::now() - at;
        done += batch;
    }
    return static_cast<double>(done) / used.count();
}

}  // namespace

void print_rivals(const std::filesystem::path& folder, std::size_t preload, double seconds,
                  std::size_t body, double ours) {
    const auto line = [&](const char* name, std::size_t batch, double rate) {
        std::printf("  %-28s batches of %-5zu %10.0f /s   ours is %5.2f x\n", name, batch, rate,
                    ours / rate);
        std::fflush(stdout);
    };
    {
        std::string why_not;
        const auto postgresql = open_postgresql(folder, preload, body, why_not);
        if (!postgresql)
            std::printf("  PostgreSQL 15: skipped: %s\n", why_not.c_str());
        else
            for (const std::size_t batch : {100, 1000})
                line("PostgreSQL 15, binary COPY", batch,
                     rival_rate(*postgresql, batch, body, seconds));
    }
    const auto sqlite = open_sqlite(folder, preload, body);
    for (const std::size_t batch : {100, 1000})
        line("SQLite WAL, FULL", batch, rival_rate(*sqlite, batch, body, seconds));
}

}  // namespace reelproof::bench
