#include "ledger/base/aead.h"

#include <sodium.h>

#include "ledger/base/sha256.h"

namespace reelproof::ledger {

namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kMac = crypto_aead_xchacha20poly1305_ietf_ABYTES;

}  // namespace

Secret<32> derive_key(ByteView ikm, std::string_view salt, std::string_view info) {
    Hash derived = hkdf_sha256(ikm, salt, info);
    Secret<32> out(derived);
    wipe(derived.data(), derived.size());
    return out;
}

Bytes aead_seal(const Secret<32>& key, ByteView aad, ByteView plain) {
    Bytes out(kNonce + plain.size() + kMac);
    fill_random(std::span(out).first(kNonce));
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kNonce, nullptr, plain.data(),
                                               plain.size(), aad.data(), aad.size(), nullptr,
                                               out.data(), key.expose().data());
    return out;
}

Result<Bytes> aead_open(const Secret<32>& key, ByteView aad, ByteView sealed,
                        std::string_view what) {
    if (sealed.size() < kNonce + kMac) return invalid(std::string(what) + " is too short");
    const ByteView ciphertext = sealed.subspan(kNonce);
    Bytes out(ciphertext.size() - kMac);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, ciphertext.data(),
                                                   ciphertext.size(), aad.data(), aad.size(),
                                                   sealed.data(), key.expose().data()) != 0)
        return invalid(std::string(what) + " does not open: another key, or damaged");
    return out;
}

}  // namespace reelproof::ledger
