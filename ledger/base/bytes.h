// Byte strings and their text forms. Pure functions, thread-safe.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/counted.h"
#include "ledger/base/result.h"

namespace reelproof::ledger {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Hash = std::array<std::uint8_t, 32>;  // SHA-256
using Tag = std::array<std::uint8_t, 16>;   // DESIGN 4.4

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}
inline bool equal(ByteView a, ByteView b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// Lower-case hex.
std::string to_hex(ByteView bytes);
// Upper or lower case; `what` names the field in the error.
Result<Bytes> from_hex(std::string_view hex, std::string_view what);
// As from_hex, of exactly N bytes.
template <std::size_t N>
Result<std::array<std::uint8_t, N>> array_from_hex(std::string_view hex, std::string_view what) {
    auto bytes = from_hex(hex, what);
    if (!bytes) return bytes.error();
    if (bytes->size() != N)
        return malformed(std::string(what) + " is " + counted(bytes->size(), "byte") + ", not " +
                         std::to_string(N));
    std::array<std::uint8_t, N> out;
    std::memcpy(out.data(), bytes->data(), N);
    return out;
}

// Standard base64 with padding (RFC 4648 4); decoding is strict: no blanks, canonical padding.
std::string to_base64(ByteView bytes);
Result<Bytes> from_base64(std::string_view text, std::string_view what);

// A 128-bit number in 26 Crockford base32 characters, most significant digit first (DESIGN 4.3).
// Decoding takes lower case and the look-alikes O, I, L, and refuses a number over 128 bits.
std::string to_crockford(const std::array<std::uint8_t, 16>& number);
Result<std::array<std::uint8_t, 16>> from_crockford(std::string_view text, std::string_view what);

// True when the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(ByteView bytes);
// True when well-formed UTF-8 text holds a C0 or C1 control character or DEL.
bool has_control_characters(std::string_view text);

}  // namespace reelproof::ledger
