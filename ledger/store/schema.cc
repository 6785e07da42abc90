#include "ledger/store/schema.h"

#include <algorithm>

#include "ledger/base/sha256.h"

namespace reelproof::ledger::schema {

namespace {

constexpr std::size_t kHeadFixed = 8 + 32 + 8;

[[noreturn]] void damaged(std::string_view table) {
    throw EnvironmentError("the store is damaged: a row of table " + std::string(table) +
                           " is not of its form; run: reelproof ledger check");
}

void append_text(Bytes& out, std::string_view text, std::string_view what) {
    if (text.size() > 0xffff) throw EnvironmentError(std::string(what) + " is over 65,535 bytes");
    std::uint8_t length[2];
    put_u16(length, static_cast<std::uint16_t>(text.size()));
    out.insert(out.end(), length, length + 2);
    out.insert(out.end(), text.begin(), text.end());
}

std::string take_text(ByteView& row, std::string_view table) {
    if (row.size() < 2) damaged(table);
    const std::size_t length = get_u16(row.data());
    if (row.size() < 2 + length) damaged(table);
    std::string text(as_text(row.subspan(2, length)));
    row = row.subspan(2 + length);
    return text;
}

}  // namespace

std::vector<std::string> table_names() {
    return {"meta",
            "logs",
            "heads",
            "stored",
            "entries",
            "mirrored",
            "tiles",
            "publics",
            "cosigs",
            "node.settings",
            "node.idempotency",
            "node.observations",
            "node.verdicts",
            "node.evidence",
            "node.mirrors",
            "node.people",
            "node.audit",
            "node.work",
            "node.items"};
}

Tables tables_from(const std::vector<lmdb::TableHandle>& handles) {
    Tables tables{handles.at(0), handles.at(1), handles.at(2), handles.at(3), handles.at(4),
                  handles.at(5), handles.at(6), handles.at(7), handles.at(8), {}};
    for (std::size_t i = 0; i < tables.node.size(); ++i) tables.node[i] = handles.at(9 + i);
    return tables;
}

void put_u16(std::uint8_t* at, std::uint16_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}

void put_u32(std::uint8_t* at, std::uint32_t value) {
    put_u16(at, static_cast<std::uint16_t>(value >> 16));
    put_u16(at + 2, static_cast<std::uint16_t>(value));
}

void put_u64(std::uint8_t* at, std::uint64_t value) {
    put_u32(at, static_cast<std::uint32_t>(value >> 32));
    put_u32(at + 4, static_cast<std::uint32_t>(value));
}

std::uint16_t get_u16(const std::uint8_t* at) {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

std::uint32_t get_u32(const std::uint8_t* at) {
    return std::uint32_t{get_u16(at)} << 16 | get_u16(at + 2);
}

std::uint64_t get_u64(const std::uint8_t* at) {
    return std::uint64_t{get_u32(at)} << 32 | get_u32(at + 4);
}

LogKey log_key(LogId log) {
    LogKey key;
    put_u32(key.data(), log);
    return key;
}

EntryKey entry_key(LogId log, std::uint64_t index) {
    EntryKey key;
    put_u32(key.data(), log);
    put_u64(key.data() + 4, index);
    return key;
}

FillKey fill_key(LogId log) {
    FillKey key{'f', 'i', 'l', 'l', '/'};
    put_u32(key.data() + 5, log);
    return key;
}

TileKey tile_key(LogId log, int level, std::uint64_t index) {
    TileKey key;
    put_u32(key.data(), log);
    key[4] = static_cast<std::uint8_t>(level);
    put_u64(key.data() + 5, index);
    return key;
}

CosigKey cosig_key(LogId log, std::uint64_t size, std::string_view text, std::string_view signer) {
    CosigKey key;
    put_u32(key.data(), log);
    put_u64(key.data() + 4, size);
    const Hash text_hash = sha256(as_bytes(text));
    std::copy_n(text_hash.begin(), 16, key.begin() + 12);
    std::fill(key.begin() + 28, key.end(), std::uint8_t{0});
    if (signer.empty()) return key;
    const Hash signer_hash = sha256(as_bytes(signer));
    std::copy_n(signer_hash.begin(), 16, key.begin() + 28);
    return key;
}

bool is_own_signature(ByteView cosig_key) {
    return std::all_of(cosig_key.begin() + 28, cosig_key.end(),
                       [](auto byte) { return byte == 0; });
}

LogId read_log_key(ByteView key) {
    if (key.size() != std::tuple_size_v<LogKey>) damaged("logs");
    return get_u32(key.data());
}

Place read_entry_key(ByteView key) {
    if (key.size() != std::tuple_size_v<EntryKey>) damaged("entries");
    return {get_u32(key.data()), get_u64(key.data() + 4)};
}

Bytes write_log(const LogInfo& info) {
    Bytes row;
    append_text(row, info.origin, "a log's origin");
    append_text(row, info.org, "an organisation's name");
    row.insert(row.end(), info.frozen.begin(), info.frozen.end());
    return row;
}

LogInfo read_log(LogId log, ByteView row) {
    LogInfo info;
    info.id = log;
    info.origin = take_text(row, "logs");
    info.org = take_text(row, "logs");
    info.frozen = as_text(row);
    return info;
}

Bytes write_head(const LogHead& head) {
    Bytes row(kHeadFixed);
    put_u64(row.data(), head.checkpoint.size);
    std::copy(head.checkpoint.root.begin(), head.checkpoint.root.end(), row.begin() + 8);
    put_u64(row.data() + 40, static_cast<std::uint64_t>(head.time));
    row.insert(row.end(), head.note.begin(), head.note.end());
    return row;
}

LogHead read_head(std::string_view origin, ByteView row) {
    if (row.size() < kHeadFixed) damaged("heads");
    LogHead head;
    head.checkpoint.origin = origin;
    head.checkpoint.size = get_u64(row.data());
    std::copy_n(row.begin() + 8, 32, head.checkpoint.root.begin());
    head.time = static_cast<UnixSeconds>(get_u64(row.data() + 40));
    head.note = as_text(row.subspan(kHeadFixed));
    return head;
}

std::optional<std::uint32_t> read_version(const lmdb::Reader& reader, lmdb::TableHandle meta) {
    const auto row = reader.get(meta, as_bytes(kVersionRow));
    if (!row || row->size() != 4) return std::nullopt;
    return get_u32(row->data());
}

std::array<std::uint8_t, 8> write_count(std::uint64_t count) {
    std::array<std::uint8_t, 8> row;
    put_u64(row.data(), count);
    return row;
}

std::uint64_t read_count(ByteView row) {
    if (row.size() != 8) damaged("meta or stored");
    return get_u64(row.data());
}

Bytes write_cosignature(const Cosignature& cosignature) {
    Bytes row;
    append_text(row, cosignature.text, "a checkpoint's text");
    row.insert(row.end(), cosignature.line.begin(), cosignature.line.end());
    return row;
}

Cosignature read_cosignature(ByteView row) {
    Cosignature cosignature;
    cosignature.text = take_text(row, "cosigs");
    cosignature.line = as_text(row);
    return cosignature;
}

}  // namespace reelproof::ledger::schema
