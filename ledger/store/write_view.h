// The WriteTransaction that `together` and `write` callbacks see. Lives for one call on the
// sequencer thread.
#pragma once

#include "ledger/store/schema.h"
#include "ledger/store/sequencer.h"

namespace reelproof::ledger {

class WriteView : public WriteTransaction {
  public:
    WriteView(lmdb::Writer& writer, const schema::Tables& tables)
        : writer_(writer), tables_(tables) {}

    std::optional<Bytes> get(Table table, ByteView key) override {
        const auto row = writer_.get(tables_.of(table), checked(key));
        if (!row) return std::nullopt;
        return to_bytes(*row);
    }
    void put(Table table, ByteView key, ByteView value) override {
        writer_.put(tables_.of(table), checked(key), value);
    }
    void remove(Table table, ByteView key) override {
        writer_.remove(tables_.of(table), checked(key));
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
};

}  // namespace reelproof::ledger
