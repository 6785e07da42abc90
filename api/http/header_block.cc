#include "api/http/header_block.h"

#include <algorithm>
#include <cassert>

#include "api/http/text.h"

namespace reelproof::api {
namespace {

bool is_field_char(char c) {  // RFC 9110 5.5: VCHAR, obs-text, SP, HTAB
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

}  // namespace

HeadCollector::State HeadCollector::fail(int status, const char* text) {
    error_ = {status, text};
    return State::failed;
}

std::size_t HeadCollector::feed(std::string_view bytes) {
    assert(state_ == State::need_more);
    std::size_t used = 0;
    while (used < bytes.size() && state_ == State::need_more) {
        const auto rest = bytes.substr(used, max_size_ - head_.size());
        const auto run = std::find_if_not(rest.begin(), rest.end(), is_field_char) - rest.begin();
        if (run > 0 && !after_cr()) {
            head_.append(rest.substr(0, static_cast<std::size_t>(run)));
            used += static_cast<std::size_t>(run);
        } else {
            state_ = take(bytes[used++]);
        }
    }
    return used;
}

bool HeadCollector::after_cr() const {
    return head_.size() > line_start_ && head_.back() == '\r';
}

// What is no field character, or stands where none may.
HeadCollector::State HeadCollector::take(char c) {
    if (head_.size() == max_size_)
        return first_line_ == 0 ? fail(414, "the request line is too long")
                                : fail(431, "the header is too large");
    if (c != '\n') {
        if (after_cr()) return fail(400, "a carriage return without a line feed");
        if (c != '\r') return fail(400, "a control character in the header");
        head_ += c;
        return State::need_more;
    }
    if (!after_cr()) return fail(400, "a line feed without a carriage return");
    head_ += c;
    const std::size_t line_length = head_.size() - line_start_ - 2;
    if (first_line_ == 0) {
        if (line_length > 0) {
            first_line_ = line_length;
        } else {
            if (skipped_empty_) return fail(400, "empty lines in place of a request");
            skipped_empty_ = true;
            head_.clear();
            return State::need_more;
        }
    } else if (line_length == 0) {
        return State::complete;
    }
    line_start_ = head_.size();
    return State::need_more;
}

std::string_view HeadCollector::start_line() const {
    assert(state_ == State::complete);
    return std::string_view(head_).substr(0, first_line_);
}

std::string_view HeadCollector::fields() const {
    assert(state_ == State::complete);
    const std::size_t begin = first_line_ + 2;
    return std::string_view(head_).substr(begin, line_start_ - begin);
}

std::optional<WireError> parse_fields(std::string_view block, std::size_t max_fields,
                                      Headers& fields) {
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        if (end == std::string_view::npos) return WireError{400, "a header line without an end"};
        const std::string_view line = block.substr(0, end);
        block.remove_prefix(end + 2);
        if (line.starts_with(' ') || line.starts_with('\t'))
            return WireError{400, "a folded header line"};  // RFC 9112 5.2
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return WireError{400, "a header line without a colon"};
        const std::string_view name = line.substr(0, colon);
        if (!is_token(name)) return WireError{400, "a header name that is not a token"};
        if (fields.size() == max_fields) return WireError{431, "too many header fields"};
        fields.add(std::string(name), std::string(trim_ows(line.substr(colon + 1))));
    }
    return std::nullopt;
}

std::optional<WireError> parse_framing(const Headers& fields, Framing& framing) {
    const std::size_t lengths = fields.count("Content-Length");
    const std::size_t codings = fields.count("Transfer-Encoding");
    if (lengths + codings > 1)
        return WireError{400, "the length of the body is given more than once"};
    if (codings == 1) {
        const std::string_view coding = *fields.get("Transfer-Encoding");
        if (!iequals(coding, "chunked"))
            return WireError{400, "a transfer coding other than chunked"};
        framing.kind = Framing::Kind::chunked;
    } else if (lengths == 1) {
        const auto length = parse_decimal(*fields.get("Content-Length"));
        if (!length) return WireError{400, "a Content-Length that is not a number"};
        framing.length = *length;
        framing.kind = *length == 0 ? Framing::Kind::none : Framing::Kind::length;
    }
    return std::nullopt;
}

}  // namespace reelproof::api
