// part import, marking rules, expect, inspect, enrol, compare and sort, as a person uses them.
#include <filesystem>
#include <fstream>
#include <optional>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/node/cli_support.h"
#include "tests/paths.h"
#include "tests/shared_data.h"
#include "tests/vision/scene_support.h"

namespace reelproof::node::tests {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

void write(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

const std::string kRule = R"(name = "acme"
lines = ["{code}", "{date}{lot}"]
[date]
form = "YWW"
[fields.lot]
is = "an2"
[[example]]
mpn = "AC1"
lines = ["AC1", "938X7"]
)";

// The program runs wherever the test does: paths are whole.
std::string in(const WorkFolder& work, const std::string& name) {
    return (work.path() / name).string();
}

std::string samples(const std::string& file) {
    return (reelproof::tests::source_dir() / "samples" / file).string();
}

// A lot of the photographs: its expectation file, or nothing where they are not there.
std::optional<fs::path> lot(const WorkFolder& work, const std::string& more = {}) {
    const auto images = reelproof::tests::shared_data("markings/img");
    if (!images) return std::nullopt;
    for (const auto* name : {"c00_s0", "c01_s0", "c02_s0"})
        fs::copy_file(*images / ("hp_74LS00_A_" + std::string(name) + ".png"),
                      work.path() / (std::string(name) + ".png"));
    write(work.path() / "lot.toml",
          more +
              "lines = [\"19E9XBL E4\", \"SN74LS00N\"]\n"
              "samples = [\"c00_s0.png\", \"c01_s0.png\", \"c02_s0.png\"]\n");
    return work.path() / "lot.toml";
}
std::string image(const std::string& name) {
    return (*reelproof::tests::shared_data("markings/img") / (name + ".png")).string();
}

}  // namespace

TEST_CASE("part import names each wrong line before it asks a node", "[cli][marking]") {
    if (!have_program()) return;
    const WorkFolder work;
    CHECK(work.run({"part", "import", "--check", samples("parts.csv")}).code == 0);
    write(work.path() / "bad.csv", "mpn,msl,body_mm\nA,9,\nB,3,\nC,,2x3\n");
    const auto refused = work.run({"part", "import", "--check", in(work, "bad.csv")});
    CHECK(refused.code == 2);
    CHECK_THAT(refused.err, Contains("bad.csv: line 2: msl must be"));
    CHECK_THAT(refused.err, Contains("bad.csv: line 4: body_mm must be"));
    write(work.path() / "bad.json", "[1,");
    CHECK_THAT(work.run({"part", "import", in(work, "bad.json")}).err, Contains("no JSON"));
}

TEST_CASE("marking rules of one's own are checked, listed and used", "[cli][marking]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto folder = work.path() / "rules";
    fs::create_directory(folder);
    CHECK_THAT(work.run({"marking", "rules", "--check", folder.string()}).err,
               Contains("holds no marking rule"));
    write(folder / "acme.toml", kRule);
    const auto fine = work.run({"marking", "rules", "--check", folder.string()});
    CHECK(fine.code == 0);
    CHECK_THAT(fine.out, Contains("1 marking rule, 1 example: all right"));
    CHECK_THAT(work.run({"marking", "rules", "--rules", folder.string()}).out, Contains("acme"));

    const auto agrees =
        work.run({"marking", "expect", "AC1", "--rule", "acme", "--rules", folder.string(),
                  "--date-code", "1938", "--line", "AC1", "--line", "938X7"});
    CHECK(agrees.code == 0);
    CHECK_THAT(agrees.out, Contains("938??"));
    const auto differs =
        work.run({"marking", "expect", "AC1", "--rule", "acme", "--rules", folder.string(),
                  "--date-code", "1938", "--line", "AC1", "--line", "939X7"});
    CHECK(differs.code == 1);
    CHECK_THAT(differs.out, Contains("date: expected 938, seen 939"));
    CHECK_THAT(work.run({"marking", "expect", "AC1"}).err, Contains("name it with --rule"));

    write(folder / "acme.toml", kRule + "[[example]]\nmpn = \"AC2\"\nlines = [\"AC1\", \"9\"]\n");
    CHECK(work.run({"marking", "rules", "--check", folder.string()}).code == 1);
    write(folder / "acme.toml", "name = ");
    CHECK(work.run({"marking", "rules", "--check", folder.string()}).code == 2);
}

