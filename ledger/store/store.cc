#include "ledger/store/store.h"

#include <algorithm>

#include "ledger/store/anchor.h"
#include "ledger/store/copy_marks.h"
#include "ledger/store/fault.h"
#include "ledger/store/migrate.h"
#include "ledger/store/state.h"
#include "ledger/store/tag_view.h"
#include "ledger/store/witnessed.h"

namespace reelproof::ledger {

namespace {

Error not_found(std::string message) {
    return {ErrorKind::not_found, std::move(message)};
}

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        throw EnvironmentError(folder.string() + ": can't make the folder: " + error.message());
}

void write_version(lmdb::Writer& writer, const Store::State& state, std::uint32_t version) {
    std::array<std::uint8_t, 4> row;
    schema::put_u32(row.data(), version);
    writer.put(state.tables.meta, as_bytes(schema::kVersionRow), row);
}

// In one transaction: if we die before it is durable, all rows are as they were.
void write_rows(Store::State& state, NodeRows& rows, bool encrypts) {
    lmdb::Writer writer(state.log);
    if (encrypts) rows = NodeRows::encrypt(writer, state.tables, *state.options.data_key);
    write_version(writer, state, rows.encrypted() ? kStoreVersion : kPlainVersion);
    if (encrypts) fault_point(FaultPoint::before_commit);
    writer.commit();
}

// Plain, or under the data key: what was plain so far is encrypted here. A program that knows only
// plain rows must not take those for its own: the version says so.
Result<void> settle_rows(Store::State& state, bool is_new) {
    NodeRows rows;
    {
        const lmdb::Reader reader(state.log);
        auto found = NodeRows::of_store(reader, state.tables, state.options.data_key);
        if (!found) return within(state.options.folder.string(), found.error());
        rows = std::move(*found);
    }
    const bool writes = !state.options.read_only;
    const bool encrypts = writes && !rows.encrypted() && state.options.data_key;
    for (bool pending = encrypts || (writes && is_new); pending;) {
        try {
            write_rows(state, rows, encrypts);
            pending = false;
        } catch (const lmdb::MapFull& full) {
            // Nobody reads yet.
            if (state.log.grow(state.log.map_size(), state.options.max_map_size,
                               std::chrono::milliseconds(0)) != lmdb::Environment::Growth::grown)
                throw EnvironmentError(std::string(full.what()) +
                                       "; raise store.max_map_size in the configuration");
        }
    }
    state.rows = std::move(rows);
    return {};
}

void load_logs(Store::State& state) {
    const lmdb::Reader reader(state.log);
    lmdb::Cursor cursor(reader, state.tables.logs);
    for (bool row = cursor.first(); row; row = cursor.next()) {
        const LogId id = schema::read_log_key(cursor.key());
        LogInfo info = schema::read_log(id, cursor.value());
        if (const auto head = reader.get(state.tables.heads, cursor.key()))
            state.heads[id] = schema::read_head(info.origin, *head);
        state.logs.emplace(id, std::move(info));
    }
}

std::unique_ptr<Store::State> open_state(const StoreOptions& options, FileLock lock) {
    try {
        return std::make_unique<Store::State>(options, std::move(lock));
    } catch (const lmdb::CutShort& cut) {
        throw EnvironmentError(std::string(cut.what()) +
                               ": the store is damaged; put a backup in its place (reelproof "
                               "ledger restore) or rebuild it from its mirrors (reelproof ledger "
                               "recover)");
    }
}

// One that is cut short is made anew, as one that is missing: all in it comes from the log.
std::unique_ptr<TagIndex> open_index(const Store::State& state) {
    const StoreOptions& options = state.options;
    const auto folder = options.folder / "index";
    const auto open = [&] {
        return std::make_unique<TagIndex>(
            folder, options.map_size, options.max_map_size, options.read_only,
            [&state](LogId log, std::uint64_t size) { return stored_root(state, log, size); });
    };
    try {
        return open();
    } catch (const lmdb::CutShort& cut) {
        if (options.read_only)
            throw EnvironmentError(std::string(cut.what()) +
                                   ": start the node once, which rebuilds it from the log");
        std::filesystem::remove(folder / "data.mdb");
        return open();
    }
}

}  // namespace

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& given) {
    StoreOptions options = given;
    options.anchor = anchor_path(given);
    FileLock lock;
    if (options.read_only) {
        if (!std::filesystem::exists(options.folder / "log" / "data.mdb"))
            return not_found("there is no store in " + options.folder.string());
    } else {
        make_folder(options.folder / "log");
        make_folder(options.folder / "index");
        auto taken = FileLock::take(options.folder / "lock");
        if (!taken) return taken.error();
        lock = std::move(*taken);
    }
    auto state = open_state(options, std::move(lock));
    const auto version = stored_version(state->log);
    if (version)
        if (auto known = check_version(options, *version); !known) return known.error();
    state->tables = schema::tables_from(state->log.open_tables(schema::table_names()));
    if (auto settled = settle_rows(*state, !version); !settled) return settled.error();
    state->index = open_index(*state);
    load_logs(*state);
    state->directory = std::make_shared<const Directory>(std::map<std::string, std::string>{});
    if (auto replayed = replay_index(*state); !replayed) return replayed.error();
    return std::unique_ptr<Store>(new Store(std::move(state)));
}

