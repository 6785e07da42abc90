// What a partner passes on to a partner of its own, at the command line.
#include <catch2/catch.hpp>

#include "tests/node/cli_site.h"

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

TEST_CASE("columns are chosen when a share is passed on, and its owner's list shows them",
          "[cli][vault]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site oem(work, "oem"), ems(work, "ems"), coater(work, "coater");
    for (auto [one, other] : {std::pair(&oem, &ems), std::pair(&ems, &coater)}) {
        REQUIRE(one->partner(*other).code == 0);
        REQUIRE(other->partner(*one).code == 0);
    }
    for (auto* site : {&oem, &ems, &coater}) site->start();
    const auto told = [&](const Site& site, std::vector<std::string> more) {
        more.insert(more.end(), {"--config", site.config()});
        return work.run(more);
    };
    const auto agree = [&](const Site& one, const Site& other) {
        std::string id;
        // Once it has the other's ledger.
        REQUIRE(eventually([&] {
            const auto draft = told(one, {"vault", "agreement", "draft", "--partner", other.org(),
                                          "--scope", "NDA", "--end", "2060-01-31", "--sub-tiers"});
            id = draft.out.substr(0, 32);
            return draft.code == 0;
        }));
        REQUIRE(eventually([&] {
            return other.run({"vault", "agreement", "sign", id}).code == 0;
        }));
        REQUIRE(eventually([&] {
            return told(one, {"vault", "agreement", "list"}).out.find(id + "  in force") !=
                   std::string::npos;
        }));
        return id;
    };
    const auto above = agree(oem, ems), below = agree(ems, coater);
    REQUIRE(oem.run({"vault", "project", "add", "--name", "atlas", "--steward", "anna"}).code == 0);
    const auto table =
        work.file("bom.csv", ledger::as_bytes("Designator,Value,Package,Price\nR1,4k7,0402,1\n"));
    REQUIRE(oem.run({"vault", "put", table, "--project", "atlas"}).code == 0);
    const auto granted =
        told(oem, {"vault",      "share",       "add",     "--project", "atlas",      "--document",
                   "bom.csv",    "--to",        ems.org(), "--column",  "Designator", "--column",
                   "Value",      "--column",    "Package", "--purpose", "pilot",      "--end",
                   "2059-12-31", "--agreement", above});
    REQUIRE(granted.code == 0);
    const auto share = granted.out.substr(0, 32);
    REQUIRE(eventually([&] { return told(ems, {"vault", "share", "show", share}).code == 0; }));
    const auto pass = [&](const std::string& columns) {
        return told(ems,
                    {"vault", "share", "pass", share, "--to", coater.org(), "--columns", columns,
                     "--purpose", "coating", "--end", "2059-11-30", "--agreement", below});
    };
    const auto wider = pass("package,price");
    CHECK(wider.code != 0);
    CHECK_THAT(wider.err, Contains("subtier.widens") && Contains("the column price"));
    const auto passed = pass("package,designator");
    INFO(passed.err);
    REQUIRE(passed.code == 0);
    CHECK_THAT(passed.out, Contains("columns Package, Designator"));
    CHECK_THAT(told(oem, {"vault", "share", "list"}).out,
               Contains("passed on by ems.example to coater.example") &&
                   Contains("coating, columns Package, Designator"));
    for (auto* site : {&oem, &ems, &coater}) CHECK(site->stop() == 0);
}

}  // namespace reelproof::node::tests
