#include "api/http/bearer.h"

#include <algorithm>

#include "api/http/text.h"

namespace reelproof::api {
namespace {

// b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" (RFC 6750 2.1)
bool is_b64token(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (c != '\0' && std::string_view("-._~+/").find(c) != std::string_view::npos);
    });
}

}  // namespace

std::optional<std::string_view> bearer_token(const Headers& headers) {
    constexpr std::string_view kScheme = "Bearer ";
    if (headers.count("Authorization") != 1) return std::nullopt;
    const std::string_view value = *headers.get("Authorization");
    if (!iequals(value.substr(0, kScheme.size()), kScheme)) return std::nullopt;
    const std::string_view token = trim_ows(value.substr(kScheme.size()));
    if (!is_b64token(token)) return std::nullopt;
    return token;
}

}  // namespace reelproof::api
