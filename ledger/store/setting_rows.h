// Keys of the rows of Table::settings that hold what others signed; `ledger check` looks at them.
// Persistent format: do not change. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace reelproof::ledger::setting_rows {

inline constexpr std::string_view kGenesis = "genesis/";      // org: its org.genesis
inline constexpr std::string_view kTlsGrant = "tls/";         // org: its newest key.grant of one
inline constexpr std::string_view kAnnounced = "announced/";  // origin: signed note
inline constexpr std::string_view kWitnessed = "witnessed/";  // origin: u64 time, signed note

inline std::string key(std::string_view kind, std::string_view name) {
    return std::string(kind).append(name);
}

}  // namespace reelproof::ledger::setting_rows
