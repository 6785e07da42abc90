#include "ledger/store/mirrors.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ledger/store/copy_marks.h"
#include "ledger/store/fault.h"
#include "ledger/store/mirror_batch.h"
#include "ledger/store/thread_setup.h"

namespace reelproof::ledger {

namespace {

constexpr const char* kWayOut =
    "; make room on its disk, or raise store.max_map_size in the configuration and restart";

Error error(ErrorKind kind, std::string message) {
    return {kind, std::move(message)};
}

std::string percent(double part) {
    return std::to_string(std::lround(part * 100)) + " %";
}

}  // namespace

Mirrors::Mirrors(Surroundings surroundings) : use_(std::move(surroundings)) {}

Mirrors::~Mirrors() {
    stop();
}

Mirrors::Mirror Mirrors::fresh(std::string origin, std::string org) const {
    Mirror mirror;
    LogId next = kOwnLog + 1;
    for (const auto& [name, other] : mirrors_) next = std::max(next, other.info.id + 1);
    mirror.info = {.id = next, .origin = std::move(origin), .org = std::move(org), .frozen = {}};
    Directory directory(use_.options.trusted_roots);
    directory.add_log(next, mirror.info.org);
    mirror.directory = std::make_shared<const Directory>(std::move(directory));
    mirror.visible.origin = mirror.info.origin;
    mirror.visible.root = empty_root();
    return mirror;
}

void Mirrors::load_directory(Mirror& mirror, std::uint64_t size) const {
    const LogInfo& info = mirror.info;
    Directory directory(use_.options.trusted_roots);
    directory.add_log(info.id, info.org);
    mirror.public_bytes = 0;
    visit_publics(use_.state, info.id, 0, size, [&](std::uint64_t index, ByteView entry) {
        auto view = parse_statement(entry);
        const Result<void> applied =
            view ? directory.apply({info.id, index}, *view) : Result<void>(view.error());
        if (!applied)
            throw EnvironmentError("the store is damaged: entry " + std::to_string(index) +
                                   " of the log " + info.origin + ": " + applied.error().message);
        mirror.public_bytes += entry.size();
    });
    mirror.directory = std::make_shared<const Directory>(std::move(directory));
}

// We died while what was pending was dropped: the newest statement went, and its mark is still
// there.
void Mirrors::find_newest_stored(Mirror& mirror, std::uint64_t stored) const {
    CopyMarks& marks = mirror.marks;
    marks.newest_stored = marks.newest;
    visit_entries(use_.state, mirror.info.id, mirror.visible.size, stored,
                  [&](std::uint64_t index, ByteView entry) {
                      const auto view = parse_statement(entry);
                      if (!view)
                          throw EnvironmentError("the store is damaged: entry " +
                                                 std::to_string(index) + " of the log " +
                                                 mirror.info.origin + ": " + view.error().message);
                      if (view->header.iat > marks.newest_stored.iat)
                          marks.newest_stored = {view->header.iat, index};
                  });
}

Result<void> Mirrors::load() {
    std::map<LogId, LogInfo> logs;
    {
        std::shared_lock shared(use_.state.published_mutex);
        logs = use_.state.logs;
    }
    for (const auto& [id, info] : logs) {
        if (id == kOwnLog) continue;
        Mirror mirror;
        mirror.info = info;
        mirror.visible = {.origin = info.origin, .size = 0, .root = empty_root()};
        const lmdb::Reader reader(use_.state.log);
        const TileReader tiles = tiles_in(reader, use_.state.tables, id);
        if (const auto row = reader.get(use_.state.tables.heads, schema::log_key(id))) {
            const LogHead head = schema::read_head(info.origin, *row);
            mirror.visible = head.checkpoint;
            mirror.time = head.time;
        }
        if (LogTail::load(mirror.visible.size, tiles).root() != mirror.visible.root)
            return error(ErrorKind::refused, "the store is damaged: the tiles of the log " +
                                                 info.origin +
                                                 " do not hash to the root that it signed");
        const std::uint64_t stored = stored_size(reader, use_.state.tables, id);
        mirror.tail = LogTail::load(stored, tiles);
        if (const auto row = reader.get(use_.state.tables.meta, schema::fill_key(id)))
            mirror.bytes = schema::read_count(*row);
        else  // an early version did not count
            visit_entries(use_.state, id, 0, stored, [&](std::uint64_t, ByteView entry) {
                mirror.bytes += schema::fill_of(entry.size());
            });
        mirror.marks = read_copy_marks(use_.state, info.origin);
        if (mirror.marks.newest_stored.index >= stored) find_newest_stored(mirror, stored);
        load_directory(mirror, stored);
        visit_publics(use_.state, id, mirror.visible.size, stored,
                      [this, &origin = info.origin](std::uint64_t index, ByteView entry) {
                          waiting_[origin].emplace_back(index, to_bytes(entry));
                      });
        if (const OrgState* org = mirror.directory->org_in(id, info.org))
            mirror.log_key = org->genesis.log_key;
        note_stored(mirror);
        mirrors_.emplace(info.origin, std::move(mirror));
    }
    return {};
}

void Mirrors::note_stored(const Mirror& mirror) {
    std::lock_guard lock(mutex_);
    stored_[mirror.info.origin] = {mirror.tail.size(), mirror.bytes};
}

std::uint64_t Mirrors::stored(std::string_view origin) const {
    std::lock_guard lock(mutex_);
    const auto found = stored_.find(origin);
    return found == stored_.end() ? 0 : found->second.entries;
}

std::pair<std::string, std::uint64_t> Mirrors::largest() const {
    std::pair<std::string, std::uint64_t> out;
    std::lock_guard lock(mutex_);
    for (const auto& [origin, stored] : stored_)
        if (stored.bytes > out.second) out = {origin, stored.bytes};
    return out;
}

std::string Mirrors::all_paused() const {
    const std::uint64_t limit = use_.state.options.max_map_size;
    for (const auto& [what, where] :
         {std::pair("the store", &std::as_const(use_.state.log)),
          std::pair("the tag index", &std::as_const(*use_.state.index).environment())}) {
        const double used =
            static_cast<double>(where->use().used) / static_cast<double>(where->capacity(limit));
        if (used < use_.options.mirror_share) continue;
        const auto [origin, bytes] = largest();
        return std::string(what) + " is " + percent(used) +
               " full: nothing is taken of partners' logs, so that our own can go on" +
               (origin.empty() ? "" : " (the largest is " + origin + ")") + kWayOut;
    }
    return {};
}

std::string Mirrors::paused(std::string_view origin) const {
    if (auto why = all_paused(); !why.empty()) return why;
    std::uint64_t bytes = 0;
    {
        std::lock_guard lock(mutex_);
        if (const auto found = stored_.find(origin); found != stored_.end())
            bytes = found->second.bytes;
    }
    const double part =
        static_cast<double>(bytes) /
        static_cast<double>(use_.state.log.capacity(use_.state.options.max_map_size));
    if (part < use_.options.mirror_share * use_.options.one_mirror_share) return {};
    return "the log " + std::string(origin) + " fills " + percent(part) +
           " of the store, as much as one partner's may: nothing more is taken of it, so that the "
           "others' go on" +
           kWayOut;
}

std::string Mirrors::paused() const {
    return paused(largest().first);
}

std::future<Result<void>> Mirrors::enqueue(std::function<Result<void>()> run) {
    return enqueue(Task{.batch = {}, .run = std::move(run)});
}

std::future<Result<void>> Mirrors::enqueue(Task task) {
    auto future = task.done.get_future();
    std::lock_guard lock(mutex_);
    if (stop_) {
        task.done.set_value(error(ErrorKind::unavailable, "the store is being closed"));
        return future;
    }
    tasks_.push_back(std::move(task));
    wake_.notify_one();
    return future;
}

std::future<Result<void>> Mirrors::store(MirrorBatch batch) {
    return enqueue(Task{.batch = std::move(batch), .run = {}});
}

std::future<Result<void>> Mirrors::freeze(std::string origin, std::string reason, Bytes evidence) {
    return enqueue(
        [this, origin = std::move(origin), reason = std::move(reason),
         evidence = std::move(evidence)] { return freeze_now(origin, reason, evidence); });
}

void Mirrors::start() {
    thread_ = std::thread([this] { run(); });
}

void Mirrors::stop() {
    if (!thread_.joinable()) return;
    {
        std::lock_guard lock(mutex_);
        stop_ = true;
        wake_.notify_all();
    }
    thread_.join();
}

void Mirrors::run() {
    set_up_thread("mirrors");
    std::unique_lock lock(mutex_);
    for (;;) {
        // With nothing to check meanwhile, what is being written is waited for.
        wake_.wait(lock, [this] { return stop_ || !tasks_.empty() || writing_; });
        if (tasks_.empty() && !writing_) return;
        Task task;
        if (!tasks_.empty()) {
            task = std::move(tasks_.front());
            tasks_.pop_front();
        }
        lock.unlock();
        perform(task);
        lock.lock();
    }
}

void Mirrors::perform(Task& task) {
    Result<void> result;
    try {
        if (task.batch) {
            auto checked = check(*task.batch);
            const bool follows = checked && *checked && (*checked)->follows;
            const Result<void> before = settle();
            if (checked && *checked && (!follows || before)) {
                writing_ = commit(std::move(*checked));
                writing_->done = std::move(task.done);
                return;
            }
            if (!checked)
                result = checked.error();
            else if (*checked)
                result = before;
        } else {
            // Its answer was given.
            (void)settle();
            if (task.run) result = task.run();
        }
    } catch (const lmdb::MapFull& full) {
        result = error(ErrorKind::unavailable, full.what());
    } catch (const std::exception& trouble) {
        use_.die(trouble.what());
        result = error(ErrorKind::unavailable, "the store has stopped");
    }
    task.done.set_value(std::move(result));
}

Result<void> Mirrors::freeze_now(const std::string& origin, const std::string& reason,
                                 const Bytes& evidence) {
    const auto found = mirrors_.find(origin);
    if (found == mirrors_.end())
        return error(ErrorKind::not_found, "there is no mirror of the log " + origin);
    Mirror& mirror = found->second;
    if (!mirror.info.frozen.empty()) return {};  // the first reason stays
    LogInfo frozen = mirror.info;
    frozen.frozen = reason.empty() ? "frozen" : reason;
    auto written =
        use_.commit({.work = [&](lmdb::Writer& writer) -> Result<void> {
                writer.put(use_.state.tables.logs, schema::log_key(frozen.id),
                           schema::write_log(frozen));
                writer.put(use_.state.tables.of(Table::evidence), as_bytes(origin), evidence);
                return {};
            }})
            .get();
    if (!written) return written;
    mirror.info = frozen;
    std::unique_lock published(use_.state.published_mutex);
    use_.state.logs[frozen.id] = frozen;
    return {};
}

Result<void> Mirrors::drop_pending(Mirror& mirror) {
    mirror.drop_pending = true;  // until done: a full map makes us try again with the next batch
    const std::uint64_t from = mirror.visible.size;
    std::uint64_t to = 0;  // not the tail's size: an earlier try may have come part of the way
    std::uint64_t purges = 1;
    {
        const lmdb::Reader reader(use_.state.log);
        to = stored_size(reader, use_.state.tables, mirror.info.id);
        if (const auto row = reader.get(use_.state.tables.meta, as_bytes(schema::kPurgesRow)))
            purges += schema::read_count(*row);
    }
    // If we die from here on, the index counts one purge more than the log and is rebuilt at the
    // next start; the log itself is whole after each chunk.
    const bool purging = to > from;
    if (purging) use_.state.index->begin_purge(mirror.info.id, from, purges);
    constexpr std::uint64_t kChunk = 2048;
    while (to > from) {
        const std::uint64_t low = to - std::min(kChunk, to - from);
        auto dropped =
            drop_chunk(mirror, low, to, low == from ? std::optional(purges) : std::nullopt);
        if (!dropped) return dropped;
        to = low;
    }
    if (purging) use_.state.index->end_purge(mirror.info.id);
    {
        const lmdb::Reader reader(use_.state.log);
        mirror.tail = LogTail::load(from, tiles_in(reader, use_.state.tables, mirror.info.id));
    }
    load_directory(mirror, from);
    mirror.marks.newest_stored = mirror.marks.newest;
    waiting_.erase(mirror.info.origin);
    if (from == 0) mirror.log_key.reset();
    mirror.drop_pending = false;
    note_stored(mirror);
    return {};
}

Result<void> Mirrors::drop_chunk(Mirror& mirror, std::uint64_t from, std::uint64_t to,
                                 const std::optional<std::uint64_t>& purges) {
    const LogId log = mirror.info.id;
    std::uint64_t bytes = 0;
    visit_entries(use_.state, log, from, to, [&](std::uint64_t index, ByteView entry) {
        bytes += schema::fill_of(entry.size());
        auto view = parse_statement(entry);
        if (!view) throw EnvironmentError("the store is damaged: " + view.error().message);
        auto spans = envelope_spans(*view);
        if (!spans) throw EnvironmentError("the store is damaged: " + spans.error().message);
        const IndexedStatement statement{
            .place = {log, index}, .iss = view->header.iss, .leaf = nullptr, .envelopes = *spans};
        use_.state.index->purge({&statement, 1});
    });
    bytes = mirror.bytes - std::min(bytes, mirror.bytes);  // what is left
    CopyMarks left = mirror.marks;
    left.newest_stored = left.newest;
    const std::string marks_key = copy_marks_key(mirror.info.origin);
    auto dropped =
        use_.commit({.work = [&](lmdb::Writer& writer) -> Result<void> {
                         const schema::Tables& tables = use_.state.tables;
                         for (std::uint64_t index = from; index < to; ++index) {
                             writer.remove(tables.mirrored, schema::entry_key(log, index));
                             writer.remove(tables.publics, schema::entry_key(log, index));
                         }
                         remove_tiles_beyond(writer, tables, log, from);
                         writer.put(tables.stored, schema::log_key(log), schema::write_count(from));
                         writer.put(tables.meta, schema::fill_key(log), schema::write_count(bytes));
                         if (purges)
                             writer.put(tables.of(Table::settings), as_bytes(marks_key),
                                        write_copy_marks(left));
                         if (purges)
                             writer.put(tables.meta, as_bytes(schema::kPurgesRow),
                                        schema::write_count(*purges));
                         return {};
                     },
                     .nested = false})
            .get();
    if (dropped) mirror.bytes = bytes;
    return dropped;
}

}  // namespace reelproof::ledger
