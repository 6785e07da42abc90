#include "ledger/format/keys.h"

#include <algorithm>

#include <secp256k1.h>
#include <sodium.h>

#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"

namespace reelproof::ledger {
namespace {

static_assert(sizeof(secp256k1_pubkey) == 64);

// Half the order of secp256k1, rounded down: the largest s that is low.
constexpr std::array<std::uint8_t, 32> kHalfOrder = {
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

// Lives as long as the process. Blinded once, before anyone shares it: afterwards it is read-only.
const secp256k1_context* curve() {
    static const secp256k1_context* const context = [] {
        secp256k1_context* made = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
        auto blinding = Secret<32>::random();
        if (secp256k1_context_randomize(made, blinding.expose().data()) != 1)
            throw EnvironmentError("secp256k1: the context can't be blinded");
        return made;
    }();
    return context;
}

secp256k1_pubkey unpack(const std::array<std::uint8_t, 64>& parsed) {
    secp256k1_pubkey key;
    std::memcpy(key.data, parsed.data(), parsed.size());
    return key;
}

// 04, x, y (SEC 1, 2.3.3).
std::array<std::uint8_t, 65> uncompressed(const secp256k1_pubkey& key) {
    std::array<std::uint8_t, 65> point;
    std::size_t size = point.size();
    secp256k1_ec_pubkey_serialize(curve(), point.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
    return point;
}

// SHA-256 over the deterministic CBOR {1: 2 (EC2), -1: 8 (secp256k1), -2: x, -3: y} (RFC 9679 4).
Hash thumbprint_of(const secp256k1_pubkey& key) {
    const auto point = uncompressed(key);
    static constexpr std::uint8_t kBeforeX[] = {0xa4, 0x01, 0x02, 0x20, 0x08, 0x21, 0x58, 0x20};
    static constexpr std::uint8_t kBeforeY[] = {0x22, 0x58, 0x20};
    ByteView view(point);
    return sha256({kBeforeX, view.subspan(1, 32), kBeforeY, view.subspan(33, 32)});
}

}  // namespace

Result<PublicKey> PublicKey::parse(ByteView compressed, std::string_view what) {
    PublicKey out;
    if (compressed.size() != out.compressed_.size())
        return malformed(std::string(what) + " is " + counted(compressed.size(), "byte") +
                         ", not 33");
    secp256k1_pubkey key;
    if (secp256k1_ec_pubkey_parse(curve(), &key, compressed.data(), compressed.size()) != 1)
        return malformed(std::string(what) + " is not a point of secp256k1");
    std::memcpy(out.parsed_.data(), key.data, sizeof key.data);
    std::copy(compressed.begin(), compressed.end(), out.compressed_.begin());
    out.kid_ = thumbprint_of(key);
    return out;
}

std::array<std::uint8_t, 64> PublicKey::coordinates() const {
    const auto point = uncompressed(unpack(parsed_));
    std::array<std::uint8_t, 64> out;
    std::copy(point.begin() + 1, point.end(), out.begin());
    return out;
}

bool PublicKey::verify(const Hash& digest, ByteView signature) const {
    secp256k1_ecdsa_signature parsed;
    if (signature.size() != std::tuple_size_v<Signature> ||
        secp256k1_ecdsa_signature_parse_compact(curve(), &parsed, signature.data()) != 1)
        return false;
    secp256k1_pubkey key = unpack(parsed_);
    return secp256k1_ecdsa_verify(curve(), &parsed, digest.data(), &key) == 1;
}

bool PublicKey::is_high_s(ByteView signature) {
    if (signature.size() != std::tuple_size_v<Signature>) return false;
    return std::memcmp(signature.data() + 32, kHalfOrder.data(), kHalfOrder.size()) > 0;
}

SecretKey SecretKey::generate() {
    for (;;) {
        auto key = parse(Secret<32>::random().expose());
        if (key) return *key;
    }
}

Result<SecretKey> SecretKey::parse(ByteView bytes, std::string_view what) {
    if (bytes.size() != 32)
        return malformed(std::string(what) + " is " + counted(bytes.size(), "byte") + ", not 32");
    secp256k1_pubkey point;
    if (secp256k1_ec_pubkey_create(curve(), &point, bytes.data()) != 1)
        return malformed(std::string(what) + " is not between 1 and the order of secp256k1");
    SecretKey out;
    out.secret_ = Secret<32>(bytes);
    std::memcpy(out.public_.parsed_.data(), point.data, sizeof point.data);
    std::size_t size = out.public_.compressed_.size();
    secp256k1_ec_pubkey_serialize(curve(), out.public_.compressed_.data(), &size, &point,
                                  SECP256K1_EC_COMPRESSED);
    out.public_.kid_ = thumbprint_of(point);
    return out;
}

Signature SecretKey::sign(const Hash& digest) const {
    secp256k1_ecdsa_signature made;
    if (secp256k1_ecdsa_sign(curve(), &made, digest.data(), secret_.expose().data(), nullptr,
                             nullptr) != 1)
        throw EnvironmentError("secp256k1: signing failed");
    Signature out;
    secp256k1_ecdsa_signature_serialize_compact(curve(), out.data(), &made);
    return out;
}

SealingKey SealingKey::generate() {
    return from_secret(Secret<32>::random());
}

SealingKey SealingKey::from_secret(const Secret<32>& secret) {
    SealingKey out;
    out.secret = secret;
    crypto_scalarmult_base(out.public_key.data(), secret.expose().data());
    return out;
}

}  // namespace reelproof::ledger
