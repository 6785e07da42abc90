// Bearer tokens (RFC 6750). Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "api/http/message.h"

namespace reelproof::api {

// The token of "Authorization: Bearer <token>". Nothing when the header is missing, repeated, of
// another scheme, or the token is not b64token (RFC 6750 2.1). The view lives as long as `headers`.
std::optional<std::string_view> bearer_token(const Headers& headers);

}  // namespace reelproof::api
