#include "api/http/body_decoder.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "api/http/text.h"

namespace reelproof::api {
namespace {

constexpr std::size_t kMaxChunkSizeDigits = 15;  // under 2^60: cannot overflow
constexpr std::size_t kMaxLine = 4096;
// Chunk extensions and trailers are read and dropped; nobody honest sends much of them.
constexpr std::size_t kMaxOverhead = 16UL * 1024;

std::string_view skip_blanks(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    return text;
}

// Cuts tokens and quoted strings (RFC 9110 5.6) off the front; false when there is none.
bool cut_token(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && is_token_char(text[length])) ++length;
    text.remove_prefix(length);
    return length > 0;
}

bool cut_quoted(std::string_view& text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return true;
        }
        if (text[i] == '\\') ++i;
    }
    return false;
}

// *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ) (RFC 9112 7.1.1). We drop them,
// but one that is malformed may hide a line end from whoever stands in front of us.
bool is_chunk_extension(std::string_view text) {
    while (!text.empty()) {
        text = skip_blanks(text);
        if (!text.starts_with(';')) return false;
        text = skip_blanks(text.substr(1));
        if (!cut_token(text)) return false;
        const std::string_view after = skip_blanks(text);
        if (!after.starts_with('=')) continue;
        text = skip_blanks(after.substr(1));
        if (!(text.starts_with('"') ? cut_quoted(text) : cut_token(text))) return false;
    }
    return true;
}

// A trailer line; it is dropped, but one that would frame or route the message (RFC 9110 6.5.1
// forbids those) is there to be understood differently by somebody.
bool is_trailer(const std::string& line) {
    Headers fields;
    if (parse_fields(line + "\r\n", 1, fields)) return false;
    for (const char* name :
         {"Content-Length", "Transfer-Encoding", "Connection", "Proxy-Connection", "Host"})
        if (fields.has(name)) return false;
    return true;
}

}  // namespace

BodyDecoder::BodyDecoder(const Framing& framing, std::size_t max_size, bool cut)
    : cut_(cut), budget_(max_size) {
    switch (framing.kind) {
        case Framing::Kind::none:
            state_ = State::complete;
            break;
        case Framing::Kind::length:
            remaining_ = framing.length;
            if (remaining_ > max_size && !cut) state_ = State::too_large;
            if (remaining_ == 0) state_ = State::complete;
            break;
        case Framing::Kind::chunked:
            phase_ = Phase::chunk_size;
            break;
    }
}

BodyDecoder BodyDecoder::until_close(std::size_t max_size) {
    BodyDecoder decoder(Framing{}, max_size);
    decoder.phase_ = Phase::until_close;
    decoder.state_ = State::need_more;
    decoder.remaining_ = std::numeric_limits<std::uint64_t>::max();
    return decoder;
}

bool BodyDecoder::finish_at_close() {
    if (phase_ == Phase::until_close && state_ == State::need_more) state_ = State::complete;
    return state_ == State::complete;
}

void BodyDecoder::exceed() {
    was_cut_ = cut_;
    state_ = cut_ ? State::complete : State::too_large;
}

std::size_t BodyDecoder::take_data(std::string_view bytes, std::string& body) {
    auto count = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
    if (count > budget_) {
        if (!cut_) {
            state_ = State::too_large;
            return 0;
        }
        count = budget_;
    }
    append_wiping(body, bytes.substr(0, count));
    budget_ -= count;
    remaining_ -= count;
    if (cut_ && budget_ == 0 && remaining_ > 0) exceed();
    return count;
}

std::size_t BodyDecoder::feed(std::string_view bytes, std::string& body) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ == State::need_more) {
        switch (phase_) {
            case Phase::length:
                used += take_data(bytes.substr(used), body);
                if (remaining_ == 0) state_ = State::complete;
                break;
            case Phase::until_close:
                used += take_data(bytes.substr(used), body);
                break;
            case Phase::chunk_data:
                used += take_data(bytes.substr(used), body);
                if (remaining_ == 0) phase_ = Phase::chunk_end;
                break;
            case Phase::chunk_end:
                if (take_line_char(bytes[used++])) {
                    if (!line_.empty()) state_ = State::malformed;
                    phase_ = Phase::chunk_size;
                    line_.clear();
                } else if (line_.size() > 1) {
                    state_ = State::malformed;  // data where the chunk's CRLF should be
                }
                break;
            case Phase::chunk_size:
                if (take_line_char(bytes[used++])) end_size_line();
                break;
            case Phase::trailer:
                if (take_line_char(bytes[used++])) {
                    overhead_ += line_.size();
                    if (overhead_ > kMaxOverhead) state_ = State::malformed;
                    if (line_.empty())
                        state_ = State::complete;
                    else if (!is_trailer(line_))
                        state_ = State::malformed;
                    line_.clear();
                }
                break;
        }
    }
    return used;
}

bool BodyDecoder::take_line_char(char c) {
    const bool after_cr = !line_.empty() && line_.back() == '\r';
    if (c == '\n' && after_cr) {
        line_.pop_back();
        return true;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (after_cr || (byte < 0x20 && c != '\r' && c != '\t') || byte == 0x7F ||
        line_.size() == kMaxLine)
        state_ = State::malformed;
    else
        line_ += c;
    return false;
}

// chunk-size [ chunk-ext ] (RFC 9112 7.1). An extension is dropped, whatever it says.
void BodyDecoder::end_size_line() {
    std::size_t digits = 0;
    std::uint64_t size = 0;
    while (digits < line_.size() && hex_value(line_[digits]) >= 0) {
        if (digits == kMaxChunkSizeDigits) break;
        size = size * 16 + static_cast<std::uint64_t>(hex_value(line_[digits]));
        ++digits;
    }
    overhead_ += line_.size() - digits;
    if (digits == 0 || !is_chunk_extension(std::string_view(line_).substr(digits)) ||
        overhead_ > kMaxOverhead) {
        state_ = State::malformed;
    } else if (size > budget_ && (!cut_ || budget_ == 0)) {
        exceed();
    } else if (size == 0) {
        phase_ = Phase::trailer;
    } else {
        remaining_ = size;
        phase_ = Phase::chunk_data;
    }
    line_.clear();
}

}  // namespace reelproof::api
