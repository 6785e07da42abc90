#include "ledger/base/bytes.h"

#include "tests/ledger/base/result_printer.h"

using namespace reelproof::ledger;

TEST_CASE("hex goes both ways and names what is wrong", "[base]") {
    Bytes bytes{0x00, 0x0f, 0xa5, 0xff};
    CHECK(to_hex(bytes) == "000fa5ff");
    CHECK(*from_hex("000fA5Ff", "x") == bytes);
    CHECK(from_hex("", "x")->empty());
    CHECK(from_hex("abc", "seed").error().message == "seed has an odd number of hex digits");
    CHECK(from_hex("ag", "seed").error().message == "seed is not hex at character 2");
    CHECK(array_from_hex<4>("aabb", "seed").error().message == "seed is 2 bytes, not 4");
}

TEST_CASE("base64 is strict: padding, alphabet and unused bits", "[base]") {
    // RFC 4648 10
    const std::pair<const char*, const char*> kTable[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
    for (auto [plain, coded] : kTable) {
        CHECK(to_base64(as_bytes(plain)) == coded);
        auto decoded = from_base64(coded, "x");
        REQUIRE(decoded);
        CHECK(as_text(*decoded) == plain);
    }
    for (const char* bad : {"Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm 9", "Zm9v\n",
                            "Zm-_", "=Zg=", "Zg==Zg=="}) {
        INFO(bad);
        CHECK_FALSE(from_base64(bad, "x"));
    }
}

TEST_CASE("Crockford base32 of a 128-bit number", "[base]") {
    std::array<std::uint8_t, 16> ones;
    ones.fill(0xff);
    CHECK(to_crockford(ones) == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    CHECK(*from_crockford("7zzzzzzzzzzzzzzzzzzzzzzzzz", "id") == ones);
    std::array<std::uint8_t, 16> one{};
    one[15] = 1;
    CHECK(to_crockford(one) == "00000000000000000000000001");
    CHECK(*from_crockford("OoOoOoOoOoOoOoOoOoOoOoOoOL", "id") == one);
    CHECK(from_crockford("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "id").error().message ==
          "id is over 128 bits");
    CHECK_FALSE(from_crockford("0000000000000000000000000U", "id"));
    CHECK_FALSE(from_crockford("000", "id"));
}

TEST_CASE("UTF-8 is checked to the letter", "[base]") {
    CHECK(is_utf8(as_bytes("")));
    CHECK(is_utf8(as_bytes("plain ascii of more than eight bytes")));
    CHECK(is_utf8(as_bytes("brückner \xe2\x80\x94 \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf")));
    for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80",
                            "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
                            "abcdefgh\xe2\x82", "abcdefg\xffhijk"}) {
        INFO(bad);
        CHECK_FALSE(is_utf8(as_bytes(bad)));
    }
}

TEST_CASE("control characters of C0, C1 and DEL are found", "[base]") {
    CHECK_FALSE(has_control_characters("brückner \xc2\xa0 \xe2\x80\x94"));
    for (const char* bad : {"a\nb", "\x1f", "\x7f", "\xc2\x80", "x\xc2\x9f"})
        CHECK(has_control_characters(bad));
    for (std::size_t at = 0; at < 40; ++at)
        for (int byte = 0; byte < 0x80; ++byte) {
            std::string text(40, at % 2 == 0 ? ' ' : '~');
            text[at] = static_cast<char>(byte);
            CHECK(has_control_characters(text) == (byte < 0x20 || byte == 0x7f));
            text.replace(at, 1, "\xc2\x85");
            CHECK(has_control_characters(text));
        }
}
