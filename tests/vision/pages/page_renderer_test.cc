// Documents as pages: what is drawn, who is named on it, and what hostile ones get.
#include "vision/pages/page_renderer.h"

#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/vision/pages/page_support.h"
#include "tests/zip_support.h"
#include "vision/pages/confined_tool.h"

using namespace reelproof::vision;
using namespace reelproof::tests;
namespace fs = std::filesystem;

namespace {

cv::Mat page_of(const std::string& png) {
    const std::vector<std::uint8_t> file(png.begin(), png.end());
    auto out = cv::imdecode(file, cv::IMREAD_COLOR);
    REQUIRE_FALSE(out.empty());
    return out;
}

cv::Mat page_of(const Result<std::string>& png) {
    if (!png) FAIL(png.error().code + ": " + png.error().text);
    return page_of(*png);
}

// Pixels that are nearly black.
int ink(const cv::Mat& page) {
    cv::Mat grey;
    cv::cvtColor(page, grey, cv::COLOR_BGR2GRAY);
    return cv::countNonZero(grey(cv::Rect(0, 0, grey.cols, grey.rows - 40)) < 60);
}

}  // namespace

TEST_CASE("what can be shown is told by what it begins with", "[pages]") {
    CHECK(page_kind(bytes_of(pdf_of({"x"}))) == PageKind::pdf);
    CHECK(page_kind(bytes_of(gerber_of())) == PageKind::gerber);
    CHECK(page_kind(bytes_of("M48\nMETRIC\nT1C0.8\n%\nT1\nX1Y1\nM30\n")) == PageKind::gerber);
    CHECK(page_kind(bytes_of("PK\x03\x04 a zip")) == PageKind::layers);
    CHECK_FALSE(page_kind(bytes_of("Designator,Value\n")));
    CHECK_FALSE(page_kind({}));
}

TEST_CASE("an archive of Gerbers is shown layer by layer, and what else is in it is passed over",
          "[pages]") {
    Renderer renderer;
    const auto zip = zip_of({{"board/top.gbr", gerber_of()},
                             {"readme.txt", "no Gerber"},
                             {"board/drill.xln", "M48\nMETRIC\nT1C0.8\n%\nT1\nX1Y1\nM30\n"},
                             {"board/empty.gbr", gerber_of().substr(0, 30)}});
    const auto layers = renderer.layers(document(PageKind::layers, zip));
    if (!layers) FAIL(layers.error().text);
    CHECK(std::vector<std::string>(layers->begin(), layers->begin() + 1) ==
          std::vector<std::string>{"board/drill.xln"});
    CHECK(layers->back() == "board/top.gbr");
    CHECK(renderer.pages(document(PageKind::layers, zip)).value() == layers->size());
    CHECK(renderer.page(PageKind::layers, zip, layers->size() + 1).error().code == "pages.missing");
    CHECK(renderer.outcome(PageKind::layers, zip_of({{"x.txt", "text"}})) == "pages.no-layers");
    CHECK(renderer.outcome(PageKind::layers, "PK\x03\x04 none") == "zip.unreadable");
    CHECK(renderer.outcome(PageKind::layers, zip_of({{"x", std::string(20u << 20, '\0')}})) ==
          "zip.too-large");
    if (!installed("/usr/bin/gerbv")) return;
    CHECK(ink(page_of(renderer.page(PageKind::layers, zip, layers->size()))) > 100);
}

TEST_CASE("each page of a PDF is drawn, with its text and who sees it", "[pages]") {
    if (!installed("/usr/bin/pdftoppm")) return;
    Renderer renderer;
    const auto pdf = pdf_of({"HELLO HELLO", "."});
    CHECK(renderer.pages(document(PageKind::pdf, pdf)).value() == 2);
    const auto first = page_of(renderer.page(PageKind::pdf, pdf, 1));
    const auto second = page_of(renderer.page(PageKind::pdf, pdf, 2));
    CHECK(std::max(first.cols, first.rows) > 1600);
    CHECK(ink(first) > ink(second) + 1000);
    CHECK(renderer.page(PageKind::pdf, pdf, 3).error().code == "pages.missing");
    CHECK(renderer.page(PageKind::pdf, pdf, 0).error().code == "pages.missing");
    const auto other = renderer.draw(document(PageKind::pdf, pdf), 1, {"otto", "otto"});
    CHECK(cv::norm(first, page_of(other), cv::NORM_L1) > 1e5);
}

TEST_CASE("Gerbers and pictures are drawn", "[pages]") {
    Renderer renderer;
    cv::Mat picture(300, 4000, CV_8UC3, cv::Scalar(10, 200, 10));
    std::vector<std::uint8_t> png;
    cv::imencode(".png", picture, png);
    CHECK(page_kind(png) == PageKind::picture);
    const auto drawn = page_of(renderer.draw({PageKind::picture, png, "a picture"}, 1, kMark));
    CHECK(drawn.cols == 1700);
    const auto middle = cv::mean(drawn(cv::Rect(0, 0, drawn.cols, drawn.rows - 40)));
    CHECK(middle[1] > middle[0] + 80);
    if (!installed("/usr/bin/gerbv")) return;
    const auto board = page_of(renderer.page(PageKind::gerber, gerber_of()));
    CHECK(ink(board) > 5000);
}