TEST_CASE("the sample part data says what a part must show", "[cli][marking]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto told = work.run(
        {"marking", "expect", "SN74LS00N", "--parts", samples("parts.csv"), "--date-code", "2138"});
    CHECK(told.code == 0);
    CHECK(told.out == "19???*? [{E3|E4|G4}]\nSN74LS00N\n");
}

TEST_CASE("an expectation file that is wrong says which field and why", "[cli][marking]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto error = [&](const std::string& toml) {
        write(work.path() / "lot.toml", toml);
        const auto ran =
            work.run({"marking", "inspect", "--expect", in(work, "lot.toml"), "part.png"});
        CHECK(ran.code == 2);
        return ran.err;
    };
    CHECK_THAT(error("lines = 7"), Contains("lot.toml: lines is missing"));
    CHECK_THAT(error("lines = [\"A\"]\n"), Contains("samples is missing"));
    CHECK_THAT(error("linse = [\"A\"]\n"), Contains("linse"));
    CHECK_THAT(error("lot = \"X\"\nlines = [\"A\"]\n"), Contains("lot stands there without mpn"));
    CHECK_THAT(error("mpn = \"X\"\nlines = [\"A\"]\n"), Contains("name it with --rule"));
    CHECK_THAT(error("mpn = \"X\"\nrule = \"ti-trace\"\nsamples = [\"a.png\"]\n"),
               Contains("leaves open"));
    CHECK_THAT(error("lines = [\"A\"]\nsamples = [\"none.png\"]\n"), Contains("none.png"));
}

TEST_CASE("parts of a folder are inspected with a running count, a picture and an observation",
          "[cli][marking]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto expected =
        lot(work, "mpn = \"SN74LS00N\"\nrule = \"ti-trace\"\ndate_code = \"2138\"\n");
    if (!expected) return;
    const auto run = work.path() / "run";
    fs::create_directory(run);
    for (const auto* name : {"hp_74LS00_A_c03_s0", "hp_74LS00_A_c04_s0"})
        fs::copy_file(image(name), run / (std::string(name) + ".png"));
    const auto good = work.run({"marking", "inspect", "--expect", in(work, "lot.toml"),
                                "--annotate", in(work, "seen.png"), "--observation",
                                in(work, "seen.json"), "--surface", run.string()});
    INFO(good.err);
    CHECK(good.code == 0);
    CHECK_THAT(good.out, Contains("2 agrees"));
    CHECK(fs::file_size(work.path() / "seen-2.png") > 1000);
    std::ifstream file(work.path() / "seen.json");
    const std::string observation(std::istreambuf_iterator<char>(file), {});
    CHECK_THAT(observation, Contains(R"("state":"agrees","parts":2)"));
    CHECK_THAT(observation, Contains(R"("trace":"19E9XBL")"));
    CHECK_THAT(observation, Contains("sanding"));

    const auto other = work.run(
        {"marking", "inspect", "--expect", in(work, "lot.toml"), image("hp_74LS06_A_c00_s0")});
    CHECK(other.code == 1);
    write(work.path() / "empty.png", "no picture");
    CHECK(work.run({"marking", "inspect", "--expect", in(work, "lot.toml"), in(work, "empty.png")})
              .code == 2);
    fs::create_directory(work.path() / "none");
    CHECK_THAT(
        work.run({"marking", "inspect", "--expect", in(work, "lot.toml"), in(work, "none")}).err,
        Contains("holds no pictures"));
}

namespace {

// Photographs on one picture, as a bench or a tray shows them.
std::optional<fs::path> scene(const WorkFolder& work, const std::vector<std::string>& names,
                              reelproof::tests::Ground ground) {
    std::vector<cv::Mat> parts;
    for (const auto& name : names) parts.push_back(cv::imread(image(name), cv::IMREAD_GRAYSCALE));
    for (auto& part : parts) cv::resize(part, part, parts.front().size());
    const auto file = work.path() / "scene.png";
    cv::imwrite(file.string(),
                reelproof::tests::compose(parts, {.ground = ground, .scale = 0.7}).grey);
    return file;
}

}  // namespace

