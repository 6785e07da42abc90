// Surfaces, annotated pictures and kinds of drawn parts, in a reader process.
#include <algorithm>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/paths.h"
#include "tests/vision/drawn_part_support.h"
#include "tests/vision/scene_support.h"
#include "vision/reader/reader_pool.h"
#include "vision/reader/study_wire.h"

using namespace reelproof;
using namespace reelproof::vision;
using reelproof::tests::draw;
using reelproof::tests::draw_png;

namespace {

using Picture = std::vector<std::uint8_t>;

const MarkingText kText{{"19E9XBL", "SN74LS00N"}};

ReaderPool pool() {
    ReaderOptions options;
    options.command = {(tests::build_dir() / "reelproof_reader").string()};
    return ReaderPool(options);
}

std::vector<PictureBytes> views(const std::vector<Picture>& pictures) {
    return {pictures.begin(), pictures.end()};
}

const std::vector<Picture>& samples() {
    static const std::vector<Picture> good{draw_png({.surface = 2}),
                                           draw_png({.surface = 3, .degrees = 1}),
                                           draw_png({.surface = 4, .noise = 2})};
    return good;
}

ReferenceId reference(std::uint8_t first = 7) {
    ReferenceId out{};
    out[0] = first;
    return out;
}

std::vector<std::vector<MeasuredCondition>> conditions_of(
    const std::vector<Picture>& good, const std::vector<Picture>& parts,
    const std::vector<LogoShape>& logos = {}) {
    ReaderPool reader = pool();
    StudyWish wish;
    wish.conditions = true;
    wish.logos = logos;
    const auto study = reader.study_markings(kText, views(good), views(parts), wish);
    REQUIRE(study.has_value());
    std::vector<std::vector<MeasuredCondition>> out;
    for (const auto& part : study->parts) {
        CHECK(part.part.state == MarkingState::agrees);
        out.push_back(part.conditions);
    }
    return out;
}

bool is_unusual(const std::vector<MeasuredCondition>& all, std::string_view what) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.what == what; });
    REQUIRE(found != all.end());
    UNSCOPED_INFO(what << " " << found->value);
    return found->value > found->threshold;
}

}  // namespace

TEST_CASE("a part is known again by its surface template, another is not", "[marking][study]") {
    ReaderPool reader = pool();
    StudyWish enrol;
    enrol.enrol = true;
    enrol.reference = reference();
    const std::vector<Picture> first{draw_png({.surface = 11}), draw_png({.surface = 12})};
    const auto enrolled = reader.study_markings(kText, views(samples()), views(first), enrol);
    REQUIRE(enrolled.has_value());
    REQUIRE(enrolled->parts.size() == 2);
    StudyWish compare;
    compare.reference = reference();
    for (const auto& part : enrolled->parts) {
        REQUIRE(part.surface);
        const auto bytes = encode_template(*part.surface);
        CHECK(bytes.size() < max_template_bytes);
        compare.templates.push_back(*decode_template(bytes));
    }
    const std::vector<Picture> again{
        draw_png({.surface = 12, .degrees = 179, .shift_x = 3, .noise = 9})};
    const auto seen = reader.study_markings(kText, views(samples()), views(again), compare);
    REQUIRE(seen.has_value());
    REQUIRE(seen->parts[0].agreements.size() == 2);
    CHECK(kinship_of(seen->parts[0].agreements[0]) == SurfaceKinship::other);
    CHECK(kinship_of(seen->parts[0].agreements[1]) == SurfaceKinship::same);

    compare.reference = reference(8);
    const auto refused = reader.study_markings(kText, views(samples()), views(again), compare);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "template.reference");
}

TEST_CASE("the annotated picture shows what is expected above what is seen", "[marking][study]") {
    ReaderPool reader = pool();
    StudyWish wish;
    wish.annotate = true;
    const std::vector<Picture> parts{draw_png({.lines = {"19E9XBL", "SN74LS08N"}, .surface = 5}),
                                     draw_png({.lines = {}, .surface = 6}), Picture{'G', 'I', 'F'}};
    const auto study = reader.study_markings(kText, views(samples()), views(parts), wish);
    REQUIRE(study.has_value());
    CHECK(study->parts[0].part.state == MarkingState::differs);
    CHECK(study->parts[1].part.state == MarkingState::missing);
    for (const std::size_t i : {0, 1}) {
        const auto& png = study->parts[i].annotated;
        CHECK(png.size() <= max_annotated_bytes);
        const cv::Mat picture = cv::imdecode(png, cv::IMREAD_COLOR);
        CHECK(picture.cols > 300);
        CHECK(picture.rows > picture.cols / 2);
        // Both halves show something, and not the same.
        const int half = picture.rows / 2;
        const cv::Mat above = picture.rowRange(0, half), below = picture.rowRange(half, 2 * half);
        for (const cv::Mat& one : {above, below}) {
            cv::Scalar mean, spread;
            cv::meanStdDev(one, mean, spread);
            CHECK(spread[0] > 10);
        }
        CHECK(cv::norm(above, below, cv::NORM_L1) / static_cast<double>(above.total()) > 3);
    }
    CHECK(study->parts[2].part.trouble);
    CHECK(study->parts[2].annotated.empty());
}

