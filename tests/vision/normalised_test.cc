#include "vision/label/normalised.h"

#include <catch2/catch.hpp>

#include "vision/label/countries.h"

using namespace reelproof::vision;

TEST_CASE("fields become values to compare by, what is printed stays") {
    const auto parsed =
        parse("[)>@06@12S0002@P1@1PABC@6D20231012@14D20280119@30PY@Z01@Q3000NAR000@1TX@4LCN@@");
    REQUIRE(parsed.has_value());
    CHECK(to_string(parsed->fields.at("msl")) == "01");
    const auto values = normalised(parsed->fields);
    REQUIRE(values.quantity);
    CHECK(values.quantity->value == 3000);
    CHECK(values.quantity->unit == "pcs");
    CHECK(values.msl == "1");
    CHECK(values.country == "CN");
    REQUIRE(values.date_code.size() == 1);
    CHECK(day_text(values.date_code[0].first) == "2023-10-12");
    CHECK(week_text(values.date_code[0].first) == "2023-W41");
    REQUIRE(values.expiry.size() == 1);
    CHECK(day_text(values.expiry[0].last) == "2028-01-19");

    const auto metres = normalised(Fields{{"quantity", std::int64_t{5}}, {"quantity_unit", "MTR"}});
    CHECK(metres.quantity->unit == "MTR");
    const auto nothing =
        normalised(Fields{{"date_code", "N/T"}, {"date_code_kind", "not_traceable"}});
    CHECK(nothing.date_code.empty());
    CHECK_FALSE(nothing.quantity);
    // Two readings of one code are two.
    CHECK(normalised(Fields{{"date_code", "20122025"}, {"date_code_kind", "ambiguous"}})
              .date_code.size() > 1);
}

TEST_CASE("weeks belong to the year of their Thursday") {
    using namespace std::chrono;
    CHECK(week_text(sys_days(2021y / 1 / 3)) == "2020-W53");
    CHECK(week_text(sys_days(2021y / 1 / 4)) == "2021-W01");
    CHECK(week_text(sys_days(2019y / 12 / 30)) == "2020-W01");
}

TEST_CASE("moisture sensitivity levels and environmental codes in real notations") {
    CHECK(msl_of("3") == "3");
    CHECK(msl_of("01") == "1");
    CHECK(msl_of("2A") == "2a");
    CHECK(msl_of("MSL: 1") == "1");
    CHECK(msl_of("MSL=1 260C") == "1");
    CHECK(msl_of("MSL 2 /260C/1 YEAR | SEAL DT 02/23/19") == "2");
    CHECK(msl_of("2/260C/1YEAR;//;022319") == "2");
    CHECK(msl_of("1/240-1/260") == "1");
    CHECK(msl_of("LEVEL 5a") == "5a");
    for (const auto* none : {"", "N", "0", "7", "12", "260C", "3B"}) {
        INFO(none);
        CHECK_FALSE(msl_of(none));
    }
    CHECK(e_code_of("e3") == "e3");
    CHECK(e_code_of("X4") == "e4");
    CHECK(e_code_of("E1") == "e1");
    CHECK_FALSE(e_code_of("3"));
    CHECK_FALSE(e_code_of("RoHS"));
}

TEST_CASE("countries in every spelling") {
    for (const auto* china : {"CN", "cn", "CHN", "156", "MADE IN CHINA", "China", "P.R.C."}) {
        INFO(china);
        CHECK(country_of(china) == "CN");
    }
    CHECK(country_of("AA") == "AA");
    CHECK(country_of("TAIWAN") == "TW");
    CHECK(country_of("MEXICO") == "MX");
    CHECK(country_of("840") == "US");
    for (const auto* none : {"", "X", "XX", "999", "ZZZ", "NOWHERE"}) {
        INFO(none);
        CHECK_FALSE(country_of(none));
    }
}
