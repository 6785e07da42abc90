#include "ledger/base/bytes.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Crockford base32: no I, L, O, U.
constexpr std::string_view kCrockfordDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCrockfordLength = 26;  // 130 bits for 128

using DigitTable = std::array<std::int8_t, 256>;

constexpr DigitTable digit_table(std::string_view digits) {
    DigitTable table{};
    for (auto& entry : table) entry = -1;
    for (std::size_t i = 0; i < digits.size(); ++i)
        table[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
    return table;
}

constexpr DigitTable hex_table() {
    DigitTable table = digit_table(kHexDigits);
    for (std::size_t i = 0; i < 6; ++i) table['A' + i] = static_cast<std::int8_t>(10 + i);
    return table;
}

constexpr DigitTable crockford_table() {
    DigitTable table = digit_table(kCrockfordDigits);
    for (std::size_t c = 'A'; c <= 'Z'; ++c)
        if (table[c] >= 0) table[c - 'A' + 'a'] = table[c];
    table['O'] = table['o'] = 0;
    table['I'] = table['i'] = table['L'] = table['l'] = 1;
    return table;
}

constexpr DigitTable kHexValues = hex_table();
constexpr DigitTable kBase64Values = digit_table(kBase64Digits);
constexpr DigitTable kCrockfordValues = crockford_table();

int value_of(const DigitTable& table, char c) {
    return table[static_cast<unsigned char>(c)];
}

Error not_a_digit(std::string_view what, std::string_view kind, std::size_t at) {
    return malformed(std::string(what) + " is not " + std::string(kind) + " at character " +
                     std::to_string(at + 1));
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string out(bytes.size() * 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        out[2 * i] = kHexDigits[bytes[i] >> 4];
        out[2 * i + 1] = kHexDigits[bytes[i] & 15];
    }
    return out;
}

Result<Bytes> from_hex(std::string_view hex, std::string_view what) {
    if (hex.size() % 2 != 0)
        return malformed(std::string(what) + " has an odd number of hex digits");
    Bytes out(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); ++i) {
        int value = value_of(kHexValues, hex[i]);
        if (value < 0) return not_a_digit(what, "hex", i);
        out[i / 2] = static_cast<std::uint8_t>(out[i / 2] << 4 | value);
    }
    return out;
}

std::string to_base64(ByteView bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? bytes[i + j] : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            out.push_back(j <= count ? kBase64Digits[group >> (18 - 6 * j) & 63] : '=');
    }
    return out;
}

Result<Bytes> from_base64(std::string_view text, std::string_view what) {
    if (text.size() % 4 != 0)
        return malformed(std::string(what) + " is not base64: its length is no multiple of 4");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    Bytes out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int held = 0;
    for (std::size_t i = 0; i < text.size() - padding; ++i) {
        int value = value_of(kBase64Values, text[i]);
        if (value < 0) return not_a_digit(what, "base64", i);
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out.push_back(static_cast<std::uint8_t>(bits >> held));
        }
    }
    // One text for one value: the bits that the padding cuts off must be zero.
    if ((bits & ((1u << held) - 1)) != 0)
        return malformed(std::string(what) +
                         " is not canonical base64: its last bits are not zero");
    return out;
}

std::string to_crockford(const std::array<std::uint8_t, 16>& number) {
    std::string out(kCrockfordLength, '0');
    for (std::size_t i = 0; i < kCrockfordLength; ++i) {
        int digit = 0;
        for (std::size_t b = 0; b < 5; ++b) {
            // Bit position from the top of the 130-bit field, whose first two bits are always zero.
            std::size_t bit = i * 5 + b;
            int value = bit < 2 ? 0 : number[(bit - 2) / 8] >> (7 - (bit - 2) % 8) & 1;
            digit = digit << 1 | value;
        }
        out[i] = kCrockfordDigits[static_cast<std::size_t>(digit)];
    }
    return out;
}

Result<std::array<std::uint8_t, 16>> from_crockford(std::string_view text, std::string_view what) {
    if (text.size() != kCrockfordLength)
        return malformed(std::string(what) + " is " + std::to_string(text.size()) +
                         " characters, not 26");
    std::array<std::uint8_t, 16> out{};
    for (std::size_t i = 0; i < text.size(); ++i) {
        int value = value_of(kCrockfordValues, text[i]);
        if (value < 0) return not_a_digit(what, "Crockford base32", i);
        if (i == 0 && value > 7) return malformed(std::string(what) + " is over 128 bits");
        for (std::size_t b = 0; b < 5; ++b) {
            std::size_t bit = i * 5 + b;
            if (bit >= 2 && (value >> (4 - b) & 1) != 0)
                out[(bit - 2) / 8] |= static_cast<std::uint8_t>(0x80 >> (bit - 2) % 8);
        }
    }
    return out;
}

bool is_utf8(ByteView bytes) {
    std::size_t i = 0;
    const std::size_t size = bytes.size();
    while (i < size) {
        // Most text is ASCII: eight bytes at a time.
        if (size - i >= 8) {
            std::uint64_t word;
            std::memcpy(&word, bytes.data() + i, 8);
            if ((word & 0x8080808080808080u) == 0) {
                i += 8;
                continue;
            }
        }
        std::uint8_t lead = bytes[i];
        if (lead < 0x80) {
            ++i;
            continue;
        }
        std::size_t more;
        std::uint32_t point;
        std::uint32_t least;
        if (lead >= 0xc2 && lead <= 0xdf) {
            more = 1, point = lead & 0x1f, least = 0x80;
        } else if (lead >= 0xe0 && lead <= 0xef) {
            more = 2, point = lead & 0x0f, least = 0x800;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            more = 3, point = lead & 0x07, least = 0x10000;
        } else {
            return false;
        }
        if (size - i <= more) return false;
        for (std::size_t j = 1; j <= more; ++j) {
            if ((bytes[i + j] & 0xc0) != 0x80) return false;
            point = point << 6 | (bytes[i + j] & 0x3f);
        }
        if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
        i += more + 1;
    }
    return true;
}

bool has_control_characters(std::string_view text) {
    // Eight bytes at a time while all are 0x20 to 0x7e: then none of the differences and sums has a
    // top bit. Others are looked at one by one.
    constexpr std::uint64_t kEach = 0x0101010101010101u;
    std::size_t plain = 0;
    for (std::uint64_t word; text.size() - plain >= sizeof word; plain += sizeof word) {
        std::memcpy(&word, text.data() + plain, sizeof word);
        if (((word | (word - 0x20 * kEach) | (word + kEach)) & 0x80 * kEach) != 0) break;
    }
    for (std::size_t i = plain; i < text.size(); ++i) {
        auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7f) return true;
        // U+0080 to U+009F are C2 80 to C2 9F.
        if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0)
            return true;
    }
    return false;
}

}  // namespace reelproof::ledger