TEST_CASE("the condition of a surface is measured, each with its threshold", "[marking][study]") {
    ReaderPool reader = pool();
    StudyWish wish;
    wish.conditions = true;
    std::vector<Picture> parts;
    for (std::uint64_t i = 20; i < 24; ++i) parts.push_back(draw_png({.surface = i}));
    const auto study = reader.study_markings(kText, views(samples()), views(parts), wish);
    REQUIRE(study.has_value());
    for (const auto& part : study->parts) {
        REQUIRE(part.conditions.size() >= 3);
        for (const auto& one : part.conditions) {
            INFO(one.what << " " << one.value);
            CHECK(one.value <= one.threshold);
        }
    }
    REQUIRE(study->ghost);
    CHECK(study->ghost->value <= study->ghost->threshold);
}

TEST_CASE("scratches in one direction are told as sanding", "[marking][study]") {
    cv::Mat picture = draw({.surface = 25});
    const cv::Rect body(130, 146, 640, 208);
    cv::RNG random(1);
    cv::Mat scratches(body.size(), CV_32F), levels;
    random.fill(scratches, cv::RNG::NORMAL, 0, 120);
    cv::blur(scratches, scratches, {60, 1});
    picture(body).convertTo(levels, CV_32F);
    levels += scratches;
    levels.convertTo(picture(body), CV_8U);
    Picture scratched;
    REQUIRE(cv::imencode(".png", picture, scratched));
    ReaderPool reader = pool();
    StudyWish wish;
    wish.conditions = true;
    const auto study = reader.study_markings(kText, views(samples()), views({scratched}), wish);
    REQUIRE(study.has_value());
    const auto& all = study->parts[0].conditions;
    const auto sanding =
        std::find_if(all.begin(), all.end(), [](const auto& one) { return one.what == "sanding"; });
    REQUIRE(sanding != all.end());
    CHECK(sanding->value > sanding->threshold);
}

TEST_CASE("a marking that lies off, more than the samples' own do, is told", "[marking][study]") {
    const auto seen = conditions_of(samples(), {draw_png({.surface = 80, .text_x = 60}),
                                                draw_png({.surface = 81, .text_x = 3})});
    CHECK(is_unusual(seen[0], "position"));
    CHECK_FALSE(is_unusual(seen[1], "position"));
    // Samples that lie differently themselves bear witness to less.
    const std::vector<Picture> loose{draw_png({.surface = 2, .text_x = -30}),
                                     draw_png({.surface = 3}),
                                     draw_png({.surface = 4, .text_x = 30})};
    CHECK_FALSE(
        is_unusual(conditions_of(loose, {draw_png({.surface = 80, .text_x = 60})})[0], "position"));
}

TEST_CASE("a ghost that all parts have beside the marking is told", "[marking][study]") {
    ReaderPool reader = pool();
    StudyWish wish;
    wish.conditions = true;
    std::vector<Picture> parts;
    for (std::uint64_t i = 90; i < 98; ++i)
        parts.push_back(draw_png({.surface = i, .ghost = "XK7", .noise = i}));
    const auto study = reader.study_markings(kText, views(samples()), views(parts), wish);
    REQUIRE(study.has_value());
    REQUIRE(study->ghost);
    INFO(study->ghost->value);
    CHECK(study->ghost->value > study->ghost->threshold);
}

TEST_CASE("another logo than the maker's is told, and without one none is looked for",
          "[marking][study]") {
    std::vector<Picture> good;
    for (std::uint64_t i = 2; i < 5; ++i) good.push_back(draw_png({.surface = i, .logo = 1}));
    ReaderPool reader = pool();
    StudyWish shape;
    shape.logo = true;
    const auto drawn = reader.study_markings(kText, views(good), {}, shape);
    REQUIRE(drawn.has_value());
    REQUIRE(drawn->logo);
    CHECK(logo_shape_of(to_text(*drawn->logo)).value() == *drawn->logo);
    const std::vector<LogoShape> logos{*drawn->logo};
    const auto seen =
        conditions_of(good,
                      {draw_png({.surface = 84, .logo = 1, .noise = 3}),
                       draw_png({.surface = 85, .logo = 2}), draw_png({.surface = 86})},
                      logos);
    CHECK_FALSE(is_unusual(seen[0], "logo"));
    CHECK(is_unusual(seen[1], "logo"));
    CHECK(is_unusual(seen[2], "logo"));
    const auto unasked = conditions_of(good, {draw_png({.surface = 84, .logo = 1})});
    for (const auto& one : unasked[0]) CHECK(one.what != "logo");

    const auto bare = reader.study_markings(kText, views(samples()), {}, shape);
    REQUIRE(bare.has_value());
    CHECK_FALSE(bare->logo);
    CHECK(logo_shape_of("00").error().code == "logo.shape");
    CHECK(logo_shape_of(std::string(256, '0')).error().code == "logo.shape");
    CHECK(logo_shape_of(std::string(256, 'G')).error().code == "logo.shape");
}

