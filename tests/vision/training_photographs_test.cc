// Photographs that the reader is taught with, beside painted lines.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <unistd.h>

#include "tests/vision/drawn_part_support.h"
#include "vision/marking/layers.h"
#include "vision/training/photographed_lines.h"
#include "vision/training/train.h"

using namespace reelproof;
using namespace reelproof::training;

namespace fs = std::filesystem;

namespace {

// A list of photographs and its folder, which goes with it.
struct Photographs {
    fs::path folder = fs::temp_directory_path() / ("photographs_" + std::to_string(getpid()));
    fs::path list = folder / "labels.jsonl";

    Photographs() { fs::create_directories(folder); }
    ~Photographs() { fs::remove_all(folder); }
    Photographs(const Photographs&) = delete;
    Photographs& operator=(const Photographs&) = delete;

    void write(const std::string& rows) const { std::ofstream(list) << rows; }
    void add(const std::string& name, const tests::DrawnPart& part) const {
        cv::imwrite((folder / name).string(), tests::draw(part));
    }
};

std::string why(const vision::Result<std::vector<MarkedPhotograph>>& result) {
    return result ? "" : result.error().text;
}

}  // namespace

TEST_CASE("a list of photographs says what is wrong with it, and where", "[training]") {
    const Photographs at;
    CHECK(why(read_marked_photographs(at.list)).find("no file") != std::string::npos);
    CHECK(why(read_marked_photographs(at.folder)).find("no file") != std::string::npos);
    at.write("\n");
    CHECK(why(read_marked_photographs(at.list)).find("no photographs") != std::string::npos);
    const std::string good = R"({"file": "a.png", "marking_lines": ["AB1"]})";
    const std::pair<const char*, const char*> wrong[] = {
        {"rubbish", "line 2: is no JSON object"},
        {"[]", "line 2: is no JSON object"},
        {R"({"marking_lines": []})", "file: no text"},
        {R"({"file": 1, "marking_lines": []})", "file: no text"},
        {R"({"file": "a"})", "marking_lines: no list"},
        {R"({"file": "a", "marking_lines": [1]})", "marking_lines: holds"},
        {R"({"file": "a", "marking_lines": [], "group": 1})", "group: is no text"},
        {R"({"file": "a", "marking_lines": [], "rotation": "up"})", "rotation: is no number"},
        {R"({"file": "a", "marking_lines": [], "rotation": 1e300})", "rotation: is more than"},
    };
    for (const auto& [row, reason] : wrong) {
        at.write(good + "\n" + row + "\n");
        INFO(row);
        CHECK(why(read_marked_photographs(at.list)).find(reason) != std::string::npos);
    }
    at.write(good + "\n\n" +
             R"({"file": "b.png", "marking_lines": [], "group": "g", "rotation": -90, "x": 1})");
    const auto read = read_marked_photographs(at.list);
    REQUIRE(read.has_value());
    REQUIRE(read->size() == 2);
    CHECK(read->front().file == at.folder / "a.png");
    CHECK(read->front().group == "a.png");  // a group of its own
    CHECK(read->back().group == "g");
    CHECK(read->back().rotation == -90);
}

TEST_CASE("folds part groups, and divide none", "[training]") {
    std::vector<MarkedPhotograph> photographs;
    for (const auto* group : {"c", "a", "b", "a", "e", "d", "c"})
        photographs.push_back({{}, {}, group});
    const auto groups = groups_of(photographs);
    CHECK(groups == std::vector<std::string>{"a", "b", "c", "d", "e"});
    for (const auto& group : groups) {
        int parts = 0;
        for (int part = 0; part < 3; ++part) parts += is_in({part, 3}, group, groups) ? 1 : 0;
        CHECK(parts == 1);
    }
    CHECK(is_in({}, "a", groups));
}

TEST_CASE("the lines of a photograph are found on it and learnt from", "[training]") {
    const Photographs at;
    at.add("part.png", {.lines = {"19E9XBL", "SN74LS00N"}});
    at.add("bare.png", {.lines = {}});
    at.write(
        R"({"file": "part.png", "marking_lines": ["19E9XBL", "\u24c2 SN74LS00N", "NOT4THERE"]})"
        "\n"
        R"({"file": "bare.png", "marking_lines": ["19E9XBL"]})");
    const auto& network = vision::LineNetwork::built_in();
    const std::atomic<bool> go_on{false};
    const auto photographs = read_marked_photographs(at.list).value();
    const auto lines = PhotographedLines::found_by(network, photographs, go_on);
    REQUIRE(lines.has_value());
    CHECK(lines->size() == 2);
    Dice dice(5);
    std::set<std::string> texts;
    for (int i = 0; i < 40; ++i) {
        const PaintedLine line = lines->draw(dice);
        CHECK(line.picture.rows == vision::line_height);
        CHECK(line.picture.type() == CV_32F);
        texts.insert(line.text);
    }
    CHECK(texts == std::set<std::string>{"19E9XBL", "SN74LS00N"});

    SECTION("one that can't be opened is named") {
        fs::remove(at.folder / "bare.png");
        const auto missing = PhotographedLines::found_by(network, photographs, go_on);
        REQUIRE_FALSE(missing.has_value());
        CHECK(missing.error().text.find("bare.png") != std::string::npos);
        for (const auto* file : {".", "", "/dev/zero"})
            CHECK_FALSE(
                PhotographedLines::found_by(network, {{at.folder / file, {"19E9XBL"}, "g"}}, go_on)
                    .has_value());
    }
    SECTION("nothing is looked at once it is to stop") {
        const std::atomic<bool> stopped{true};
        CHECK(PhotographedLines::found_by(network, photographs, stopped).value().size() == 0);
    }
    SECTION("a training takes them in, and says so where none is found") {
        const std::atomic<bool> stop{false};
        std::size_t told = 0;
        const auto train = [&](TrainingPlan plan) {
            return train_line_network(plan, stop,
                                      [&](const TrainingReport& report, const std::vector<float>&) {
                                          told = report.photographed;
                                      });
        };
        try {
            const TrainingPlan plan{3, 5, network.weights(), photographs};
            const auto weights = train(plan);
            REQUIRE(weights.has_value());
            CHECK(told == 2);
            CHECK(train(plan).value() == *weights);
            CHECK(train({3, 5, network.weights(), {}}).value() != *weights);
            const auto anew = train({3, 5, {}, photographs});
            REQUIRE_FALSE(anew.has_value());
            CHECK(anew.error().code == "photographs.unread");
            CHECK_FALSE(train({3, 5, network.weights(), {photographs.back()}}).has_value());
        } catch (const std::runtime_error& missing) {
            WARN("SKIPPED: training: " << missing.what());
        }
    }
}
