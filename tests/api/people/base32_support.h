// What an app on a phone makes of the second factor that is typed into it (RFC 4648 6).
#pragma once

#include <string>

#include "api/people/totp.h"
#include "ledger/base/bytes.h"

namespace reelproof::api::tests {

inline TotpSecret secret_from(const std::string& base32) {
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    ledger::Bytes out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : base32) {
        bits = (bits << 5 | static_cast<std::uint32_t>(digits.find(c))) & 0xfffU;
        if ((count += 5) < 8) continue;
        count -= 8;
        out.push_back(static_cast<std::uint8_t>(bits >> count));
    }
    return TotpSecret(out);
}

}  // namespace reelproof::api::tests
