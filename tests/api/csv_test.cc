#include "api/routes/csv.h"

#include <catch2/catch.hpp>

namespace reelproof::api {
namespace {

TEST_CASE("fields are quoted where they must be (RFC 4180)") {
    CHECK(csv_line({"a", "", "b c"}) == "a,,b c\r\n");
    CHECK(csv_line({"a,b", "say \"x\"", "two\r\nlines"}) ==
          "\"a,b\",\"say \"\"x\"\"\",\"two\r\nlines\"\r\n");
}

TEST_CASE("no field is a formula") {
    CHECK(csv_line({"=1+1", "+1", "-1", "@x", "\tx"}) == "'=1+1,'+1,'-1,'@x,'\tx\r\n");
    CHECK(csv_line({"=HYPERLINK(\"http://x\",\"y\")"}) ==
          "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\r\n");
}

}  // namespace
}  // namespace reelproof::api
