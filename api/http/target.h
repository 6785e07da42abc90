// Request targets (RFC 9112 3.2): from the bytes in the request line to decoded path parts and
// query parameters. Pure functions, thread-safe. Internal to api/http.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/http/message.h"
#include "api/http/wire_error.h"

namespace reelproof::api {

inline constexpr std::size_t kMaxQueryParameters = 256;

// Fills in request.path, .segments and .query. Takes the origin form ("/a?b") and the absolute form
// ("https://host/a?b"). Refused with 400: bad percent-encoding; control characters, NUL among them;
// text that is not UTF-8; "." or ".." as a part, even if hidden behind an encoded '/' or a '\'.
std::optional<WireError> parse_target(std::string_view target, Request& request);

// Percent-decodes; '+' becomes a space when asked. Nothing on a '%' without two hex digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace reelproof::api
