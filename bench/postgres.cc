#include "bench/postgres.h"

#include <cstdlib>
#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

namespace reelproof::bench {

namespace {

std::string bin(const std::string& program) {
    return "/usr/lib/postgresql/15/bin/" + program;
}

// PostgreSQL refuses to run as root.
int as_postgres(const std::string& command) {
    const char* change =
        ::geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
    return std::system((change + bin(command) + " >/dev/null 2>&1").c_str());
}

}  // namespace

CopyRows::CopyRows() {
    static constexpr char kSignature[] = "PGCOPY\n\xff\r\n";  // ends in the format's zero byte
    bytes_.assign(std::begin(kSignature), std::end(kSignature));
    number<4>(0);
    number<4>(0);
}

void CopyRows::add(ledger::ByteView field) {
    number<4>(field.size());
    bytes_.insert(bytes_.end(), field.begin(), field.end());
}

void CopyRows::add_int(std::int64_t field) {
    number<4>(8);
    number<8>(static_cast<std::uint64_t>(field));
}

PostgresCluster::~PostgresCluster() {
    if (connection_ != nullptr) PQfinish(connection_);
    as_postgres("pg_ctl -D " + (folder_ / "data").string() + " -m immediate -w stop");
}

std::string PostgresCluster::start() {
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
    return {};
}

void PostgresCluster::run(const char* sql) {
    PGresult* result = PQexec(connection_, sql);
    const auto status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail();
}

void PostgresCluster::copy(const std::string& into, CopyRows& rows) {
    rows.number<2>(0xffff);
    PGresult* begun = PQexec(connection_, ("COPY " + into + " FROM STDIN (FORMAT binary)").c_str());
    const bool ready = PQresultStatus(begun) == PGRES_COPY_IN;
    PQclear(begun);
    if (!ready ||
        PQputCopyData(connection_, reinterpret_cast<const char*>(rows.bytes_.data()),
                      static_cast<int>(rows.bytes_.size())) != 1 ||
        PQputCopyEnd(connection_, nullptr) != 1)
        fail();
    while (PGresult* result = PQgetResult(connection_)) {
        const bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        if (!good) fail();
    }
}

void PostgresCluster::fail() const {
    throw std::runtime_error(std::string("PostgreSQL: ") + PQerrorMessage(connection_));
}

}  // namespace reelproof::bench
