// What is done to the index behind the log, most of it by its thread: merging rows from memory into
// LMDB, purging, and filling the filter of tags.
#include <algorithm>
#include <utility>

#include "ledger/format/merkle.h"
#include "ledger/store/fault.h"
#include "ledger/store/schema.h"
#include "ledger/store/tag_index.h"
#include "ledger/store/tag_rows.h"
#include "ledger/store/thread_setup.h"

namespace reelproof::ledger {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int kNice = 5;  // behind the log, ahead of the verifiers

}  // namespace

void TagIndex::write_issuers(lmdb::Writer& writer, std::uint32_t up_to) {
    std::shared_lock memory(memory_mutex_);
    for (std::uint32_t number = issuers_written_; number < up_to; ++number)
        writer.put(tables_.issuers, schema::log_key(number), as_bytes(issuers_[number]));
}

// With merge_mutex_ held.
void TagIndex::add_to_filters(const std::vector<Generation>& batch) {
    for (TagFilter* filter : {filter_.get(), next_filter_.get()}) {
        if (filter == nullptr) continue;
        for (const Generation& generation : batch) {
            for (const TagMemory::Row& row : generation->rows()) filter->add(row.tag);
            for (const TagMemory::Leaf& leaf : generation->leaves())
                filter->add(filter_key(leaf.hash));
        }
    }
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
    add_to_filters(batch);
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
    writer.put(tables_.meta, as_bytes(schema::kPurgesRow), schema::write_count(purges));
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

TagIndex::FilterUse TagIndex::filter_use() const {
    std::shared_lock memory(memory_mutex_);
    return {.ready = filter_ != nullptr,
            .bytes = (filter_ ? filter_->bytes() : 0) + next_filter_bytes_};
}

bool TagIndex::wants_filter() const {
    std::shared_lock memory(memory_mutex_);
    return !filter_ || (filter_->full() && !filter_->largest());
}

bool TagIndex::fill_filter(Steady::duration slice) {
    if (!wants_filter()) return true;
    if (!next_filter_) {
        // A quarter more than there are: it is made anew the more seldom the larger it is.
        auto made = std::make_shared<TagFilter>((rows_merged() + rows_in_memory_) / 4 * 5);
        scan_ = {};
        next_filter_bytes_ = made->bytes();
        std::lock_guard merging(merge_mutex_);
        next_filter_ = std::move(made);
    }
    if (!scan_slice(*next_filter_, slice)) return false;
    {
        std::lock_guard merging(merge_mutex_);
        std::unique_lock memory(memory_mutex_);
        filter_ = std::exchange(next_filter_, nullptr);
        next_filter_bytes_ = 0;
    }
    return !wants_filter();
}

// True at the end of both tables.
bool TagIndex::scan_slice(TagFilter& filter, Steady::duration time) {
    const auto end = Steady::now() + time;
    const lmdb::Reader reader(environment_);
    for (std::size_t rows = 0;; scan_ = {.leaves = true}) {
        lmdb::Cursor cursor(reader, scan_.leaves ? tables_.leaves : tables_.tags);
        for (bool row = cursor.seek(scan_.up_to); row; row = cursor.next()) {
            filter.add(filter_key(cursor.key()));
            if (++rows % kScanRows != 0 || Steady::now() < end) continue;
            scan_.up_to = to_bytes(cursor.key());
            return false;
        }
        if (scan_.leaves) return true;
    }
}

bool TagIndex::stopping() const {
    std::lock_guard lock(thread_mutex_);
    return stop_;
}

// True when there is more to do.
bool TagIndex::take_fill_turn() {
    if (scan_failed_) return false;
    const auto end = Steady::now() + kFillTurn;
    try {
        while (!stopping()) {
            if (fill_filter()) return false;
            if (Steady::now() >= end) return true;
        }
    } catch (const EnvironmentError&) {
        // A damaged page: who needs what was on it says so, as without a filter.
        scan_failed_ = true;
    } catch (const std::bad_alloc&) {
        scan_failed_ = true;  // it only saves time
    }
    return false;
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
        auto next_chore = Steady::now() + kChoreInterval;
        auto next_look = Steady::now() + kLookInterval;
        std::uint64_t rows_before = 0;
        int looks = 0;
        for (;;) {
            const bool filling = take_fill_turn();
            std::unique_lock lock(thread_mutex_);
            const auto pause_ends =
                filling ? std::min(next_look, Steady::now() + kFillPause) : next_look;
            const bool much = wake_.wait_until(lock, pause_ends, [this] {
                return stop_ || (!full_ && rows_in_memory_ >= kMergeRows);
            });
            if (stop_ && !merge_rest_) return;
            if (!much && Steady::now() < next_look) continue;
            next_look = Steady::now() + kLookInterval;
            const std::uint64_t rows = rows_in_memory_;
            const bool due = much || rows == rows_before || ++looks >= kMostLooks;
            rows_before = rows;
            if (!due) continue;
            const bool last = stop_;
            lock.unlock();
            merge();
            looks = 0;
            if (last) return;
            const auto now = Steady::now();
            next_look = now + kLookInterval;
            if (now >= next_chore) {
                next_chore = now + kChoreInterval;
                environment_.clear_dead_readers();
                if (chore_) chore_();
            }
        }
    } catch (const std::exception& error) {
        fatal(std::string("the tag index can't be written: ") + error.what());
    }
}

}  // namespace reelproof::ledger
