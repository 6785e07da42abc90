#include "ledger/store/carry_over.h"

#include <algorithm>

#include "ledger/store/witnessed.h"

namespace reelproof::ledger {

namespace {

struct Row {
    Table table;
    Bytes key, value;
};

// Of the checkpoint that a row of the settings holds, behind a time or alone; 0 for any other row.
std::uint64_t size_seen(ByteView value) {
    constexpr std::size_t kTimeSize = 8;
    for (const std::size_t skipped : {std::size_t{0}, kTimeSize}) {
        if (value.size() < skipped) continue;
        const auto note = parse_note(as_text(value.subspan(skipped)));
        if (!note) continue;
        if (const auto checkpoint = parse_checkpoint(note->text)) return checkpoint->size;
    }
    return 0;
}

std::uint64_t size_of(const std::optional<LogHead>& head) {
    return head ? head->checkpoint.size : 0;
}

}  // namespace

void carry_over(const Store& present, const Store& backup, const std::filesystem::path& copy) {
    std::vector<Row> rows;
    const auto add_newer = [&](Table table) {
        present.scan(table, [&](ByteView key, ByteView value) {
            const auto older = backup.get(table, key);
            if (!older || size_seen(value) > size_seen(*older))
                rows.push_back({table, to_bytes(key), to_bytes(value)});
            return true;
        });
    };
    add_newer(Table::settings);
    // What was kept against others: the present store knows more of it, and what came of it.
    present.scan(Table::evidence, [&](ByteView key, ByteView value) {
        const auto older = backup.get(Table::evidence, key);
        if (!older || !equal(*older, value))
            rows.push_back({Table::evidence, to_bytes(key), to_bytes(value)});
        return true;
    });
    std::vector<LogInfo> frozen;
    for (const LogInfo& log : present.logs()) {
        if (log.id == kOwnLog) continue;
        const auto known = backup.log_by_origin(log.origin);
        const auto head = present.head(log.id);
        const std::uint64_t seen = std::max(size_of(present.witnessed(log.origin)),
                                            known ? size_of(backup.head(known->id)) : 0);
        if (size_of(head) > seen)
            rows.push_back({Table::settings, to_bytes(as_bytes(witnessed_key(log.origin))),
                            write_witnessed(*head)});
        if (known && known->frozen.empty() && !log.frozen.empty()) {
            frozen.push_back(*known);
            frozen.back().frozen = log.frozen;
        }
    }
    if (rows.empty() && frozen.empty()) return;
    lmdb::Environment environment(copy / "log", backup.stats().map_size, false);
    const auto tables = schema::tables_from(environment.open_tables(schema::table_names()));
    lmdb::Writer writer(environment);
    for (const Row& row : rows) writer.put(tables.of(row.table), row.key, row.value);
    for (const LogInfo& log : frozen)
        writer.put(tables.logs, schema::log_key(log.id), schema::write_log(log));
    writer.commit();
}

}  // namespace reelproof::ledger
