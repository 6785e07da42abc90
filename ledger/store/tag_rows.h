// How rows of the tag index are written: key = tag, log, index, position; value = offset, length,
// issuer, iat; and the order in which a merge puts them. Pure apart from the cursor, thread-safe.
// Persistent format: do not change without raising kStoreVersion.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "ledger/store/lmdb.h"
#include "ledger/store/tag_memory.h"

namespace reelproof::ledger::tag_rows {

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
