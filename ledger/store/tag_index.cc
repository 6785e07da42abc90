#include "ledger/store/tag_index.h"

#include <algorithm>
#include <limits>

#include "ledger/format/merkle.h"
#include "ledger/store/fault.h"
#include "ledger/store/schema.h"
#include "ledger/store/tag_rows.h"
#include "ledger/store/thread_setup.h"

namespace reelproof::ledger {

namespace {

constexpr std::string_view kPurges = schema::kPurgesRow;
constexpr int kNice = 5;  // behind the log, ahead of the verifiers

std::vector<std::string> table_names() {
    return {"meta", "tags", "leaves", "progress", "issuers"};
}

}  // namespace

TagIndex::TagIndex(const std::filesystem::path& folder, std::uint64_t map_size,
                   std::uint64_t max_map_size, bool read_only, RootOf root_of)
    : environment_(folder, map_size, read_only),
      max_map_size_(max_map_size),
      root_of_(std::move(root_of)) {
    const auto handles = environment_.open_tables(table_names());
    tables_ = {handles[0], handles[1], handles[2], handles[3], handles[4]};
    generations_.push_back(std::make_shared<TagMemory>());
    const lmdb::Reader reader(environment_);
    lmdb::Cursor cursor(reader, tables_.issuers);
    for (bool row = cursor.first(); row; row = cursor.next()) {
        issuer_index_[std::string(as_text(cursor.value()))] =
            static_cast<std::uint32_t>(issuers_.size());
        issuers_.emplace_back(as_text(cursor.value()));
    }
    issuers_written_ = static_cast<std::uint32_t>(issuers_.size());
}

TagIndex::~TagIndex() {
    stop(false);
}

std::uint64_t TagIndex::merged_up_to(LogId log) const {
    const lmdb::Reader reader(environment_);
    const auto row = reader.get(tables_.progress, schema::log_key(log));
    return row ? tag_rows::read_progress(*row).merged.size : 0;
}

TagIndex::Contents TagIndex::contents() const {
    Contents all;
    const lmdb::Reader reader(environment_);
    if (const auto row = reader.get(tables_.meta, as_bytes(tag_rows::kFormatRow)))
        all.format = row->size() == 4 ? schema::get_u32(row->data()) : 0;
    if (const auto row = reader.get(tables_.meta, as_bytes(kPurges)))
        all.purges = schema::read_count(*row);
    if (all.format != tag_rows::kFormat && all.format != tag_rows::kFirstFormat) return all;
    lmdb::Cursor cursor(reader, tables_.progress);
    for (bool row = cursor.first(); row; row = cursor.next())
        all.logs.emplace(schema::read_log_key(cursor.key()),
                         tag_rows::read_progress(cursor.value()));
    return all;
}

void TagIndex::clear(std::uint64_t purges) {
    std::lock_guard merging(merge_mutex_);
    lmdb::Writer writer(environment_);
    for (const auto table : {tables_.tags, tables_.leaves, tables_.progress, tables_.issuers})
        writer.clear(table);
    writer.put(tables_.meta, as_bytes(kPurges), schema::write_count(purges));
    std::array<std::uint8_t, 4> format;
    schema::put_u32(format.data(), tag_rows::kFormat);
    writer.put(tables_.meta, as_bytes(tag_rows::kFormatRow), format);
    writer.commit();
    std::unique_lock memory(memory_mutex_);
    generations_.assign(1, std::make_shared<TagMemory>());
    issuers_.clear();
    issuer_index_.clear();
    issuers_written_ = 0;
    rows_in_memory_ = 0;
    ++merges_;
}

std::uint32_t TagIndex::issuer_number(std::string_view name) {
    const auto known = issuer_index_.find(name);
    if (known != issuer_index_.end()) return known->second;
    const auto number = static_cast<std::uint32_t>(issuers_.size());
    issuers_.emplace_back(name);
    issuer_index_.emplace(name, number);
    return number;
}

void TagIndex::add(std::span<const IndexedStatement> statements) {
    for (const IndexedStatement& statement : statements) {
        // One statement at a time, so that no reader waits for a whole batch.
        std::unique_lock memory(memory_mutex_);
        if (!generations_.back()->has_room(statement.envelopes.size()))
            generations_.push_back(std::make_shared<TagMemory>());
        const std::uint32_t issuer = statement.envelopes.empty() ? 0 : issuer_number(statement.iss);
        generations_.back()->add(statement.place, issuer, statement.iat, statement.leaf,
                                 statement.envelopes);
        rows_in_memory_ += statement.envelopes.size() + (statement.leaf != nullptr ? 1 : 0);
    }
    if (rows_in_memory_ >= kMergeRows) {
        std::lock_guard lock(thread_mutex_);
        wake_.notify_one();
    }
}

std::vector<TagIndex::Generation> TagIndex::generations() const {
    std::shared_lock memory(memory_mutex_);
    return generations_;
}

TagIndex::View::View(const TagIndex& index)
    : index_(index),
      generations_(index.generations()),
      reader_(index.environment_),
      cursor_(reader_, index.tables_.tags) {}

std::vector<TagRow> TagIndex::find(const Tag& tag) const {
    return View(*this).find(tag, {}, std::numeric_limits<std::size_t>::max()).rows;
}

FoundRows TagIndex::View::find(const Tag& tag, std::string_view issuer, std::size_t limit) {
    FoundRows found;
    std::vector<TagRow>& rows = found.rows;
    std::optional<std::uint32_t> wanted;
    {
        std::shared_lock memory(index_.memory_mutex_);
        if (!issuer.empty()) {
            const auto known = index_.issuer_index_.find(issuer);
            if (known == index_.issuer_index_.end()) return found;
            wanted = known->second;
        }
        for (const Generation& generation : generations_)
            generation->find(tag, wanted, limit, rows);
    }
    const bool in_memory = !rows.empty();
    find_merged(tag, wanted, limit, found);
    if (rows.size() > 1) {
        const auto place = [](const TagRow& row) { return std::tie(row.place, row.position); };
        std::sort(rows.begin(), rows.end(),
                  [&](const TagRow& a, const TagRow& b) { return place(a) < place(b); });
        // A generation that was merged before the transaction began is seen twice.
        if (in_memory)
            rows.erase(
                std::unique(rows.begin(), rows.end(),
                            [&](const TagRow& a, const TagRow& b) { return place(a) == place(b); }),
                rows.end());
        if (rows.size() > limit) rows.resize(limit);
    }
    return found;
}

void TagIndex::View::find_merged(const Tag& tag, std::optional<std::uint32_t> issuer,
                                 std::size_t limit, FoundRows& found) {
    std::size_t taken = 0, foreign = 0;
    LogId log = 0;
    bool there = cursor_.seek(tag);
    while (there && taken < limit && tag_rows::has_tag(cursor_.key(), tag)) {
        const TagRow row = tag_rows::read(cursor_.key(), cursor_.value());
        if (row.place.log != log) foreign = 0;
        log = row.place.log;
        if (!issuer || row.issuer == *issuer) {
            found.rows.push_back(row);
            ++taken;
        } else if (++foreign > kMaxForeignRows) {
            found.cut.push_back(log);
            there = cursor_.seek(tag_rows::key(tag, {.place = {log + 1, 0}}));
            continue;
        }
        there = cursor_.next();
    }
}

std::optional<std::uint64_t> TagIndex::find_leaf_in_memory(const Hash& leaf) const {
    std::shared_lock memory(memory_mutex_);
    for (auto generation = generations_.rbegin(); generation != generations_.rend(); ++generation)
        if (auto index = (*generation)->find_leaf(leaf)) return index;
    return std::nullopt;
}

std::optional<std::uint64_t> TagIndex::find_leaf(const Hash& leaf) const {
    if (auto index = find_leaf_in_memory(leaf)) return index;
    const lmdb::Reader reader(environment_);
    const auto row = reader.get(tables_.leaves, leaf);
    if (!row) return std::nullopt;
    return schema::read_count(*row);
}

std::string TagIndex::issuer(std::uint32_t number) const {
    std::shared_lock memory(memory_mutex_);
    if (number >= issuers_.size())
        throw EnvironmentError("the tag index is damaged: it names issuer " +
                               std::to_string(number) + ", which it does not have");
    return issuers_[number];
}

std::uint64_t TagIndex::envelopes_in_memory() const {
    std::shared_lock memory(memory_mutex_);
    std::uint64_t count = 0;
    for (const Generation& generation : generations_) count += generation->rows().size();
    return count;
}

std::uint64_t TagIndex::envelopes_merged() const {
    const lmdb::Reader reader(environment_);
    return reader.rows(tables_.tags);
}

void TagIndex::scan_tags(const std::function<void(const Tag&, const TagRow&)>& visit) const {
    const lmdb::Reader reader(environment_);
    lmdb::Cursor cursor(reader, tables_.tags);
    for (bool row = cursor.first(); row; row = cursor.next()) {
        Tag tag;
        std::copy_n(cursor.key().begin(), std::min(tag.size(), cursor.key().size()), tag.begin());
        visit(tag, tag_rows::read(cursor.key(), cursor.value()));
    }
}

void TagIndex::scan_leaves(const std::function<void(const Hash&, std::uint64_t)>& visit) const {
    const lmdb::Reader reader(environment_);
    lmdb::Cursor cursor(reader, tables_.leaves);
    for (bool row = cursor.first(); row; row = cursor.next()) {
        Hash leaf{};
        std::copy_n(cursor.key().begin(), std::min(leaf.size(), cursor.key().size()), leaf.begin());
        visit(leaf, schema::read_count(cursor.value()));
    }
}

void TagIndex::write_issuers(lmdb::Writer& writer, std::uint32_t up_to) {
    std::shared_lock memory(memory_mutex_);
    for (std::uint32_t number = issuers_written_; number < up_to; ++number)
        writer.put(tables_.issuers, schema::log_key(number), as_bytes(issuers_[number]));
}

// What has no root gets one that no entries have: the next start then rebuilds the index.
tag_rows::Extent TagIndex::extent(LogId log, std::uint64_t size) const {
    return {size, root_of_(log, size).value_or(Hash{})};
}

tag_rows::Progress TagIndex::progress_in(const lmdb::Writer& writer, LogId log) const {
    const auto row = writer.get(tables_.progress, schema::log_key(log));
    return row ? tag_rows::read_progress(*row) : tag_rows::Progress{{0, empty_root()}, {}};
}

void TagIndex::write_progress(lmdb::Writer& writer, LogId log, const tag_rows::Progress& progress) {
    writer.put(tables_.progress, schema::log_key(log), tag_rows::write(progress));
}

void TagIndex::write_batch(const std::vector<Generation>& batch) {
    std::map<LogId, tag_rows::Extent> extents;  // of the log that the batch leads up to
    for (const Generation& generation : batch)
        for (const auto& [log, up_to] : generation->up_to()) extents[log].size = up_to;
    for (auto& [log, end] : extents) end = extent(log, end.size);
    std::uint32_t issuers = 0;
    {
        std::shared_lock memory(memory_mutex_);
        issuers = static_cast<std::uint32_t>(issuers_.size());
    }
    const auto tags = tag_rows::sorted_tags(batch);
    const auto leaves = tag_rows::sorted_leaves(batch);
    const std::size_t slices =
        std::clamp<std::size_t>((tags.size() + leaves.size()) / kSliceRows, 1, kMostSlices);
    for (std::size_t slice = 0; slice < slices; ++slice) {
        const auto part = [&](const auto& all) {
            const std::size_t from = all.size() * slice / slices;
            return std::span(all).subspan(from, all.size() * (slice + 1) / slices - from);
        };
        lmdb::Writer writer(environment_);
        if (slice == 0) write_issuers(writer, issuers);
        const bool last = slice + 1 == slices;
        if (slice == 0 || last)
            for (const auto& [log, end] : extents) {
                auto progress = progress_in(writer, log);
                if (last) progress.merged = end;
                // A merge that was cut off may have got further than this one does.
                if (!progress.begun || progress.begun->size < end.size) progress.begun = end;
                if (progress.begun->size <= progress.merged.size) progress.begun.reset();
                write_progress(writer, log, progress);
            }
        {
            lmdb::Cursor cursor(writer, tables_.tags);
            for (const auto& [row, generation] : part(tags))
                tag_rows::put(cursor, row->tag, generation->located(*row));
        }
        {
            lmdb::Cursor cursor(writer, tables_.leaves);
            for (const TagMemory::Leaf* leaf : part(leaves))
                cursor.put(leaf->hash, schema::write_count(leaf->index));
        }
        fault_point(FaultPoint::before_index_commit);
        writer.commit();
        // If we die here some rows or all are in LMDB and (after the restart) nowhere else.
        // That they are merged is in the transaction of the last ones: before it the replay starts
        // at the batch, and what it brings is seen, and written, once more under the same keys.
        // That they are begun is in the first: should the log be without their entries by then,
        // the next start sees it, and rebuilds the index.
        fault_point(FaultPoint::after_index_commit);
    }
    issuers_written_ = issuers;
}

bool TagIndex::merge_some() {
    std::lock_guard merging(merge_mutex_);
    std::vector<Generation> batch;
    {
        std::unique_lock memory(memory_mutex_);
        if (generations_.size() == 1) {
            if (generations_.back()->empty()) return false;
            generations_.push_back(std::make_shared<TagMemory>());
        }
        const std::size_t count = std::min(kGenerationsAtOnce, generations_.size() - 1);
        batch.assign(generations_.begin(),
                     generations_.begin() + static_cast<std::ptrdiff_t>(count));
    }
    write_batch(batch);
    std::uint64_t rows = 0;
    for (const Generation& generation : batch) rows += rows_of(*generation);
    {
        std::unique_lock memory(memory_mutex_);
        // First the count: whoever looks after the drop must see that there was a merge.
        ++merges_;
        generations_.erase(generations_.begin(),
                           generations_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
    }
    rows_in_memory_ -= rows;
    std::lock_guard lock(thread_mutex_);
    room_.notify_all();
    return true;
}

bool TagIndex::merge() {
    for (;;) {
        try {
            while (merge_some()) {
            }
            full_ = false;
            return true;
        } catch (const lmdb::MapFull&) {
            // What is written of the batch is written over, so it can be tried again.
            std::lock_guard merging(merge_mutex_);
            using Growth = lmdb::Environment::Growth;
            const auto growth =
                environment_.grow(environment_.map_size(), max_map_size_, kGrowPatience);
            full_ = growth == Growth::limit;
            if (growth != Growth::grown) return false;
        }
    }
}

void TagIndex::begin_purge(LogId log, std::uint64_t from, std::uint64_t purges) {
    if (!merge()) environment_.fail(MDB_MAP_FULL, "merging before a purge");
    std::lock_guard merging(merge_mutex_);
    const auto left = extent(log, from);
    lmdb::Writer writer(environment_);
    auto progress = progress_in(writer, log);
    if (!progress.begun) progress.begun = progress.merged;
    progress.merged = left;
    write_progress(writer, log, progress);
    writer.put(tables_.meta, as_bytes(kPurges), schema::write_count(purges));
    writer.commit();
    // If we die between here and the end of the purge, the two counts of purges differ, and the
    // next start rebuilds the index.
}

void TagIndex::end_purge(LogId log) {
    std::lock_guard merging(merge_mutex_);
    lmdb::Writer writer(environment_);
    auto progress = progress_in(writer, log);
    if (!progress.begun) return;
    progress.begun.reset();
    write_progress(writer, log, progress);
    writer.commit();
    // If we die before this, the log is without the entries that were begun: the next start
    // rebuilds the index.
}

void TagIndex::purge(std::span<const IndexedStatement> statements) {
    std::lock_guard merging(merge_mutex_);
    lmdb::Writer writer(environment_);
    for (const IndexedStatement& statement : statements) {
        std::uint8_t position = 0;
        for (const EnvelopeSpan& envelope : statement.envelopes)
            writer.remove(tables_.tags, tag_rows::key(envelope.tag, {.place = statement.place,
                                                                     .position = position++}));
    }
    writer.commit();
}

void TagIndex::start(std::function<void()> chore) {
    chore_ = std::move(chore);
    {
        std::lock_guard lock(thread_mutex_);
        stop_ = false;
    }
    thread_ = std::thread([this] { run(); });
}

void TagIndex::stop(bool merge_rest) {
    if (!thread_.joinable()) return;
    {
        std::lock_guard lock(thread_mutex_);
        stop_ = true;
        merge_rest_ = merge_rest;
        wake_.notify_all();
    }
    thread_.join();
}

void TagIndex::wait_for_room() const {
    std::unique_lock lock(thread_mutex_);
    room_.wait_for(lock, std::chrono::milliseconds(20));
}

void TagIndex::run() {
    set_up_thread("tag-index", kNice);
    try {
        auto next_chore = std::chrono::steady_clock::now() + kChoreInterval;
        std::unique_lock lock(thread_mutex_);
        std::uint64_t rows_before = 0;
        int looks = 0;
        for (;;) {
            const bool much = wake_.wait_for(lock, kLookInterval, [this] {
                return stop_ || (!full_ && rows_in_memory_ >= kMergeRows);
            });
            if (stop_ && !merge_rest_) return;
            const std::uint64_t rows = rows_in_memory_;
            const bool due = much || rows == rows_before || ++looks >= kMostLooks;
            rows_before = rows;
            if (!due) continue;
            const bool last = stop_;
            lock.unlock();
            merge();
            looks = 0;
            if (const auto now = std::chrono::steady_clock::now(); now >= next_chore) {
                next_chore = now + kChoreInterval;
                environment_.clear_dead_readers();
                if (chore_) chore_();
            }
            lock.lock();
            if (last) return;
        }
    } catch (const std::exception& error) {
        fatal(std::string("the tag index can't be written: ") + error.what());
    }
}

}  // namespace reelproof::ledger
