#include "api/people/totp.h"

#include <array>

#include <openssl/hmac.h>

#include "api/people/secrets.h"

namespace reelproof::api {

namespace {

constexpr ledger::UnixSeconds kStep = 30;

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            out += c;
        else
            out.append("%").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    }
    return out;
}

}  // namespace

std::string totp_code(const TotpSecret& secret, std::uint64_t step) {
    std::array<unsigned char, 8> counter{};
    for (int i = 0; i < 8; ++i) counter[i] = static_cast<unsigned char>(step >> (56 - 8 * i));
    std::array<unsigned char, 20> mac{};
    unsigned size = mac.size();
    if (HMAC(EVP_sha1(), secret.expose().data(), static_cast<int>(secret.expose().size()),
             counter.data(), counter.size(), mac.data(), &size) == nullptr)
        throw ledger::EnvironmentError("HMAC-SHA-1 is not to be had");
    const unsigned at = mac[19] & 15U;
    const std::uint32_t number = (std::uint32_t{mac[at]} & 0x7fU) << 24 |
                                 std::uint32_t{mac[at + 1]} << 16 |
                                 std::uint32_t{mac[at + 2]} << 8 | std::uint32_t{mac[at + 3]};
    auto digits = std::to_string(number % 1000000);
    digits.insert(0, 6 - digits.size(), '0');
    return digits;
}

std::optional<std::uint64_t> totp_step(const TotpSecret& secret, std::string_view code,
                                       ledger::UnixSeconds now, std::uint64_t last) {
    if (now < kStep) return std::nullopt;
    const auto current = static_cast<std::uint64_t>(now / kStep);
    std::optional<std::uint64_t> found;
    // Each is computed, so that the time tells nothing.
    for (const auto step : {current - 1, current, current + 1})
        if (ledger::equal_secret(ledger::as_bytes(totp_code(secret, step)),
                                 ledger::as_bytes(code)) &&
            step > last)
            found = step;
    return found;
}

std::string totp_base32(const TotpSecret& secret) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    out.reserve(secret.expose().size() * 8 / 5 + 1);  // it leaves no shorter text behind
    std::uint32_t bits = 0;
    int count = 0;
    for (const std::uint8_t byte : secret.expose()) {
        bits = (bits << 8 | byte) & 0xfffU;
        for (count += 8; count >= 5; count -= 5) out += kDigits[bits >> (count - 5) & 31U];
    }
    return out;
}

std::string totp_uri(const TotpSecret& secret, std::string_view org, std::string_view user) {
    const auto issuer = percent_encoded("Reelproof " + std::string(org));
    auto out = "otpauth://totp/" + issuer + ":" + percent_encoded(user) + "?secret=";
    const SecretText typed(totp_base32(secret));
    const auto rest = "&issuer=" + issuer;
    out.reserve(out.size() + typed.expose().size() + rest.size());
    out.append(typed.expose()).append(rest);
    return out;
}

}  // namespace reelproof::api
