// Every number and name of the wire formats, with the standard it comes from. Persistent: do not
// change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reelproof::ledger::wire {

inline constexpr std::uint64_t kCoseSign1Tag = 18;     // RFC 9052 2
inline constexpr std::int64_t kHeaderAlg = 1;          // RFC 9052 3.1
inline constexpr std::int64_t kHeaderContentType = 3;  // RFC 9052 3.1
inline constexpr std::int64_t kHeaderKid = 4;          // RFC 9052 3.1
inline constexpr std::int64_t kHeaderCwtClaims = 15;   // RFC 9597 2
inline constexpr std::int64_t kHeaderReceipts = 394;   // RFC 9942, RFC 9943
inline constexpr std::int64_t kHeaderVds = 395;        // RFC 9942
inline constexpr std::int64_t kHeaderVdp = 396;        // RFC 9942
inline constexpr std::int64_t kVdsRfc9162Sha256 = 1;   // RFC 9942
inline constexpr std::int64_t kVdpInclusion = -1;      // RFC 9942
inline constexpr std::int64_t kAlgEs256k = -47;        // RFC 8812 3.2
inline constexpr std::int64_t kClaimIss = 1;           // RFC 8392 3.1
inline constexpr std::int64_t kClaimSub = 2;
inline constexpr std::int64_t kClaimIat = 6;

inline constexpr std::string_view kSealedContentType = "application/vnd.reelproof.sealed+cbor";
inline constexpr std::string_view kPublicContentType = "application/vnd.reelproof.public+json";
inline constexpr std::string_view kSealedSubject = "sealed";

inline constexpr std::size_t kMaxStatementSize = 65535;  // a tlog-tiles entry: uint16 length
inline constexpr std::size_t kMaxEnvelopes = 256;        // DESIGN 4.1
inline constexpr std::size_t kMaxGroups = 16;
inline constexpr std::size_t kMaxBoxes = 64;   // DESIGN 4.4
inline constexpr std::size_t kBoxSize = 80;    // crypto_box_seal of 32 bytes
inline constexpr std::size_t kNonceSize = 24;  // XChaCha20-Poly1305
inline constexpr std::size_t kMacSize = 16;
inline constexpr std::size_t kPadBlock = 128;  // DESIGN 4.4 pad128
inline constexpr std::size_t kMaxIssuerSize = 255;

inline constexpr std::uint8_t kNoteEd25519 = 0x01;        // C2SP signed-note
inline constexpr std::uint8_t kNoteCosignatureV1 = 0x04;  // C2SP tlog-cosignature
inline constexpr std::size_t kMaxNoteSize = 1 << 20;
inline constexpr std::size_t kMaxNoteSignatures = 100;

inline constexpr std::uint64_t kTileWidth = 256;  // C2SP tlog-tiles
inline constexpr int kTileHeight = 8;
inline constexpr std::size_t kMaxProofHashes = 63;

}  // namespace reelproof::ledger::wire
