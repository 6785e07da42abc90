#include "ledger/store/tag_rows.h"

#include <algorithm>

#include "ledger/store/schema.h"

namespace reelproof::ledger::tag_rows {

Key key(const Tag& tag, const TagRow& row) {
    Key out;
    std::copy(tag.begin(), tag.end(), out.begin());
    schema::put_u32(out.data() + 16, row.place.log);
    schema::put_u64(out.data() + 20, row.place.index);
    out[28] = row.position;
    return out;
}

Value value(const TagRow& row) {
    Value out;
    schema::put_u16(out.data(), row.offset);
    schema::put_u16(out.data() + 2, row.length);
    schema::put_u32(out.data() + 4, row.issuer);
    schema::put_u64(out.data() + 8, static_cast<std::uint64_t>(row.iat));
    return out;
}

TagRow read(ByteView key, ByteView value) {
    if (key.size() != std::tuple_size_v<Key> || value.size() != std::tuple_size_v<Value>)
        throw EnvironmentError("the tag index is damaged: a row is not of its form");
    TagRow row;
    row.place = {schema::get_u32(key.data() + 16), schema::get_u64(key.data() + 20)};
    row.position = key[28];
    row.offset = schema::get_u16(value.data());
    row.length = schema::get_u16(value.data() + 2);
    row.issuer = schema::get_u32(value.data() + 4);
    row.iat = static_cast<UnixSeconds>(schema::get_u64(value.data() + 8));
    return row;
}

std::vector<SortedTag> sorted_tags(const Generations& generations) {
    std::vector<SortedTag> sorted;
    for (const auto& generation : generations)
        for (const TagMemory::Row& row : generation->rows())
            sorted.push_back({&row, generation.get()});
    std::sort(sorted.begin(), sorted.end(),
              [](const SortedTag& a, const SortedTag& b) { return a.row->tag < b.row->tag; });
    return sorted;
}

std::vector<const TagMemory::Leaf*> sorted_leaves(const Generations& generations) {
    std::vector<const TagMemory::Leaf*> sorted;
    for (const auto& generation : generations)
        for (const TagMemory::Leaf& leaf : generation->leaves()) sorted.push_back(&leaf);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->hash < b->hash; });
    return sorted;
}

}  // namespace reelproof::ledger::tag_rows
