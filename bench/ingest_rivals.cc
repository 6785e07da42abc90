#include "bench/ingest_rivals.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <libpq-fe.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/base/secret.h"

namespace reelproof::bench {

namespace {

using ledger::Bytes;
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
    explicit Postgresql(std::filesystem::path folder) : folder_(std::move(folder)) {}
    ~Postgresql() override {
        if (connection_ != nullptr) PQfinish(connection_);
        as_postgres("pg_ctl -D " + (folder_ / "data").string() + " -m immediate -w stop");
    }
    // Why it could not be started, or an empty text.
    std::string start() {
        if (!std::filesystem::exists(bin("initdb"))) return "no " + bin("initdb");
        std::filesystem::create_directories(folder_);
        ::chmod(folder_.c_str(), 0777);
        const std::string data = (folder_ / "data").string();
        if (as_postgres("initdb -D " + data + " -A trust -U postgres --no-sync") != 0)
            return "initdb failed";
        const std::string options =
            " -o \"-k " + folder_.string() +
            " -c listen_addresses='' -c shared_buffers=2GB -c fsync=on -c synchronous_commit=on"
            " -c max_wal_size=16GB -c autovacuum=off\"";
        if (as_postgres("pg_ctl -D " + data + options + " -l " + (folder_ / "server.log").string() +
                        " -w start") != 0)
            return "pg_ctl start failed";
        connection_ =
            PQconnectdb(("host=" + folder_.string() + " user=postgres dbname=postgres").c_str());
        if (PQstatus(connection_) != CONNECTION_OK) return PQerrorMessage(connection_);
        run("CREATE TABLE event(seq bigserial PRIMARY KEY, id bytea, tag bytea, body bytea)");
        return {};
    }
    void insert(const Row* rows, std::size_t count) override {
        Bytes copy;
        append(copy, "PGCOPY\n\xff\r\n", 11);  // the literal ends in the format's zero byte
        append_number<4>(copy, 0);
        append_number<4>(copy, 0);
        for (const Row* row = rows; row != rows + count; ++row) {
            append_number<2>(copy, 3);
            for (const ByteView field :
                 {ByteView(row->id), ByteView(row->tag), ByteView(row->body)}) {
                append_number<4>(copy, field.size());
                copy.insert(copy.end(), field.begin(), field.end());
            }
        }
        append_number<2>(copy, 0xffff);
        PGresult* begun =
            PQexec(connection_, "COPY event(id, tag, body) FROM STDIN (FORMAT binary)");
        const bool ready = PQresultStatus(begun) == PGRES_COPY_IN;
        PQclear(begun);
        if (!ready ||
            PQputCopyData(connection_, reinterpret_cast<const char*>(copy.data()),
                          static_cast<int>(copy.size())) != 1 ||
            PQputCopyEnd(connection_, nullptr) != 1)
            fail();
        while (PGresult* result = PQgetResult(connection_)) {
            const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
            PQclear(result);
            if (!good) fail();
        }
    }
    void run(const char* sql) {
        PGresult* result = PQexec(connection_, sql);
        const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        if (!good) fail();
    }

  private:
    static std::string bin(const std::string& program) {
        return "/usr/lib/postgresql/15/bin/" + program;
    }
    // PostgreSQL refuses to run as root.
    static int as_postgres(const std::string& command) {
        const char* change =
            ::geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
        return std::system((change + bin(command) + " >/dev/null 2>&1").c_str());
    }
    static void append(Bytes& out, const char* text, std::size_t size) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(text);
        out.insert(out.end(), bytes, bytes + size);
    }
    template <int Size>
    static void append_number(Bytes& out, std::uint64_t value) {
        for (int shift = 8 * (Size - 1); shift >= 0; shift -= 8)
            out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    [[noreturn]] void fail() {
        throw std::runtime_error(std::string("PostgreSQL: ") + PQerrorMessage(connection_));
    }

    std::filesystem::path folder_;
    PGconn* connection_ = nullptr;
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
        const auto sqlite = open_sqlite(folder, preload, body);
        for (const std::size_t batch : {100, 1000})
            line("SQLite WAL, FULL", batch, rival_rate(*sqlite, batch, body, seconds));
    }
    std::string why_not;
    const auto postgresql = open_postgresql(folder, preload, body, why_not);
    if (!postgresql) {
        std::printf("  PostgreSQL 15: skipped: %s\n", why_not.c_str());
        return;
    }
    for (const std::size_t batch : {100, 1000})
        line("PostgreSQL 15, binary COPY", batch, rival_rate(*postgresql, batch, body, seconds));
}

}  // namespace reelproof::bench
