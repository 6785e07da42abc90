// The node's own tables (Table) as their callers see them. This is the one place where those that
// hold business data are encrypted and decrypted: with a data key their row keys are MACs and their
// values ciphertext that holds the key too. Thread-safe once made.
//
//   row key    HMAC-SHA256(HKDF(data key, "row name"), table || 0x00 || key); of audit the key
//   itself value      nonce24 || XChaCha20-Poly1305(HKDF(data key, "row value"), nonce,
//                                            aad = table || 0x00 || row key,
//                                            u16 length of the key, key, value)
//
// The meta row "data_key" says that a store is so encrypted, and under which data key (without
// giving it away): once there it stays, and nothing is written to these tables without that key.
// The store's version says it too, so that a row that is lost does not make a plain store of it.
// Business data that passes through here is wiped.
#pragma once

#include <functional>
#include <optional>

#include "ledger/base/secret.h"
#include "ledger/store/lmdb.h"
#include "ledger/store/schema.h"

namespace reelproof::ledger {

// May hold what only this organisation is to read. The others hold what it publishes or what
// partners published.
bool is_protected(Table table);
// Its keys tell nothing: they stay readable, so that rows keep their order.
bool is_ordered(Table table);

class NodeRows {
  public:
    // Plain rows: a store without a data key.
    NodeRows() = default;

    // As the store is: plain, encrypted, or, without its key, encrypted and closed. `refused` when
    // the data key is not the store's, `invalid` when its version says otherwise than its mark.
    static Result<NodeRows> of_store(const lmdb::Reader& reader, const schema::Tables& tables,
                                     const std::optional<Secret<32>>& data_key);
    // Encrypts every row that is plain so far, one after the other, and marks the store as
    // encrypted.
    static NodeRows encrypt(lmdb::Writer& writer, const schema::Tables& tables,
                            const Secret<32>& data_key);

    [[nodiscard]] bool encrypted() const { return encrypted_; }

    // Each throws EnvironmentError that names the table for a row that is damaged, and for a
    // protected table that is closed.
    template <class Transaction>  // lmdb::Reader or lmdb::Writer
    [[nodiscard]] std::optional<Bytes> get(const Transaction& transaction,
                                           const schema::Tables& tables, Table table,
                                           ByteView key) const {
        const auto row = transaction.get(tables.of(table), row_key(table, key));
        if (!row) return std::nullopt;
        return value_of(table, key, *row);
    }
    void put(lmdb::Writer& writer, const schema::Tables& tables, Table table, ByteView key,
             ByteView value) const;
    void remove(lmdb::Writer& writer, const schema::Tables& tables, Table table,
                ByteView key) const;
    // As WriteTransaction::sweep tells. In an encrypted table the order is that of the MACs.
    void sweep(lmdb::Writer& writer, const schema::Tables& tables, Table table, Bytes& position,
               std::size_t rows,
               const std::function<std::optional<Bytes>(ByteView value)>& judge) const;
    void scan(const lmdb::Reader& reader, const schema::Tables& tables, Table table,
              const std::function<bool(ByteView key, ByteView value)>& visit) const;
    // Of ordered tables: as Store tells.
    void scan_back(const lmdb::Reader& reader, const schema::Tables& tables, Table table,
                   ByteView before,
                   const std::function<bool(ByteView key, ByteView value)>& visit) const;
    void scan_from(const lmdb::Reader& reader, const schema::Tables& tables, Table table,
                   ByteView from,
                   const std::function<bool(ByteView key, ByteView value)>& visit) const;
    // Decrypts every row, and tells of those that don't hold, without what is in them.
    struct Checked {
        std::uint64_t good = 0, closed = 0;  // encrypted rows; closed: their key was not given
    };
    [[nodiscard]] Checked check(const lmdb::Reader& reader, const schema::Tables& tables,
                                const std::function<void(const std::string&)>& bad) const;

  private:
    struct Keys {
        Secret<32> name, value;
    };
    struct Row {
        Bytes key, value;
        Row(Bytes plain_key, Bytes plain_value)
            : key(std::move(plain_key)), value(std::move(plain_value)) {}
        Row(Row&&) = default;
        ~Row();
    };

    explicit NodeRows(const Secret<32>& data_key);
    // Null for a table that is written as it is.
    [[nodiscard]] const Keys* keys_for(Table table) const;
    [[nodiscard]] Bytes row_key(Table table, ByteView key) const;
    [[nodiscard]] Bytes value_of(Table table, ByteView key, ByteView row) const;
    // Hands the row that the cursor stands on over, as its owner wrote it.
    [[nodiscard]] bool visit_row(Table table, const lmdb::Cursor& cursor,
                                 const std::function<bool(ByteView, ByteView)>& visit) const;
    void encrypt_table(lmdb::Writer& writer, const schema::Tables& tables, Table table) const;
    [[nodiscard]] static Row open(const Keys& keys, Table table, ByteView row_key, ByteView row);

    bool encrypted_ = false;
    std::optional<Keys> keys_;
};

}  // namespace reelproof::ledger
