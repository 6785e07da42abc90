#include "ledger/store/tag_rows.h"

#include <algorithm>

#include "ledger/store/schema.h"

namespace reelproof::ledger::tag_rows {

namespace {

constexpr std::size_t kExtentSize = 8 + 32;

void append_extent(Bytes& out, const Extent& extent) {
    std::array<std::uint8_t, 8> size;
    schema::put_u64(size.data(), extent.size);
    out.insert(out.end(), size.begin(), size.end());
    out.insert(out.end(), extent.root.begin(), extent.root.end());
}

Extent read_extent(ByteView row) {
    Extent out;
    out.size = schema::get_u64(row.data());
    std::copy_n(row.begin() + 8, out.root.size(), out.root.begin());
    return out;
}

}  // namespace

Bytes write(const Progress& progress) {
    Bytes out;
    append_extent(out, progress.merged);
    if (progress.begun) append_extent(out, *progress.begun);
    return out;
}

Progress read_progress(ByteView row) {
    Progress out;
    if (row.size() == 8) {
        out.merged.size = schema::get_u64(row.data());
        return out;
    }
    if (row.size() != kExtentSize && row.size() != 2 * kExtentSize)
        throw EnvironmentError("the tag index is damaged: a row is not of its form");
    out.merged = read_extent(row);
    if (row.size() == 2 * kExtentSize) out.begun = read_extent(row.subspan(kExtentSize));
    return out;
}

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
