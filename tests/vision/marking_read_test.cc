#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/paths.h"
#include "tests/vision/drawn_part_support.h"
#include "tests/vision/scene_support.h"
#include "vision/marking/line_network_file.h"
#include "vision/marking/line_text.h"
#include "vision/marking/package.h"
#include "vision/marking/page_reader.h"
#include "vision/reader/marking_read_wire.h"
#include "vision/reader/reader_pool.h"

using namespace reelproof;
using namespace reelproof::vision;
using reelproof::tests::draw;
using reelproof::tests::draw_png;

namespace {

// Columns that show one character each, the rest of the probability on blanks.
LineColumns columns_of(const std::vector<std::vector<std::pair<char, double>>>& shown) {
    LineColumns out;
    out.count = static_cast<int>(shown.size());
    for (const auto& column : shown) {
        std::vector<float> of(marking_classes, std::log(1e-6F));
        double rest = 1;
        for (const auto& [character, part] : column) {
            of[marking_alphabet.find(character)] = static_cast<float>(std::log(part));
            rest -= part;
        }
        of[marking_blank] = static_cast<float>(std::log(std::max(1e-6, rest)));
        out.values.insert(out.values.end(), of.begin(), of.end());
    }
    return out;
}

// A zero and an O are the same stroke in many a face: which it is, its alternatives say.
std::string plain(const Page& page) {
    std::string out;
    for (const PageLine& line : page.lines) out += plain_line(line.text) + "\n";
    std::replace(out.begin(), out.end(), 'O', '0');
    return out;
}

cv::Mat view_of_drawn(const tests::DrawnPart& part) {
    const cv::Mat grey = draw(part);
    const UprightView view = upright_view_of(*find_package(grey), 900);
    return sample(grey, view.map, view.size);
}

}  // namespace

TEST_CASE("what columns show becomes a text", "[marking][read]") {
    const LineColumns columns = columns_of(
        {{{'A', 0.9}}, {{'A', 0.6}}, {}, {{'A', 0.8}}, {{' ', 0.9}}, {{'0', 0.5}, {'O', 0.4}}});
    CHECK(likely_text(columns) == "AA 0");
    CHECK(log_probability(columns, "AA0") > log_probability(columns, "AAO"));
    CHECK(log_probability(columns, "AAO") > log_probability(columns, "AA8") + 3);
    const auto places = character_places(columns, "AA0");
    REQUIRE(places.size() == 3);
    CHECK(places[2].of[marking_alphabet.find('0')] == Approx(5.0 / 9).margin(0.01));
    CHECK(places[2].of[marking_alphabet.find('O')] == Approx(4.0 / 9).margin(0.01));
    CHECK(places[0].middle < places[1].middle);
    // More characters than columns can't be.
    CHECK(std::isinf(log_probability(columns, "AAAAAAAAA")));
}

TEST_CASE("probabilities of all texts sum to one", "[marking][read]") {
    const LineColumns columns = columns_of({{{'A', 0.5}, {'B', 0.3}}, {{'B', 0.6}}});
    double sum = 0;
    for (const char* text : {"", "A", "B", "AB", "BA", "AA", "BB"})
        sum += std::exp(log_probability(columns, text));
    CHECK(sum == Approx(1).margin(0.001));
}

TEST_CASE("of an expected text it is not asked what stands beside it", "[marking][read]") {
    const LineColumns columns = columns_of(
        {{{'X', 0.9999}}, {}, {{'A', 0.99}}, {{'B', 0.66}, {'8', 0.33}}, {}, {{'Z', 0.9999}}});
    CHECK(log_probability(columns, "AB", Beside::anything) > -7);
    CHECK(log_probability(columns, "AB") < -15);
    // Within it everything counts.
    CHECK(log_probability(columns, "XB", Beside::anything) <
          log_probability(columns, "XAB", Beside::anything) - 3);
    const auto places = character_places(columns, "AB", Beside::anything);
    REQUIRE(places.size() == 2);
    CHECK(2 * places[1].of[marking_alphabet.find('8')] ==
          Approx(places[1].of[marking_alphabet.find('B')]).margin(0.02));
}

