// Documents made to take more than they get, and those of which a program draws less than all.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "tests/paths.h"
#include "tests/vision/pages/page_support.h"
#include "vision/pages/confined_tool.h"
#include "vision/pages/page_failures.h"

using namespace reelproof::vision;
using namespace reelproof::tests;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string stream(const std::string& kind, const std::string& content) {
    return "<< " + kind + " /Length " + std::to_string(content.size()) + " >>\nstream\n" + content +
           "\nendstream";
}

// One page with this content, and objects from the fifth on.
std::string pdf_page(const std::string& content, const std::string& resources = {},
                     const std::string& box = "[0 0 595 842]",
                     const std::vector<std::string>& more = {}) {
    std::vector<std::string> objects{"<< /Type /Catalog /Pages 2 0 R >>",
                                     "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                                     "<< /Type /Page /Parent 2 0 R /MediaBox " + box +
                                         " /Contents 4 0 R /Resources << " + resources + " >> >>",
                                     stream("", content)};
    objects.insert(objects.end(), more.begin(), more.end());
    return pdf_of_objects(objects);
}

// Each of its forms draws the next one ten times.
std::string forms_in_forms(int depth) {
    std::vector<std::string> forms;
    for (int i = 0; i < depth; ++i)
        forms.push_back(
            stream("/Type /XObject /Subtype /Form /BBox [0 0 999 999] /Resources << /XObject << "
                   "/X " +
                       std::to_string(6 + i) + " 0 R >> >>",
                   i + 1 < depth ? "/X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do /X Do"
                                 : "0 0 m 9 9 l S"));
    return pdf_page("/X Do", "/XObject << /X 5 0 R >>", "[0 0 595 842]", forms);
}

std::string flash(const std::string& aperture) {
    return "%FSLAX46Y46*%\n%MOMM*%\n" + aperture + "\nD10*\nX0Y0D03*\nM02*\n";
}

// A reader that writes down each start and then does as it is told.
class CountedReader {
  public:
    explicit CountedReader(const std::string& then) {
        fs::create_directories(folder_);
        std::ofstream(folder_ / "reader") << "echo >> " << (folder_ / "starts").string() << "\n"
                                          << then << "\n";
    }
    ~CountedReader() { fs::remove_all(folder_); }
    CountedReader(const CountedReader&) = delete;
    CountedReader& operator=(const CountedReader&) = delete;
    [[nodiscard]] std::vector<std::string> command() const {
        return {"/bin/bash", (folder_ / "reader").string()};
    }
    [[nodiscard]] std::ptrdiff_t starts() const {
        std::ifstream file(folder_ / "starts");
        return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
    }

  private:
    fs::path folder_ = build_dir() / ("page-reader-" + std::to_string(::getpid()));
};

}  // namespace

TEST_CASE("a PDF that has no end takes its time and no more", "[pages][bombs]") {
    if (!installed("/usr/bin/pdftoppm")) return;
    Renderer renderer(3s);
    CHECK(renderer.outcome(PageKind::pdf, forms_in_forms(30)) == "pages.timeout");
}

TEST_CASE("a PDF that tells of more than there is is refused or drawn", "[pages][bombs]") {
    if (!installed("/usr/bin/pdftoppm")) return;
    Renderer renderer;
    const std::string catalog = "<< /Type /Catalog /Pages 2 0 R >>";
    const auto tree = [&](const std::string& kids) {
        return pdf_of_objects({catalog, "<< /Type /Pages /Kids [" + kids + " >>"});
    };
    const auto countless = tree("] /Count 2147483647");
    CHECK(renderer.pages(document(PageKind::pdf, countless)).error().code == "pages.unreadable");
    CHECK(renderer.outcome(PageKind::pdf, countless) == "pages.unreadable");
    CHECK(renderer.outcome(PageKind::pdf, tree("2 0 R 2 0 R] /Count 2")) != "drawn");
    const std::string line = "9 w 0 0 m 500 500 l S";
    CHECK(renderer.outcome(PageKind::pdf, pdf_page(line, "", "[0 0 1e9 1e9]")) == "drawn");
    CHECK(renderer.outcome(PageKind::pdf, pdf_page(line, "", "[0 0 -1 0]")) == "pages.empty");
    CHECK(renderer.outcome(PageKind::pdf, pdf_page(line + std::string(1'000'000, '['))) == "drawn");
}

TEST_CASE("a page on which nothing is drawn says so", "[pages][bombs]") {
    if (!installed("/usr/bin/pdftoppm")) return;
    Renderer renderer;
    const auto empty = pdf_page("");
    auto mark = kMark;
    mark.foot = "nothing is drawn on this page  |  " + mark.foot;
    const auto shown = renderer.page(PageKind::pdf, empty).value();
    const auto line = renderer.page(PageKind::pdf, pdf_page("9 w 0 0 m 5 5 l S")).value();
    CHECK(shown != line);
    const std::string white(3u * 1202 * 1700, '\xff');
    CHECK(shown == finish_page({1202, 1700, white}, mark));
}

TEST_CASE("a Gerber file that has no end takes its time and no more", "[pages][bombs]") {
    if (!installed("/usr/bin/gerbv")) return;
    Renderer renderer(3s);
    // A step and repeat of 10^10 copies; a polygon of 2 * 10^9 corners.
    CHECK(renderer.outcome(PageKind::gerber, gerber_of("%SRX99999Y99999I0.001J0.001*%\n")) ==
          "pages.timeout");
    CHECK(renderer.outcome(PageKind::gerber, flash("%ADD10P,1X2000000000*%")) == "pages.timeout");
}

