#include "ledger/parts/part_data.h"

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "tests/ledger/base/result_printer.h"
#include "tests/paths.h"

using namespace reelproof;
using namespace reelproof::ledger;

TEST_CASE("part data is read from CSV, whatever the order of its columns", "[parts]") {
    const auto rows = parse_parts(
        "marking_code;mpn;body_mm;introduced;last_ship;msl;shelf_life_days\n"
        "LS00;SN74LS00N;19.3x6.35;1976;2004-11;2a;730\n"
        "\n"
        ";NE555P;;;;;\n");
    CHECK(rows.errors.empty());
    REQUIRE(rows.parts.size() == 2);
    const auto& part = rows.parts[0];
    CHECK(part.code() == "LS00");
    CHECK(part.msl == "2a");
    CHECK(part.shelf_life_days == 730);
    CHECK(body_size(part.body_mm)->width == Approx(6.35));
    CHECK(part_days(part.last_ship)->last - part_days(part.last_ship)->first == 29);
    CHECK(rows.parts[1].empty());
    CHECK(rows.parts[1].code() == "NE555P");
}

TEST_CASE("each wrong row of part data is named with field and reason, and none is taken",
          "[parts]") {
    const auto rows = parse_parts(
        "mpn,body_mm,introduced,last_ship,msl,lifecycle,marking_code\n"
        "A,6.35x19.3,,,,,\n"
        "B,,30.11.2004,,,,\n"
        "C,,2004,1999,,,\n"
        "D,,,,7,,\n"
        "E,,,,,dead,\n"
        "F,,,,,,\xc3\xa9\n"
        "G,,2004-02-30,,,,\n"
        "H,,,,,,\n");
    CHECK(rows.parts.empty());
    std::string told;
    for (const auto& error : rows.errors)
        told += std::to_string(error.row) + " " + error.text + "\n";
    CHECK(told ==
          "2 body_mm must be the longer and the shorter side in mm, such as 19.3x6.35\n"
          "3 introduced must be a day, month or year from 1950 to 2069, such as 2004-11-30, "
          "2004-11 or 2004\n"
          "4 last_ship lies before introduced\n"
          "5 msl must be 1, 2, 2a, 3, 4, 5, 5a or 6\n"
          "6 lifecycle must be active, nrnd, last-time-buy or obsolete\n"
          "7 marking_code must be printable ASCII\n"
          "8 introduced must be a day, month or year from 1950 to 2069, such as 2004-11-30, "
          "2004-11 or 2004\n");
}

TEST_CASE("sizes and dates that are none are refused", "[parts]") {
    for (const auto* text : {"", "x", "19.3", "19.3x", "x6", "-1x-2", "infxinf", "nanxnan", "1e2x1",
                             "300x200", "19.3x6.35x2", "0x0"})
        CHECK_FALSE(body_size(text));
    for (const auto* text : {"", "20", "20040", "2004-", "2004-1", "2004-13", "2004-00", "2004-11-",
                             "2004-11-31", "2004/11/30", "+004", "1949", "2070", "2004-11-30 "})
        CHECK_FALSE(part_days(text));
    CHECK(part_days("1970")->first == 0);
    CHECK(part_days("1970")->last == 364);
    CHECK(part_days("1970-02-28")->first == 58);
}

TEST_CASE("the sample part data can be imported", "[parts]") {
    const auto bytes = read_file((tests::source_dir() / "samples/parts.csv").string(), 1 << 20);
    REQUIRE(bytes);
    const auto rows = parse_parts(as_text(*bytes));
    for (const auto& error : rows.errors) FAIL(error.row << " " << error.text);
    CHECK(rows.parts.size() == 23);
}
