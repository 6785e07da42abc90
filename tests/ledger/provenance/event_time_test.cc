#include "ledger/provenance/event_time.h"

#include <catch2/catch.hpp>

namespace reelproof::ledger::tests {

TEST_CASE("event times are read with their zone") {
    const auto noon = parse_event_time("2026-11-20T12:00:00Z");
    REQUIRE(noon);
    CHECK(to_iso8601(*noon) == "2026-11-20T12:00:00Z");
    for (const auto* same :
         {"2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00.999999Z", "2026-11-20T13:00:00+01:00",
          "2026-11-20T12:00:00-00:00", "2026-11-21T02:00:00+14:00", "2026-11-19T22:00:00-14:00",
          "2026-11-20T17:30:00.1+05:30"})
        CHECK(parse_event_time(same) == noon);
}

TEST_CASE("event times know leap days and leap seconds") {
    CHECK(parse_event_time("2024-02-29T00:00:00Z"));
    CHECK(parse_event_time("2000-02-29T00:00:00Z"));
    CHECK_FALSE(parse_event_time("2026-02-29T00:00:00Z"));
    CHECK_FALSE(parse_event_time("2100-02-29T00:00:00Z"));
    CHECK(parse_event_time("2016-12-31T23:59:60Z") == parse_event_time("2017-01-01T00:00:00Z"));
    CHECK(parse_event_time("1969-12-31T23:59:59Z") == -1);
    CHECK(parse_event_time("0001-01-01T00:00:00Z"));
}

TEST_CASE("what is not a time with a zone is refused") {
    for (const auto* text : {"",
                             "2026-11-20",
                             "2026-11-20T12:00:00",
                             "2026-11-20T12:00Z",
                             "2026-13-01T00:00:00Z",
                             "2026-00-01T00:00:00Z",
                             "2026-01-32T00:00:00Z",
                             "2026-11-20T24:00:00Z",
                             "2026-11-20T12:60:00Z",
                             "2026-11-20T12:00:61Z",
                             "2026-11-20 12:00:00Z",
                             "2026-11-20T12:00:00z",
                             "2026-11-20T12:00:00.Z",
                             "2026-11-20T12:00:00,5Z",
                             "2026-11-20T12:00:00+0100",
                             "2026-11-20T12:00:00+01",
                             "2026-11-20T12:00:00+14:01",
                             "2026-11-20T12:00:00+01:60",
                             "2026-11-20T12:00:00 01:00",
                             "-026-11-20T12:00:00Z",
                             "+026-11-20T12:00:00Z",
                             "0000-01-01T00:00:00Z",
                             "2026-11-20T12:00:00ZZ",
                             "2026-11-20T12:00:00.0000000000000000000000000000000Z",
                             "2026/11/20T12:00:00Z"}) {
        INFO(text);
        CHECK_FALSE(parse_event_time(text));
    }
}

}  // namespace reelproof::ledger::tests