TEST_CASE("a run of parts is sorted into its kinds, the largest first", "[marking][study]") {
    ReaderPool reader = pool();
    std::vector<Picture> run;
    for (std::uint64_t i = 0; i < 5; ++i)
        run.push_back(draw_png({.surface = 30 + i, .degrees = i % 2 == 0 ? 0.0 : 180.0}));
    for (std::uint64_t i = 0; i < 2; ++i)
        run.push_back(draw_png({.lines = {"20ATEJK", "SN74LS03N"}, .surface = 40 + i}));
    run.push_back({'x'});
    const auto kinds = reader.sort_markings(views(run));
    REQUIRE(kinds.has_value());
    REQUIRE(kinds->kinds.size() == 2);
    CHECK(kinds->kinds[0].parts == 5);
    CHECK(kinds->kinds[1].parts == 2);
    CHECK_FALSE(cv::imdecode(kinds->kinds[0].picture, cv::IMREAD_GRAYSCALE).empty());
    for (std::size_t i = 0; i < 5; ++i) CHECK(kinds->parts[i].kind == 0);
    CHECK(kinds->parts[5].kind == 1);
    CHECK(kinds->parts[7].trouble);
    CHECK(reader.sort_markings({}).error().code == "marking.parts");
}

TEST_CASE("several parts on a picture are sorted, each with its number", "[marking][study]") {
    std::vector<cv::Mat> parts;
    for (std::uint64_t i = 0; i < 6; ++i)
        parts.push_back(draw({.lines = i == 3 ? std::vector<std::string>{"MAX232CPE", "0419KX"}
                                              : std::vector<std::string>{"19E9XBL", "SN74LS00N"},
                              .surface = 50 + i}));
    ReaderPool reader = pool();
    for (const auto ground : tests::all_grounds) {
        INFO(tests::name_of(ground));
        const auto scene = tests::compose(parts, {.ground = ground, .seed = 3});
        Picture file;
        cv::imencode(".png", scene.grey, file);
        const auto kinds = reader.sort_markings(views({file, draw_png({.surface = 60})}),
                                                {.several = true, .annotate = true});
        REQUIRE(kinds.has_value());
        REQUIRE(kinds->parts.size() == 7);
        REQUIRE(kinds->kinds.size() == 2);
        CHECK(kinds->kinds[0].parts == 6);
        for (std::size_t i = 0; i < 6; ++i) {
            CHECK(kinds->parts[i].picture == 0);
            CHECK(kinds->parts[i].number == static_cast<int>(i) + 1);
            CHECK(kinds->parts[i].kind == (i == 3 ? 1 : 0));
        }
        CHECK(kinds->parts[6].picture == 1);
        CHECK(kinds->overviews.size() == 1);
    }
}

TEST_CASE("each of several parts on a picture is inspected and numbered", "[marking][study]") {
    std::vector<cv::Mat> parts;
    for (int i = 0; i < 6; ++i)
        parts.push_back(draw({.lines = {"19E9XBL", i == 3 ? "SN74LS08N" : "SN74LS00N"},
                              .surface = 50 + static_cast<std::uint64_t>(i)}));
    ReaderPool reader = pool();
    StudyWish wish;
    wish.annotate = true;
    for (const auto ground : tests::all_grounds) {
        INFO(tests::name_of(ground));
        const auto scene = tests::compose(parts, {.ground = ground, .seed = 3});
        Picture file;
        cv::imencode(".png", scene.grey, file);
        const auto study = reader.study_markings(kText, views(samples()),
                                                 views({file, draw_png({.surface = 60})}), wish);
        REQUIRE(study.has_value());
        REQUIRE(study->parts.size() == 7);
        for (std::size_t i = 0; i < 6; ++i) {
            const auto& one = study->parts[i];
            INFO("part " << i + 1 << " " << (one.part.trouble ? one.part.trouble->text : ""));
            CHECK(one.picture == 0);
            CHECK(one.number == static_cast<int>(i) + 1);
            CHECK(one.part.state == (i == 3 ? MarkingState::differs : MarkingState::agrees));
            cv::Point2f middle(0, 0);
            for (const auto& corner : one.outline)
                middle += cv::Point2f(static_cast<float>(corner.x), static_cast<float>(corner.y));
            CHECK(cv::norm(middle / 4 - scene.bodies[i].center) < 12);
            CHECK(one.annotated.empty() == (i != 3));
        }
        CHECK(study->parts[6].picture == 1);
        CHECK(study->parts[6].number == 1);
        REQUIRE(study->overviews.size() == 1);
        const cv::Mat seen = cv::imdecode(study->overviews.at(0), cv::IMREAD_COLOR);
        CHECK(seen.cols >= 400);
    }
}

