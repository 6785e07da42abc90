// The times of EPCIS events as text. Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "ledger/base/clock.h"

namespace reelproof::ledger {

// YYYY-MM-DDTHH:MM:SS[.fff](Z|±HH:MM); EPCIS demands a zone, of at most 14 hours. A fraction of a
// second is dropped; a leap second is the first of the next minute. Nothing for any other text.
std::optional<UnixSeconds> parse_event_time(std::string_view text);

}  // namespace reelproof::ledger
