// OpenSSL calls these functions deprecated, since they pass its providers over. That is what they
// are taken for: a context is a plain value here, so a keyed one is copied instead of made, which
// halves the price of a MAC over a few bytes (`./dev bench check` asks for 79 of them).
#define OPENSSL_SUPPRESS_DEPRECATED
#include "ledger/base/sha256.h"

#include <algorithm>
#include <array>

#include <openssl/sha.h>

#include "ledger/base/secret.h"

namespace reelproof::ledger {
namespace {

void update(SHA256_CTX& context, std::initializer_list<ByteView> parts) {
    for (const ByteView part : parts) SHA256_Update(&context, part.data(), part.size());
}

Hash finish(SHA256_CTX& context) {
    Hash out;
    SHA256_Final(out.data(), &context);
    wipe(&context, sizeof context);  // a MAC may become a key
    return out;
}

}  // namespace

Hash sha256(std::initializer_list<ByteView> parts) {
    SHA256_CTX context;
    SHA256_Init(&context);
    update(context, parts);
    return finish(context);
}

// RFC 2104: the states of both hashes once they have taken in their padded keys.
struct Prf::State {
    SHA256_CTX inner, outer;
    ~State() {
        wipe(&inner, sizeof inner);
        wipe(&outer, sizeof outer);
    }
};

Prf::Prf(ByteView key) : state_(std::make_unique<State>()) {
    constexpr std::uint8_t kInnerPad = 0x36, kOuterPad = 0x5c;
    std::array<std::uint8_t, SHA256_CBLOCK> block{};
    if (key.size() > block.size()) {
        Hash hashed = sha256(key);
        std::copy(hashed.begin(), hashed.end(), block.begin());
        wipe(hashed.data(), hashed.size());
    } else {
        std::copy(key.begin(), key.end(), block.begin());
    }
    const auto begin = [&block](SHA256_CTX& context, std::uint8_t pad) {
        for (std::uint8_t& byte : block) byte ^= pad;
        SHA256_Init(&context);
        SHA256_Update(&context, block.data(), block.size());
        for (std::uint8_t& byte : block) byte ^= pad;
    };
    begin(state_->inner, kInnerPad);
    begin(state_->outer, kOuterPad);
    wipe(block.data(), block.size());
}
Prf::~Prf() = default;
Prf::Prf(Prf&&) noexcept = default;
Prf& Prf::operator=(Prf&&) noexcept = default;

Hash Prf::operator()(std::initializer_list<ByteView> parts) {
    SHA256_CTX context = state_->inner;
    update(context, parts);
    Hash inner = finish(context);
    context = state_->outer;
    SHA256_Update(&context, inner.data(), inner.size());
    wipe(inner.data(), inner.size());
    return finish(context);
}

Hash hmac_sha256(ByteView key, ByteView message) {
    return Prf(key)({message});
}

Hash hkdf_sha256(ByteView ikm, std::string_view salt, std::string_view info) {
    static constexpr std::uint8_t kFirstBlock = 1;
    Hash extracted = hmac_sha256(as_bytes(salt), ikm);
    Hash out = Prf(extracted)({as_bytes(info), ByteView(&kFirstBlock, 1)});
    wipe(extracted.data(), extracted.size());
    return out;
}

}  // namespace reelproof::ledger