TEST_CASE("a Gerber file that gerbv understands in part is not shown", "[pages][bombs]") {
    if (!installed("/usr/bin/gerbv")) return;
    Renderer renderer;
    const auto outcome = [&](const std::string& text) {
        return renderer.outcome(PageKind::gerber, text);
    };
    CHECK(outcome(flash("%ADD10C,1*%")) == "drawn");
    CHECK(outcome(flash("%ADD2147483647C,1*%")) == "pages.unreadable");
    // A macro that names itself has no form, next to a line that is drawn.
    CHECK(outcome(gerber_of("%AMS*S*1,1,1,0,0*%\n%ADD11S*%\nD11*\nX0Y0D03*\n")) ==
          "pages.unreadable");
    auto cut = gerber_of();
    cut.resize(cut.rfind("M02"));
    CHECK(outcome(cut) == "pages.unreadable");
    // Holes of 0 and of endless width.
    CHECK(outcome(flash("%ADD10C,nan*%")) == "pages.empty");
    CHECK(outcome(flash("%ADD10C,1e308*%")) == "pages.empty");
    CHECK(outcome("%FSLAX46Y46*%\n%MOMM*%\n%ADD10C,1*%\nM02*\n") == "pages.empty");
}

TEST_CASE("attributes of Gerber X2 change nothing that is drawn", "[pages][bombs]") {
    if (!installed("/usr/bin/gerbv")) return;
    Renderer renderer;
    const auto plain = renderer.page(PageKind::gerber, gerber_of());
    const auto told = renderer.page(
        PageKind::gerber,
        gerber_of("%TF.GenerationSoftware,KiCad,Pcbnew,7.0*%\n%TF.FileFunction,Copper,L1,Top*%\n"
                  "%TA.AperFunction,SMDPad,CuDef*%\n%TO.N,GND*%\n%TD*%\n"));
    REQUIRE(told.has_value());
    CHECK(plain.value() == told.value());
}

TEST_CASE("what is drawn locked in is what is drawn free, byte for byte", "[pages][confine]") {
    const auto check = [](std::vector<std::string> tool, const std::string& text, bool writes) {
        if (!installed(tool.front().c_str())) return;
        ToolJob job{.input = bytes_of(text), .writes_file = writes};
        job.command = tool;
        const auto free = run_tool(job);
        job.command = page_reader();
        job.command.emplace_back(confined_tool_argument);
        job.command.insert(job.command.end(), tool.begin(), tool.end());
        const auto confined = run_tool(job);
        REQUIRE(free.has_value());
        REQUIRE(confined.has_value());
        CHECK(free->size() > 1000);
        CHECK(*free == *confined);
    };
    const auto pdf = pdf_of({"HELLO \\344\\366\\374 4k7"});
    check({"/usr/bin/pdftoppm", "-scale-to", "1700", kToolInput}, pdf, false);
    check({"/usr/bin/gerbv", "--export=png", "--window=1700x1200", "--output=/proc/self/fd/3",
           kToolInput},
          gerber_of("%AMR*21,1,$1,2,0,0,30*1,1,1,0,0*%\n%ADD11R,3*%\nD11*\nX5000000Y5000000D03*\n"),
          true);
}

TEST_CASE("a document that takes too long is not tried again at each request", "[pages][bombs]") {
    const CountedReader reader("while :; do :; done");
    PageRenderer renderer(reader.command(), 300ms);
    const auto draw = [&](std::string_view text, std::size_t page) {
        return renderer.draw(document(PageKind::pdf, text), page, kMark).error();
    };
    const auto first = draw("one", 1);
    CHECK(first.code == "pages.timeout");
    CHECK(draw("one", 1) == first);
    CHECK(reader.starts() == 1);
    CHECK(draw("another", 1).code == "pages.timeout");
    CHECK(reader.starts() == 2);
    CHECK(renderer.pages(document(PageKind::pdf, "one")).error().code == "pages.timeout");
    CHECK(draw("one", 2).code == "pages.timeout");
    CHECK(reader.starts() == 4);
    CHECK(draw("one", 3) == first);
    CHECK(reader.starts() == 4);
}

TEST_CASE("what the machine lacks is tried again", "[pages]") {
    const CountedReader reader("exit 127");
    PageRenderer renderer(reader.command());
    for (int i = 1; i < 3; ++i) {
        CHECK(renderer.draw(document(PageKind::picture, "x"), 1, kMark).error().code ==
              "pages.cannot-start");
        CHECK(reader.starts() == i);
    }
}

TEST_CASE("failures are forgotten after a while, and the oldest first", "[pages][bombs]") {
    PageFailures failures;
    const PageFailures::Clock::time_point start{};
    const Error damaged{"pages.unreadable", "damaged"}, other{"pages.empty", "empty"};
    failures.remember({"a", 1}, damaged, start);
    failures.remember({"a", 1}, other, start + 1min);
    CHECK(failures.find({"a", 1}, start + 1min) == damaged);
    CHECK_FALSE(failures.find({"a", 2}, start));
    CHECK_FALSE(failures.find({"b", 1}, start));
    CHECK(failures.find({"a", 1}, start + PageFailures::lasting - 1s));
    CHECK_FALSE(failures.find({"a", 1}, start + PageFailures::lasting));
    for (std::size_t i = 0; i <= PageFailures::most; ++i)
        failures.remember({"c", i}, damaged, start);
    CHECK_FALSE(failures.find({"c", 0}, start));
    CHECK(failures.find({"c", 1}, start));
    CHECK(failures.find({"c", PageFailures::most}, start));
}
