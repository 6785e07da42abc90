// Bearer tokens (RFC 6750): read them from a request and compare them without telling an attacker
// by the time it takes how close he came. Pure functions, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "api/http/message.h"

namespace reelproof::api {

// SHA-256 of a token: what is stored in its place.
using TokenHash = std::array<std::uint8_t, 32>;

// The token of "Authorization: Bearer <token>". Nothing when the header is missing, repeated, of
// another scheme, or the token is not b64token (RFC 6750 2.1). The view lives as long as `headers`.
std::optional<std::string_view> bearer_token(const Headers& headers);

TokenHash hash_token(std::string_view token);

// In constant time.
bool same_token(const TokenHash& a, const TokenHash& b);
// Hashes the token and compares, in time that depends on the token's length alone.
bool token_matches(std::string_view token, const TokenHash& expected);

}  // namespace reelproof::api
