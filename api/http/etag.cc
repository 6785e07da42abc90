#include "api/http/etag.h"

#include <array>

#include <openssl/sha.h>

#include "api/http/text.h"

namespace reelproof::api {
namespace {

constexpr std::size_t kTagBytes = 16;

std::string_view opaque_part(std::string_view tag) {  // weak comparison (RFC 9110 8.8.3.2)
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return tag;
}

}  // namespace

std::string etag_of(std::string_view body) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
    SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), hash.data());
    std::string out = "W/\"";
    for (std::size_t i = 0; i < kTagBytes; ++i) {
        out += kHex[hash[i] >> 4];
        out += kHex[hash[i] & 15];
    }
    return out + '"';
}

bool etag_matches(const Request& request, std::string_view etag) {
    const std::string list = request.headers.joined("If-None-Match");
    std::string_view rest = list, part;
    while (next_part(rest, ',', part)) {
        part = trim_ows(part);
        if (part == "*" || (!part.empty() && opaque_part(part) == opaque_part(etag))) return true;
    }
    return false;
}

Response with_etag(const Request& request, Response response) {
    if (response.status != 200 || (request.method != Method::get && request.method != Method::head))
        return response;
    std::string etag = etag_of(response.body_view());
    if (etag_matches(request, etag)) {
        response.status = 304;
        response.body = std::string();
    }
    response.headers.set("ETag", std::move(etag));
    return response;
}

}  // namespace reelproof::api
