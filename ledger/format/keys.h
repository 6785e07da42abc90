// The keys of an organisation (DESIGN 4.2): secp256k1 for statements and receipts, Ed25519 for
// notes (see note.h), X25519 for sealing. Secret keys are wiped on destruction. Thread-safe:
// values; the secp256k1 context is shared and read-only.
#pragma once

#include <string>

#include "ledger/base/bytes.h"
#include "ledger/base/secret.h"

namespace reelproof::ledger {

using CompressedKey = std::array<std::uint8_t, 33>;  // SEC 1 2.3.3, 0x02 or 0x03 first
using Signature = std::array<std::uint8_t, 64>;      // r || s, low-S

// A parsed secp256k1 public key with its kid: SHA-256 COSE Key Thumbprint (RFC 9679) of the EC2
// key with full x and y.
class PublicKey {
  public:
    // 33 bytes, compressed; refuses points that are not on the curve.
    static Result<PublicKey> parse(ByteView compressed, std::string_view what = "public key");

    [[nodiscard]] const CompressedKey& compressed() const { return compressed_; }
    [[nodiscard]] const Hash& kid() const { return kid_; }
    // Both coordinates in full: x, then y.
    [[nodiscard]] std::array<std::uint8_t, 64> coordinates() const;
    // ECDSA over the 32-byte digest. False for a wrong or a high-S signature.
    [[nodiscard]] bool verify(const Hash& digest, ByteView signature) const;
    // True when s is over half the group order (RFC 8812 leaves it open; DESIGN 4.1 rejects it).
    static bool is_high_s(ByteView signature);

    friend bool operator==(const PublicKey& a, const PublicKey& b) {
        return a.compressed_ == b.compressed_;
    }

  private:
    friend class SecretKey;
    PublicKey() = default;
    std::array<std::uint8_t, 64> parsed_;  // secp256k1_pubkey
    CompressedKey compressed_;
    Hash kid_;
};

class SecretKey {
  public:
    static SecretKey generate();
    static Result<SecretKey> parse(ByteView bytes, std::string_view what = "secret key");

    [[nodiscard]] const PublicKey& public_key() const { return public_; }
    // RFC 6979 nonce, low-S.
    [[nodiscard]] Signature sign(const Hash& digest) const;
    [[nodiscard]] const Secret<32>& secret() const { return secret_; }

  private:
    SecretKey() = default;
    Secret<32> secret_;
    PublicKey public_;
};

using SealingPublicKey = std::array<std::uint8_t, 32>;
// X25519 key pair for the partner compartment (libsodium crypto_box_seal) and age headers.
struct SealingKey {
    Secret<32> secret;
    SealingPublicKey public_key;

    static SealingKey generate();
    static SealingKey from_secret(const Secret<32>& secret);
};

}  // namespace reelproof::ledger
