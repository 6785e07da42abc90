#include "ledger/store/copy_marks.h"

namespace reelproof::ledger {

namespace {

constexpr std::size_t kRowSize = 1 + 4 * 8;

}  // namespace

std::string copy_marks_key(std::string_view origin) {
    return "copy/" + std::string(origin);
}

Bytes write_copy_marks(const CopyMarks& marks) {
    Bytes row(kRowSize);
    row[0] = marks.unproven ? 1 : 0;
    std::uint8_t* at = row.data() + 1;
    for (const auto& [iat, index] : {marks.newest, marks.newest_stored}) {
        schema::put_u64(at, static_cast<std::uint64_t>(iat));
        schema::put_u64(at + 8, index);
        at += 16;
    }
    return row;
}

CopyMarks read_copy_marks(const Store::State& state, std::string_view origin) {
    const std::string key = copy_marks_key(origin);
    const lmdb::Reader reader(state.log);
    const auto row = reader.get(state.tables.of(Table::settings), as_bytes(key));
    CopyMarks out;
    if (!row) return out;
    if (row->size() != kRowSize || (*row)[0] > 1)
        throw EnvironmentError("the store is damaged: the marks of the copy of " +
                               std::string(origin) + " can't be read");
    out.unproven = (*row)[0] != 0;
    const std::uint8_t* at = row->data() + 1;
    for (auto* newest : {&out.newest, &out.newest_stored}) {
        newest->iat = static_cast<UnixSeconds>(schema::get_u64(at));
        newest->index = schema::get_u64(at + 8);
        at += 16;
    }
    return out;
}

}  // namespace reelproof::ledger
