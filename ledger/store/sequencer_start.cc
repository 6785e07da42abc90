// Starting and ending a Sequencer: what must hold before anything is signed on a store.
#include <algorithm>

#include "ledger/format/wire.h"
#include "ledger/store/sequencer_impl.h"

namespace reelproof::ledger {

namespace {

Error refused(std::string message) {
    return {ErrorKind::refused, std::move(message)};
}

}  // namespace

Sequencer::Impl::Impl(Store& store, SequencerOptions options, NoteSigner signer)
    : state_(store.state()),
      options_(std::move(options)),
      signer_(std::move(signer)),
      anchor_(state_.options.anchor),
      own_directory_(options_.trusted_roots),
      workers_(std::make_unique<Workers>(options_.verifiers)) {
    mirrors_ = std::make_unique<Mirrors>(Mirrors::Surroundings{
        .state = state_,
        .options = options_,
        .workers = *workers_,
        .commit = [this](CommitJob job) { return commit(std::move(job)); },
        .publish_directory =
            [this](const LogInfo& log,
                   const std::vector<std::pair<std::uint64_t, Bytes>>& statements) {
                publish_directory(log, statements);
            },
        .die = [this](const std::string& reason) { die(reason); }});
}

Result<void> Sequencer::Impl::load_own_log() {
    own_directory_.add_log(kOwnLog, options_.org);
    LogHead head;
    head.checkpoint = {options_.origin, 0, empty_root()};
    {
        std::shared_lock shared(state_.published_mutex);
        const auto log = state_.logs.find(kOwnLog);
        if (log != state_.logs.end() &&
            (log->second.origin != options_.origin || log->second.org != options_.org))
            return refused("the store keeps the log " + log->second.origin + ", not " +
                           options_.origin);
        if (const auto found = state_.heads.find(kOwnLog); found != state_.heads.end())
            head = found->second;
    }
    const std::uint64_t size = head.checkpoint.size;
    const std::string damaged = "the store is damaged: ";
    {
        const lmdb::Reader reader(state_.log);
        tail_ = LogTail::load(size, tiles_in(reader, state_.tables, kOwnLog));
    }
    if (tail_.root() != head.checkpoint.root)
        return refused(damaged + "the tiles of our log do not hash to the root that we signed");
    // The newest entries against the lowest tiles: the tiles themselves are checked above.
    const auto hash_at = [tiles = TileReader([this](int level, std::uint64_t index) {
                              const lmdb::Reader reader(state_.log);
                              return tiles_in(reader, state_.tables, kOwnLog)(level, index);
                          })](std::uint64_t index) { return subtree_from_tiles(tiles, 0, index); };
    Result<void> entries;
    visit_entries(state_, kOwnLog, size - std::min<std::uint64_t>(size, wire::kTileWidth), size,
                  [&](std::uint64_t index, ByteView entry) {
                      if (entries && leaf_hash(entry) != hash_at(index))
                          entries = refused(damaged + "entry " + std::to_string(index) +
                                            " does not hash to its leaf");
                  });
    if (!entries) return entries;
    visit_publics(state_, kOwnLog, 0, size, [&](std::uint64_t index, ByteView entry) {
        auto view = parse_statement(entry);
        const Result<void> applied =
            view ? own_directory_.apply({kOwnLog, index}, *view) : Result<void>(view.error());
        public_bytes_ += entry.size();
        if (!applied && entries)
            entries = refused(damaged + "entry " + std::to_string(index) + ": " +
                              applied.error().message);
    });
    if (!entries) return entries;
    if (const OrgState* org = own_directory_.org_in(kOwnLog, options_.org)) {
        if (!org->genesis.log_key || !(*org->genesis.log_key == signer_.verifier()))
            return refused(
                "the log's org.genesis names another log key than the one this node "
                "signs with");
    } else if (size > 0) {
        return refused(damaged + "entry 0 is not the org.genesis of " + options_.org);
    }
    last_time_ = options_.accept_clock ? std::min(head.time, options_.clock()) : head.time;
    const UnixSeconds time = size > 0 ? head.time : options_.clock();
    auto anchored = check_anchor(anchor_, head.checkpoint, time, [&](std::uint64_t at) {
        const lmdb::Reader reader(state_.log);
        return LogTail::load(at, tiles_in(reader, state_.tables, kOwnLog)).root();
    });
    return anchored;
}

Result<void> Sequencer::Impl::load() {
    if (auto own = load_own_log(); !own) return own;
    if (auto mirrors = mirrors_->load(); !mirrors) return mirrors;
    Directory directory = build_directory(state_, options_.trusted_roots);
    directory.add_log(kOwnLog, options_.org);
    std::unique_lock published(state_.published_mutex);
    state_.directory = std::make_shared<const Directory>(std::move(directory));
    return {};
}

void Sequencer::Impl::start() {
    // Readers that were killed keep old pages from being used again.
    state_.index->start([this] { state_.log.clear_dead_readers(); });
    thread_ = std::thread([this] { run(); });
    mirrors_->start();
}

Sequencer::Impl::~Impl() {
    {
        std::lock_guard lock(mutex_);
        closing_ = true;
    }
    mirrors_->stop();  // needs the sequencer thread until its last batch is written
    {
        std::lock_guard lock(mutex_);
        stop_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    state_.index->stop(!dead_);
    workers_.reset();
    mirrors_.reset();
}

void Sequencer::Impl::publish_directory(
    const LogInfo& log, const std::vector<std::pair<std::uint64_t, Bytes>>& statements) {
    if (statements.empty()) return;
    std::lock_guard one_at_a_time(directory_mutex_);
    std::shared_ptr<const Directory> current;
    {
        std::shared_lock shared(state_.published_mutex);
        current = state_.directory;
    }
    auto next = std::make_shared<Directory>(*current);
    next->add_log(log.id, log.org);
    for (const auto& [index, bytes] : statements) {
        auto view = parse_statement(bytes);
        const Result<void> applied =
            view ? next->apply({log.id, index}, *view) : Result<void>(view.error());
        if (!applied)
            throw EnvironmentError("the directory refuses a statement that was checked: " +
                                   applied.error().message);
    }
    std::unique_lock published(state_.published_mutex);
    state_.directory = std::move(next);
}

Result<std::unique_ptr<Sequencer>> Sequencer::start(Store& store, const SequencerOptions& options,
                                                    NoteSigner log_signer) {
    if (store.state().options.read_only)
        return refused("the store was opened only to read: nothing can be signed on it");
    auto impl = std::make_unique<Impl>(store, options, std::move(log_signer));
    if (auto loaded = impl->load(); !loaded) return loaded.error();
    impl->start();
    return std::unique_ptr<Sequencer>(new Sequencer(std::move(impl)));
}

}  // namespace reelproof::ledger
