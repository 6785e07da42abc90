#include "api/http/response_writer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "api/http/message_stream.h"
#include "api/http/text.h"

namespace reelproof::api {
namespace {

constexpr std::size_t kUsualHead = 512;

bool is_field_value(std::string_view value) {
    return std::all_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

// These are the writer's own: a handler that set them would break the framing.
bool is_framing_field(std::string_view name) {
    constexpr std::array<std::string_view, 6> kOwn{
        "Content-Length", "Transfer-Encoding", "Connection", "Date", "Content-Type", "Keep-Alive"};
    return std::any_of(kOwn.begin(), kOwn.end(),
                       [&](std::string_view own) { return iequals(own, name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool is_sendable(const Response& response) {
    const bool switches = response.status == kSwitchingProtocols &&
                          std::dynamic_pointer_cast<MessageStream>(response.stream) != nullptr;
    if ((response.status < 200 && !switches) || response.status > 599 ||
        !is_field_value(response.content_type))
        return false;
    return std::all_of(response.headers.begin(), response.headers.end(), [](const auto& field) {
        return is_token(field.first) && is_field_value(field.second);
    });
}

bool has_body(const Response& response, Method to) {
    return to != Method::head && response.status != 204 && response.status != 304;
}

std::string response_head(const Response& response, const HeadOptions& options) {
    std::string out;
    out.reserve(kUsualHead + options.room);
    out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    out.append(reason_phrase(response.status)).append("\r\n");
    if (!options.date.empty()) append_field(out, "Date", options.date);
    // RFC 9110 8.6: no length on 204; on 304 it would have to be that of the 200.
    if (response.status != 204 && response.status != 304) {
        if (!response.content_type.empty())
            append_field(out, "Content-Type", response.content_type);
        // RFC 9112 6.3: a body without a length ends where the connection does.
        if (!response.stream)
            append_field(out, "Content-Length", std::to_string(response.body_view().size()));
    }
    for (const auto& [name, value] : response.headers)
        if (!is_framing_field(name)) append_field(out, name, value);
    if (options.defaults != nullptr)
        for (const auto& [name, value] : *options.defaults)
            if (!response.headers.has(name)) append_field(out, name, value);
    if (options.close) append_field(out, "Connection", "close");
    out.append("\r\n");
    return out;
}

std::string http_date(std::chrono::system_clock::time_point time) {
    static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                  kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                  utc.tm_min, utc.tm_sec);
    return buffer.data();
}

}  // namespace reelproof::api
