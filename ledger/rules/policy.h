// The policy of one organisation: whom it takes for a manufacturer, how old a mirrored log may be,
// which severity each rule has. A versioned file (docs/RULES.md); plain values here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/clock.h"

namespace reelproof::ledger {

enum class Severity { minor, major, critical };
std::string_view to_string(Severity severity);

struct TrustedManufacturer {
    std::string org;
    std::vector<std::string> mpns;   // patterns, a trailing '*' matches the rest; empty: all
    std::vector<std::string> names;  // as they stand on labels: "Nordic Semiconductor"

    [[nodiscard]] bool goes_by(std::string_view name) const;
};

struct Policy {
    std::string version = "1";
    // Who may be the origin of a part. Empty: whoever the first event names as manufacturer.
    std::vector<TrustedManufacturer> manufacturers;
    UnixSeconds stale_after = 24L * 3600;            // ledger.stale as minor
    UnixSeconds stale_major_after = 7L * 24 * 3600;  // and as major
    // No goods come to us faster than this: a holder's log that is older may not yet tell that it
    // has sent them.
    UnixSeconds shortest_transit = 3600;
    bool lot_accounting = false;
    std::map<std::string, Severity, std::less<>> severities;  // overrides by rule id

    // Many part numbers have several makers (LM358): the one that goes by `name` where there is
    // such a one, else all.
    [[nodiscard]] std::vector<const TrustedManufacturer*> manufacturers_of(
        std::string_view mpn, std::string_view name) const;
    // The first of them, or nullptr.
    [[nodiscard]] const TrustedManufacturer* manufacturer_of(std::string_view mpn,
                                                             std::string_view name = {}) const;
    // The organisation behind a manufacturer's name on a label; the name itself when it is the name
    // of an organisation; empty when nobody goes by it.
    [[nodiscard]] std::string org_of_name(std::string_view name) const;
};

}  // namespace reelproof::ledger
