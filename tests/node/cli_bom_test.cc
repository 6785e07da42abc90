// A BOM from the samples to signed revisions and a change, at the command line.
#include <catch2/catch.hpp>

#include "tests/node/cli_site.h"
#include "tests/paths.h"

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

TEST_CASE("a BOM goes from a file to a change at the command line", "[cli][bom]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "oem");
    // Signs for quality: no other token may.
    const auto made = work.run(
        {"org", "token", "--config", site.config(), "--name", "quality", "--scope", "quality"});
    REQUIRE(made.code == 0);
    const auto token =
        work.file("quality.token", ledger::as_bytes(made.out.substr(0, made.out.find('\n'))));
    std::filesystem::permissions(token, std::filesystem::perms::owner_read);
    site.start();
    // As people read it.
    const auto told = [&](std::vector<std::string> more) {
        more.insert(more.end(), {"--config", site.config()});
        return work.run(more);
    };
    const auto sample = [](const char* name) {
        return (reelproof::tests::source_dir() / "samples/bom" / name).string();
    };
    REQUIRE(site.run({"vault", "project", "add", "--name", "atlas", "--steward", "anna"}).code ==
            0);
    const auto import = [&](const char* name, std::vector<std::string> more) {
        more.insert(more.begin(),
                    {"bom", "import", sample(name), "--project", "atlas", "--name", "main"});
        return told(more);
    };
    const auto unread = import("altium.csv", {});
    CHECK(unread.code == 2);
    CHECK_THAT(unread.err, Contains("line 6: it is not UTF-8"));
    const auto first = import("altium.csv", {"--encoding", "windows-1252"});
    INFO(first.err);
    REQUIRE(first.code == 0);
    CHECK_THAT(first.out, Contains("atlas/main: 5 lines"));
    CHECK_THAT(first.out, Contains("mpn: column Manufacturer Part Number 1"));
    const auto wrong = work.file("wrong.csv", ledger::as_bytes("Ref,MPN,Qty\nR1 R2,A,3\n"));
    const auto refused = told({"bom", "import", wrong, "--project", "atlas", "--name", "other"});
    CHECK(refused.code == 2);
    CHECK_THAT(refused.out, Contains("line 2: quantity: it is 3 for 2 designators: R1, R2"));

    CHECK(site.run({"bom", "release", "atlas/main", "--revision", "A"}).code == 0);
    const auto edited = site.run({"bom", "edit", "atlas/main", "--line", "4", "--field", "mpn",
                                  "--value", "RC0603FR-074K75L"});
    INFO(edited.err);
    CHECK(edited.code == 0);
    const auto late = site.run({"bom", "edit", "atlas/main", "--line", "4", "--field", "mpn",
                                "--was", "RC0603FR-074K7L", "--value", "X"});
    CHECK(late.code == 1);
    CHECK_THAT(late.err, Contains("line 4 mpn was changed by"));
    CHECK_THAT(
        site.run({"bom", "edit", "atlas/main", "--line", "99", "--field", "mpn", "--value", "X"})
            .err,
        Contains("line 99 was never in the draft"));
    CHECK_THAT(import("altium.csv", {"--encoding", "windows-1252"}).err, Contains("`--seen 2`"));
    CHECK(site.run({"bom", "edit", "atlas/main", "--add", "mpn=GLUE", "--add", "quantity=0.5"})
              .code == 0);
    CHECK_THAT(told({"bom", "log", "atlas/main"}).out,
               Contains("set line 4 mpn: RC0603FR-074K7L > RC0603FR-074K75L"));
    CHECK_THAT(told({"bom", "diff", "atlas/main"}).out,
               Contains("changed  R1-R4  RC0603FR-074K7L > RC0603FR-074K75L"));
    CHECK(site.run({"bom", "check", "atlas/main"}).code == 0);
    CHECK(site.run({"bom", "release", "atlas/main", "--revision", "B"}).code == 0);
    CHECK_THAT(told({"bom", "list"}).out, Contains("revision B"));
    CHECK_THAT(told({"bom", "open", "atlas/main", "--revision", "A"}).out,
               Contains("atlas/main revision A, 5 lines, is here"));
    CHECK_THAT(told({"bom", "show", "atlas/main", "--revision", "A"}).out,
               Contains("RC0603FR-074K7L"));
    CHECK_THAT(told({"bom", "where-used", "CL10B104KB8NNNC"}).out, Contains("second source"));
    CHECK_THAT(told({"bom", "parts", "atlas/main"}).out, Contains("0 obsolete"));
    CHECK(site.run({"bom", "show", "atlas/none"}).code == 2);

    const auto proposed =
        site.run({"change", "propose", "--bom", "atlas/main", "--number", "ECO-1", "--from", "A",
                  "--to", "B", "--partner", site.org(), "--from-date", "2020-01-01", "--reason",
                  "tolerance", "--json"});
    INFO(proposed.err);
    REQUIRE(proposed.code == 0);
    const auto id = std::string(proposed.json().at("change").as_string());
    CHECK_THAT(told({"change", "show", id}).out, Contains("RC0603FR-074K75L comes: 0 in stock"));
    const auto unasked = site.run({"change", "sign", id});
    CHECK(unasked.code == 2);
    const auto scopeless = site.run({"change", "sign", id, "--yes"});
    CHECK(scopeless.code == 2);
    CHECK_THAT(scopeless.err, Contains("--scope quality"));
    const auto signed_by_us = site.run({"change", "sign", id, "--yes", "--token-file", token});
    INFO(signed_by_us.err);
    CHECK(signed_by_us.code == 0);
    CHECK_THAT(told({"change", "list"}).out, Contains("approved"));
}

}  // namespace reelproof::node::tests
