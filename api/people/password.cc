#include "api/people/password.h"

#include <algorithm>
#include <array>
#include <set>

#include <sodium.h>

#include "ledger/base/bytes.h"

namespace reelproof::api {

namespace {

// OWASP's and libsodium's interactive strength: 2 passes over 64 MiB.
constexpr auto kPasses = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr auto kMemory = crypto_pwhash_MEMLIMIT_INTERACTIVE;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

// Parts that guessers begin with; a password that is little more than one of them is refused.
constexpr std::array<std::string_view, 16> kGuessed = {
    "password",  "passwort", "reelproof", "qwertyuiop", "qwertzuiop", "1234567890",
    "letmein",   "welcome",  "iloveyou",  "admin",      "changeme",   "abcdefgh",
    "warehouse", "supplier", "quality",   "secret"};

}  // namespace

std::string hash_password(std::string_view password) {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str(out.data(), password.data(), password.size(), kPasses, kMemory) != 0)
        throw ledger::EnvironmentError("no memory to hash a password");
    return out.data();
}

bool is_password(std::string_view password, const std::string& hash) {
    // What somebody without a hash is compared with, so that the time does not tell who has one.
    static const std::string nobody = hash_password("");
    const bool fits = crypto_pwhash_str_verify((hash.empty() ? nobody : hash).c_str(),
                                               password.data(), password.size()) == 0;
    return fits && !hash.empty();
}

ledger::Result<void> check_new_password(std::string_view password, std::string_view user) {
    const auto refuse = [](const std::string& why) { return ledger::malformed("password " + why); };
    if (password.size() < kShortestPassword)
        return refuse("needs at least " + std::to_string(kShortestPassword) +
                      " characters: four or five words do well");
    if (password.size() > kLongestPassword)
        return refuse("has more than " + std::to_string(kLongestPassword) + " bytes");
    if (!ledger::is_utf8(ledger::as_bytes(password)) || ledger::has_control_characters(password))
        return refuse("holds a control character or is not UTF-8");
    if (std::set<char>(password.begin(), password.end()).size() < 5)
        return refuse("repeats the same few characters");
    auto rest = lower(password);
    const auto without = [&](std::string_view part) {
        for (auto at = rest.find(part); at != std::string::npos; at = rest.find(part))
            rest.erase(at, part.size());
    };
    if (user.size() >= 3) without(lower(user));
    for (const auto part : kGuessed) without(part);
    constexpr std::size_t kLeast = 6;
    if (rest.size() < kLeast)
        return refuse("is little more than a name or a word that is tried first");
    return {};
}

}  // namespace reelproof::api