TEST_CASE("a table is drawn line by line", "[pages]") {
    TablePage page{{"Designator", "Value"}, {}, 1};
    const auto empty = page_of(draw_table_page(page, kMark));
    for (int i = 0; i < 40; ++i) page.lines.push_back({"R" + std::to_string(i), "4k7 \xff\x01"});
    page.lines.push_back({std::string(100000, 'x'), "\xe4\xbd\x8d"});
    const auto full = page_of(draw_table_page(page, kMark));
    CHECK(full.rows > empty.rows + 900);
    page.head.assign(64, "a column with a name");
    CHECK(page_of(draw_table_page(page, kMark)).cols == 1700);
}

TEST_CASE("what can't be drawn is told, and nothing hangs", "[pages]") {
    Renderer renderer;
    CHECK(renderer.outcome(PageKind::picture, "\x89PNG\r\n\x1a\nnothing") == "pages.unreadable");
    if (installed("/usr/bin/pdftoppm")) {
        CHECK(renderer.outcome(PageKind::pdf, "%PDF-1.4\nnothing") == "pages.unreadable");
        const auto count = [&](const std::string& pdf) {
            return renderer.pages(document(PageKind::pdf, pdf)).error().code;
        };
        CHECK(count("%PDF-1.4\n") == "pages.unreadable");
        CHECK(count(pdf_of(std::vector<std::string>(5001, "x"))) == "pages.too-many");
        // A page of 14 km.
        auto wide = pdf_of({"x"});
        wide.replace(wide.find("[0 0 595 842]"), 13, "[0 0 9e9 842]");
        CHECK(renderer.outcome(PageKind::pdf, wide) != "");
        // A form that draws itself.
        auto loop = pdf_of({"x"});
        loop.replace(loop.find("/Font << /F1 3 0 R >>"), 21, "/XObject << /F1 4 0 R>");
        CHECK(renderer.outcome(PageKind::pdf, loop) != "");
    }
    if (installed("/usr/bin/gerbv")) {
        CHECK(renderer.outcome(PageKind::gerber, "%FSLAX46Y46*%\n") == "pages.unreadable");
        CHECK(renderer.outcome(PageKind::gerber, gerber_of("%IF/etc/passwd*%\n")) ==
              "pages.unreadable");
    }
}

TEST_CASE("a renderer that is taken over reaches nothing", "[pages]") {
    const auto run = [](std::vector<std::string> tool, std::size_t most = 1u << 20,
                        std::chrono::milliseconds limit = std::chrono::seconds(60)) {
        auto command = page_reader();
        command.emplace_back(confined_tool_argument);
        std::move(tool.begin(), tool.end(), std::back_inserter(command));
        const auto out = run_tool(
            {.command = command, .input = bytes_of("the document"), .most = most, .limit = limit});
        return out ? "ok " + *out : out.error().code;
    };
    CHECK(run({"/bin/cat", kToolInput}) == "ok the document");
    CHECK(run({"/bin/cat", "/etc/passwd"}) == "pages.unreadable");
    CHECK(run({"/bin/cat", "/proc/1/environ"}) == "pages.unreadable");
    CHECK(run({"/bin/ls", "/tmp"}) == "pages.unreadable");
    CHECK(run({"/usr/bin/touch", "/tmp/reelproof-page"}) == "pages.unreadable");
    CHECK_FALSE(fs::exists("/tmp/reelproof-page"));
    CHECK(run({"/bin/bash", "-c", "echo x > /dev/tcp/127.0.0.1/9"}) == "pages.unreadable");
    CHECK(run({"/bin/bash", "-c", "(:) && echo forked"}) == "pages.unreadable");
    CHECK(run({"/bin/bash", "-c", "exec /bin/true"}) == "pages.unreadable");
    CHECK(run({"/bin/bash", "-c", "kill -9 " + std::to_string(getpid())}) == "pages.unreadable");
    CHECK(run({"/bin/bash", "-c", "ulimit -v"}) == "ok 1572864\n");
    CHECK(run({"/bin/cat", "/dev/zero"}) == "pages.unreadable");
    CHECK(run({"/usr/bin/yes"}, 1u << 20) == "pages.too-large");
    CHECK(run({"/bin/bash", "-c", "while :; do :; done"}, 10, std::chrono::milliseconds(300)) ==
          "pages.timeout");
    CHECK(run({"/usr/bin/no-such-program"}) == "pages.cannot-start");
}

TEST_CASE("a page of the renderer is held to its bounds", "[pages]") {
    CHECK(parse_ppm("P6\n2 1\n255\nabcdef")->rgb == "abcdef");
    for (const auto* text :
         {"", "P6", "P5\n2 1\n255\nabcdef", "P6\n2 1\n255\nabcde", "P6\n0 1\n255\n",
          "P6\n-2 1\n255\nabcdef", "P6\n2 1\n65535\nabcdef", "P6\n99999999999 1\n255\nabcdef"})
        CHECK(parse_ppm(text).error().code == "pages.unreadable");
    CHECK(parse_ppm("P6\n2000000000 2000000000\n255\n").error().code == "pages.too-large");
}
