// What two organisations do with the vault, at the command line, as the documents tell it.
#include <catch2/catch.hpp>

#include "tests/node/cli_site.h"

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

TEST_CASE("what is shared, opened, told and traced reads as people write it", "[cli][vault]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site oem(work, "oem"), ems(work, "ems");
    Site::join(oem, ems);
    const auto told = [&](const Site& site, std::vector<std::string> more) {
        more.insert(more.end(), {"--config", site.config()});
        return work.run(more);
    };
    REQUIRE(oem.run({"vault", "project", "add", "--name", "atlas", "--steward", "anna"}).code == 0);
    const auto table =
        work.file("bom.csv", ledger::as_bytes("Designator,Value,Quantity\nR1,4k7,1\nR2,100n,1\n"));
    const auto put = oem.run({"vault", "put", table, "--project", "atlas"});
    REQUIRE(put.code == 0);
    const auto document = std::string(put.json().at("document").as_string());
    CHECK_THAT(oem.run({"vault", "put", table, "--resume", "../../x"}).err,
               Contains("there is no such upload"));

    const auto draft = told(oem, {"vault", "agreement", "draft", "--partner", ems.org(), "--scope",
                                  "NDA", "--end", "2060-01-31", "--retention-days", "2"});
    REQUIRE(draft.code == 0);
    CHECK_THAT(draft.out, Contains("kept for 2 days"));
    const auto agreement = draft.out.substr(0, 32);
    REQUIRE(eventually([&] {
        return ems.run({"vault", "agreement", "sign", agreement}).code == 0;
    }));
    REQUIRE(eventually([&] {
        return told(oem, {"vault", "agreement", "list"}).out.find("in force") != std::string::npos;
    }));
    const auto grant = [&](const std::string& column, std::vector<std::string> more) {
        more.insert(more.begin(), {"vault", "share", "add", "--project", "atlas", "--document",
                                   "bom.csv", "--to", ems.org(), "--column", column, "--mode",
                                   "download", "--purpose", "pilot", "--agreement", agreement});
        return told(oem, more);
    };
    const std::vector<std::string> late{"--end", "2060-02-28"};
    CHECK_THAT(grant("designators", late).err, Contains("it has Designator, Value, Quantity"));
    const auto granted = grant("designator", late);
    INFO(granted.err);
    REQUIRE(granted.code == 0);
    CHECK_THAT(granted.err, Contains("the agreement ends on 2060-01-31T23:59:59Z"));
    CHECK_THAT(granted.out, Contains("document bom.csv (" + document + "), columns Designator"));
    CHECK_THAT(grant("value", {"--end", "2059-12-31", "--role", "quality", "--marked"}).out,
               Contains("columns Value, marked") && Contains("role quality"));
    CHECK_THAT(granted.out, Contains("agreement " + agreement));
    const auto share = granted.out.substr(0, 32);
    REQUIRE(eventually([&] { return told(ems, {"vault", "share", "show", share}).code == 0; }));
    CHECK_THAT(told(ems, {"vault", "share", "show", share}).out,
               Contains("columns Designator") && Contains(document + "  bom.csv"));

    const auto out = (work.path() / "theirs.csv").string();
    const auto open = [&](const std::string& name) {
        return told(ems, {"vault", "open", share, name, "--version", "1", "--out", out});
    };
    CHECK_THAT(open("other.csv").err, Contains("shows no document other.csv"));
    const auto opened = open("bom.csv");
    INFO(opened.err);
    CHECK(opened.code == 0);

    const auto marked = told(oem, {"leak", "mark", "atlas/bom.csv", "--recipient", ems.org(),
                                   "--out", (work.path() / "marked.csv").string()});
    INFO(marked.err);
    CHECK_THAT(marked.out, Contains("with 0 decoys"));
    CHECK_THAT(
        told(oem, {"leak", "trace", (work.path() / "marked.csv").string()}).out,
        Contains("2 of 3 lines are from it") && Contains("copies and canaries looked at, 1"));

    const auto incident = oem.run(
        {"vault", "incident", "open", "--kind", "leak", "--project", "atlas", "--text", "seen"});
    REQUIRE(incident.code == 0);
    const auto id = std::string(incident.json().at("incident").as_string());
    const auto frozen = told(oem, {"vault", "incident", "freeze", id});
    CHECK_THAT(frozen.out, Contains("2 of our shares are frozen") && Contains("freeze  2 shares"));
    CHECK_THAT(frozen.out, !Contains("opened"));
    const auto words = work.file("notice.txt", ledger::as_bytes("To {partner}:\nread this\n"));
    const auto noticed =
        told(oem, {"vault", "incident", "notice", id, "--to", ems.org(), "--template", words});
    INFO(noticed.err);
    CHECK_THAT(noticed.out, Contains("To ems.example:\n      read this"));
    CHECK_THAT(noticed.out, !Contains("freeze  2"));
    CHECK_THAT(told(oem, {"vault", "incident", "show", id}).out, Contains("freeze  2 shares"));

    ::setenv("REELPROOF_CONFIG", oem.config().c_str(), 1);
    CHECK(work.run({"vault", "identity", "--yes"}).code == 0);
    ::unsetenv("REELPROOF_CONFIG");
}

}  // namespace reelproof::node::tests
