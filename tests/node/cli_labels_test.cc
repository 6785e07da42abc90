// label parse and label profiles, as a person uses them.
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/node/cli_support.h"
#include "vision/label/scanner_profile.h"

namespace reelproof::node::tests {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

void write(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

const std::string kProfile = R"(name = "acme-reel"
kind = "list"
separator = "|"
constants = { manufacturer = "Acme" }
[[item]]
shape = "'ACME'"
[[item]]
shape = "x"
to = "mpn"
[[example]]
text = "ACME|CR0603-10K"
fields = { mpn = "CR0603-10K" }
)";

}  // namespace

TEST_CASE("label parse tells what is printed and what it means", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto parsed = work.run({"label", "parse", "--json",
                                  "[)>{RS}06{GS}1PABC{GS}Q0005{GS}Q6{GS}9D27102016{GS}13E2A{GS}"
                                  "26XYZ{GS}4LCN{RS}{EOT}"});
    REQUIRE(parsed.code == 0);
    const auto out = parsed.json();
    CHECK(out.at("fields").at("quantity").as_int64() == 5);
    CHECK(out.at("fields").at("msl").as_string() == "2A");
    const auto& values = out.at("normalised").as_object();
    CHECK(values.at("msl").as_string() == "2a");
    CHECK(values.at("quantity").at("unit").as_string() == "pcs");
    CHECK(values.at("date_code").at("first_week").as_string() == "2016-W43");
    CHECK(values.at("country").as_string() == "CN");
    CHECK(out.at("identifiers").at("26X").as_string() == "YZ");
    CHECK(out.at("identifiers").at("Q").as_string() == "0005");
    CHECK(out.at("repeated").at("Q").as_array().at(0).as_string() == "6");
}

TEST_CASE("label profiles of one's own are checked, listed and used", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto folder = work.path() / "profiles";
    fs::create_directory(folder);
    write(folder / "acme.toml", kProfile);
    const auto fine = work.run({"label", "profiles", "--check", folder.string()});
    CHECK(fine.code == 0);
    CHECK_THAT(fine.out, Contains("1 profile, 1 example: all right"));
    CHECK_THAT(work.run({"label", "profiles", "--profiles", folder.string()}).out,
               Contains("acme-reel") && Contains("digikey"));
    const auto used =
        work.run({"label", "parse", "--profiles", folder.string(), "ACME|X1", "--json"});
    CHECK(used.json().at("profile").as_string() == "acme-reel");
    CHECK(used.json().at("fields").at("manufacturer").as_string() == "Acme");
    CHECK(work.run({"label", "parse", "ACME|X1", "--json"}).json().at("format").as_string() ==
          "unknown");

    write(folder / "wrong.toml", "name = \"wrong\"\nkind = \"lists\"\n");
    auto example = kProfile;
    example.replace(example.rfind("CR0603-10K\" }"), 10, "CR0603-99K");
    write(folder / "acme.toml", example);
    const auto wrong = work.run({"label", "profiles", "--check", folder.string()});
    CHECK(wrong.code == 2);
    CHECK_THAT(wrong.err, Contains("wrong.toml: line 1: kind: "));
    CHECK_THAT(wrong.err, Contains("acme.toml: line 10: example[1]: field mpn: expected "
                                   "\"CR0603-99K\", read \"CR0603-10K\""));
    fs::remove(folder / "wrong.toml");
    CHECK(work.run({"label", "profiles", "--check", folder.string()}).code == 1);

    write(folder / "acme.toml", kProfile);
    write(folder / "again.toml", kProfile);
    const auto twice = work.run({"label", "profiles", "--check", folder.string()});
    CHECK(twice.code == 2);
    CHECK_THAT(twice.err, Contains("again.toml: name: ") &&
                              Contains("acme.toml has the name \"acme-reel\" as well"));
    CHECK(work.run({"label", "parse", "--profiles", folder.string(), "ACME|X1"}).code == 2);
    const auto empty = work.path() / "empty";
    fs::create_directory(empty);
    const auto nothing = work.run({"label", "profiles", "--check", empty.string()});
    CHECK(nothing.code == 2);
    CHECK_THAT(nothing.err, Contains("holds no label profile (*.toml)"));
    CHECK(work.run({"label", "parse", "--profiles", empty.string(), "ACME|X1"}).code == 0);
    const auto none = work.run({"label", "parse", "--profiles", "nowhere", "X"});
    CHECK(none.code == 2);
    CHECK_THAT(none.err, Contains("nowhere"));
}

TEST_CASE("label parse undoes what is known of a scanner", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    vision::ScannerProfile scanner;
    scanner.suffix = "#";
    scanner.substitutions = {{"¦", "\x1d"}, {"«", "\x1e"}, {"»", "\x04"}, {"ß", "-"}};
    const auto file = work.path() / "desk.toml";
    write(file, vision::to_toml(scanner));
    const auto parsed = work.run({"label", "parse", "--scanner", file.string(), "--channel",
                                  "wedge", "[)>«06¦1PABCß1¦Q5«»#", "--json"});
    REQUIRE(parsed.code == 0);
    CHECK(parsed.json().at("fields").at("mpn").as_string() == "ABC-1");
    write(file, "name = 1");
    const auto wrong = work.run({"label", "parse", "--scanner", file.string(), "X"});
    CHECK(wrong.code == 2);
    CHECK_THAT(wrong.err, Contains("desk.toml: the scanner's profile: line 1: name: "));
}

TEST_CASE("a text that is not UTF-8 is shown as a guess, with its bytes", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const std::string text =
        "[)>\x1e"
        "06\x1d"
        "1Pabc\xff\xfe\x1dQ5\x1e\x04\n";
    const auto ran = work.run({"label", "parse", "--json", "-"}, text);
    REQUIRE(ran.code == 0);
    const auto out = ran.json();
    CHECK(out.at("fields").at("mpn").as_string() == "abc\u00ff\u00fe");
    CHECK_THAT(std::string(out.at("bytes_hex").as_string()), Contains("616263fffe"));
    CHECK_THAT(ran.out, Contains("content.not-utf8"));
}

TEST_CASE("with --json a picture that can't be read has its line as well", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto gif = (work.path() / "label.gif").string();
    write(gif, "GIF89a, more or less");
    const auto ran = work.run({"label", "read", "--json", gif});
    CHECK(ran.code == 2);
    CHECK_THAT(ran.err, Contains("a GIF picture"));
    CHECK(ran.json().at("file").as_string() == gif);
    CHECK(ran.json().at("error").at("code").as_string() == "picture.unknown-format");
    const auto missing = work.run({"label", "read", "--json", "nowhere.jpg"});
    CHECK(missing.code == 2);
    CHECK(missing.json().at("error").at("code").as_string() == "file.unreadable");
    // By standard input, too.
    CHECK(work.run({"label", "read", "--json", "-"}, "GIF89a").json().at("file").as_string() ==
          "-");
}

}  // namespace reelproof::node::tests
