#include "node/cli/verdict_report.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace reelproof::node::tests {

namespace json = boost::json;
using Catch::Matchers::Contains;

namespace {

json::object verdict_with(const std::string& rule) {
    json::array findings;
    if (!rule.empty()) findings.push_back({{"rule", rule}, {"severity", "major"}, {"text", "why"}});
    return {{"verdict", "HOLD"},
            {"item", "6HK370EZD82YT5XZN8VPBSJYYX"},
            {"fields", {{"customer_pn", "MAINBOARD-7"}, {"serial", "PNL1"}, {"quantity", 1}}},
            {"findings", std::move(findings)},
            {"state", {{"status", "active"}}}};
}

}  // namespace

TEST_CASE("a verdict and a history name a board by its part number and its serial") {
    const auto verdict = verdict_with("");
    const std::string board = "customer_pn MAINBOARD-7, serial PNL1, quantity 1";
    CHECK_THAT(verdict_text(verdict), Contains(board));
    CHECK_THAT(trace_text(verdict), Contains(board));
}

TEST_CASE("where the sender's news may be missing, a verdict says to look again first") {
    CHECK(advice_text(verdict_with("")).empty());
    CHECK(advice_text(verdict_with("identity.date")).empty());
    for (const auto* rule : {"pedigree.none", "custody.elsewhere"})
        CHECK_THAT(advice_text(verdict_with(rule)), Contains("`reelproof partner list`"));
}

}  // namespace reelproof::node::tests
