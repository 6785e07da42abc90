#include "ledger/bom/text.h"

#include <algorithm>

namespace reelproof::ledger {
namespace {

// 0x80 to 0x9f of Windows-1252; 0: not assigned.
constexpr char16_t kWindows[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                   0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

void append_utf8(std::string& out, char32_t c) {
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) {
        byte(0xc0 | (c >> 6));
    } else {
        if (c < 0x10000) {
            byte(0xe0 | (c >> 12));
        } else {
            byte(0xf0 | (c >> 18));
            byte(0x80 | ((c >> 12) & 0x3f));
        }
        byte(0x80 | ((c >> 6) & 0x3f));
    }
    byte(0x80 | (c & 0x3f));
}

std::size_t line_at(std::string_view text) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

Error wrong(std::size_t line, const std::string& why) {
    return malformed("line " + std::to_string(line) + ": " + why);
}

Result<std::string> from_windows(ByteView file) {
    std::string out;
    for (const auto byte : file) {
        const char32_t c = byte < 0x80 || byte >= 0xa0 ? byte : kWindows[byte - 0x80];
        if (c == 0 && byte != 0)
            return wrong(line_at(out), "byte 0x" + to_hex(ByteView(&byte, 1)) +
                                           " stands for nothing in windows-1252");
        append_utf8(out, c);
    }
    return out;
}

Result<std::string> from_utf16(ByteView file, bool big) {
    std::string out;
    if (file.size() % 2 != 0)
        return malformed(
            "the file is UTF-16 and ends in the middle of a character: it was cut off");
    const auto unit = [&](std::size_t at) {
        return static_cast<char32_t>(big ? file[at] << 8 | file[at + 1]
                                         : file[at + 1] << 8 | file[at]);
    };
    for (std::size_t at = 0; at < file.size(); at += 2) {
        auto c = unit(at);
        if (c >= 0xd800 && c < 0xe000) {
            const auto low = at + 2 < file.size() ? unit(at + 2) : 0;
            if (c >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
                return wrong(line_at(out), "it is not UTF-16: half of a character stands alone");
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            at += 2;
        }
        append_utf8(out, c);
    }
    return out;
}

// Zero bytes at every second place, as ASCII text has in UTF-16.
enum class Zeros { none, even, odd };
Zeros zeros_of(ByteView file) {
    const auto looked = file.first(std::min<std::size_t>(file.size(), 200));
    std::size_t even = 0, odd = 0;
    for (std::size_t i = 0; i < looked.size(); ++i)
        if (looked[i] == 0) ++(i % 2 == 0 ? even : odd);
    if (odd > looked.size() / 4 && even == 0) return Zeros::odd;
    if (even > looked.size() / 4 && odd == 0) return Zeros::even;
    return Zeros::none;
}

bool begins(ByteView file, std::initializer_list<std::uint8_t> mark) {
    return file.size() >= mark.size() && std::equal(mark.begin(), mark.end(), file.begin());
}

Result<DecodedText> utf8(ByteView file) {
    if (begins(file, {0xef, 0xbb, 0xbf})) file = file.subspan(3);
    if (is_utf8(file)) return DecodedText{std::string(as_text(file)), "utf-8"};
    std::size_t line = 1;
    auto rest = as_text(file);
    while (true) {
        const auto end = rest.find('\n');
        if (!is_utf8(as_bytes(rest.substr(0, end)))) break;
        rest.remove_prefix(end + 1);
        ++line;
    }
    return wrong(line,
                 "it is not UTF-8: save the file as \"CSV UTF-8\", or say which encoding it has "
                 "(windows-1252 is usual for Western European Windows)");
}

}  // namespace

Result<DecodedText> decode_text(ByteView file, std::string_view encoding) {
    const auto as = [](Result<std::string> text, const char* name) -> Result<DecodedText> {
        if (!text) return text.error();
        return DecodedText{std::move(*text), name};
    };
    const auto zeros = zeros_of(file);
    if (encoding == "windows-1252") return as(from_windows(file), "windows-1252");
    const bool any = encoding.empty() || encoding == "utf-16";
    if (any && begins(file, {0xff, 0xfe})) return as(from_utf16(file.subspan(2), false), "utf-16");
    if (any && begins(file, {0xfe, 0xff})) return as(from_utf16(file.subspan(2), true), "utf-16");
    if (encoding == "utf-16" || (any && zeros != Zeros::none))
        return as(from_utf16(file, zeros == Zeros::even), "utf-16");
    if (encoding.empty() || encoding == "utf-8") return utf8(file);
    return malformed("encoding must be utf-8, utf-16 or windows-1252");
}

}  // namespace reelproof::ledger
