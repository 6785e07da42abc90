// A statement parsed once for everything the store does with it: header and payload views, leaf
// hash, and where its envelopes lie. Plain values; the functions are thread-safe.
#pragma once

#include <vector>

#include "ledger/format/statement.h"
#include "ledger/store/tag_index.h"

namespace reelproof::ledger {

struct PreparedStatement {
    Bytes bytes;         // stays where it is when this is moved
    StatementView view;  // into bytes
    Hash leaf{};
    std::vector<EnvelopeSpan> envelopes;  // of a sealed statement

    [[nodiscard]] IndexedStatement indexed(const Place& place) const;
};

// Parses everything but checks no signature. Errors are those of parse_statement; `refused` then
// gets the bytes.
Result<PreparedStatement> prepare_statement(Bytes bytes, Bytes* refused = nullptr);
// Where the envelopes of a parsed statement lie in its bytes.
Result<std::vector<EnvelopeSpan>> envelope_spans(const StatementView& view);

}  // namespace reelproof::ledger
