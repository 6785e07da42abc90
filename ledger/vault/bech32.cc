#include "ledger/vault/bech32.h"

#include <algorithm>

#include "ledger/base/secret.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kDigits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kCheckDigits = 6;

// The remainder over GF(32) of BIP 173; a text and its check digits leave 1.
class Checksum {
  public:
    explicit Checksum(std::string_view prefix) {
        for (const char c : prefix) add(static_cast<std::uint8_t>(c) >> 5);
        add(0);
        for (const char c : prefix) add(static_cast<std::uint8_t>(c) & 31);
    }
    void add(std::uint8_t digit) {
        static constexpr std::uint32_t kGenerators[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                        0x3d4233dd, 0x2a1462b3};
        const std::uint32_t top = rest_ >> 25;
        rest_ = (rest_ & 0x1ffffff) << 5 ^ digit;
        for (int i = 0; i < 5; ++i)
            if (top >> i & 1) rest_ ^= kGenerators[i];
    }
    [[nodiscard]] std::uint32_t rest() const { return rest_; }

  private:
    std::uint32_t rest_ = 1;
};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// From bits of one width to those of another; the last group is filled up with zeros.
std::vector<std::uint8_t> digits_of(ByteView bytes) {
    std::vector<std::uint8_t> out;
    out.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t held = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        held = (held << 8 | byte) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            out.push_back(static_cast<std::uint8_t>(held >> (bits - 5) & 31));
    }
    if (bits > 0) out.push_back(static_cast<std::uint8_t>(held << (5 - bits) & 31));
    return out;
}

}  // namespace

std::string to_bech32(std::string_view prefix, ByteView bytes) {
    Checksum check(prefix);
    std::string out(prefix);
    out.reserve(prefix.size() + 1 + (bytes.size() * 8 + 4) / 5 + kCheckDigits);
    out += '1';
    auto digits = digits_of(bytes);
    for (const auto digit : digits) {
        check.add(digit);
        out += kDigits[digit];
    }
    wipe(digits.data(), digits.size());
    for (std::size_t i = 0; i < kCheckDigits; ++i) check.add(0);
    const std::uint32_t rest = check.rest() ^ 1;
    for (std::size_t i = 0; i < kCheckDigits; ++i)
        out += kDigits[rest >> 5 * (kCheckDigits - 1 - i) & 31];
    return out;
}

Result<Bytes> from_bech32(std::string_view text, std::string_view prefix, std::string_view what) {
    const std::string name(what);
    const bool upper = std::any_of(text.begin(), text.end(), [](char c) { return c != lower(c); });
    if (upper && std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
        return malformed(name + " mixes upper and lower case");
    const auto end = text.rfind('1');
    const bool starts =
        end == prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(),
                                           [](char a, char b) { return a == lower(b); });
    if (!starts) {
        std::string shown(prefix);
        if (upper)
            std::transform(shown.begin(), shown.end(), shown.begin(), [](char c) {
                return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            });
        return malformed(name + " does not start with " + shown + "1");
    }
    if (text.size() < end + 1 + kCheckDigits) return malformed(name + " is cut short");
    Checksum check(prefix);
    const std::size_t digits = text.size() - kCheckDigits;
    Bytes out;
    out.reserve((digits - end) * 5 / 8);
    std::uint32_t held = 0;
    int bits = 0;
    const auto refuse = [&](std::string_view why) {
        wipe(out.data(), out.size());
        return malformed(name + std::string(why));
    };
    for (std::size_t i = end + 1; i < text.size(); ++i) {
        const auto digit = kDigits.find(lower(text[i]));
        if (digit == std::string_view::npos)
            return refuse(" has a character at place " + std::to_string(i + 1) +
                          " that Bech32 does not use");
        check.add(static_cast<std::uint8_t>(digit));
        if (i >= digits) continue;
        held = (held << 5 | static_cast<std::uint32_t>(digit)) & 0xfff;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        out.push_back(static_cast<std::uint8_t>(held >> bits & 0xff));
    }
    if (check.rest() != 1) return refuse(" is mistyped: its check digits do not fit");
    if (bits >= 5 || (held & ((1U << bits) - 1)) != 0) return refuse(" is of no whole bytes");
    return out;
}

}  // namespace reelproof::ledger
