#include "vision/label/date_code.h"

#include <catch2/catch.hpp>

using namespace reelproof::vision;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

constexpr auto days_of(int y, unsigned m, unsigned d) {
    return sys_days(std::chrono::year(y) / std::chrono::month(m) / std::chrono::day(d));
}

}  // namespace

TEST_CASE("ISO weeks begin on Mondays and years have 52 or 53 of them") {
    CHECK(monday_of_iso_week(2020, 1) == days_of(2019, 12, 30));
    CHECK(monday_of_iso_week(2021, 1) == days_of(2021, 1, 4));
    CHECK(monday_of_iso_week(2020, 53) == days_of(2020, 12, 28));
    CHECK_FALSE(monday_of_iso_week(2021, 53));
    CHECK_FALSE(monday_of_iso_week(2021, 0));
    CHECK_FALSE(monday_of_iso_week(2021, 54));
}

TEST_CASE("the kind of a date code follows its identifier, then its shape") {
    const auto kind = [](auto identifier, auto code) {
        return date_code_kind(identifier, code).value_or("(none)");
    };
    CHECK(kind("9D", "2344") == "YYWW");
    CHECK(kind("9D", "2353") == "vendor");
    CHECK(kind("9D", "2053") == "YYWW");
    CHECK(kind("9D", "1687") == "vendor");
    CHECK(kind("9D", "220309") == "YYMMDD");
    CHECK(kind("11D", "202344") == "YYYYWW");
    CHECK(kind("11D", "1643") == "YYWW");
    CHECK(kind("9D", "27102016") == "DDMMYYYY");
    CHECK(kind("16D", "20140421") == "YYYYMMDD");
    CHECK(kind("9D", "20122025") == "ambiguous");
    CHECK(kind("9D", "2017.11") == "YYYY.MM");
    CHECK(kind("9D", "08/02/2023") == "MM/DD/YYYY");
    CHECK(kind("9D", "03/29/13") == "MM/DD/YY");
    CHECK(kind("9D", "23/44") == "YY/WW");
    CHECK(kind("13D", "23442346") == "YYWWYYWW");
    CHECK(kind("9D", "D20190115") == "D+YYYYMMDD");
    CHECK(kind("9D", "2344M") == "YYWWM");
    CHECK(kind("9D", "N/T") == "not_traceable");
    CHECK(kind("9D", "mixed") == "mixed");
    CHECK(kind("9D", "  ") == "(none)");
}

TEST_CASE("a date code becomes the days it can mean") {
    const auto week = date_intervals("2344", "YYWW");
    REQUIRE(week.size() == 1);
    CHECK(week[0].first == days_of(2023, 10, 30));
    CHECK(week[0].last == days_of(2023, 11, 5));
    const auto day = date_intervals("220309", "YYMMDD");
    REQUIRE(day.size() == 1);
    CHECK(day[0].first == day[0].last);
    CHECK(day[0].first == days_of(2022, 3, 9));
    const auto month = date_intervals("180800", "YYMMDD");
    REQUIRE(month.size() == 1);
    CHECK(month[0].last - month[0].first == 30 * 24h);
    CHECK(date_intervals("9944", "YYWW")[0].first == days_of(1999, 11, 1));
    CHECK(date_intervals("20122025", "ambiguous").size() == 2);
    CHECK(date_intervals("N/T", "not_traceable").empty());
    CHECK(date_intervals("1687", "vendor").empty());
    CHECK(date_intervals("2399", "YYWW").empty());
    CHECK(date_intervals("").empty());
}

TEST_CASE("date codes agree when they can mean the same day") {
    CHECK(date_codes_agree("27102016", "DDMMYYYY", "1643", "YYWW"));
    CHECK_FALSE(date_codes_agree("27102016", "DDMMYYYY", "1644", "YYWW"));
    CHECK(date_codes_agree("N/T", "not_traceable", "N/T", "not_traceable"));
    CHECK_FALSE(date_codes_agree("1687", "vendor", "1643", "YYWW"));
}
