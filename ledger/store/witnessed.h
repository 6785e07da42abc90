// The newest checkpoint of each log that was witnessed here (C2SP tlog-witness), which is also the
// one that may be uploaded to (the pending checkpoint of tlog-mirror). It lies in Table::settings
// and is written by the mirror thread alone. Persistent format: do not change.
#pragma once

#include <optional>
#include <string>

#include "ledger/store/state.h"

namespace reelproof::ledger {

// Row key of setting_rows.h; value u64 time, signed note.
std::string witnessed_key(std::string_view origin);
Bytes write_witnessed(const LogHead& witnessed);
Result<LogHead> parse_witnessed(ByteView row);
// Throws EnvironmentError when the row is damaged.
std::optional<LogHead> read_witnessed(const Store::State& state, std::string_view origin);

}  // namespace reelproof::ledger
