// An https origin (RFC 6454), and how it is written in Host and SNI. Pure, thread-safe. Internal to
// api/http.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/error.h"

namespace reelproof::api {

inline constexpr std::uint16_t kHttpsPort = 443;

struct Origin {
    std::string host;  // without the brackets of an IPv6 address
    std::uint16_t port = kHttpsPort;
    bool numeric = false;  // an address: no name to look up, and none for SNI (RFC 6066 3)

    // "node.example:8443", "[::1]:8443", "node.example".
    std::string host_header() const;
};

// "https://host[:port]" with at most one '/' after it. Fails with `invalid`.
Result<Origin> parse_origin(std::string_view text);

}  // namespace reelproof::api
