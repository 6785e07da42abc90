#include "ledger/format/bundle.h"

#include <stdexcept>

#include "ledger/base/counted.h"
#include "ledger/format/cbor.h"
#include "ledger/format/text_rules.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

// Keys of the outer map; the magic comes first, so that a file shows what it is.
constexpr std::uint64_t kMagicKey = 0;
constexpr std::uint64_t kMadeByKey = 1;
constexpr std::uint64_t kMadeAtKey = 2;
constexpr std::uint64_t kItemsKey = 3;
constexpr std::uint64_t kLogsKey = 4;
constexpr std::string_view kMagic = "reelproof-bundle/v1";
constexpr std::uint64_t kLatestTime = 253402300799;  // the end of the year 9999

Result<void> expect_key(CborReader& reader, std::uint64_t wanted, std::string_view what) {
    auto key = reader.uint(what);
    if (!key) return key.error();
    if (*key != wanted)
        return malformed("bundle has the key " + std::to_string(*key) + " where " +
                         std::string(what) + " (" + std::to_string(wanted) + ") belongs");
    return {};
}

Result<void> expect_elements(CborReader& reader, std::size_t wanted, std::string_view what) {
    auto count = reader.array(what, wanted);
    if (!count) return count.error();
    if (*count != wanted)
        return malformed(std::string(what) + " has " + counted(*count, "element") + ", not " +
                         std::to_string(wanted));
    return {};
}

Result<ByteView> read_fixed(CborReader& reader, std::size_t size, std::string_view what) {
    auto bytes = reader.bytes(what);
    if (!bytes) return bytes.error();
    if (bytes->size() != size)
        return malformed(std::string(what) + " is " + counted(bytes->size(), "byte") + ", not " +
                         std::to_string(size));
    return *bytes;
}

// [index, statement, [hash, ...]]
Result<BundleEntry> read_entry(CborReader& reader) {
    if (auto ok = expect_elements(reader, 3, "bundle entry"); !ok) return ok.error();
    BundleEntry out;
    auto index = reader.uint("index of the entry");
    if (!index) return index.error();
    out.index = *index;
    auto statement = reader.bytes("statement of the entry");
    if (!statement) return statement.error();
    if (statement->empty() || statement->size() > wire::kMaxStatementSize)
        return malformed("statement of the entry is " + counted(statement->size(), "byte") +
                         ", not 1 to 65535");
    out.statement = to_bytes(*statement);
    auto hashes = reader.array("path of the entry", wire::kMaxProofHashes);
    if (!hashes) return hashes.error();
    out.path.reserve(*hashes);
    for (std::size_t i = 0; i < *hashes; ++i) {
        auto hash = read_fixed(reader, std::tuple_size_v<Hash>, "hash of the path");
        if (!hash) return hash.error();
        std::copy(hash->begin(), hash->end(), out.path.emplace_back().begin());
    }
    return out;
}

// [origin, checkpoint, [entry, ...]]; `room` is how many entries the bundle may still have.
Result<BundleLog> read_log(CborReader& reader, std::size_t& room) {
    if (auto ok = expect_elements(reader, 3, "bundle log"); !ok) return ok.error();
    BundleLog out;
    auto origin = reader.text("origin of the log");
    if (!origin) return origin.error();
    if (auto ok = check_name(*origin, "origin of the log"); !ok) return ok.error();
    out.origin = *origin;
    auto checkpoint = reader.text("checkpoint of the log");
    if (!checkpoint) return checkpoint.error();
    if (checkpoint->size() > wire::kMaxNoteSize)
        return Error{ErrorKind::too_large, "checkpoint of the log is over 1 MiB"};
    out.checkpoint = *checkpoint;
    auto entries = reader.array("entries of the log", room);
    if (!entries) return entries.error();
    room -= *entries;
    for (std::size_t i = 0; i < *entries; ++i) {
        auto entry = read_entry(reader);
        if (!entry) return within(out.origin, entry.error());
        if (!out.entries.empty() && entry->index <= out.entries.back().index)
            return malformed(out.origin + ": entries are not in ascending order of their index");
        out.entries.push_back(std::move(*entry));
    }
    return out;
}

}  // namespace

