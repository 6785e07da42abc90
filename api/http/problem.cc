#include "api/http/problem.h"

#include <array>
#include <cassert>

#include "api/http/text.h"

namespace reelproof::api {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_reserved(std::string_view name) {  // RFC 9457 3.1
    constexpr std::array<std::string_view, 5> kReserved{"type", "title", "status", "detail",
                                                        "instance"};
    for (auto reserved : kReserved)
        if (name == reserved) return true;
    return false;
}

void append_member(std::string& out, std::string_view name, std::string_view json) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    out += json;
}

void append_text_member(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    std::string json;
    append_json_string(json, text);
    append_member(out, name, json);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    while (!text.empty()) {
        const char c = text.front();
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
            text.remove_prefix(1);
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
            text.remove_prefix(1);
        } else if (const std::size_t length = utf8_sequence(text); length != 0) {
            out += text.substr(0, length);
            text.remove_prefix(length);
        } else {
            out += kReplacement;
            text.remove_prefix(1);
        }
    }
    out += '"';
}

Problem::Problem(int status)
    : status_(status), type_("about:blank"), title_(reason_phrase(status)) {}

Problem::Problem(int status, std::string_view name, std::string title)
    : status_(status),
      type_(std::string(kProblemTypePrefix) + std::string(name)),
      title_(std::move(title)) {}

Problem Problem::of_type(int status, std::string type, std::string title) {
    Problem out(status);
    out.type_ = std::move(type);
    out.title_ = std::move(title);
    return out;
}

Problem& Problem::detail(std::string text) {
    detail_ = std::move(text);
    return *this;
}

Problem& Problem::instance(std::string uri) {
    instance_ = std::move(uri);
    return *this;
}

Problem& Problem::member(std::string name, std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return member_json(std::move(name), std::move(json));
}

Problem& Problem::member(std::string name, std::int64_t number) {
    return member_json(std::move(name), std::to_string(number));
}

Problem& Problem::member_json(std::string name, std::string json) {
    assert(!is_reserved(name) && !json.empty());
    members_.emplace_back(std::move(name), std::move(json));
    return *this;
}

Problem& Problem::header(std::string name, std::string value) {
    headers_.set(std::move(name), std::move(value));
    return *this;
}

std::string Problem::json() const {
    std::string out = "{";
    append_text_member(out, "type", type_);
    append_text_member(out, "title", title_);
    append_member(out, "status", std::to_string(status_));
    append_text_member(out, "detail", detail_);
    append_text_member(out, "instance", instance_);
    for (const auto& [name, value] : members_) append_member(out, name, value);
    out += '}';
    return out;
}

namespace {

// Shortest form (RFC 8949 4.2.1); what we write is shorter than 4 GiB.
void append_cbor_head(std::string& out, std::uint8_t major, std::uint32_t value) {
    const auto byte = [&](std::uint32_t one) { out += static_cast<char>(one & 0xff); };
    const auto first = static_cast<std::uint32_t>(major) << 5;
    if (value < 24) return byte(first | value);
    const int bytes = value < 0x100 ? 1 : value < 0x10000 ? 2 : 4;
    byte(first | (bytes == 1 ? 24U : bytes == 2 ? 25U : 26U));
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) byte(value >> shift);
}

// Text that is not UTF-8 is repaired, as in JSON.
void append_cbor_text(std::string& out, std::string_view text) {
    std::string repaired;
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        repaired += length == 0 ? kReplacement : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    append_cbor_head(out, 3, static_cast<std::uint32_t>(repaired.size()));
    out += repaired;
}

// Keys of a problem (RFC 9290 2): the major type of negative numbers, -1 - n.
constexpr std::uint32_t kTitleKey = 0, kDetailKey = 1, kResponseCodeKey = 3;

}  // namespace

void make_concise(Response& response) {
    if (!response.problem) return;
    const auto& [title, detail] = *response.problem;
    std::string body;
    append_cbor_head(body, 5, detail.empty() ? 2 : 3);
    append_cbor_head(body, 1, kTitleKey);
    append_cbor_text(body, title);
    if (!detail.empty()) {
        append_cbor_head(body, 1, kDetailKey);
        append_cbor_text(body, detail);
    }
    append_cbor_head(body, 1, kResponseCodeKey);
    append_cbor_head(body, 0, static_cast<std::uint32_t>(response.status));
    response.content_type = kConciseProblemContentType;
    response.body = std::move(body);
    response.problem.reset();
}

Response Problem::response() const {
    Response response;
    response.problem = {title_, detail_};
    response.status = status_;
    response.content_type = kProblemContentType;
    response.headers = headers_;
    response.body = json();
    return response;
}

}  // namespace reelproof::api
