#include "api/people/secrets.h"

#include <algorithm>
#include <array>

#include "ledger/base/sha256.h"

namespace reelproof::api {

namespace {

constexpr std::string_view kLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's
constexpr std::size_t kCodeLetters = 16, kGroup = 4;

}  // namespace

std::string draw_secret(std::string_view prefix) {
    const auto random = ledger::Secret<32>::random();
    const SecretText hex(ledger::to_hex(random.expose()));
    std::string out;
    out.reserve(prefix.size() + hex.expose().size());
    out.append(prefix).append(hex.expose());
    return out;
}

ledger::Hash hash_secret(std::string_view secret) {
    return ledger::sha256(ledger::as_bytes(secret));
}

bool is_secret(std::string_view given, const ledger::Hash& hash) {
    return ledger::equal_secret(hash_secret(given), hash);
}

std::string draw_recovery_code() {
    std::array<std::uint8_t, kCodeLetters> random{};
    ledger::fill_random(random);
    std::string out;
    out.reserve(kCodeLetters + kCodeLetters / kGroup);  // it leaves no shorter text behind
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i > 0 && i % kGroup == 0) out += '-';
        out += kLetters[random[i] % kLetters.size()];
    }
    ledger::wipe(random.data(), random.size());
    return out;
}

std::string plain_recovery_code(std::string_view typed) {
    std::string out;
    for (char c : typed) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        if (kLetters.find(c) == std::string_view::npos) continue;
        if (out.size() % (kGroup + 1) == kGroup) out += '-';
        out += c;
    }
    return out;
}

}  // namespace reelproof::api
