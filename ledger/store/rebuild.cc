#include "ledger/store/rebuild.h"

#include <algorithm>
#include <thread>

#include "ledger/base/counted.h"
#include "ledger/store/prepared.h"
#include "ledger/store/state.h"

namespace reelproof::ledger {

namespace {

// Statements that one worker checks in a row.
constexpr std::size_t kChunk = 16;
// What a batch may need of the map.
constexpr std::uint64_t kBatchRoom = std::uint64_t{320} << 20;

std::string entry_name(std::uint64_t index) {
    return "entry " + std::to_string(index);
}

}  // namespace

LogRebuild::LogRebuild(std::unique_ptr<Store> store, Log log,
                       const std::map<std::string, std::string>& roots)
    : store_(std::move(store)),
      log_(std::move(log)),
      directory_(roots),
      workers_(std::max(1U, std::thread::hardware_concurrency())) {
    directory_.add_log(kOwnLog, log_.org);
}

Result<std::unique_ptr<LogRebuild>> LogRebuild::open(
    const StoreOptions& options, Log log, const std::map<std::string, std::string>& roots) {
    auto store = Store::open(options);
    if (!store) return store.error();
    std::unique_ptr<LogRebuild> rebuild(new LogRebuild(std::move(*store), std::move(log), roots));
    if (auto loaded = rebuild->load(); !loaded) return loaded.error();
    return rebuild;
}

Result<void> LogRebuild::load() {
    const Store::State& state = store_->state();
    for (const LogInfo& info : store_->logs())
        if (info.id == kOwnLog && info.origin != log_.origin)
            return Error{ErrorKind::refused, state.options.folder.string() + " keeps the log " +
                                                 info.origin + ", not " + log_.origin};
    std::uint64_t size = 0;
    {
        const lmdb::Reader reader(state.log);
        // While a log is being rebuilt, the table of mirrors counts its entries too.
        const auto row = reader.get(state.tables.stored, schema::log_key(kOwnLog));
        size = row ? schema::read_count(*row) : stored_size(reader, state.tables, kOwnLog);
        tail_ = LogTail::load(size, tiles_in(reader, state.tables, kOwnLog));
    }
    Result<void> applied;
    visit_publics(state, kOwnLog, 0, size, [&](std::uint64_t index, ByteView entry) {
        if (!applied) return;
        auto view = parse_statement(entry);
        applied = view ? directory_.apply({kOwnLog, index}, *view) : Result<void>(view.error());
        if (!applied) applied = within(entry_name(index), applied.error());
    });
    return applied;
}

Hash LogRebuild::root_at(std::uint64_t size) const {
    const Store::State& state = store_->state();
    const lmdb::Reader reader(state.log);
    return LogTail::load(size, tiles_in(reader, state.tables, kOwnLog)).root();
}

Result<void> LogRebuild::check_genesis(const Directory& directory) const {
    const OrgState* org = directory.org_in(kOwnLog, log_.org);
    if (org == nullptr || org->genesis.origin != log_.origin)
        return Error{ErrorKind::untrusted,
                     "entry 0 is not the org.genesis of " + log_.org + " for " + log_.origin};
    if (!org->genesis.log_key || !(*org->genesis.log_key == log_.key))
        return Error{ErrorKind::untrusted, "entry 0 names another log key than ours"};
    return {};
}

Result<void> LogRebuild::append(std::vector<Bytes> entries) {
    Store::State& state = store_->state();
    const std::uint64_t start = tail_.size();
    std::vector<Result<PreparedStatement>> statements;
    for (Bytes& entry : entries) {
        PreparedStatement unparsed;
        unparsed.bytes = std::move(entry);
        statements.emplace_back(std::move(unparsed));
    }
    workers_.for_each(statements.size(), kChunk, [&](std::size_t i) {
        statements[i] = prepare_statement(std::move(statements[i]->bytes));
    });
    Directory directory = directory_;
    LogTail tail = tail_;
    std::vector<PublicKey> keys;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const std::uint64_t index = start + i;
        if (!statements[i]) return within(entry_name(index), statements[i].error());
        const StatementView& view = statements[i]->view;
        auto key = directory.key_for({kOwnLog, index}, view);
        if (!key) return within(entry_name(index), key.error());
        keys.push_back(*key);
        if (!view.sealed())
            if (auto applied = directory.apply({kOwnLog, index}, view); !applied)
                return within(entry_name(index), applied.error());
        if (index == 0)
            if (auto genesis = check_genesis(directory); !genesis) return genesis;
        tail.append(statements[i]->leaf);
    }
    std::vector<Result<void>> verified(statements.size());
    workers_.for_each(statements.size(), kChunk, [&](std::size_t i) {
        verified[i] = verify_statement(statements[i]->view, keys[i]);
    });
    for (std::size_t i = 0; i < verified.size(); ++i)
        if (!verified[i]) return within(entry_name(start + i), verified[i].error());

    if (state.log.room() < kBatchRoom)
        state.log.grow(kBatchRoom, state.options.max_map_size, std::chrono::milliseconds(0));
    lmdb::Writer writer(state.log);
    for (std::size_t i = 0; i < statements.size(); ++i)
        write_entry(writer, state.tables, {kOwnLog, start + i}, statements[i]->bytes,
                    !statements[i]->view.sealed());
    tail.write_tiles(writer, state.tables, kOwnLog);
    writer.put(state.tables.stored, schema::log_key(kOwnLog), schema::write_count(tail.size()));
    // If we die here, the next try goes on behind the last batch.
    writer.commit();
    tail_ = std::move(tail);
    directory_ = std::move(directory);
    return {};
}

Result<void> LogRebuild::finish(const std::string& text, UnixSeconds now) {
    auto note = parse_note(text);
    if (!note) return within("checkpoint", note.error());
    if (auto verified = verify_note(*note, log_.key); !verified)
        return within("checkpoint", verified.error());
    auto checkpoint = parse_checkpoint(note->text);
    if (!checkpoint) return within("checkpoint", checkpoint.error());
    if (!(*checkpoint == Checkpoint{log_.origin, tail_.size(), tail_.root()}))
        return invalid("the tree of " + counted(tail_.size(), "entry") +
                       " does not hash to the checkpoint of " + std::to_string(checkpoint->size));
    Store::State& state = store_->state();
    const auto key = schema::log_key(kOwnLog);
    const LogInfo info{.id = kOwnLog, .origin = log_.origin, .org = log_.org, .frozen = {}};
    const LogHead head{*checkpoint, text, now};
    lmdb::Writer writer(state.log);
    writer.put(state.tables.logs, key, schema::write_log(info));
    writer.put(state.tables.heads, key, schema::write_head(head));
    writer.remove(state.tables.stored, key);
    writer.commit();
    std::unique_lock published(state.published_mutex);
    state.logs[kOwnLog] = info;
    state.heads[kOwnLog] = head;
    return {};
}

}  // namespace reelproof::ledger
