#include "ledger/base/sha256.h"

#include <thread>

#include "ledger/base/secret.h"
#include "tests/ledger/base/result_printer.h"

using namespace reelproof::ledger;

TEST_CASE("SHA-256 of FIPS 180 examples, whole or in parts", "[base]") {
    CHECK(to_hex(sha256(ByteView{})) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(to_hex(sha256(as_bytes("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256({as_bytes("a"), ByteView{}, as_bytes("bc")}) == sha256(as_bytes("abc")));
}

TEST_CASE("HMAC-SHA256 of RFC 4231", "[base]") {
    CHECK(to_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(to_hex(hmac_sha256(Bytes(131, 0xaa),
                             as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(to_hex(hmac_sha256(ByteView{}, ByteView{})) ==
          "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("a Prf gives the MAC of its own key again and again", "[base]") {
    Prf prf(as_bytes("Jefe"));
    Prf other(as_bytes("another"));
    for (int i = 0; i < 3; ++i) {
        CHECK(prf({as_bytes("what do ya want "), as_bytes("for nothing?")}) ==
              hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")));
        CHECK(other({as_bytes("x")}) == hmac_sha256(as_bytes("another"), as_bytes("x")));
    }
    Prf moved = std::move(prf);
    CHECK(moved({}) == hmac_sha256(as_bytes("Jefe"), ByteView{}));
}

TEST_CASE("HKDF-SHA256 gives the first 32 bytes of RFC 5869's first test", "[base]") {
    Bytes salt;
    for (std::uint8_t i = 0; i <= 0x0c; ++i) salt.push_back(i);
    Bytes info;
    for (std::uint8_t i = 0xf0; i <= 0xf9; ++i) info.push_back(i);
    CHECK(to_hex(hkdf_sha256(Bytes(22, 0x0b), as_text(salt), as_text(info))) ==
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

TEST_CASE("threads hash at the same time without disturbing each other", "[base]") {
    std::vector<std::thread> threads;
    std::array<bool, 4> good{};
    for (std::size_t t = 0; t < good.size(); ++t)
        threads.emplace_back([&good, t] {
            good[t] = true;
            const Hash expected = sha256(as_bytes("abc"));
            for (int i = 0; i < 1000; ++i)
                good[t] = good[t] && sha256(as_bytes("abc")) == expected &&
                          hmac_sha256(Bytes(t + 1), ByteView{}) == hmac_sha256(Bytes(t + 1), {});
        });
    for (auto& thread : threads) thread.join();
    for (bool result : good) CHECK(result);
}

TEST_CASE("secrets compare by value, are random when drawn, and refuse another size", "[base]") {
    Secret<16> a(Bytes(16, 7));
    CHECK(a == Secret<16>(Bytes(16, 7)));
    CHECK_FALSE(a == Secret<16>(Bytes(16, 8)));
    CHECK_FALSE(Secret<32>::random() == Secret<32>::random());
    CHECK_THROWS_AS(Secret<16>(Bytes(15)), std::logic_error);
    CHECK_FALSE(equal_secret(Bytes(3), Bytes(4)));
    Bytes wiped(5, 9);
    wipe(wiped.data(), wiped.size());
    CHECK(wiped == Bytes(5, 0));
}