TEST_CASE("an expected text is weighed over two lines side by side, and where nothing was read",
          "[marking][read]") {
    const auto line = [](const char* text, double left) {
        std::vector<std::vector<std::pair<char, double>>> shown;
        for (const char* c = text; *c != '\0'; ++c) {
            shown.push_back({{*c, 0.9}});
            shown.push_back({});
        }
        PageLine out;
        out.looks.push_back({{left, 0, 100, 20}, columns_of(shown)});
        out.text = text;
        return out;
    };
    Page page;
    page.lines = {line("JAPAN", 150), line("YAMAHA", 0)};
    page.unclear = {line("YM2612", 0)};
    for (const char* text : {"JAPAN", "YAMAHAJAPAN", "YM2612"}) {
        INFO(text);
        const auto weighed = weigh_text(page, text);
        REQUIRE(weighed.has_value());
        REQUIRE(weighed->characters.size() == std::string(text).size());
        for (std::size_t i = 0; i < weighed->characters.size(); ++i)
            CHECK(weighed->characters[i].of[marking_alphabet.find(text[i])] > 0.9);
    }
    CHECK_FALSE(weigh_text(page, "JAPANYAMAHA").has_value());
    CHECK_FALSE(weigh_text(page, "SN74LS00N").has_value());
    CHECK_FALSE(weigh_text(page, "").has_value());
}

TEST_CASE("a drawn marking is read without a sample, either way up", "[marking][read]") {
    for (const double degrees : {0.0, 180.0}) {
        INFO("turned by " << degrees);
        const cv::Mat view = view_of_drawn({.degrees = degrees});
        const TurnedPage read = read_page_turned(LineNetwork::built_in(), view, false);
        CHECK(read.quarters == (degrees == 0 ? 0 : 2));
        CHECK(plain(read.page) == "19E9XBL\nSN74LS00N\n");
    }
}

TEST_CASE("nothing is read where nothing is printed", "[marking][read]") {
    CHECK(plain(read_page(LineNetwork::built_in(), view_of_drawn({.lines = {}}))).empty());
    CHECK(plain(read_page(LineNetwork::built_in(), cv::Mat(200, 300, CV_8U, cv::Scalar(60))))
              .empty());
}

TEST_CASE("a file of another kind is no line network", "[marking][read]") {
    auto file = line_network_file(LineNetwork::built_in().weights());
    REQUIRE(LineNetwork::parse(file).has_value());
    CHECK_FALSE(LineNetwork::parse(std::span(file).first(file.size() - 1)).has_value());
    file[0] ^= 1;
    CHECK_FALSE(LineNetwork::parse(file).has_value());
}

TEST_CASE("a package is read in a reader process, a poor picture is not", "[marking][reader]") {
    ReaderOptions options;
    options.command = {(tests::build_dir() / "reelproof_reader").string()};
    ReaderPool reader(options);
    const auto read = reader.read_marking(draw_png({}));
    REQUIRE(read.has_value());
    REQUIRE(read->parts.size() == 1);
    const ReadPart& part = read->parts[0];
    CHECK(part.outline);
    CHECK(read->annotated.empty());
    CHECK_FALSE(part.quality.trouble.has_value());
    REQUIRE(part.lines.size() == 2);
    CHECK(plain_line(part.lines[0].text) == "19E9XBL");
    REQUIRE(part.lines[1].characters.size() == 9);
    // Where it stands on the picture that was handed in.
    CHECK(part.lines[1].characters[0].position[0].x == Approx(320).margin(25));
    CHECK(part.lines[1].characters[0].position[0].y == Approx(262).margin(25));

    const std::vector<std::string> expected{"SN74LS00N", "SN74LS06N", "MAX232"};
    const auto weighed = reader.read_marking(draw_png({}), expected);
    REQUIRE(weighed.has_value());
    const auto& seen = weighed->parts.at(0).expected;
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].state == ExpectedLine::State::agrees);
    CHECK(seen[0].characters.size() == 9);
    CHECK(seen[1].state == ExpectedLine::State::differs);
    CHECK(seen[1].worst == 7);
    CHECK(seen[2].state == ExpectedLine::State::unseen);
    CHECK(reader.read_marking(draw_png({}), std::vector<std::string>{"&?"}).error().code ==
          "marking.lines");

    cv::Mat small;
    cv::resize(draw({}), small, {}, 0.2, 0.2, cv::INTER_AREA);
    std::vector<std::uint8_t> file;
    REQUIRE(cv::imencode(".png", small, file));
    const auto quality = reader.marking_quality(file);
    REQUIRE(quality.has_value());
    REQUIRE(quality->trouble.has_value());
    CHECK(quality->trouble->code == "marking.too-small");
    const std::vector<std::uint8_t> garbage{1, 2, 3};
    CHECK_FALSE(reader.read_marking(garbage).has_value());
}

