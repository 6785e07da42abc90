// The tables of the log environment and how their keys and values are written. Integers are
// big-endian, so that LMDB's byte order is their order. Pure functions over bytes, thread-safe.
// Persistent format: do not change without raising kStoreVersion.
//
//   table       key                                  value
//   meta        "version" | "purges" | "fill/", log  u32 | u64 | u64
//               "data_key"                           16 bytes (node_rows.h)
//   logs        log                                  u16 len, origin, u16 len, org, why frozen
//   heads       log                                  u64 size, root, i64 time, signed note
//   stored      log (mirrors only)                   u64 entries stored, visible or not yet
//   entries     log, u64 index (own log)             statement
//   mirrored    log, u64 index (mirrors)             statement
//   tiles       log, u8 level, u64 tile              1..256 hashes; cut on read
//   publics     log, u64 index                       (empty) a public statement lies there
//   cosigs      log, u64 size, text, signer          u16 len, note text, signature line
//   node.*      as the node likes                    as the node likes (Table); those with
//                                                    business data encrypted (node_rows.h)
//
// log is u32; text and signer are the first 16 bytes of a SHA-256; the row of a cosigned text whose
// signer is all zero holds the log's own signature line.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "ledger/base/bytes.h"
#include "ledger/store/lmdb.h"
#include "ledger/store/store.h"

namespace reelproof::ledger::schema {

// Handles of all tables, in the order of table_names().
struct Tables {
    lmdb::TableHandle meta, logs, heads, stored, entries, mirrored, tiles, publics, cosigs;
    std::array<lmdb::TableHandle, 10> node;  // by Table

    [[nodiscard]] lmdb::TableHandle entries_of(LogId log) const {
        return log == kOwnLog ? entries : mirrored;
    }
    [[nodiscard]] lmdb::TableHandle of(Table table) const {
        return node[static_cast<std::size_t>(table)];
    }
};

std::vector<std::string> table_names();
Tables tables_from(const std::vector<lmdb::TableHandle>& handles);

inline constexpr std::string_view kVersionRow = "version";
// How often stored but not yet visible entries of a mirror were thrown away; the tag index counts
// too, and is rebuilt when the two differ.
inline constexpr std::string_view kPurgesRow = "purges";

// How much of the map the entries of a mirror fill: rows of the table meta. An entry that is large
// has pages of its own, others share them with their neighbours.
using FillKey = std::array<std::uint8_t, 5 + 4>;
FillKey fill_key(LogId log);  // "fill/" and the log
constexpr std::uint64_t fill_of(std::uint64_t entry_size) {
    constexpr std::uint64_t kPage = 4096, kShared = 2000, kRowHeader = 32;
    return entry_size <= kShared ? entry_size + kRowHeader
                                 : (entry_size + 2 * kRowHeader + kPage - 1) / kPage * kPage;
}

// Big-endian integers at a place in a buffer.
void put_u16(std::uint8_t* at, std::uint16_t value);
void put_u32(std::uint8_t* at, std::uint32_t value);
void put_u64(std::uint8_t* at, std::uint64_t value);
std::uint16_t get_u16(const std::uint8_t* at);
std::uint32_t get_u32(const std::uint8_t* at);
std::uint64_t get_u64(const std::uint8_t* at);

using LogKey = std::array<std::uint8_t, 4>;
using EntryKey = std::array<std::uint8_t, 12>;
using TileKey = std::array<std::uint8_t, 13>;
using CosigKey = std::array<std::uint8_t, 44>;

LogKey log_key(LogId log);
EntryKey entry_key(LogId log, std::uint64_t index);
TileKey tile_key(LogId log, int level, std::uint64_t index);
// signer: name and key id of the cosignature line.
// Without a signer it is that of the log's own signature, which comes first of its text.
CosigKey cosig_key(LogId log, std::uint64_t size, std::string_view text, std::string_view signer);
bool is_own_signature(ByteView cosig_key);
// The part that all rows of one text have in common.
inline ByteView cosig_text(ByteView cosig_key) {
    return cosig_key.first(cosig_key.size() - 16);
}

// Each reader throws EnvironmentError when the row is not of its form: a damaged store.
LogId read_log_key(ByteView key);
Place read_entry_key(ByteView key);

Bytes write_log(const LogInfo& info);
LogInfo read_log(LogId log, ByteView row);

Bytes write_head(const LogHead& head);
// The origin of the checkpoint is not in the row: it is the log's.
LogHead read_head(std::string_view origin, ByteView row);

// Version of a store, from its table meta; nothing when it has none.
std::optional<std::uint32_t> read_version(const lmdb::Reader& reader, lmdb::TableHandle meta);

std::array<std::uint8_t, 8> write_count(std::uint64_t count);
std::uint64_t read_count(ByteView row);

struct Cosignature {
    std::string text, line;
};
Bytes write_cosignature(const Cosignature& cosignature);
Cosignature read_cosignature(ByteView row);

}  // namespace reelproof::ledger::schema
