// What happens between opening the files and serving readers: the index tail and the directory.
#include <algorithm>

#include "ledger/store/prepared.h"
#include "ledger/store/state.h"

namespace reelproof::ledger {

namespace {

constexpr std::uint64_t kEntriesAtOnce = 512;  // in one read transaction

[[noreturn]] void missing_entry(LogId log, std::uint64_t index) {
    throw EnvironmentError("the store is damaged: entry " + std::to_string(index) + " of log " +
                           std::to_string(log) + " is missing");
}

StatementView parse_stored(LogId log, std::uint64_t index, ByteView entry) {
    auto view = parse_statement(entry);
    if (!view)
        throw EnvironmentError("the store is damaged: entry " + std::to_string(index) + " of log " +
                               std::to_string(log) + ": " + view.error().message);
    return std::move(*view);
}

Hash root_of_entries(const Store::State& state, LogId log, std::uint64_t size) {
    Frontier tree;
    visit_entries(state, log, 0, size,
                  [&](std::uint64_t, ByteView entry) { tree.append(leaf_hash(entry)); });
    return tree.root();
}

bool begins_with(const Store::State& state, LogId log, const tag_rows::Extent& extent) {
    if (stored_root(state, log, extent.size) == extent.root) return true;
    // Where nothing can be rebuilt, a damaged tile must not be taken for a foreign index: the check
    // is what names it.
    return state.options.read_only && root_of_entries(state, log, extent.size) == extent.root;
}

// The index belongs to the log when all its rows are of entries that the log holds, and no purge
// came between. Each of the two environments may have been put back by hand without the other, and
// the log have grown since, with other entries.
bool index_matches(const Store::State& state) {
    // Before the log is looked at, since a node that runs meanwhile writes there first.
    const TagIndex::Contents index = state.index->contents();
    const bool first_format = index.format == tag_rows::kFirstFormat;
    // Who only reads can't have it rebuilt, and compares what a row says with its entry.
    if (index.format != tag_rows::kFormat && !(first_format && state.options.read_only))
        return false;
    std::map<LogId, std::uint64_t> stored;
    {
        const lmdb::Reader reader(state.log);
        const auto purges = reader.get(state.tables.meta, as_bytes(schema::kPurgesRow));
        if ((purges ? schema::read_count(*purges) : 0) != index.purges) return false;
        for (const auto& [log, progress] : index.logs)
            stored[log] = stored_size(reader, state.tables, log);
    }
    return std::all_of(index.logs.begin(), index.logs.end(), [&](const auto& one) {
        const auto& [log, progress] = one;
        for (const auto& extent : {std::optional(progress.merged), progress.begun})
            if (extent && (extent->size > stored[log] ||
                           (!first_format && !begins_with(state, log, *extent))))
                return false;
        return true;
    });
}

void replay_log(Store::State& state, LogId log, std::uint64_t to) {
    const std::uint64_t from = state.index->merged_up_to(log);
    visit_entries(state, log, from, to, [&](std::uint64_t index, ByteView entry) {
        const StatementView view = parse_stored(log, index, entry);
        auto spans = envelope_spans(view);
        if (!spans) throw EnvironmentError("the store is damaged: " + spans.error().message);
        const Hash leaf = log == kOwnLog ? leaf_hash(entry) : Hash{};
        const IndexedStatement statement{.place = {log, index},
                                         .iss = view.header.iss,
                                         .iat = view.header.iat,
                                         .leaf = log == kOwnLog ? &leaf : nullptr,
                                         .envelopes = *spans};
        state.index->add({&statement, 1});
        // What a crash takes away is less: it is merged once the store serves, since a merge takes
        // the longer the larger the index is.
        if (!state.options.read_only && state.index->crowded()) state.index->merge();
    });
}

}  // namespace

std::optional<Hash> stored_root(const Store::State& state, LogId log, std::uint64_t size) {
    const lmdb::Reader reader(state.log);
    try {
        return LogTail::load(size, tiles_in(reader, state.tables, log)).root();
    } catch (const EnvironmentError&) {
        return std::nullopt;  // whoever signs on this log, or checks it, says what is damaged
    }
}

std::uint64_t stored_size(const lmdb::Reader& reader, const schema::Tables& tables, LogId log) {
    if (log == kOwnLog) {
        const auto row = reader.get(tables.heads, schema::log_key(log));
        return row ? schema::read_head({}, *row).checkpoint.size : 0;
    }
    const auto row = reader.get(tables.stored, schema::log_key(log));
    return row ? schema::read_count(*row) : 0;
}

void visit_entries(const Store::State& state, LogId log, std::uint64_t from, std::uint64_t to,
                   const std::function<void(std::uint64_t, ByteView)>& visit) {
    const lmdb::TableHandle table = state.tables.entries_of(log);
    while (from < to) {
        // Short transactions: a long one would keep the writer from using old pages again.
        const lmdb::Reader reader(state.log);
        lmdb::Cursor cursor(reader, table);
        const std::uint64_t end = std::min(to, from + kEntriesAtOnce);
        bool row = cursor.seek(schema::entry_key(log, from));
        for (; from < end; ++from, row = cursor.next()) {
            if (!row || schema::read_entry_key(cursor.key()) != Place{log, from})
                missing_entry(log, from);
            visit(from, cursor.value());
        }
    }
}

void visit_publics(const Store::State& state, LogId log, std::uint64_t from, std::uint64_t to,
                   const std::function<void(std::uint64_t, ByteView)>& visit) {
    const lmdb::Reader reader(state.log);
    lmdb::Cursor cursor(reader, state.tables.publics);
    for (bool row = cursor.seek(schema::entry_key(log, from)); row; row = cursor.next()) {
        const Place place = schema::read_entry_key(cursor.key());
        if (place.log != log || place.index >= to) return;
        const auto entry = reader.get(state.tables.entries_of(log), cursor.key());
        if (!entry) missing_entry(log, place.index);
        visit(place.index, *entry);
    }
}

Result<void> replay_index(Store::State& state) {
    if (!index_matches(state)) {
        if (state.options.read_only)
            return Error{ErrorKind::unavailable,
                         "the tag index has to be rebuilt first: start the node once"};
        std::uint64_t purges = 0;
        {
            const lmdb::Reader reader(state.log);
            if (const auto row = reader.get(state.tables.meta, as_bytes(schema::kPurgesRow)))
                purges = schema::read_count(*row);
        }
        state.index->clear(purges);
    }
    for (const auto& [log, info] : state.logs) {
        std::uint64_t stored = 0;
        {
            const lmdb::Reader reader(state.log);
            stored = stored_size(reader, state.tables, log);
        }
        replay_log(state, log, stored);
    }
    return {};
}

Directory build_directory(const Store::State& state,
                          const std::map<std::string, std::string>& trusted_roots) {
    Directory directory(trusted_roots);
    std::map<LogId, LogInfo> logs;
    {
        std::shared_lock shared(state.published_mutex);
        logs = state.logs;
    }
    for (const auto& [log, info] : logs) {
        directory.add_log(log, info.org);
        visit_publics(
            state, log, 0, state.published_size(log),
            [&, id = log](std::uint64_t index, ByteView entry) {
                auto applied = directory.apply({id, index}, parse_stored(id, index, entry));
                if (!applied)
                    throw EnvironmentError("the store is damaged: entry " + std::to_string(index) +
                                           " of log " + std::to_string(id) + ": " +
                                           applied.error().message);
            });
    }
    return directory;
}

}  // namespace reelproof::ledger
