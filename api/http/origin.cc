#include "api/http/origin.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "api/http/message.h"
#include "api/http/text.h"

namespace reelproof::api {
namespace {

bool is_numeric(const std::string& host) {
    std::array<unsigned char, 16> buffer;
    return inet_pton(AF_INET, host.c_str(), buffer.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), buffer.data()) == 1;
}

bool is_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    });
}

HttpError bad_origin(std::string_view text) {
    return http_error(
        HttpErrorKind::invalid,
        "the node's URL must look like https://host:port, not " + std::string(text.substr(0, 100)));
}

}  // namespace

std::string Origin::host_header() const {
    std::string out = host.find(':') == std::string::npos ? host : '[' + host + ']';
    if (port != kHttpsPort) out += ':' + std::to_string(port);
    return out;
}

Result<Origin> parse_origin(std::string_view text) {
    constexpr std::string_view kScheme = "https://";
    std::string_view rest = text;
    if (!iequals(rest.substr(0, kScheme.size()), kScheme)) return bad_origin(text);
    rest.remove_prefix(kScheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);

    Origin out;
    if (rest.starts_with('[')) {
        const std::size_t end = rest.find(']');
        if (end == std::string_view::npos) return bad_origin(text);
        out.host = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        if (out.host.find(':') == std::string::npos || !is_numeric(out.host))
            return bad_origin(text);
    } else {
        const std::size_t colon = rest.find(':');
        out.host = rest.substr(0, colon);
        rest.remove_prefix(std::min(colon, rest.size()));
        if (!is_name(out.host)) return bad_origin(text);
    }
    out.numeric = is_numeric(out.host);
    if (!rest.empty()) {
        const auto port = rest.front() == ':' ? parse_decimal(rest.substr(1)) : std::nullopt;
        if (!port || *port == 0 || *port > 65535) return bad_origin(text);
        out.port = static_cast<std::uint16_t>(*port);
    }
    return out;
}

}  // namespace reelproof::api
