// Agreements from templates, at the command line.
#include <catch2/catch.hpp>

#include "tests/node/cli_site.h"
#include "tests/paths.h"

namespace reelproof::node::tests {

using Catch::Matchers::Contains;

TEST_CASE("an agreement is drafted from a template, and options go before it", "[cli][vault]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site oem(work, "oem"), ems(work, "ems");
    Site::join(oem, ems);
    const auto draft = [&](const std::string& file, std::vector<std::string> more) {
        more.insert(more.begin(), {"vault", "agreement", "draft", "--template", file, "--partner",
                                   ems.org(), "--end", "2060-01-31"});
        return oem.run(more);
    };
    for (const auto& file :
         std::filesystem::directory_iterator(reelproof::tests::source_dir() / "samples/vault")) {
        const auto name = file.path().filename().string();
        if (!name.starts_with("nda") && !name.starts_with("manufacturing")) continue;
        const auto made = draft(file.path().string(), {});
        INFO(name << made.err);
        CHECK(made.code == 0);
        CHECK(made.json().at("breach_notice_hours").to_number<int>() > 0);
        CHECK(made.json().at("sub_tiers").as_bool() == name.ends_with("sub-tiers.json"));
    }
    const auto file =
        (reelproof::tests::source_dir() / "samples/vault/manufacturing.json").string();
    const auto own =
        draft(file, {"--scope", "DSA 7", "--role", "quality", "--retention-days", "9"});
    INFO(own.err);
    REQUIRE(own.code == 0);
    CHECK(own.json().at("scope").as_string() == "DSA 7");
    CHECK(own.json().at("roles").as_array().size() == 1);
    CHECK(own.json().at("retention_days").to_number<int>() == 9);
    CHECK(own.json().at("audit_right").as_bool());

    const auto wrong = [&](const std::string& text) {
        return draft(work.file("terms.json", ledger::as_bytes(text)), {}).err;
    };
    CHECK_THAT(wrong("[]"), Contains("is no JSON object"));
    CHECK_THAT(wrong(R"({"scope":"x","price":3})"), Contains("price"));
    CHECK_THAT(wrong(R"({"scope":"x","roles":3})"), Contains("roles"));
    CHECK_THAT(wrong("{}"), Contains("scope"));
    CHECK(draft(work.path() / "none.json", {}).code == 2);
}

}  // namespace reelproof::node::tests