TEST_CASE("a template is made and compared of one part only, and says how many it sees",
          "[marking][study]") {
    std::vector<cv::Mat> parts;
    for (std::uint64_t i = 0; i < 10; ++i) parts.push_back(draw({.surface = 70 + i}));
    Picture file;
    cv::imencode(".png", tests::compose(parts, {.ground = tests::Ground::mat}).grey, file);
    ReaderPool reader = pool();
    StudyWish wish;
    wish.enrol = true;
    wish.reference = reference();
    const auto study = reader.study_markings(kText, views(samples()), views({file}), wish);
    REQUIRE(study.has_value());
    REQUIRE(study->parts.size() == 1);
    REQUIRE(study->parts[0].part.trouble);
    CHECK(study->parts[0].part.trouble->code == "marking.several-packages");
    CHECK(study->parts[0].part.trouble->text.starts_with("10 packages are in view"));
}

TEST_CASE("a surface template that is corrupt is refused", "[marking][study]") {
    SurfaceTemplate surface;
    surface.reference = reference();
    surface.patches[3] = SurfaceTemplate::Patch{1, 2, 3, 4};
    surface.patches[11] = SurfaceTemplate::Patch{~0ull, 0, 5, 6};
    const auto good = encode_template(surface);
    const auto back = decode_template(good);
    REQUIRE(back.has_value());
    CHECK(back->patches == surface.patches);
    CHECK(back->reference == surface.reference);
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i] ^= 1;
        CHECK_FALSE(decode_template(bad).has_value());
        CHECK_FALSE(decode_template(std::span(good).first(i)).has_value());
    }
    auto longer = good;
    longer.push_back(0);
    CHECK(decode_template(longer).error().code == "template.corrupt");
    for (const int version : {1, 3}) {
        auto other = good;
        other[4] = static_cast<std::uint8_t>(version);
        const auto refused = decode_template(other);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == "template.version");
        CHECK(refused.error().text.find("enrol the part again") != std::string::npos);
    }
}

TEST_CASE("answers that a study did not ask for are no answers", "[marking][study]") {
    const Picture picture{1, 2, 3};
    StudyRequest request;
    request.about.text = kText;
    request.about.parts = {picture};
    request.wish.annotate = true;
    const auto message = encode_study_request(request);
    const auto read = decode_study_request(message);
    REQUIRE(read);
    CHECK(read->wish.annotate);
    CHECK(read->about.parts.size() == 1);
    CHECK_FALSE(decode_kinds_request(message));
    MarkingStudy study;
    study.parts.resize(1);
    study.parts[0].part.trouble = Error{"marking.no-package", "none"};
    CHECK(decode_study_answer(encode_study_answer(study), request));
    study.parts[0].annotated = {'M', 'Z', 0, 0, 0};
    CHECK_FALSE(decode_study_answer(encode_study_answer(study), request));
    study.parts[0].annotated.clear();
    study.parts[0].conditions = {{"colour", 1, 2}};
    CHECK_FALSE(decode_study_answer(encode_study_answer(study), request));
    study.parts[0].conditions.clear();
    study.parts.resize(2);
    study.parts[1].picture = 1;
    CHECK_FALSE(decode_study_answer(encode_study_answer(study), request));
    CHECK_FALSE(decode_study_answer("{}", request));
    MarkingKinds kinds;
    kinds.parts.resize(2);
    kinds.parts[1].picture = 1;
    kinds.parts[0].kind = kinds.parts[1].kind = 0;
    kinds.kinds.push_back({2, {}});
    CHECK(decode_kinds_answer(encode_kinds_answer(kinds), 2));
    CHECK_FALSE(decode_kinds_answer(encode_kinds_answer(kinds), 3));
    kinds.parts[1].kind = 1;
    CHECK_FALSE(decode_kinds_answer(encode_kinds_answer(kinds), 2));
    // Two parts of one picture have numbers of their own.
    kinds.parts[1].kind = 0;
    kinds.parts[1].picture = 0;
    CHECK_FALSE(decode_kinds_answer(encode_kinds_answer(kinds), 1));
    kinds.parts[1].number = 2;
    CHECK(decode_kinds_answer(encode_kinds_answer(kinds), 1));
}
