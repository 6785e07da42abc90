// gzip (RFC 1952) for bodies, and when to use it. Pure functions, thread-safe. For the server, the
// client, and what is packed beforehand.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/message.h"
#include "api/http/router.h"

namespace reelproof::api {

// Smaller bodies gain nothing worth the time.
inline constexpr std::size_t kMinGzipSize = 1024;
// Of what is packed whatever its type, larger bodies are sent as they are: so much that can't be
// packed takes some 20 ms.
inline constexpr std::size_t kMaxBinaryGzipSize = std::size_t{512} << 10;
// How much larger what can't be packed may get.
constexpr std::size_t gzip_overhead(std::size_t size) {
    return 64 + size / 1024;
}

std::string gzip(std::string_view data);

enum class GunzipError { malformed, too_large };
struct GunzipLimits {
    std::size_t max_size;
    bool cut = false;         // more than that is left out, and no error
    bool broken_off = false;  // `data` is only the beginning of the stream
};
// One gzip stream, all of `data`, to at most so many bytes.
struct Gunzipped {
    std::string data;
    std::optional<GunzipError> error;
};
Gunzipped gunzip(std::string_view data, const GunzipLimits& limits);
inline Gunzipped gunzip(std::string_view data, std::size_t max_size) {
    return gunzip(data, GunzipLimits{.max_size = max_size});
}

// Whether Accept-Encoding takes gzip (RFC 9110 12.5.3), with its weights.
bool accepts_gzip(const Headers& headers);

// Text, JSON, XML, JavaScript and SVG.
bool is_compressible(std::string_view content_type);

// Compresses the response in place if the route and the client want it and it got smaller.
void compress_response(const Headers& request_headers, Compression wish, Response& response);

}  // namespace reelproof::api
