// The second factor: time-based one-time passwords (RFC 6238) of SHA-1, six digits and thirty
// seconds, which is what the apps on people's phones take. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/base/clock.h"
#include "ledger/base/secret.h"

namespace reelproof::api {

using TotpSecret = ledger::Secret<20>;

// The HOTP value (RFC 4226 5.3) of a time step, as six digits.
std::string totp_code(const TotpSecret& secret, std::uint64_t step);
// The step of a code: one of now and its two neighbours (RFC 6238 5.2), later than `last`, the step
// of the code that was taken last: no code holds twice.
std::optional<std::uint64_t> totp_step(const TotpSecret& secret, std::string_view code,
                                       ledger::UnixSeconds now, std::uint64_t last);

// For typing (RFC 4648 6, without padding), and for the QR code that an app reads.
std::string totp_base32(const TotpSecret& secret);
std::string totp_uri(const TotpSecret& secret, std::string_view org, std::string_view user);

}  // namespace reelproof::api