void Store::load_directory(const std::map<std::string, std::string>& trusted_roots) {
    auto built = std::make_shared<const Directory>(build_directory(*state_, trusted_roots));
    std::unique_lock published(state_->published_mutex);
    state_->directory = std::move(built);
}

std::vector<LogInfo> Store::logs() const {
    std::shared_lock shared(state_->published_mutex);
    std::vector<LogInfo> all;
    for (const auto& [id, info] : state_->logs) all.push_back(info);
    return all;
}

std::optional<LogInfo> Store::log_by_origin(std::string_view origin) const {
    std::shared_lock shared(state_->published_mutex);
    for (const auto& [id, info] : state_->logs)
        if (info.origin == origin) return info;
    return std::nullopt;
}

std::optional<LogHead> Store::head(LogId log) const {
    std::shared_lock shared(state_->published_mutex);
    const auto head = state_->heads.find(log);
    if (head == state_->heads.end()) return std::nullopt;
    return head->second;
}

std::shared_ptr<void> Store::watch_heads(HeadWatch::OnHead on_head) const {
    return state_->head_watch.add(std::move(on_head));
}

std::shared_ptr<void> Store::watch_cosignatures(HeadWatch::OnHead on_cosigned) const {
    return state_->cosignature_watch.add(std::move(on_cosigned));
}

void Store::tell_cosigned(LogId log) const {
    state_->cosignature_watch.tell(log);
}

std::optional<LogHead> Store::witnessed(std::string_view origin) const {
    return read_witnessed(*state_, origin);
}

CopyMarks Store::copy_marks(std::string_view origin) const {
    return read_copy_marks(*state_, origin);
}

std::vector<std::string> Store::cosignatures(LogId log, std::string_view note_text) const {
    std::vector<std::string> lines;
    const auto checkpoint = parse_checkpoint(note_text);
    if (!checkpoint) return lines;
    const auto from = schema::cosig_key(log, checkpoint->size, note_text, {});
    const lmdb::Reader reader(state_->log);
    lmdb::Cursor cursor(reader, state_->tables.cosigs);
    for (bool row = cursor.seek(from);
         row && equal(schema::cosig_text(cursor.key()), schema::cosig_text(from));
         row = cursor.next()) {
        if (schema::is_own_signature(cursor.key())) continue;
        schema::Cosignature cosignature = schema::read_cosignature(cursor.value());
        if (cosignature.text == note_text) lines.push_back(std::move(cosignature.line));
    }
    return lines;
}

std::vector<CosignedCheckpoint> Store::cosigned_checkpoints(std::uint64_t size) const {
    std::vector<CosignedCheckpoint> all;
    const lmdb::Reader reader(state_->log);
    lmdb::Cursor cursor(reader, state_->tables.cosigs);
    for (bool row = cursor.seek(schema::entry_key(kOwnLog, size)); row; row = cursor.next()) {
        schema::Cosignature line = schema::read_cosignature(cursor.value());
        if (schema::is_own_signature(cursor.key())) {
            auto checkpoint = parse_checkpoint(line.text);
            if (!checkpoint)
                throw EnvironmentError("the store is damaged: " + checkpoint.error().message);
            all.push_back({std::move(*checkpoint), std::move(line.text), std::move(line.line), {}});
        } else if (!all.empty() && all.back().text == line.text) {
            all.back().cosignatures.push_back(std::move(line.line));
        }
    }
    return all;
}

Result<Bytes> Store::entry(LogId log, std::uint64_t index) const {
    if (index >= state_->published_size(log))
        return not_found("log " + std::to_string(log) + " has no entry " + std::to_string(index));
    const lmdb::Reader reader(state_->log);
    const auto row = reader.get(state_->tables.entries_of(log), schema::entry_key(log, index));
    if (!row)
        throw EnvironmentError("the store is damaged: entry " + std::to_string(index) + " of log " +
                               std::to_string(log) + " is missing");
    return to_bytes(*row);
}

