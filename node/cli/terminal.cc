#include "node/cli/terminal.h"

#include <cstdio>
#include <utility>

#include "api/routes/json_text.h"

namespace reelproof::node {
namespace {

// The bytes of the character there, if it is one to keep from a terminal, else 0. U+202A..U+202E
// and U+2066..U+2069 reorder what is shown, U+200E, U+200F and U+061C help with it, U+2028 and
// U+2029 break lines; U+0080..U+009F are control characters.
std::size_t dangerous_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
    if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f) return 2;
    if (byte(0) == 0xd8 && byte(1) == 0x9c) return 2;
    if (byte(0) == 0xe2 && byte(1) == 0x80 &&
        (byte(2) == 0x8e || byte(2) == 0x8f || (byte(2) >= 0xa8 && byte(2) <= 0xae)))
        return 3;
    if (byte(0) == 0xe2 && byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9) return 3;
    return 0;
}

// Bytes at the end that begin one of those characters.
std::size_t begun(std::string_view text) {
    for (const std::string_view start : {"\xe2\x80", "\xe2\x81", "\xc2", "\xd8", "\xe2"})
        if (text.ends_with(start)) return start.size();
    return 0;
}

unsigned code_point(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() == 1) return byte(0);
    if (bytes.size() == 2) return (byte(0) & 0x1fU) << 6 | (byte(1) & 0x3fU);
    return (byte(0) & 0xfU) << 12 | (byte(1) & 0x3fU) << 6 | (byte(2) & 0x3fU);
}

}  // namespace

TextPiece next_piece(std::string_view& text) {
    std::size_t at = 0, size = 0;
    while (at < text.size() && (size = dangerous_at(text, at)) == 0) ++at;
    const TextPiece out{text.substr(0, at), text.substr(at, size)};
    text.remove_prefix(at + size);
    return out;
}

std::string json_line(const boost::json::object& object) {
    auto text = api::json_text(object);
    std::string_view rest = text;
    // Secrets are not copied for nothing.
    if (next_piece(rest).dangerous.empty()) return text;
    std::string out;
    for (rest = text; !rest.empty();) {
        const auto piece = next_piece(rest);
        out += piece.plain;
        if (piece.dangerous.empty()) continue;
        // They stand within strings.
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", code_point(piece.dangerous));
        out += escape;
    }
    return out;
}

TerminalGuard::TerminalGuard(std::ostream& stream) : stream_(stream), behind_(stream.rdbuf(this)) {}

TerminalGuard::~TerminalGuard() {
    sync();
    stream_.rdbuf(behind_);
}

TerminalGuard::int_type TerminalGuard::overflow(int_type c) {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return put({&one, 1}) ? c : traits_type::eof();
}

std::streamsize TerminalGuard::xsputn(const char* text, std::streamsize size) {
    return put({text, static_cast<std::size_t>(size)}) ? size : 0;
}

int TerminalGuard::sync() {
    const auto rest = std::exchange(held_, {});
    const bool fine = rest.empty() || pass("?");
    return behind_->pubsync() == 0 && fine ? 0 : -1;
}

bool TerminalGuard::put(std::string_view text) {
    std::string whole;
    if (!held_.empty()) text = whole = std::exchange(held_, {}).append(text);
    held_ = text.substr(text.size() - begun(text));
    text.remove_suffix(held_.size());
    while (!text.empty()) {
        const auto piece = next_piece(text);
        const bool ours = piece.dangerous == "\n" || piece.dangerous == "\t";
        const std::string_view instead = piece.dangerous.empty() || ours ? piece.dangerous : "?";
        if (!pass(piece.plain) || !pass(instead)) return false;
    }
    return true;
}

bool TerminalGuard::pass(std::string_view text) {
    const auto size = static_cast<std::streamsize>(text.size());
    return behind_->sputn(text.data(), size) == size;
}

}  // namespace reelproof::node
