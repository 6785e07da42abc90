#include "ledger/format/keys.h"

#include "ledger/base/sha256.h"
#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

// DER SEQUENCE of two INTEGERs -> r || s; nothing when it is not strict DER of 32-byte numbers.
std::optional<Signature> from_der(ByteView der) {
    auto take = [&der](std::uint8_t type) -> std::optional<ByteView> {
        if (der.size() < 2 || der[0] != type || der[1] >= 0x80 || der.size() - 2 < der[1])
            return std::nullopt;
        ByteView out = der.subspan(2, der[1]);
        der = der.subspan(2 + out.size());
        return out;
    };
    auto body = take(0x30);
    if (!body || !der.empty()) return std::nullopt;
    der = *body;
    Signature out{};
    for (std::size_t half = 0; half < 2; ++half) {
        auto number = take(0x02);
        if (!number || number->empty() || (*number)[0] >= 0x80) return std::nullopt;
        if ((*number)[0] == 0 && number->size() > 1) {
            if ((*number)[1] < 0x80) return std::nullopt;
            number = number->subspan(1);
        }
        if (number->size() > 32) return std::nullopt;
        std::copy(number->begin(), number->end(),
                  out.begin() + static_cast<std::ptrdiff_t>(32 * (half + 1) - number->size()));
    }
    if (!der.empty()) return std::nullopt;
    return out;
}

}  // namespace

TEST_CASE("secret key, public key and kid agree with the vectors", "[format][vectors]") {
    for (const auto& vector : load_vectors("keys.json")) {
        auto secret = SecretKey::parse(bytes_of(vector, "secret_key")).value();
        CHECK(to_hex(secret.public_key().compressed()) == text_of(vector, "public_key"));
        CHECK(to_hex(secret.public_key().kid()) == text_of(vector, "kid"));
        auto parsed = PublicKey::parse(bytes_of(vector, "public_key"));
        REQUIRE(parsed);
        CHECK(*parsed == secret.public_key());
        CHECK(parsed->kid() == secret.public_key().kid());
    }
}

TEST_CASE("Wycheproof: ECDSA over secp256k1 with the low-S rule", "[format][vectors]") {
    Bytes file = load_shared("conformance/wycheproof-ecdsa_secp256k1_sha256_bitcoin_test.json");
    if (file.empty()) return;
    auto document = boost::json::parse(as_text(file));
    int valid = 0;
    int invalid_ones = 0;
    for (const auto& group : document.at("testGroups").as_array()) {
        Bytes point = unhex(std::string(group.at("publicKey").at("uncompressed").as_string()));
        REQUIRE(point.size() == 65);
        Bytes compressed{static_cast<std::uint8_t>(2 | (point[64] & 1))};
        compressed.insert(compressed.end(), point.begin() + 1, point.begin() + 33);
        auto key = PublicKey::parse(compressed).value();
        for (const auto& test : group.at("tests").as_array()) {
            INFO("tcId " << number_of(test, "tcId") << " " << text_of(test, "comment"));
            auto signature = from_der(bytes_of(test, "sig"));
            const bool accepted =
                signature && key.verify(sha256(bytes_of(test, "msg")), *signature);
            const bool wanted = text_of(test, "result") == "valid";
            CHECK(accepted == wanted);
            if (signature && accepted) CHECK_FALSE(PublicKey::is_high_s(*signature));
            ++(wanted ? valid : invalid_ones);
        }
    }
    CHECK(valid + invalid_ones == static_cast<int>(number_of(document, "numberOfTests")));
    CHECK(valid > 100);
}

TEST_CASE("signatures are deterministic and low; the high twin is refused", "[format]") {
    // Order of secp256k1.
    const Bytes order = unhex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    for (int i = 0; i < 50; ++i) {
        auto key = SecretKey::generate();
        Hash digest = sha256(as_bytes(std::to_string(i)));
        Signature signature = key.sign(digest);
        CHECK(signature == key.sign(digest));
        CHECK_FALSE(PublicKey::is_high_s(signature));
        CHECK(key.public_key().verify(digest, signature));
        Signature twin = signature;
        int borrow = 0;
        for (std::size_t b = 32; b-- > 0;) {
            int difference = order[b] - signature[32 + b] - borrow;
            borrow = difference < 0;
            twin[32 + b] = static_cast<std::uint8_t>(difference + 256 * borrow);
        }
        CHECK(PublicKey::is_high_s(twin));
        CHECK_FALSE(key.public_key().verify(digest, twin));
        signature[static_cast<std::size_t>(i)] ^= 1;
        CHECK_FALSE(key.public_key().verify(digest, signature));
    }
}

TEST_CASE("half the order is the largest low s", "[format]") {
    Signature signature{};
    auto half = unhex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    std::copy(half.begin(), half.end(), signature.begin() + 32);
    CHECK_FALSE(PublicKey::is_high_s(signature));
    signature[63] += 1;
    CHECK(PublicKey::is_high_s(signature));
}

TEST_CASE("keys that are none are refused by name", "[format]") {
    CHECK(why(PublicKey::parse(Bytes(32), "root key")) == "root key is 32 bytes, not 33");
    CHECK(why(PublicKey::parse(Bytes(33), "root key")) == "root key is not a point of secp256k1");
    Bytes off_curve(33, 0xff);
    off_curve[0] = 2;
    CHECK_FALSE(PublicKey::parse(off_curve));
    CHECK(why(SecretKey::parse(Bytes(32))) ==
          "secret key is not between 1 and the order of secp256k1");
    CHECK_FALSE(SecretKey::parse(Bytes(32, 0xff)));
    CHECK(why(SecretKey::parse(Bytes(31))) == "secret key is 31 bytes, not 32");
}
