#include "api/people/password.h"

#include <catch2/catch.hpp>

#include "api/people/secrets.h"

namespace reelproof::api {
namespace {

TEST_CASE("a password fits its own hash and no other") {
    const auto hash = hash_password("vier blaue reels im regal");
    CHECK(hash.starts_with("$argon2id$"));
    CHECK(hash != hash_password("vier blaue reels im regal"));
    CHECK(is_password("vier blaue reels im regal", hash));
    CHECK(!is_password("vier blaue reels im rega", hash));
    CHECK(!is_password("", hash));
    CHECK(!is_password("", ""));
    CHECK(!is_password("vier blaue reels im regal", ""));
}

TEST_CASE("a new password must be long and not the first to be tried") {
    CHECK(check_new_password("vier blaue reels im regal", "anna").has_value());
    CHECK(check_new_password("蓝色的盘子在架子上", "anna").has_value());
    for (const auto* bad : {"", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "abababababababab",
                            "Password1234567890", "annaannaanna1", "reelproof-admin",
                            "tab\tin the middle of it", "\xff\xfe\xfd\xfc\xfb abcdefg"}) {
        INFO(bad);
        const auto refused = check_new_password(bad, "anna");
        REQUIRE(!refused);
        CHECK(refused.error().message.starts_with("password "));
    }
    CHECK_FALSE(check_new_password(std::string(257, 'x') + "abcdefghijk", "anna").has_value());
}

TEST_CASE("recovery codes are taken however they are typed") {
    const auto code = draw_recovery_code();
    CHECK(code.size() == 19);
    CHECK(plain_recovery_code(code) == code);
    CHECK(plain_recovery_code(" 0o1i-lABC-defg-hjkm") == "0011-1ABC-DEFG-HJKM");
    CHECK(draw_recovery_code() != code);
    CHECK(is_secret(code, hash_secret(code)));
    CHECK(!is_secret(code + " ", hash_secret(code)));
}

}  // namespace
}  // namespace reelproof::api
