#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/paths.h"
#include "tests/vision/drawn_part_support.h"
#include "vision/reader/reader_pool.h"
#include "vision/reader/study_wire.h"

using namespace reelproof;
using namespace reelproof::vision;
using reelproof::tests::draw_png;

namespace {

using Picture = std::vector<std::uint8_t>;

ReaderPool pool() {
    ReaderOptions options;
    options.command = {(tests::build_dir() / "reelproof_reader").string()};
    return ReaderPool(options);
}

Picture bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

Result<MarkingStudy> ask(ReaderPool& reader, const std::vector<Picture>& samples,
                         const std::vector<Picture>& parts,
                         std::vector<std::string> lines = {"19E9XBL", "SN74LS00N"}) {
    const std::vector<PictureBytes> good(samples.begin(), samples.end());
    const std::vector<PictureBytes> asked(parts.begin(), parts.end());
    return reader.study_markings({std::move(lines)}, good, asked, {});
}

const Picture& good_part() {
    static const Picture picture = draw_png({.surface = 2});
    return picture;
}

}  // namespace

TEST_CASE("parts are inspected in a reader process, each for itself", "[marking][reader]") {
    ReaderPool reader = pool();
    const auto inspected = ask(reader, {good_part(), draw_png({.surface = 3, .degrees = 1})},
                               {draw_png({.surface = 4, .degrees = 178}),
                                draw_png({.lines = {"19E9XBL", "SN74LS08N"}, .surface = 5}),
                                draw_png({.lines = {}, .surface = 6}), bytes_of("no picture")});
    REQUIRE(inspected.has_value());
    REQUIRE(inspected->parts.size() == 4);
    CHECK(inspected->parts[0].part.state == MarkingState::agrees);
    REQUIRE(inspected->parts[1].part.state == MarkingState::differs);
    const InspectedCharacter* worst = inspected->parts[1].part.worst();
    REQUIRE(worst != nullptr);
    CHECK(worst->expected == '0');
    CHECK(worst->line == 1);
    // Where it is on the picture that was handed in.
    CHECK(worst->position[0].x > 450);
    CHECK(worst->position[2].x < 640);
    CHECK(worst->position[0].y > 200);
    CHECK(worst->position[2].y < 320);
    CHECK(inspected->parts[2].part.state == MarkingState::missing);
    REQUIRE(inspected->parts[3].part.trouble);
    CHECK(inspected->parts[3].part.state == MarkingState::unusable);
    // The body: 640 x 208 pixels at 130,146, with its long sides lying.
    CHECK(std::abs(inspected->parts[1].outline[0].x - 130) < 14);
    CHECK(std::abs(inspected->parts[1].outline[2].y - 354) < 14);
    CHECK(reader.stats().marking_started == 1);
}

TEST_CASE("what can't be inspected is refused with its reason", "[marking][reader]") {
    ReaderPool reader = pool();
    CHECK(ask(reader, {good_part()}, {}, {}).error().code == "marking.lines");
    CHECK(ask(reader, {good_part()}, {}, {"  "}).error().text.find("line 1 is empty") !=
          std::string::npos);
    CHECK(ask(reader, {good_part()}, {}, {"19E9XBL", "SN74\xC2\xAE"}).error().code ==
          "marking.lines");
    CHECK(ask(reader, {}, {good_part()}).error().code == "marking.sample");
    const auto second = ask(reader, {good_part(), bytes_of("GIF89a")}, {});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().text.starts_with("sample 2: "));
    CHECK(ask(reader, {good_part()}, {}, {"QQQQQQQQQQQQQQ", "WWWWWWWWWWWWWWWWW"}).error().code ==
          "marking.text-not-found");
    cv::Mat small;
    cv::resize(tests::draw({}), small, {}, 0.15, 0.15, cv::INTER_AREA);
    Picture file;
    cv::imencode(".png", small, file);
    const auto tiny = ask(reader, {good_part()}, {file});
    REQUIRE(tiny.has_value());
    REQUIRE(tiny->parts[0].part.trouble);
    CHECK(tiny->parts[0].part.trouble->code == "marking.too-small");
}

TEST_CASE("lines that the samples do not bear are doubted", "[marking][reader]") {
    ReaderPool reader = pool();
    const auto right = ask(reader, {good_part()}, {});
    REQUIRE(right.has_value());
    CHECK(right->doubt.empty());
    const auto mistyped = ask(reader, {good_part()}, {}, {"19E9XBL", "SN7WLS00N"});
    REQUIRE(mistyped.has_value());
    CHECK(mistyped->doubt.find("line 2 has a W where the samples rather show a 4") == 0);
}

TEST_CASE("a marking reader that answers nonsense is not believed", "[marking][reader]") {
    StudyRequest asked;
    MarkingRequest& request = asked.about;
    request.text.lines = {"AB"};
    const Picture picture = bytes_of("x");
    request.samples = {picture};
    request.parts = {picture, picture};
    MarkingStudy answer;
    InspectedPart part;
    part.state = MarkingState::agrees;
    part.characters = {{'A', 0, {}, 0.9, 0.3, 'B'}, {'B', 0, {}, 0.8, 0.2, 'A'}};
    // Two on the first picture, one on the second.
    answer.parts = {{0, 1, {}, part}, {0, 2, {}, part}, {1, 1, {}, part}};
    const auto decoded = [&] { return decode_study_answer(encode_study_answer(answer), asked); };
    const auto read = decoded();
    REQUIRE((read && read->has_value()));
    CHECK((*read)->parts[1].number == 2);
    CHECK((*read)->parts[2].part.characters[1].expected == 'B');

    for (const std::string_view text :
         {"", "{}", "[1]", R"({"doubt":"","studies":[],"overviews":{}})",
          R"({"error":{"code":"A B","text":"x"}})"})
        CHECK_FALSE(decode_study_answer(text, asked).has_value());
    const auto good = answer;
    answer.parts[0].part.characters[0].expected = 'C';  // nobody asked for it
    CHECK_FALSE(decoded());
    answer = good;
    answer.parts[0].part.characters.clear();
    CHECK_FALSE(decoded());
    for (const auto& [picture_index, number] :
         {std::pair(std::size_t{0}, 1), {0, 3}, {1, 2}, {2, 1}}) {
        answer = good;
        answer.parts[1].picture = picture_index;
        answer.parts[1].number = number;
        CHECK_FALSE(decoded());
    }
    answer = good;
    answer.parts.pop_back();
    CHECK_FALSE(decoded());
    answer = good;
    answer.doubt = "\x1b[2J";
    CHECK_FALSE(decoded());
    answer = good;
    answer.overviews[2] = {};
    CHECK_FALSE(decoded());

    const auto message = encode_marking_request(request);
    CHECK(decode_marking_request(message).has_value());
    for (std::size_t length = 0; length < message.size(); ++length)
        CHECK_FALSE(decode_marking_request(std::span(message).first(length)).has_value());
}