TEST_CASE("several photographed parts on one picture are a row each", "[cli][marking]") {
    if (!have_program()) return;
    const WorkFolder work;
    if (!lot(work)) return;
    const auto file = scene(
        work,
        {"hp_74LS00_A_c03_s0", "hp_74LS00_A_c04_s0", "hp_74LS00_A_c03_s1", "hp_74LS06_A_c00_s0"},
        reelproof::tests::Ground::tray);
    const auto seen = work.run({"marking", "inspect", "--expect", in(work, "lot.toml"),
                                "--annotate", in(work, "seen.png"), file->string()});
    INFO(seen.out << seen.err);
    CHECK(seen.code == 1);
    CHECK_THAT(seen.out, Contains("least sure"));
    CHECK_THAT(seen.out, Contains("3 agrees"));
    CHECK(fs::file_size(work.path() / "seen.png") > 10'000);
    CHECK(fs::exists(work.path() / "seen-part-4.png"));
    CHECK_FALSE(fs::exists(work.path() / "seen-part-1.png"));
    const auto json = work.run(
        {"marking", "inspect", "--json", "--expect", in(work, "lot.toml"), file->string()});
    CHECK_THAT(json.out, Contains(R"("number":4)"));
    CHECK_THAT(json.out, Contains(R"("outline":[[)"));
    const auto read =
        work.run({"marking", "read", "--several", "--expect", "SN74LS00N", "--annotate",
                  in(work, "read.png"), "--observation", in(work, "read.json"), file->string()});
    INFO(read.out << read.err);
    CHECK(read.code == 1);
    CHECK_THAT(read.out, Contains("scene.png, part 3: "));
    CHECK_THAT(read.out, Contains("scene.png, part 4: "));
    CHECK_THAT(read.out, Contains("expected SN74LS00N: DIFFERS: 0 at 8"));
    CHECK(fs::file_size(work.path() / "read.png") > 10'000);
    std::ifstream written(work.path() / "read.json");
    const std::string observed((std::istreambuf_iterator<char>(written)), {});
    CHECK_THAT(observed, Contains(R"("state":"doubtful","parts":4,"differing":1)"));
    const auto enrol = work.run({"marking", "enrol", "--expect", in(work, "lot.toml"), "--out",
                                 in(work, "part.rpsf"), file->string()});
    CHECK(enrol.code == 2);
    CHECK_THAT(enrol.err, Contains("4 packages are in view"));
    const auto mat = scene(
        work,
        {"hp_74LS00_A_c03_s0", "hp_74LS00_A_c04_s0", "hp_74LS00_A_c03_s1", "hp_74LS06_A_c00_s0"},
        reelproof::tests::Ground::mat);
    const auto sorted = work.run({"marking", "sort", "--several", "--json", "--annotate",
                                  in(work, "kinds.png"), mat->string()});
    INFO(sorted.out << sorted.err);
    CHECK(sorted.code == 1);
    CHECK_THAT(sorted.out, Contains(R"("numbers":[1,2,3])"));
    CHECK_THAT(sorted.out, Contains(R"("numbers":[4])"));
    CHECK(fs::file_size(work.path() / "kinds.png") > 10'000);
}

TEST_CASE("a marking is read with an expectation, and a wrong one is found out", "[cli][marking]") {
    const WorkFolder work;
    const auto file = lot(work);
    if (!file) return;
    const auto good = work.run({"marking", "read", image("hp_74LS00_A_c00_s0"), "--expect",
                                "SN74LS00N", "--expect", "19E9XBL"});
    INFO(good.out << good.err);
    CHECK(good.code == 0);
    CHECK_THAT(good.out, Contains("expected SN74LS00N: agrees; worst is"));
    const auto bad = work.run(
        {"marking", "read", image("hp_74LS00_A_c00_s0"), "--expect", "SN74LS06N", "--json"});
    CHECK(bad.code == 1);
    CHECK_THAT(bad.out, Contains(R"("state":"differs")"));
    CHECK_THAT(bad.out, Contains(R"("character":"6")"));
    const auto other =
        work.run({"marking", "read", image("hp_74LS00_A_c00_s0"), "--expect", "MAX232CPE"});
    CHECK(other.code == 1);
    CHECK_THAT(other.out, Contains("expected MAX232CPE: NOT SEEN"));
    // Of an expectation file its lines; it needs no samples here.
    write(work.path() / "lines.toml", "lines = [\"SN74LS00N\"]\n");
    CHECK(work.run({"marking", "read", image("hp_74LS00_A_c00_s0"), "--expect",
                    in(work, "lines.toml")})
              .code == 0);
    const auto nothing =
        work.run({"marking", "read", image("hp_74LS00_A_c00_s0"), "--expect", "(?)"});
    CHECK(nothing.code == 2);
    CHECK_THAT(nothing.err, Contains("no letter or digit"));
}

TEST_CASE("a network of another kind is refused before anything is taught or read",
          "[cli][marking]") {
    const WorkFolder work;
    write(work.path() / "none.bin", "nothing");
    const auto train = work.run({"marking", "train", "--out", in(work, "new.bin"), "--steps", "1",
                                 "--from", in(work, "none.bin")});
    CHECK(train.code == 2);
    CHECK_THAT(train.err, Contains("is no line network of this program"));
    CHECK_FALSE(fs::exists(work.path() / "new.bin"));
    CHECK_THAT(work.run({"marking", "train"}).err, Contains("--out"));
    if (!reelproof::tests::shared_data("markings/img")) return;
    const auto read = work.run(
        {"marking", "read", image("hp_74LS00_A_c00_s0"), "--network", in(work, "none.bin")});
    CHECK(read.code == 2);
    CHECK_THAT(read.err, Contains("marking train"));
}

TEST_CASE("an enrolled part is known again, offline, and another is not", "[cli][marking]") {
    if (!have_program()) return;
    const WorkFolder work;
    if (!lot(work)) return;
    const auto enrolled = work.run({"marking", "enrol", "--expect", in(work, "lot.toml"), "--out",
                                    in(work, "part.rpsf"), image("hp_74LS00_A_c03_s0")});
    INFO(enrolled.err);
    REQUIRE(enrolled.code == 0);
    CHECK(fs::file_size(work.path() / "part.rpsf") < 4096);
    const auto compare = [&](const std::string& with, const std::string& name) {
        return work.run(
            {"marking", "compare", "--expect", in(work, "lot.toml"), "--with", with, image(name)});
    };
    const auto same = compare(in(work, "part.rpsf"), "hp_74LS00_A_c03_s2");
    CHECK(same.code == 0);
    CHECK_THAT(same.out, Contains("the SAME part as"));
    CHECK(compare(in(work, "part.rpsf"), "hp_74LS00_A_c04_s0").code == 1);
    write(work.path() / "torn.rpsf", "RPSF");
    const auto torn = compare(in(work, "torn.rpsf"), "hp_74LS00_A_c03_s2");
    CHECK(torn.code == 2);
    CHECK_THAT(torn.err, Contains("torn.rpsf: this is no surface template: it is too short"));
    write(work.path() / "lot.toml",
          "lines = [\"19E9XBL E4\", \"SN74LS00N\"]\nsamples = [\"c00_s0.png\"]\n");
    const auto strange = compare(in(work, "part.rpsf"), "hp_74LS00_A_c03_s2");
    CHECK(strange.code == 2);
    CHECK_THAT(strange.err, Contains("other good samples"));
    CHECK(work.run({"marking", "enrol", "--expect", in(work, "lot.toml"),
                    image("hp_74LS00_A_c03_s0")})
              .code == 2);
}

TEST_CASE("a mixed run is sorted into its kinds", "[cli][marking]") {
    if (!have_program()) return;
    const WorkFolder work;
    if (!reelproof::tests::shared_data("markings/img")) return;
    const auto mixed =
        work.run({"marking", "sort", image("hp_74LS00_A_c00_s0"), image("hp_74LS00_A_c01_s0"),
                  image("hp_74LS00_A_c02_s0"), image("hp_74LS06_A_c00_s0")});
    INFO(mixed.err);
    CHECK(mixed.code == 1);
    CHECK_THAT(mixed.out, Contains("4 parts, 2 kinds of marking"));
    CHECK_THAT(mixed.out, Contains("kind 1: 3 (75 %)"));
}

}  // namespace reelproof::node::tests
