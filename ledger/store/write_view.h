// The WriteTransaction that `together` and `write` callbacks see. Lives for one call on the
// sequencer thread.
#pragma once

#include "ledger/store/node_rows.h"
#include "ledger/store/schema.h"
#include "ledger/store/sequencer.h"

namespace reelproof::ledger {

class WriteView : public WriteTransaction {
  public:
    WriteView(lmdb::Writer& writer, const schema::Tables& tables, const NodeRows& rows)
        : writer_(writer), tables_(tables), rows_(rows) {}

    std::optional<Bytes> get(Table table, ByteView key) override {
        return rows_.get(writer_, tables_, table, checked(key));
    }
    void put(Table table, ByteView key, ByteView value) override {
        rows_.put(writer_, tables_, table, checked(key), value);
    }
    void remove(Table table, ByteView key) override {
        rows_.remove(writer_, tables_, table, checked(key));
    }
    void sweep(Table table, Bytes& position, std::size_t rows, const Judge& judge) override {
        rows_.sweep(writer_, tables_, table, position, rows, judge);
    }

  private:
    static constexpr std::size_t kMaxKey = 511;  // LMDB's limit

    static ByteView checked(ByteView key) {
        if (key.empty() || key.size() > kMaxKey)
            throw EnvironmentError("a key of the store must have 1 to 511 bytes, not " +
                                   std::to_string(key.size()));
        return key;
    }

    lmdb::Writer& writer_;
    const schema::Tables& tables_;
    const NodeRows& rows_;
};

}  // namespace reelproof::ledger
