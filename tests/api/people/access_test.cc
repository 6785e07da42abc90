#include "api/people/access.h"

#include <algorithm>

#include <catch2/catch.hpp>

namespace reelproof::api {
namespace {

TEST_CASE("each role does what it needs and no more") {
    CHECK(may({"warehouse"}, kReceiveAccess));
    CHECK(!may({"warehouse"}, kTraceAccess));
    CHECK(!may({"warehouse"}, kReleaseAccess));
    CHECK(may({"line"}, kLineAccess));
    CHECK(!may({"line"}, kReceiveAccess));
    CHECK(may({"quality"}, kReleaseAccess));
    CHECK(may({"supplier"}, kShipAccess));
    CHECK(!may({"supplier"}, kTraceAccess));
    CHECK(may({"auditor"}, kAuditAccess));
    CHECK(!may({"administrator"}, kAuditAccess));
    CHECK(!may({"administrator"}, kTraceAccess));
    CHECK(may({"administrator"}, kPeopleAccess));
    CHECK(!may({}, kCheckAccess));
    CHECK(!may({"no such role"}, kCheckAccess));
    // Who audits changes nothing.
    for (const auto access : {kReceiveAccess, kHandleAccess, kLineAccess, kShipAccess,
                              kReleaseAccess, kRecallAccess, kAdminAccess, kPeopleAccess})
        CHECK(!may({"auditor"}, access));
}

TEST_CASE("roles and scopes add up") {
    CHECK(may({"warehouse", "line"}, kLineAccess));
    CHECK(may({"warehouse", "line"}, kReceiveAccess));
    const auto both = accesses_of({"warehouse", "line"});
    CHECK(std::count(both.begin(), both.end(), kCheckAccess) == 1);
    CHECK(accesses_of({"read"}) ==
          std::vector<std::string_view>{kCheckAccess, kTraceAccess, kStockAccess, kQueriesAccess});
    CHECK(is_scope("read"));
    CHECK(is_scope("warehouse"));
    CHECK(!is_role("read"));
    // No token stands for a person.
    for (const auto& scope : scopes()) CHECK(!may({std::string(scope.name)}, kSessionAccess));
}

}  // namespace
}  // namespace reelproof::api
