#include "ledger/store/node_rows.h"

#include <algorithm>
#include <utility>

#include "ledger/base/aead.h"
#include "ledger/base/sha256.h"

namespace reelproof::ledger {

namespace {

constexpr std::string_view kSalt = "reelproof/store/v1";
constexpr std::string_view kDataKeyRow = "data_key";
constexpr std::size_t kKeyIdSize = 16;

std::string_view name_of(Table table) {
    switch (table) {
        case Table::settings:
            return "settings";
        case Table::idempotency:
            return "idempotency";
        case Table::observations:
            return "observations";
        case Table::verdicts:
            return "verdicts";
        case Table::evidence:
            return "evidence";
        case Table::mirrors:
            return "mirrors";
        case Table::people:
            return "people";
        case Table::audit:
            return "audit";
        case Table::work:
            return "work";
        case Table::items:
            return "items";
    }
    std::abort();
}

// table || 0x00 || key
Bytes in_table(Table table, ByteView key) {
    Bytes out = to_bytes(as_bytes(name_of(table)));
    out.push_back(0);
    out.insert(out.end(), key.begin(), key.end());
    return out;
}

Bytes key_id(const Secret<32>& data_key) {
    const auto id = derive_key(data_key.expose(), kSalt, "id");
    return to_bytes(id.expose().first(kKeyIdSize));
}

void wipe_bytes(Bytes& bytes) {
    wipe(bytes.data(), bytes.size());
}

[[noreturn]] void damaged(Table table, const std::string& why) {
    throw EnvironmentError("the store is damaged: a row of the table " +
                           std::string(name_of(table)) + " " + why);
}

}  // namespace

bool is_protected(Table table) {
    switch (table) {
        case Table::idempotency:
        case Table::observations:
        case Table::verdicts:
        case Table::people:
        case Table::audit:
        case Table::work:
        case Table::items:
            return true;
        case Table::settings:
        case Table::evidence:
        case Table::mirrors:
            return false;
    }
    std::abort();
}

bool is_ordered(Table table) {
    return table == Table::audit;
}

NodeRows::NodeRows(const Secret<32>& data_key)
    : encrypted_(true),
      keys_(Keys{derive_key(data_key.expose(), kSalt, "row name"),
                 derive_key(data_key.expose(), kSalt, "row value")}) {}

Result<NodeRows> NodeRows::of_store(const lmdb::Reader& reader, const schema::Tables& tables,
                                    const std::optional<Secret<32>>& data_key) {
    const auto id = reader.get(tables.meta, as_bytes(kDataKeyRow));
    const auto version = schema::read_version(reader, tables.meta);
    if (!version && (reader.rows(tables.meta) > 0 || reader.rows(tables.logs) > 0))
        return Error{ErrorKind::invalid, "the store is damaged: it has rows, but no version"};
    const bool encrypted = version == kStoreVersion;
    if (encrypted != id.has_value() || (id && id->size() != kKeyIdSize))
        return Error{ErrorKind::invalid,
                     std::string("the store is damaged: its version says that it is ") +
                         (encrypted ? "encrypted" : "plain") +
                         ", the mark of its data key says otherwise"};
    if (!id) return NodeRows();
    if (!data_key) {
        NodeRows closed;
        closed.encrypted_ = true;
        return closed;
    }
    if (!equal_secret(*id, key_id(*data_key)))
        return malformed(
            "the store is encrypted under another data key than the one given: is it of this "
            "organisation? Put the data.key back that belongs to it");
    return NodeRows(*data_key);
}

NodeRows NodeRows::encrypt(lmdb::Writer& writer, const schema::Tables& tables,
                           const Secret<32>& data_key) {
    NodeRows rows(data_key);
    for (std::size_t i = 0; i < tables.node.size(); ++i)
        if (const auto table = static_cast<Table>(i); is_protected(table))
            rows.encrypt_table(writer, tables, table);
    writer.put(tables.meta, as_bytes(kDataKeyRow), key_id(data_key));
    return rows;
}

void NodeRows::encrypt_table(lmdb::Writer& writer, const schema::Tables& tables,
                             Table table) const {
    const auto next = [&](const Bytes& after) -> std::optional<Row> {
        lmdb::Cursor cursor(writer, tables.of(table));
        if (!(after.empty() ? cursor.first() : cursor.seek(after))) return std::nullopt;
        return Row(to_bytes(cursor.key()), to_bytes(cursor.value()));
    };
    for (auto row = next({}); row;) {
        // Rows come by again under their new keys, which lie anywhere.
        Bytes named = in_table(table, row->key);
        auto known = aead_open(keys_->value, named, row->value, "a row");
        wipe_bytes(named);
        if (known) {
            wipe_bytes(*known);
        } else {
            writer.remove(tables.of(table), row->key);
            put(writer, tables, table, row->key, row->value);
        }
        Row behind(Bytes(row->key.size() + 1), {});  // the least key behind it
        std::copy(row->key.begin(), row->key.end(), behind.key.begin());
        row.reset();
        if (auto found = next(behind.key)) row.emplace(std::move(*found));
    }
}

void NodeRows::put(lmdb::Writer& writer, const schema::Tables& tables, Table table, ByteView key,
                   ByteView value) const {
    const Keys* keys = keys_for(table);
    if (keys == nullptr) return writer.put(tables.of(table), key, value);
    const Bytes at = row_key(table, key);
    Bytes plain(2);
    plain.reserve(2 + key.size() + value.size());
    schema::put_u16(plain.data(), static_cast<std::uint16_t>(key.size()));
    plain.insert(plain.end(), key.begin(), key.end());
    plain.insert(plain.end(), value.begin(), value.end());
    const Bytes sealed = aead_seal(keys->value, in_table(table, at), plain);
    wipe_bytes(plain);
    writer.put(tables.of(table), at, sealed);
}

void NodeRows::remove(lmdb::Writer& writer, const schema::Tables& tables, Table table,
                      ByteView key) const {
    writer.remove(tables.of(table), row_key(table, key));
}

void NodeRows::sweep(lmdb::Writer& writer, const schema::Tables& tables, Table table,
                     Bytes& position, std::size_t rows,
                     const std::function<std::optional<Bytes>(ByteView)>& judge) const {
    const Keys* keys = keys_for(table);
    struct Change {
        Row row;                     // its plain key and value
        Bytes at;                    // its key as it is stored
        std::optional<Bytes> value;  // nothing: it goes
    };
    std::vector<Change> changes;
    {
        lmdb::Cursor cursor(writer, tables.of(table));
        bool found = (!position.empty() && cursor.seek(position)) || cursor.first();
        for (; found && rows > 0; --rows, found = cursor.next()) {
            try {
                Row row = keys == nullptr ? Row(to_bytes(cursor.key()), to_bytes(cursor.value()))
                                          : open(*keys, table, cursor.key(), cursor.value());
                auto value = judge(row.value);
                if (!value || *value != row.value)
                    changes.push_back({std::move(row), to_bytes(cursor.key()), std::move(value)});
            } catch (const EnvironmentError&) {
                // Damaged: `ledger check` tells of it, and a write must not fail for it.
            }
        }
        position = found ? to_bytes(cursor.key()) : Bytes();
    }
    for (const Change& change : changes)
        if (change.value)
            put(writer, tables, table, change.row.key, *change.value);
        else
            writer.remove(tables.of(table), change.at);
}

void NodeRows::scan(const lmdb::Reader& reader, const schema::Tables& tables, Table table,
                    const std::function<bool(ByteView, ByteView)>& visit) const {
    lmdb::Cursor cursor(reader, tables.of(table));
    for (bool row = cursor.first(); row; row = cursor.next())
        if (!visit_row(table, cursor, visit)) return;
}

void NodeRows::scan_back(const lmdb::Reader& reader, const schema::Tables& tables, Table table,
                         ByteView before,
                         const std::function<bool(ByteView, ByteView)>& visit) const {
    if (!is_ordered(table)) throw std::logic_error("the rows of this table have no order");
    lmdb::Cursor cursor(reader, tables.of(table));
    bool row = !before.empty() && cursor.seek(before) ? cursor.previous() : cursor.last();
    for (; row; row = cursor.previous())
        if (!visit_row(table, cursor, visit)) return;
}

void NodeRows::scan_from(const lmdb::Reader& reader, const schema::Tables& tables, Table table,
                         ByteView from,
                         const std::function<bool(ByteView, ByteView)>& visit) const {
    if (!is_ordered(table)) throw std::logic_error("the rows of this table have no order");
    lmdb::Cursor cursor(reader, tables.of(table));
    for (bool row = cursor.seek(from); row; row = cursor.next())
        if (!visit_row(table, cursor, visit)) return;
}

bool NodeRows::visit_row(Table table, const lmdb::Cursor& cursor,
                         const std::function<bool(ByteView, ByteView)>& visit) const {
    const Keys* keys = keys_for(table);
    if (keys == nullptr) return visit(cursor.key(), cursor.value());
    const Row opened = open(*keys, table, cursor.key(), cursor.value());
    return visit(opened.key, opened.value);
}

NodeRows::Checked NodeRows::check(const lmdb::Reader& reader, const schema::Tables& tables,
                                  const std::function<void(const std::string&)>& bad) const {
    Checked checked;
    if (!encrypted_) return checked;
    for (std::size_t i = 0; i < tables.node.size(); ++i) {
        const auto table = static_cast<Table>(i);
        if (!is_protected(table)) continue;
        if (!keys_) {
            checked.closed += reader.rows(tables.of(table));
            continue;
        }
        lmdb::Cursor cursor(reader, tables.of(table));
        for (bool row = cursor.first(); row; row = cursor.next()) {
            try {
                const Row opened = open(*keys_, table, cursor.key(), cursor.value());
                if (!equal(row_key(table, opened.key), cursor.key()))
                    damaged(table, "is not under its key");
                ++checked.good;
            } catch (const EnvironmentError& damage) {
                bad(damage.what());
            }
        }
    }
    return checked;
}

const NodeRows::Keys* NodeRows::keys_for(Table table) const {
    if (!encrypted_ || !is_protected(table)) return nullptr;
    if (!keys_)
        throw EnvironmentError("the table " + std::string(name_of(table)) +
                               " of the store is encrypted, and its data key was not given");
    return &*keys_;
}

Bytes NodeRows::row_key(Table table, ByteView key) const {
    const Keys* keys = keys_for(table);
    if (keys == nullptr || is_ordered(table)) return to_bytes(key);
    Bytes name = in_table(table, key);
    Bytes out = to_bytes(hmac_sha256(keys->name.expose(), name));
    wipe_bytes(name);
    return out;
}

Bytes NodeRows::value_of(Table table, ByteView key, ByteView row) const {
    const Keys* keys = keys_for(table);
    if (keys == nullptr) return to_bytes(row);
    Row opened = open(*keys, table, row_key(table, key), row);
    if (!equal(opened.key, key)) damaged(table, "is not under its key");
    return std::move(opened.value);
}

NodeRows::Row NodeRows::open(const Keys& keys, Table table, ByteView row_key, ByteView row) {
    auto plain = aead_open(keys.value, in_table(table, row_key), row, "its ciphertext");
    if (!plain) damaged(table, "can't be decrypted");
    if (plain->size() < 2) damaged(table, "is too short");
    const std::size_t length = schema::get_u16(plain->data());
    if (plain->size() < 2 + length) damaged(table, "is too short");
    const ByteView after = ByteView(*plain).subspan(2);
    Row out(to_bytes(after.first(length)), to_bytes(after.subspan(length)));
    wipe_bytes(*plain);
    return out;
}

NodeRows::Row::~Row() {
    wipe_bytes(key);
    wipe_bytes(value);
}

}  // namespace reelproof::ledger
