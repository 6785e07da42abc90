#include "api/http/target.h"

#include <algorithm>

#include "api/http/text.h"

namespace reelproof::api {
namespace {

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

// A decoded part may hold '/' (an MPN does), but it must not climb if someone joins it to a path.
bool climbs(std::string_view part) {
    while (true) {
        const std::size_t at = part.find_first_of("/\\");
        const std::string_view piece = part.substr(0, at);
        if (piece == "." || piece == "..") return true;
        if (at == std::string_view::npos) return false;
        part.remove_prefix(at + 1);
    }
}

// Cuts "https://authority" off the absolute form (RFC 9112 3.2.2), which proxies send.
bool strip_scheme(std::string_view& target) {
    for (std::string_view scheme : {std::string_view("https://"), std::string_view("http://")}) {
        if (!iequals(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(scheme.size());
        const std::size_t end = target.find_first_of("/?");
        if (target.empty() || end == 0) return false;  // no authority
        target.remove_prefix(std::min(end, target.size()));
        return true;
    }
    return false;
}

std::optional<WireError> parse_path(std::string_view path, Request& request) {
    request.path = path;
    if (path == "/") return std::nullopt;
    std::string_view rest = path.substr(1), part;
    while (next_part(rest, '/', part)) {
        auto decoded = percent_decode(part, false);
        if (!decoded) return WireError{400, "the path has a '%' without two hex digits"};
        if (has_control(*decoded)) return WireError{400, "the path has a control character"};
        if (!is_utf8_text(*decoded)) return WireError{400, "the path is not UTF-8"};
        if (climbs(*decoded)) return WireError{400, "the path has a '.' or '..' part"};
        request.segments.push_back(std::move(*decoded));
    }
    return std::nullopt;
}

std::optional<WireError> parse_query(std::string_view query, Request& request) {
    std::string_view rest = query, part;
    while (next_part(rest, '&', part)) {
        if (part.empty()) continue;
        const std::size_t equals = part.find('=');
        auto name = percent_decode(part.substr(0, equals), true);
        auto value = percent_decode(
            equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), true);
        if (!name || !value) return WireError{400, "the query has a '%' without two hex digits"};
        if (name->find('\0') != std::string::npos || value->find('\0') != std::string::npos)
            return WireError{400, "the query has a NUL"};
        if (!is_utf8_text(*name) || !is_utf8_text(*value))
            return WireError{400, "the query is not UTF-8"};
        if (request.query.size() == kMaxQueryParameters)
            return WireError{400, "the query has too many parameters"};
        request.query.add(std::move(*name), std::move(*value));
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (text.size() - i < 3) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::optional<WireError> parse_target(std::string_view target, Request& request) {
    for (char c : target) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7F || c == '#')
            return WireError{400, "the request target has a character that must be encoded"};
    }
    if (!target.starts_with('/') && !strip_scheme(target))
        return WireError{400, "the request target is neither a path nor an https URL"};
    const std::size_t question = target.find('?');
    std::string_view path = target.substr(0, question);
    if (path.empty()) path = "/";
    if (auto error = parse_path(path, request)) return error;
    if (question == std::string_view::npos) return std::nullopt;
    return parse_query(target.substr(question + 1), request);
}

}  // namespace reelproof::api
