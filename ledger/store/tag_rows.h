// How rows of the tag index are written: key = tag, log, index, position; value = offset, length,
// issuer, iat; how far a log is merged; and the order in which a merge puts rows. Pure apart from
// the cursor, thread-safe. Do not change without raising kFormat: the index is then rebuilt from
// the log.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "ledger/store/lmdb.h"
#include "ledger/store/tag_memory.h"

namespace reelproof::ledger::tag_rows {

// In the index's table meta, as u32. The first format has no such row, and of what is merged only
// the count.
inline constexpr std::string_view kFormatRow = "format";
inline constexpr std::uint32_t kFirstFormat = 1, kFormat = 2;

// The first entries of a log, and the root over them: another log, or another history of the same,
// has another.
struct Extent {
    std::uint64_t size = 0;
    Hash root{};
};
// How far a log is merged, as the row of its log key: u64 size, root, once or twice.
struct Progress {
    Extent merged;                // all rows of these entries are there
    std::optional<Extent> begun;  // some rows may be there of further entries, up to here
};
Bytes write(const Progress& progress);
// That of the first format has no root. Throws EnvironmentError when the row is of neither form.
Progress read_progress(ByteView row);

using Key = std::array<std::uint8_t, 16 + 4 + 8 + 1>;
using Value = std::array<std::uint8_t, 2 + 2 + 4 + 8>;

Key key(const Tag& tag, const TagRow& row);
Value value(const TagRow& row);
inline bool has_tag(ByteView key, const Tag& tag) {
    return key.size() == std::tuple_size_v<Key> && equal(key.first(tag.size()), tag);
}
// Throws EnvironmentError when the row is not of this form.
TagRow read(ByteView key, ByteView value);

inline void put(lmdb::Cursor& cursor, const Tag& tag, const TagRow& row) {
    cursor.put(key(tag, row), value(row));
}

using Generations = std::vector<std::shared_ptr<TagMemory>>;
struct SortedTag {
    const TagMemory::Row* row;
    const TagMemory* generation;
};
// Rows of all generations in ascending order of their tags (and leaf hashes), so that neighbours
// share the pages they change.
std::vector<SortedTag> sorted_tags(const Generations& generations);
std::vector<const TagMemory::Leaf*> sorted_leaves(const Generations& generations);

}  // namespace reelproof::ledger::tag_rows
