#include "ledger/format/item.h"

#include <new>

#include <sodium.h>

#include "ledger/base/sha256.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kItemSalt = "reelproof/item/v1";
constexpr std::string_view kSerialPrefix = "RP";
constexpr std::size_t kSerialDigits = 26;
constexpr unsigned long long kArgonPasses = 2;
constexpr std::size_t kArgonMemory = std::size_t{64} << 20;

static_assert(crypto_pwhash_SALTBYTES == 16);

ItemKey derive(ByteView ikm, std::string_view info) {
    Hash derived = hkdf_sha256(ikm, kItemSalt, info);
    ItemKey out(derived);
    wipe(derived.data(), derived.size());
    return out;
}

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

Result<std::string> identity_part(std::string_view text, std::string_view what) {
    std::string out = normalised(text);
    if (!is_utf8(as_bytes(out))) return malformed(std::string(what) + " is not UTF-8");
    if (has_control_characters(out))
        return malformed(std::string(what) + " has a control character");
    // Else "L1|S:2" without a serial and "L1" with the serial "2" would be one identity.
    if (out.find('|') != std::string::npos)
        return malformed(std::string(what) +
                         " has a '|', which separates the parts of an identity");
    return out;
}

}  // namespace

std::string normalised(std::string_view text) {
    std::string out;
    bool gap = false;
    for (char c : text) {
        if (is_space(c)) {
            gap = !out.empty();
            continue;
        }
        if (gap) out.push_back(' ');
        gap = false;
        out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    return out;
}

std::string issued_serial(const ItemSeed& seed) {
    std::array<std::uint8_t, 16> number;
    std::copy_n(seed.expose().begin(), number.size(), number.begin());
    std::string out(kSerialPrefix);
    out += to_crockford(number);
    wipe(number.data(), number.size());
    return out;
}

std::optional<ItemSeed> seed_of_25s(std::string_view value) {
    constexpr std::size_t kSerialSize = kSerialPrefix.size() + kSerialDigits;
    if (value.size() < kSerialSize) return std::nullopt;
    std::string_view serial = value.substr(value.size() - kSerialSize);
    if (!serial.starts_with(kSerialPrefix)) return std::nullopt;
    std::string_view digits = serial.substr(kSerialPrefix.size());
    auto number = from_crockford(digits, "serial");
    if (!number) return std::nullopt;
    // Machine-readable text has no look-alikes to forgive: only what we print ourselves counts.
    std::optional<ItemSeed> out;
    if (to_crockford(*number) == digits) out.emplace(*number);
    wipe(number->data(), number->size());
    return out;
}

bool holds_issued_serial(std::string_view text) {
    constexpr std::size_t kSerialSize = kSerialPrefix.size() + kSerialDigits;
    std::string plain;
    plain.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7f || c == '-') continue;
        plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    bool found = false;
    for (auto at = plain.find(kSerialPrefix); at != std::string::npos && !found;
         at = plain.find(kSerialPrefix, at + 1)) {
        if (plain.size() - at < kSerialSize) break;
        auto number = from_crockford(
            std::string_view(plain).substr(at + kSerialPrefix.size(), kSerialDigits), "serial");
        found = number.has_value();
        if (found) wipe(number->data(), number->size());
    }
    wipe(plain.data(), plain.size());
    return found;
}

ItemKey issued_item_key(const ItemSeed& seed) {
    return derive(seed.expose(), "issued");
}

Result<std::string> legacy_identity(std::string_view mpn, std::string_view lot,
                                    std::optional<std::string_view> serial) {
    auto mpn_part = identity_part(mpn, "mpn");
    if (!mpn_part) return mpn_part.error();
    if (mpn_part->empty()) return malformed("a legacy label's identity needs an mpn");
    auto lot_part = identity_part(lot, "lot");
    if (!lot_part) return lot_part.error();
    if (lot_part->empty()) return malformed("a legacy label's identity needs a lot");
    std::string out = "P:" + *mpn_part + "|L:" + *lot_part;
    if (!serial) return out;
    auto serial_part = identity_part(*serial, "serial");
    if (!serial_part) return serial_part.error();
    if (!serial_part->empty()) out += "|S:" + *serial_part;
    return out;
}

ItemKey legacy_item_key(std::string_view identity, const NetworkSalt& salt) {
    Secret<32> stretched;
    if (crypto_pwhash(stretched.expose_mutable().data(), 32, identity.data(), identity.size(),
                      salt.expose().data(), kArgonPasses, kArgonMemory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();
    return derive(stretched.expose(), "legacy");
}

std::string public_item_id(const ItemKey& key) {
    Hash mac = hmac_sha256(key.expose(), as_bytes("id"));
    std::array<std::uint8_t, 16> number;
    std::copy_n(mac.begin(), number.size(), number.begin());
    return to_crockford(number);
}

}  // namespace reelproof::ledger
