#include "ledger/store/tag_index.h"

#include <algorithm>
#include <limits>

#include "ledger/store/schema.h"
#include "ledger/store/tag_rows.h"

namespace reelproof::ledger {

namespace {

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
    if (const auto row = reader.get(tables_.meta, as_bytes(schema::kPurgesRow)))
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
    writer.put(tables_.meta, as_bytes(schema::kPurgesRow), schema::write_count(purges));
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

TagIndex::Memory TagIndex::in_memory() const {
    std::shared_lock memory(memory_mutex_);
    Memory now{{}, filter_};
    for (const Generation& generation : generations_)
        if (!generation->rows().empty()) now.generations.push_back(generation);
    return now;
}

TagIndex::View::View(const TagIndex& index)
    : index_(index),
      memory_(index.in_memory()),
      reader_(index.environment_),
      cursor_(reader_, index.tables_.tags) {}

std::vector<TagRow> TagIndex::find(const Tag& tag) const {
    return View(*this).find(tag, {}, std::numeric_limits<std::size_t>::max()).rows;
}

FoundRows TagIndex::View::find(const Tag& tag, std::string_view issuer, std::size_t limit) {
    FoundRows found;
    const bool may_be_merged = memory_.filter == nullptr || memory_.filter->may_hold(tag);
    if (!may_be_merged && memory_.generations.empty()) return found;
    std::vector<TagRow>& rows = found.rows;
    std::optional<std::uint32_t> wanted;
    {
        std::shared_lock memory(index_.memory_mutex_);
        if (!issuer.empty()) {
            const auto known = index_.issuer_index_.find(issuer);
            if (known == index_.issuer_index_.end()) return found;
            wanted = known->second;
        }
        for (const Generation& generation : memory_.generations)
            generation->find(tag, wanted, limit, rows);
    }
    const bool in_memory = !rows.empty();
    if (may_be_merged) find_merged(tag, wanted, limit, found);
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

}  // namespace reelproof::ledger
