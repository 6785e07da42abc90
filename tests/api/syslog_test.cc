#include "api/routes/syslog.h"

#include <catch2/catch.hpp>

namespace reelproof::api {

TEST_CASE("a line of syslog is one line of RFC 5424, whatever it is about") {
    AuditEntry entry;
    entry.number = 7;
    entry.time = 1'795'000'000;
    entry.who = "person anna";
    entry.address = "192.0.2.1";
    entry.what = "POST /v1/check";
    entry.about = "job a\"b]c\\d\ne";
    entry.status = 403;
    CHECK(syslog_line(entry, "ems.example") ==
          "<108>1 2026-11-18T11:06:40Z ems.example reelproof - audit [reelproof@32473 "
          "number=\"7\" who=\"person anna\" address=\"192.0.2.1\" what=\"POST /v1/check\" "
          "about=\"job a\\\"b\\]c\\\\d e\" status=\"403\" hash=\"" +
              std::string(64, '0') + "\"] person anna was refused: POST /v1/check\n");
    entry.status = 200;
    CHECK(syslog_line(entry, "ems.example").starts_with("<110>1 "));
}

}  // namespace reelproof::api
