#include "bench/check_rivals.h"

#include <array>

#include "ledger/base/secret.h"
#include "ledger/format/item.h"

namespace reelproof::bench {

namespace {

constexpr std::size_t kCopyAtOnce = std::size_t{8} << 20;  // bytes

constexpr const char* kTables =
    "CREATE TABLE organisation(id bigint PRIMARY KEY, name text, trusted boolean);"
    "CREATE TABLE event(seq bigint PRIMARY KEY, item text, org bigint, n bigint, kind text,"
    " time bigint, sent_to text, quantity bigint, mpn text, lot text, date_code text, feeder text,"
    " reason text, follows bigint);"
    "CREATE TABLE parent(child text, item text)";
constexpr const char* kIndexes =
    "CREATE INDEX event_item ON event(item); CREATE INDEX parent_child ON parent(child);"
    "INSERT INTO organisation SELECT i, 'org' || i || '.example', true FROM generate_series(0, 49) "
    "i";
constexpr const char* kHistory =
    "WITH RECURSIVE lineage(item) AS ("
    " SELECT $1::text UNION SELECT p.item FROM lineage l JOIN parent p ON p.child = l.item) "
    "SELECT e.*, o.name FROM lineage l JOIN event e ON e.item = l.item"
    " JOIN organisation o ON o.id = e.org WHERE o.trusted ORDER BY e.item, e.time, e.seq";

class Events {
  public:
    explicit Events(PostgresCluster& cluster) : cluster_(cluster) {}
    void add(const std::string& item, int org, std::int64_t n, const ledger::Event& event,
             bool follows) {
        const std::int64_t seq = next_++;
        rows_.begin_row(14);
        rows_.add_int(seq);
        rows_.add(item);
        rows_.add_int(org);
        rows_.add_int(n);
        rows_.add(to_string(event.kind));
        rows_.add_int(event.time);
        rows_.add(event.to);
        rows_.add_int(event.quantity.value_or(0));
        rows_.add(event.facts.mpn);
        rows_.add(event.facts.lot);
        rows_.add(event.facts.date_code);
        rows_.add(event.feeder);
        rows_.add(event.reason);
        if (follows)
            rows_.add_int(seq - 1);
        else
            rows_.add_null();
        if (rows_.size() > kCopyAtOnce) flush();
    }
    void flush() {
        cluster_.copy("event", rows_);
        rows_ = {};
    }

  private:
    PostgresCluster& cluster_;
    CopyRows rows_;
    std::int64_t next_ = 0;
};

}  // namespace

std::string PlainTables::start(std::uint64_t others, const std::vector<Reel>& reels) {
    if (auto why_not = cluster_.start(); !why_not.empty()) return why_not;
    cluster_.run(kTables);
    Events events(cluster_);
    const auto filling = filling_event();
    for (std::uint64_t i = 0; i < others; ++i)
        events.add(public_item_id(ledger::ItemKey::random()), static_cast<int>(i % kOrgs), 0,
                   filling, false);
    for (const auto& reel : reels) {
        std::array<std::int64_t, kOrgs> counts{};
        for (const auto& [org, event] : reel.life)
            events.add(public_item_id(reel.key), org, counts[static_cast<std::size_t>(org)]++,
                       event, event.kind != ledger::EventKind::commission);
    }
    events.flush();
    cluster_.run(kIndexes);
    cluster_.run("VACUUM ANALYZE");
    cluster_.run("CHECKPOINT");
    PGresult* prepared = PQprepare(cluster_.connection(), "history", kHistory, 1, nullptr);
    const bool good = PQresultStatus(prepared) == PGRES_COMMAND_OK;
    PQclear(prepared);
    if (!good) cluster_.fail();
    return {};
}

std::size_t PlainTables::history(const std::string& item) {
    const char* value = item.c_str();
    constexpr int kBinary = 1;
    PGresult* rows =
        PQexecPrepared(cluster_.connection(), "history", 1, &value, nullptr, nullptr, kBinary);
    const bool good = PQresultStatus(rows) == PGRES_TUPLES_OK;
    const int count = PQntuples(rows), fields = PQnfields(rows);
    std::vector<std::string> read;  // as an event of ours has them
    for (int row = 0; row < count; ++row)
        for (int field = 0; field < fields; ++field)
            read.emplace_back(PQgetvalue(rows, row, field),
                              static_cast<std::size_t>(PQgetlength(rows, row, field)));
    PQclear(rows);
    if (!good) cluster_.fail();
    return static_cast<std::size_t>(count);
}

}  // namespace reelproof::bench