Bytes encode_bundle(const Bundle& bundle) {
    CborWriter out;
    out.map(5);
    out.uint(kMagicKey);
    out.text(kMagic);
    out.uint(kMadeByKey);
    out.text(bundle.made_by);
    out.uint(kMadeAtKey);
    out.integer(bundle.made_at);
    out.uint(kItemsKey);
    out.array(bundle.items.size());
    for (const ItemKey& item : bundle.items) out.bytes(item.expose());
    out.uint(kLogsKey);
    out.array(bundle.logs.size());
    std::size_t entries = 0;
    for (const BundleLog& log : bundle.logs) {
        out.array(3);
        out.text(log.origin);
        out.text(log.checkpoint);
        out.array(log.entries.size());
        entries += log.entries.size();
        for (const BundleEntry& entry : log.entries) {
            out.array(3);
            out.uint(entry.index);
            out.bytes(entry.statement);
            out.array(entry.path.size());
            for (const Hash& hash : entry.path) out.bytes(hash);
        }
    }
    if (out.view().size() > kMaxBundleSize || entries > kMaxBundleEntries ||
        bundle.items.size() > kMaxBundleItems || bundle.logs.size() > kMaxBundleLogs)
        throw std::length_error("a provenance bundle over its limits");
    return out.take();
}

Result<Bundle> parse_bundle_file(ByteView bytes) {
    if (bytes.size() > kMaxBundleSize) return Error{ErrorKind::too_large, "bundle is over 256 MiB"};
    CborReader reader(bytes);
    auto pairs = reader.map("bundle", 16);
    if (!pairs) return pairs.error();
    if (*pairs != 5) return malformed("bundle has " + counted(*pairs, "member") + ", not 5");
    Bundle out;
    if (auto ok = expect_key(reader, kMagicKey, "the magic"); !ok) return ok.error();
    auto magic = reader.text("magic of the bundle");
    if (!magic) return magic.error();
    if (*magic != kMagic)
        return malformed("not a provenance bundle of version 1: its magic is not " +
                         std::string(kMagic));
    if (auto ok = expect_key(reader, kMadeByKey, "its maker"); !ok) return ok.error();
    auto made_by = reader.text("maker of the bundle");
    if (!made_by) return made_by.error();
    if (auto ok = check_name(*made_by, "maker of the bundle"); !ok) return ok.error();
    out.made_by = *made_by;
    if (auto ok = expect_key(reader, kMadeAtKey, "its time"); !ok) return ok.error();
    auto made_at = reader.uint("time of the bundle");
    if (!made_at) return made_at.error();
    if (*made_at > kLatestTime) return malformed("time of the bundle is after the year 9999");
    out.made_at = static_cast<UnixSeconds>(*made_at);
    if (auto ok = expect_key(reader, kItemsKey, "the item keys"); !ok) return ok.error();
    auto items = reader.array("item keys", kMaxBundleItems);
    if (!items) return items.error();
    for (std::size_t i = 0; i < *items; ++i) {
        auto item = read_fixed(reader, 32, "item key");
        if (!item) return item.error();
        out.items.emplace_back(*item);
    }
    if (auto ok = expect_key(reader, kLogsKey, "the logs"); !ok) return ok.error();
    auto logs = reader.array("logs", kMaxBundleLogs);
    if (!logs) return logs.error();
    std::size_t room = kMaxBundleEntries;
    for (std::size_t i = 0; i < *logs; ++i) {
        auto log = read_log(reader, room);
        if (!log) return log.error();
        out.logs.push_back(std::move(*log));
    }
    if (auto ok = reader.finish("bundle"); !ok) return ok.error();
    return out;
}

}  // namespace reelproof::ledger
