// What makes JSON from outside fit to be signed: one reading only. Strict RFC 8259, UTF-8, no
// member named twice, nesting of at most 32. Thread-safe: pure functions.
#pragma once

#include <string>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

inline constexpr std::size_t kJsonMaxDepth = 32;

// Checks that `text` is one JSON object as above, without building it, and gives the value of its
// member "type", which must be a text.
Result<std::string> check_json_object(std::string_view text, std::string_view what);
// As above for an object that needs no "type": the body of an event. A member `may_repeat` may be
// named twice: for what is written anew before it is signed.
Result<void> check_untyped_json_object(std::string_view text, std::string_view what,
                                       std::string_view may_repeat = {});

}  // namespace reelproof::ledger
