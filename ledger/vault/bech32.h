// Bech32 (BIP 173) without its limit of length, as age writes keys. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

// Lower case. `prefix` is the part before the last '1', in lower case. The caller wipes what is
// secret in the result.
std::string to_bech32(std::string_view prefix, ByteView bytes);

// All upper or all lower case. The error names `what` and never quotes the text, which may be a
// secret. The caller wipes what is secret in the result.
Result<Bytes> from_bech32(std::string_view text, std::string_view prefix, std::string_view what);

}  // namespace reelproof::ledger
