#include "ledger/store/tag_view.h"

#include <algorithm>

#include "ledger/store/state.h"

namespace reelproof::ledger {

namespace {

// An envelope is [tag, sealed, partner]: 0x83, then the tag as a 16-byte string.
bool starts_with_tag(ByteView envelope, const Tag& tag) {
    return envelope.size() > 18 && envelope[0] == 0x83 && envelope[1] == 0x50 &&
           equal(envelope.subspan(2, tag.size()), tag);
}

}  // namespace

// The members begin in this order. Each row of the index has its entry in the log that is looked at
// later, and each entry below a published size is in a transaction that begins after that was read.
struct TagView::State {
    explicit State(const Store::State& in)
        : store(in), index(*in.index), sizes(in.published_sizes()), log(in.log) {}

    const Store::State& store;
    TagIndex::View index;
    const std::map<LogId, std::uint64_t> sizes;
    const lmdb::Reader log;
};

TagView::TagView(const Store& store) : state_(std::make_unique<State>(store.state())) {}
TagView::~TagView() = default;

TaggedEnvelopes TagView::find(const Tag& tag, std::string_view iss, std::size_t limit) {
    const Store::State& store = state_->store;
    TaggedEnvelopes found;
    const FoundRows rows = state_->index.find(tag, iss, limit);
    if (!rows.cut.empty()) {
        std::shared_lock shared(store.published_mutex);
        found.truncated = std::any_of(rows.cut.begin(), rows.cut.end(), [&](LogId log) {
            const OrgState* there = store.directory->org_in(log, iss);
            return there != nullptr && there->trusted;
        });
    }
    for (const TagRow& row : rows.rows) {
        // Entries of a mirror that are stored but not yet covered by a verified root.
        const auto size = state_->sizes.find(row.place.log);
        if (size == state_->sizes.end() || row.place.index >= size->second) continue;
        const auto entry = state_->log.get(store.tables.entries_of(row.place.log),
                                           schema::entry_key(row.place.log, row.place.index));
        const bool inside = entry && std::size_t{row.offset} + row.length <= entry->size();
        if (!inside || !starts_with_tag(entry->subspan(row.offset, row.length), tag))
            throw EnvironmentError("the tag index is damaged: a row points at entry " +
                                   std::to_string(row.place.index) + " of log " +
                                   std::to_string(row.place.log) +
                                   ", where its envelope is not; run: reelproof ledger check");
        found.envelopes.push_back({.bytes = to_bytes(entry->subspan(row.offset, row.length)),
                                   .iss = store.index->issuer(row.issuer),
                                   .iat = row.iat,
                                   .place = row.place,
                                   .position = row.position});
    }
    return found;
}

}  // namespace reelproof::ledger
