#include "ledger/format/cbor.h"

#include <limits>

#include "tests/ledger/format/vectors_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

std::string refusal(std::string_view hex) {
    return why(check_cbor(unhex(hex), "item"));
}

}  // namespace

TEST_CASE("what is canonical is taken, what is not is refused with the reason", "[format]") {
    for (const char* good : {"00",
                             "17",
                             "1818",
                             "18ff",
                             "190100",
                             "19ffff",
                             "1a00010000",
                             "1affffffff",
                             "1b0000000100000000",
                             "1bffffffffffffffff",
                             "20",
                             "37",
                             "3818",
                             "3bffffffffffffffff",
                             "40",
                             "4100",
                             "60",
                             "6161",
                             "62c3bc",
                             "80",
                             "8100",
                             "a0",
                             "a10000",
                             "a2000020 00",
                             "a3000018180020 00",
                             "a200004000",
                             "c000",

                             "f4",
                             "f5",
                             "f6",
                             "8181818181818180",
                             "a100a100a100a100a100a100a100a0"}) {
        std::string hex;
        for (const char* c = good; *c != '\0'; ++c)
            if (*c != ' ') hex += *c;
        INFO(hex);
        CHECK(refusal(hex) == "");
    }
    const std::pair<const char*, const char*> kBad[] = {
        {"", "item is missing: the input ends before it"},
        {"1800", "item is not in its shortest form"},
        {"1817", "item is not in its shortest form"},
        {"1900ff", "item is not in its shortest form"},
        {"1a0000ffff", "item is not in its shortest form"},
        {"1b00000000ffffffff", "item is not in its shortest form"},
        {"3817", "item is not in its shortest form"},
        {"5800", "item is not in its shortest form"},
        {"18", "item is cut off within its length"},
        {"1b00000001", "item is cut off within its length"},
        {"1c", "item has a reserved length code"},
        {"1f", "item is of indefinite length"},
        {"5f", "item is of indefinite length"},
        {"9fff", "item is of indefinite length"},
        {"bfff", "item is of indefinite length"},
        {"ff", "item is a break without an indefinite length"},
        {"f7", "item is a simple value other than false, true and null"},
        {"e0", "item is a simple value other than false, true and null"},
        {"f820", "item is a float or a simple value over 23"},
        {"f90000", "item is a float or a simple value over 23"},
        {"fb0000000000000000", "item is a float or a simple value over 23"},
        {"41", "item claims 1 byte, with 0 left"},
        {"5b7fffffffffffffff", "item claims 9223372036854775807 bytes, with 0 left"},
        {"61ff", "item is not UTF-8"},
        {"81", "item claims 1 element, with 0 bytes left"},
        {"9b00ffffffffffffff00", "item claims 72057594037927935 elements, with 1 byte left"},
        {"a100", "item claims 1 pair, with 1 byte left"},
        {"a2010000 00", "item has its keys in an order that is not canonical"},
        {"a220000000", "item has its keys in an order that is not canonical"},
        {"a200000000", "item has the same key twice"},
        {"0000", "item is followed by 1 byte too many"},
        {"818181818181818180", "item is nested deeper than 8"},
        {"a100a100a100a100a100a100a100a100a0", "item is nested deeper than 8"},
        {"c1c1c1c1c1c1c1c1c100", "item is nested deeper than 8"},
    };
    for (auto [spaced, reason] : kBad) {
        std::string hex;
        for (const char* c = spaced; *c != '\0'; ++c)
            if (*c != ' ') hex += *c;
        INFO(hex);
        CHECK(refusal(hex) == reason);
    }
}

TEST_CASE("integers are written in their shortest form and read back", "[format]") {
    const std::uint64_t kEdges[] = {
        0,     23,    24,         255,         256,
        65535, 65536, 0xffffffff, 0x100000000, std::numeric_limits<std::uint64_t>::max()};
    for (std::uint64_t value : kEdges) {
        CborWriter writer;
        writer.uint(value);
        CHECK(refusal(to_hex(writer.view())) == "");
        CHECK(*CborReader(writer.view()).uint("x") == value);
    }
    for (std::int64_t value :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{-24}, std::int64_t{-25},
          std::int64_t{-256}, std::int64_t{-257}, std::numeric_limits<std::int64_t>::min(),
          std::numeric_limits<std::int64_t>::max()}) {
        CborWriter writer;
        writer.integer(value);
        CHECK(refusal(to_hex(writer.view())) == "");
        CHECK(*CborReader(writer.view()).integer("x") == value);
    }
    CHECK(why(CborReader(unhex("1b8000000000000000")).integer("x")) ==
          "x is an integer of more than 63 bits");
}

TEST_CASE("the reader says what it found instead, and does not move", "[format]") {
    Bytes input = unhex("820102");
    CborReader reader(input);
    CHECK(why(reader.text("name")) == "name is an array, not a text");
    CHECK(why(reader.bytes("name")) == "name is an array, not a byte string");
    CHECK(why(reader.map("name", 9)) == "name is an array, not a map");
    CHECK(why(reader.tag("name")) == "name is an array, not a tagged value");
    CHECK(why(reader.integer("name")) == "name is an array, not an integer");
    CHECK_FALSE(reader.null());
    CHECK(why(reader.array("list", 1)) == "list has 2 elements, more than 1");
    CborReader again(input);
    CHECK(*again.array("list", 2) == 2);
    CHECK(*again.uint("a") == 1);
    CHECK_FALSE(again.at_end());
    CHECK(why(again.finish("list")) == "list is followed by 1 byte too many");
    CHECK(*again.uint("b") == 2);
    CHECK(why(again.finish("list")) == "");
}

TEST_CASE("a random byte string is either refused or deterministic to the byte", "[format]") {
    // What check_cbor takes, the reader and the writer agree on; a small generator covers heads.
    std::uint64_t state = 12345;
    auto next = [&state] {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<std::uint8_t>(state >> 56);
    };
    int taken = 0;
    for (int round = 0; round < 200000; ++round) {
        Bytes input(next() % 6 + 1);
        for (auto& byte : input) byte = next();
        if (!check_cbor(input, "x")) continue;
        ++taken;
        CborReader reader(input);
        auto item = reader.item("x");
        REQUIRE(item);
        REQUIRE(equal(*item, input));
    }
    CHECK(taken > 1000);
}