TEST_CASE("each of several parts on a picture is read and numbered", "[marking][reader]") {
    std::vector<cv::Mat> drawn;
    for (std::uint64_t i = 0; i < 4; ++i)
        drawn.push_back(
            draw({.lines = {"19E9XBL", i == 2 ? "SN74LS06N" : "SN74LS00N"}, .surface = 50 + i}));
    const auto scene =
        tests::compose(drawn, {.ground = tests::Ground::mat, .scale = 0.7, .seed = 3});
    std::vector<std::uint8_t> file;
    REQUIRE(cv::imencode(".png", scene.grey, file));
    ReaderOptions options;
    options.command = {(tests::build_dir() / "reelproof_reader").string()};
    const std::vector<std::string> expected{"SN74LS00N"};
    const auto read =
        ReaderPool(options).read_marking(file, expected, {.several = true, .annotate = true});
    REQUIRE(read.has_value());
    REQUIRE(read->parts.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        const ReadPart& part = read->parts[i];
        INFO("part " << i + 1);
        CHECK(part.number == static_cast<int>(i) + 1);
        cv::Point2f middle(0, 0);
        for (const auto& corner : part.place)
            middle += cv::Point2f(static_cast<float>(corner.x), static_cast<float>(corner.y));
        CHECK(cv::norm(middle / 4 - scene.bodies[i].center) < 12);
        REQUIRE(part.expected.size() == 1);
        CHECK(part.expected[0].state ==
              (i == 2 ? ExpectedLine::State::differs : ExpectedLine::State::agrees));
    }
    CHECK_FALSE(cv::imdecode(read->annotated, cv::IMREAD_COLOR).empty());
}

TEST_CASE("markings are read with the network of a file", "[marking][reader]") {
    const auto file = tests::build_dir() / "test-line-network.bin";
    const auto write = [&](std::span<const std::uint8_t> bytes) {
        std::ofstream(file, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    };
    ReaderOptions options;
    options.command = {(tests::build_dir() / "reelproof_reader").string()};
    options.line_network = file.string();
    // One that sees nothing anywhere.
    write(line_network_file(std::vector<float>(line_weights(), 0)));
    const auto blind = ReaderPool(options).read_marking(draw_png({}));
    REQUIRE(blind.has_value());
    CHECK(blind->parts.at(0).lines.empty());
    write(std::vector<std::uint8_t>{1, 2, 3});
    const auto damaged = ReaderPool(options).read_marking(draw_png({}));
    REQUIRE_FALSE(damaged.has_value());
    CHECK(damaged.error().code == "reader.no-network");
    std::filesystem::remove(file);
}

TEST_CASE("what the reader process says of a marking is not trusted", "[marking][reader]") {
    CHECK_FALSE(decode_marking_reading("{}").has_value());
    CHECK_FALSE(decode_marking_reading("[]").has_value());
    MarkingReading reading;
    CHECK_FALSE(decode_marking_reading(encode_marking_reading(reading)).has_value());
    ReadPart& part = reading.parts.emplace_back();
    part.lines.push_back({"A B", 0.5, {{{{'A', 0.9}}, {}}, {{{'B', 0.8}, {'8', 0.2}}, {}}}, {}});
    const std::string told = encode_marking_reading(reading);
    REQUIRE(decode_marking_reading(told).has_value());
    CHECK(encode_marking_reading(*decode_marking_reading(told)) == told);
    // Only what was asked is answered.
    const std::vector<std::string> asked{"A (R)"};
    part.expected.push_back(
        {asked[0], ExpectedLine::State::agrees, 0.5, part.lines[0].characters, 1, 0.9});
    const std::string weighed = encode_marking_reading(reading);
    REQUIRE(decode_marking_reading(weighed, asked).has_value());
    CHECK(encode_marking_reading(*decode_marking_reading(weighed, asked)) == weighed);
    CHECK_FALSE(decode_marking_reading(weighed).has_value());
    CHECK_FALSE(decode_marking_reading(told, asked).has_value());
    CHECK_FALSE(decode_marking_reading(weighed, std::vector<std::string>{"ABC"}).has_value());
    part.expected[0].worst = 2;
    CHECK_FALSE(decode_marking_reading(encode_marking_reading(reading), asked).has_value());
    part.expected.clear();
    // More characters than the text has.
    part.lines.front().text = "AB CD";
    CHECK_FALSE(decode_marking_reading(encode_marking_reading(reading)).has_value());
    part.lines.clear();
    reading.annotated = {'M', 'Z', 0, 0, 0};
    CHECK_FALSE(decode_marking_reading(encode_marking_reading(reading)).has_value());
}
