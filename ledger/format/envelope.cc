#include "ledger/format/envelope.h"

#include <sodium.h>

#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

static_assert(wire::kNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(wire::kMacSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(wire::kBoxSize == crypto_box_SEALBYTES + 32);

constexpr std::uint8_t kZero[] = {0x00};

std::array<std::uint8_t, 8> big_endian(std::uint64_t number) {
    std::array<std::uint8_t, 8> out;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    return out;
}

Hash prf(Prf& prf, std::string_view label, std::string_view iss, std::uint64_t n) {
    return prf({as_bytes(label), kZero, as_bytes(iss), kZero, big_endian(n)});
}

// HMAC-SHA256(cek, "partner" || 0x00 || tag).
Secret<32> partner_key(const Secret<32>& cek, const Tag& tag) {
    Hash derived = Prf(cek.expose())({as_bytes("partner"), kZero, tag});
    Secret<32> out(derived);
    wipe(derived.data(), derived.size());
    return out;
}

// nonce || XChaCha20-Poly1305(key, nonce, aad = tag, pad128(text)).
Bytes seal_padded(const Secret<32>& key, const Tag& tag, std::string_view text,
                  const std::array<std::uint8_t, wire::kNonceSize>& nonce) {
    std::size_t padded = (text.size() / wire::kPadBlock + 1) * wire::kPadBlock;
    Bytes out(wire::kNonceSize + padded + wire::kMacSize);
    std::copy(nonce.begin(), nonce.end(), out.begin());
    std::uint8_t* body = out.data() + wire::kNonceSize;
    std::copy(text.begin(), text.end(), body);
    body[text.size()] = 0x80;  // ISO/IEC 7816-4; the zeros are there already
    crypto_aead_xchacha20poly1305_ietf_encrypt(body, nullptr, body, padded, tag.data(), tag.size(),
                                               nullptr, nonce.data(), key.expose().data());
    return out;
}

Result<std::string> open_padded(const Secret<32>& key, const Tag& tag, ByteView sealed,
                                std::string_view what) {
    if (sealed.size() < wire::kNonceSize + wire::kMacSize + wire::kPadBlock)
        return malformed(std::string(what) + " is too short");
    ByteView ciphertext = sealed.subspan(wire::kNonceSize);
    std::string out(ciphertext.size() - wire::kMacSize, '\0');
    auto* body = reinterpret_cast<unsigned char*>(out.data());
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(body, nullptr, nullptr, ciphertext.data(),
                                                   ciphertext.size(), tag.data(), tag.size(),
                                                   sealed.data(), key.expose().data()) != 0)
        return invalid(std::string(what) + " does not authenticate");
    std::size_t size = 0;
    if (sodium_unpad(&size, body, out.size(), wire::kPadBlock) != 0)
        return invalid(std::string(what) + " is not padded as ISO/IEC 7816-4 tells");
    out.resize(size);
    return out;
}

std::array<std::uint8_t, wire::kNonceSize> random_nonce() {
    std::array<std::uint8_t, wire::kNonceSize> nonce;
    fill_random(nonce);
    return nonce;
}

}  // namespace

Hash envelope_hash(ByteView envelope) {
    return sha256(envelope);
}

ItemCipher::ItemCipher(const ItemKey& key) : prf_(key.expose()) {}

Tag ItemCipher::tag(std::string_view iss, std::uint64_t n) {
    Hash hash = prf(prf_, "tag", iss, n);
    Tag out;
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

Secret<32> ItemCipher::body_key(std::string_view iss, std::uint64_t n) {
    Hash derived = prf(prf_, "body", iss, n);
    Secret<32> out(derived);
    wipe(derived.data(), derived.size());
    return out;
}

Bytes ItemCipher::seal(std::string_view iss, std::uint64_t n, std::string_view body,
                       std::optional<std::array<std::uint8_t, 24>> nonce) {
    return seal_padded(body_key(iss, n), tag(iss, n), body, nonce ? *nonce : random_nonce());
}

Result<std::string> ItemCipher::open(std::string_view iss, std::uint64_t n,
                                     const EnvelopeView& envelope) {
    return open(tag(iss, n), iss, n, envelope);
}

Result<std::string> ItemCipher::open(const Tag& tag, std::string_view iss, std::uint64_t n,
                                     const EnvelopeView& envelope) {
    if (envelope.tag != tag) return invalid("tag is not that of this item, issuer and number");
    return open_padded(body_key(iss, n), envelope.tag, envelope.sealed, "sealed body");
}

Result<RecipientGroup> RecipientGroup::make(
    const std::vector<std::array<std::uint8_t, 32>>& recipients) {
    if (recipients.empty()) return malformed("a recipient group needs at least one recipient");
    if (recipients.size() > wire::kMaxBoxes)
        return Error{
            ErrorKind::too_large,
            "a recipient group of " + std::to_string(recipients.size()) + ", more than 64"};
    RecipientGroup group;
    group.cek_ = Secret<32>::random();
    for (const auto& recipient : recipients) {
        Bytes box(wire::kBoxSize);
        // Fails for a point of low order, which would make the shared secret known to all.
        if (crypto_box_seal(box.data(), group.cek_.expose().data(), 32, recipient.data()) != 0)
            return invalid("sealing key " + to_hex(recipient) + " is not usable");
        group.boxes_.push_back(std::move(box));
    }
    return group;
}

Bytes RecipientGroup::seal(const Tag& tag, std::string_view json) const {
    return seal_padded(partner_key(cek_, tag), tag, json, random_nonce());
}

Result<std::string> open_partner(const SealedPayloadView& payload, const EnvelopeView& envelope,
                                 const SealingKey& key) {
    if (!envelope.partner || envelope.partner->group >= payload.groups.size())
        return Error{ErrorKind::not_found, "the envelope has no partner compartment"};
    for (ByteView box : payload.groups[envelope.partner->group]) {
        Secret<32> cek;
        if (box.size() == wire::kBoxSize &&
            crypto_box_seal_open(cek.expose_mutable().data(), box.data(), box.size(),
                                 key.public_key.data(), key.secret.expose().data()) == 0)
            return open_padded(partner_key(cek, envelope.tag), envelope.tag,
                               envelope.partner->ciphertext, "partner ciphertext");
    }
    return Error{ErrorKind::not_found, "none of the boxes is for this sealing key"};
}

}  // namespace reelproof::ledger
