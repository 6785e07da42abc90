// label calibrate, as a person at a station runs it.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "ledger/base/bytes.h"
#include "tests/node/cli_support.h"
#include "vision/label/calibration_sheet.h"
#include "vision/label/scanner_profile.h"

using namespace reelproof;
using namespace reelproof::node::tests;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

std::string without(std::string_view text, std::string_view dropped) {
    std::string out;
    for (const char c : text)
        if (dropped.find(c) == std::string_view::npos) out += c;
    return out;
}

std::string text_of(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("a calibration sheet is written once, and can be read", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    for (const std::string format : {"pdf", "png", "svg", "zpl"}) {
        const auto sheet = (work.path() / ("sheet." + format)).string();
        const auto made = work.run({"label", "calibrate", "--out", sheet, "--dpi", "203"});
        INFO(made.err);
        CHECK(made.code == 0);
        CHECK(fs::file_size(sheet) > 1000);
        const auto again = work.run({"label", "calibrate", "--out", sheet});
        CHECK(again.code == 2);
        CHECK_THAT(again.err, Contains("exists and is not overwritten"));
    }
    const auto read =
        work.run({"label", "read", (work.path() / "sheet.png").string(), "--json"}).json();
    CHECK(read.at("symbols").as_array().size() == 2);
    const auto bad = [&](const std::string& out, const std::string& size, const std::string& why) {
        const auto ran = work.run({"label", "calibrate", "--out", out, "--size", size});
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, Contains(why));
    };
    bad((work.path() / "sheet.doc").string(), "100x60", "ends in none of .pdf");
    bad((work.path() / "small.pdf").string(), "70x30", "100 x 60 mm or more");
    CHECK(work.run({"label", "calibrate"}).code == 2);
}

TEST_CASE("a station learns what its scanner does, or says that it can't tell", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const std::string text(vision::calibration_text());
    const auto profile = (work.path() / "scanner.toml").string();
    const auto learn = [&](const std::string& delivered, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"label", "calibrate", "--learn", "-", "--json"});
        return work.run(more, delivered);
    };
    const auto sound = learn(text).json();
    CHECK(sound.at("transparent").as_bool());

    const auto deaf =
        learn(without(text, "\x1d\x1e\x04"), {"--save", profile, "--name", "goods-in 1"});
    REQUIRE(deaf.code == 0);
    CHECK(deaf.json().at("loses_separators").as_bool());
    CHECK_THAT(deaf.out, Contains("drops GS, RS and EOT"));
    const auto kept = vision::scanner_profile_from_toml(text_of(profile));
    REQUIRE(kept.has_value());
    CHECK(kept->name == "goods-in 1");
    CHECK(kept->loses_separators());
    const auto again = learn(text, {"--save", profile});
    CHECK(again.code == 2);
    CHECK_THAT(again.err, Contains("exists and is not overwritten"));

    const auto bars = learn(std::string(vision::linear_calibration_text()) + "\r");
    CHECK(bars.code == 0);
    CHECK_THAT(bars.out, Contains("the bars were scanned"));

    for (const std::string& other : {std::string("1PNL52840-QIAA-R"), text.substr(0, 40),
                                     std::string(), std::string(9000, 'x')}) {
        const auto ran = learn(other, {"--save", (work.path() / "none.toml").string()});
        CHECK(ran.code == 2);
        CHECK_FALSE(ran.err.empty());
        CHECK_FALSE(fs::exists(work.path() / "none.toml"));
    }
    CHECK(work.run({"label", "calibrate", "--learn", "/none"}).code == 2);
}
