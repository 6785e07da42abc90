#include "api/people/totp.h"

#include <catch2/catch.hpp>

namespace reelproof::api {
namespace {

// RFC 6238 appendix B, SHA-1; we take the last six of its eight digits.
const TotpSecret kSecret(ledger::as_bytes("12345678901234567890"));

TEST_CASE("codes are those of RFC 6238 appendix B") {
    CHECK(totp_code(kSecret, 59 / 30) == "287082");
    CHECK(totp_code(kSecret, 1111111109 / 30) == "081804");
    CHECK(totp_code(kSecret, 1111111111 / 30) == "050471");
    CHECK(totp_code(kSecret, 1234567890 / 30) == "005924");
    CHECK(totp_code(kSecret, 2000000000 / 30) == "279037");
    CHECK(totp_code(kSecret, 20000000000 / 30) == "353130");
}

TEST_CASE("a code holds in its half minute and the two beside it, and once") {
    constexpr ledger::UnixSeconds now = 1111111109;
    constexpr std::uint64_t step = now / 30;
    CHECK(totp_step(kSecret, "081804", now, 0) == step);
    CHECK(totp_step(kSecret, "081804", now + 30, 0) == step);
    CHECK(totp_step(kSecret, "081804", now - 30, 0) == step);
    CHECK(!totp_step(kSecret, "081804", now + 90, 0));
    CHECK(!totp_step(kSecret, "081804", now - 90, 0));
    CHECK(!totp_step(kSecret, "081804", now, step));
    CHECK(!totp_step(kSecret, "050471", now, step + 1));
    for (const auto* wrong : {"", "08180", "0818040", "081805", " 081804", "abcdef"})
        CHECK(!totp_step(kSecret, wrong, now, 0));
    CHECK(!totp_step(kSecret, "081804", -5, 0));
}

TEST_CASE("the secret is written as apps read it") {
    CHECK(totp_base32(kSecret) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    CHECK(totp_uri(kSecret, "ems.example", "anna@dock") ==
          "otpauth://totp/Reelproof%20ems.example:anna%40dock?secret="
          "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Reelproof%20ems.example");
}

}  // namespace
}  // namespace reelproof::api
