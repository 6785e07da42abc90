#include "ledger/base/sha256.h"

#include <utility>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "ledger/base/secret.h"

namespace reelproof::ledger {
namespace {

struct FreeMdContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeMacContext {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MdContext = std::unique_ptr<EVP_MD_CTX, FreeMdContext>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMacContext>;

[[noreturn]] void fail(const char* what) {
    throw EnvironmentError(std::string("OpenSSL: ") + what);
}

void require(int ok, const char* what) {
    if (ok != 1) fail(what);
}

// Lives as long as the process: threads that end late may still hash.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = [] {
        EVP_MD* fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
        if (fetched == nullptr) fail("SHA-256 is not there");
        return fetched;
    }();
    return algorithm;
}

EVP_MD_CTX* thread_context() {
    thread_local const MdContext context = [] {
        MdContext made(EVP_MD_CTX_new());
        if (!made) throw std::bad_alloc();
        require(EVP_DigestInit_ex2(made.get(), sha256_algorithm(), nullptr), "SHA-256 init");
        return made;
    }();
    return context.get();
}

// A keyed HMAC-SHA256 context to duplicate: naming the digest by parameter would fetch it anew,
// under a lock, for every key.
MacContext new_mac() {
    static const EVP_MAC_CTX* const pattern = [] {
        EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        if (mac == nullptr) fail("HMAC is not there");
        EVP_MAC_CTX* made = EVP_MAC_CTX_new(mac);
        if (made == nullptr) throw std::bad_alloc();
        char digest[] = "SHA256";
        const OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
            OSSL_PARAM_construct_end()};
        const unsigned char zero_key[32] = {};
        require(EVP_MAC_init(made, zero_key, sizeof zero_key, parameters), "HMAC init");
        return made;
    }();
    MacContext context(EVP_MAC_CTX_dup(pattern));
    if (!context) throw std::bad_alloc();
    return context;
}

}  // namespace

Hash sha256(std::initializer_list<ByteView> parts) {
    EVP_MD_CTX* context = thread_context();
    require(EVP_DigestInit_ex2(context, nullptr, nullptr), "SHA-256 init");
    for (ByteView part : parts)
        require(EVP_DigestUpdate(context, part.data(), part.size()), "SHA-256 update");
    Hash out;
    require(EVP_DigestFinal_ex(context, out.data(), nullptr), "SHA-256 final");
    return out;
}

struct Prf::State {
    MacContext context;
};

Prf::Prf(ByteView key) : state_(std::make_unique<State>(State{new_mac()})) {
    static constexpr unsigned char kNoKey = 0;  // OpenSSL reads a null key as "keep the old one"
    require(EVP_MAC_init(state_->context.get(), key.empty() ? &kNoKey : key.data(), key.size(),
                         nullptr),
            "HMAC key");
}
Prf::~Prf() = default;
Prf::Prf(Prf&&) noexcept = default;
Prf& Prf::operator=(Prf&&) noexcept = default;

Hash Prf::operator()(std::initializer_list<ByteView> parts) {
    EVP_MAC_CTX* context = state_->context.get();
    require(EVP_MAC_init(context, nullptr, 0, nullptr), "HMAC init");
    for (ByteView part : parts)
        require(EVP_MAC_update(context, part.data(), part.size()), "HMAC update");
    Hash out;
    std::size_t size = 0;
    require(EVP_MAC_final(context, out.data(), &size, out.size()), "HMAC final");
    return out;
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