Result<Bytes> Store::tile(LogId log, const TileId& tile) const {
    const int width =
        tile_width(tile.entries ? 0 : tile.level, tile.index, state_->published_size(log));
    if (tile.width < 1 || tile.width > width)
        return not_found(tile_path(tile) + " is not of a tree of this size");
    if (!tile.entries) {
        const lmdb::Reader reader(state_->log);
        Bytes bytes = tiles_in(reader, state_->tables, log)(tile.level, tile.index);
        const std::size_t size = static_cast<std::size_t>(tile.width) * 32;
        if (bytes.size() < size)
            throw EnvironmentError("the store is damaged: " + tile_path(tile) + " is too short");
        bytes.resize(size);
        return bytes;
    }
    Bytes bundle;
    const std::uint64_t from = tile.index * 256;
    visit_entries(*state_, log, from, from + static_cast<std::uint64_t>(tile.width),
                  [&](std::uint64_t, ByteView entry) { append_to_bundle(bundle, entry); });
    return bundle;
}

void Store::public_statements(LogId log,
                              const std::function<void(std::uint64_t, ByteView)>& visit) const {
    const auto newest = head(log);
    if (newest) visit_publics(*state_, log, 0, newest->checkpoint.size, visit);
}

SubtreeHash Store::subtree(LogId log) const {
    struct Cached {
        std::uint64_t index = 0;
        Bytes bytes;
    };
    // A proof asks many times for hashes of the same few tiles: the last of each level is kept.
    return [state = state_.get(), log, cache = std::map<int, Cached>()](
               int level, std::uint64_t index) mutable {
        const TileReader read = [&](int tile_level, std::uint64_t tile) {
            const lmdb::Reader reader(state->log);
            return tiles_in(reader, state->tables, log)(tile_level, tile);
        };
        const int tile_level = level / 8;
        const std::uint64_t tile = (index << (level % 8)) / 256;
        const std::size_t needed = (((index + 1) << (level % 8)) - tile * 256) * 32;
        Cached& kept = cache[tile_level];
        if (kept.index != tile || kept.bytes.size() < needed) kept = {tile, read(tile_level, tile)};
        return subtree_from_tiles([&](int, std::uint64_t) { return kept.bytes; }, level, index);
    };
}

TaggedEnvelopes Store::find_tag(const Tag& tag, std::string_view iss, std::size_t limit) const {
    return TagView(*this).find(tag, iss, limit);
}

std::optional<std::uint64_t> Store::find_statement(const Hash& leaf) const {
    const auto index = state_->index->find_leaf(leaf);
    if (!index || *index >= state_->published_size(kOwnLog)) return std::nullopt;
    return index;
}

std::shared_ptr<const Directory> Store::directory() const {
    std::shared_lock shared(state_->published_mutex);
    return state_->directory;
}

std::optional<Bytes> Store::get(Table table, ByteView key) const {
    const lmdb::Reader reader(state_->log);
    return state_->rows.get(reader, state_->tables, table, key);
}

void Store::scan(Table table, const Visit& visit) const {
    const lmdb::Reader reader(state_->log);
    state_->rows.scan(reader, state_->tables, table, visit);
}

void Store::scan_back(Table table, ByteView before, const Visit& visit) const {
    const lmdb::Reader reader(state_->log);
    state_->rows.scan_back(reader, state_->tables, table, before, visit);
}

void Store::scan_from(Table table, ByteView from, const Visit& visit) const {
    const lmdb::Reader reader(state_->log);
    state_->rows.scan_from(reader, state_->tables, table, from, visit);
}

bool Store::encrypted() const {
    return state_->rows.encrypted();
}

Store::Stats Store::stats() const {
    const auto log = state_->log.use();
    const auto index = state_->index->environment().use();
    const auto filter = state_->index->filter_use();
    const auto version = schema::read_version(lmdb::Reader(state_->log), state_->tables.meta);
    Stats stats{.version = version.value_or(0),
                .map_size = log.map_size,
                .map_used = log.used,
                .map_reusable = state_->log.reusable(),
                .index_size = index.map_size,
                .index_used = index.used,
                .index_reusable = state_->index->environment().reusable(),
                .envelopes_indexed = state_->index->envelopes_merged(),
                .envelopes_in_memory = state_->index->envelopes_in_memory(),
                .filter_ready = filter.ready,
                .filter_bytes = filter.bytes,
                .readers = log.readers,
                .tables = {}};
    for (auto& table : state_->log.table_use())
        stats.tables.push_back({std::move(table.name), table.rows, table.bytes});
    for (auto& table : state_->index->environment().table_use())
        stats.tables.push_back({"index." + table.name, table.rows, table.bytes});
    return stats;
}

}  // namespace reelproof::ledger
