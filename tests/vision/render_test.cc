#include "vision/label/render.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "tests/vision/vision_support.h"
#include "tests/vision/zpl_support.h"
#include "vision/label/drawing.h"
#include "vision/label/photograph.h"
#include "vision/label/proofread.h"

using namespace reelproof;
using namespace reelproof::vision;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

const Fields reel{{"mpn", "STM32F407VGT6"},
                  {"quantity", std::int64_t{1000}},
                  {"lot", "GH2318A77"},
                  {"date_code", "2431"},
                  {"date_code_kind", "YYWW"},
                  {"country", "MY"},
                  {"manufacturer", "Silicon Works"},
                  {"supplier_pn", "SW-4711-ND"},
                  {"po", "4500016605"},
                  {"msl", "3"}};
const std::string unique_id = "LESWKRP01H5ZQ8W3K9V2B7N4M6T0XCDEF";

}  // namespace

TEST_CASE("an issued label's payload parses back to the fields that went in") {
    const auto payload = issued_label_payload(reel, unique_id);
    REQUIRE(payload.has_value());
    const auto parsed = parse(*payload, {Channel::camera, "DataMatrix"});
    REQUIRE(parsed.has_value());
    CHECK(parsed->fields == reel);
    CHECK(parsed->unique_id == unique_id);
    CHECK(parsed->warnings.empty());

    Fields by_day = reel;
    by_day["date_code"] = "220309";
    by_day["date_code_kind"] = "YYMMDD";
    CHECK(parse(*issued_label_payload(by_day, unique_id))->fields == by_day);
}

TEST_CASE("a value that could forge a record is refused") {
    for (const std::string lot : {"A\x1dQ999", "A\x1e\x04", "A\n", "\xC3\x84", " A"}) {
        Fields fields = reel;
        fields["lot"] = lot;
        const auto payload = issued_label_payload(fields, unique_id);
        REQUIRE_FALSE(payload.has_value());
        CHECK(payload.error().code == "label.bad-value");
    }
    CHECK(issued_label_payload(reel, "A\x1d").error().code == "label.bad-value");
    Fields fields = reel;
    fields["po"] = std::string(500, 'X');
    CHECK(issued_label_payload(fields, unique_id).error().code == "label.too-long");
}

namespace {

struct Sheet {
    double width, height;
};
// As label rolls come.
constexpr Sheet sheets[]{{100, 60},    {100, 50}, {101.6, 152.4}, {101.6, 76.2},
                         {76.2, 50.8}, {70, 30},  {50, 25}};
// What EIGP 114 asks for, and no more: this fits on the smallest.
const Fields plain{{"mpn", "STM32F407VGT6"},
                   {"quantity", std::int64_t{1000}},
                   {"lot", "GH2318A77"},
                   {"date_code", "2431"},
                   {"country", "MY"}};

struct Box {
    int left, top, right, bottom;

    bool meets(const Box& other) const {
        return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
};

// Everything on a label with the room that it must have for itself.
std::vector<Box> boxes_of(const LabelLayout& layout) {
    std::vector<Box> boxes;
    for (const auto& symbol : layout.symbols) {
        const int beside = symbol.module * (symbol.linear() ? 10 : 1);
        const int above = symbol.linear() ? 0 : symbol.module;
        boxes.push_back({symbol.x - beside, symbol.y - above, symbol.x + symbol.width() + beside,
                         symbol.y + symbol.height() + above});
    }
    for (const auto& text : layout.texts)
        boxes.push_back({text.x, text.y, text.x + text_width(text.text, text.height),
                         text.y + text.height * 5 / 4});
    return boxes;
}

LabelLayout laid_out(const Fields& fields, const RenderOptions& options) {
    const auto layout = lay_out(fields, *issued_label_payload(fields, unique_id), options);
    REQUIRE(layout.has_value());
    return *layout;
}

std::string run(const std::string& command) {
    FILE* const pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string out;
    char block[4096];
    for (std::size_t got; (got = fread(block, 1, sizeof block, pipe)) > 0;) out.append(block, got);
    return pclose(pipe) == 0 ? out : std::string();
}

bool there_is(const char* program) {
    if (!run(std::string("command -v ") + program).empty()) return true;
    std::cout << "SKIPPED: " << program << " is not installed\n";
    return false;
}

// The picture that another program makes of a file.
RenderedLabel seen_by(const RenderedLabel& label, const std::string& file,
                      const std::string& command) {
    RenderedLabel seen = label;
    const auto path = fs::temp_directory_path() / ("label_" + std::to_string(getpid()));
    std::ofstream(path, std::ios::binary) << file;
    const auto picture = run(command + " " + path.string());
    fs::remove(path);
    seen.png.assign(picture.begin(), picture.end());
    return seen;
}

std::string trouble(const Result<void>& result) {
    return result ? "" : result.error().text;
}

}  // namespace

TEST_CASE("nothing on a label stands in the room of anything else") {
    for (const int dpi : {203, 300, 600}) {
        for (const auto& [width, height] : sheets) {
            INFO(dpi << " dpi, " << width << " x " << height << " mm");
            const auto layout = laid_out(height < 40 ? plain : reel, {dpi, width, height, ""});
            CHECK(layout.width == std::lround(width * dpi / 25.4));
            CHECK(layout.texts.size() == (height < 40 ? 5 : 9));
            const auto boxes = boxes_of(layout);
            for (std::size_t i = 0; i < boxes.size(); ++i) {
                CHECK((boxes[i].left >= 0 && boxes[i].top >= 0));
                CHECK((boxes[i].right <= layout.width && boxes[i].bottom <= layout.height));
                for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(boxes[i].meets(boxes[j]));
            }
            for (const auto& symbol : layout.symbols) CHECK(symbol.module * 25.4 / dpi >= 0.25);
            for (const auto& text : layout.texts) CHECK(text.height * 25.4 / dpi >= 1.2);
        }
    }
}

TEST_CASE("the largest label of the finest printer can be read back", "[budget]") {
    ReaderPool pool(tests::reader_options());
    const auto label = render_label(reel, unique_id, {600, 300, 300, ""});
    REQUIRE(label.has_value());
    CHECK(trouble(proofread(*label, reel, unique_id, pool)) == "");
}

TEST_CASE("a label is drawn in all sizes, and what is drawn can be read", "[budget]") {
    ReaderPool pool(tests::reader_options());
    for (const int dpi : {203, 300, 600}) {
        for (const auto& [width, height] : sheets) {
            INFO(dpi << " dpi, " << width << " x " << height << " mm");
            const Fields& fields = height < 40 ? plain : reel;
            const auto label = render_label(fields, unique_id, {dpi, width, height, ""});
            REQUIRE(label.has_value());
            CHECK(trouble(proofread(*label, fields, unique_id, pool)) == "");
        }
    }
    const auto label = render_label(reel, unique_id, {300, 100, 60, "siliconworks.example"});
    REQUIRE(label.has_value());
    const auto reading = pool.read_label(label->png);
    REQUIRE(reading.has_value());
    CHECK(reading->symbols.size() == 5);
    CHECK(reading->fields == reel);
    CHECK(reading->unique_id == unique_id);
    CHECK(reading->conflicts.empty());
}

TEST_CASE("a label that does not fit is refused, and the field is named") {
    const auto refused = [](const Fields& fields, const RenderOptions& options) {
        const auto label = render_label(fields, unique_id, options);
        REQUIRE_FALSE(label.has_value());
        CHECK(label.error().code == "label.does-not-fit");
        CHECK(label.error().text.find(unique_id) == std::string::npos);
        return label.error().text;
    };
    CHECK_THAT(refused(reel, {250, 100, 60, ""}), Contains("203, 300 or 600 dpi"));
    CHECK_THAT(refused(reel, {300, 10, 60, ""}), Contains("25 to 300 mm"));
    CHECK_THAT(refused(reel, {300, 25, 15, ""}), Contains("25 x 15 mm"));
    Fields wordy = plain;
    wordy["manufacturer"] = std::string(60, 'W');
    CHECK_THAT(refused(wordy, {300, 70, 30, ""}), Contains("print manufacturer (70 characters"));
    wordy["manufacturer"] = std::string(280, 'W');
    CHECK_THAT(refused(wordy, {300, 100, 15, ""}), Contains("Data Matrix of"));
}

TEST_CASE("a label that does not read back is not handed out, and what did not read is named") {
    ReaderPool pool(tests::reader_options());
    const auto label = render_label(reel, unique_id);
    REQUIRE(label.has_value());
    const auto complains = [&](const RenderedLabel& changed, const Fields& fields,
                               const std::string& id) {
        const auto read = proofread(changed, fields, id, pool);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().code == "label.does-not-read");
        CHECK(read.error().text.find(unique_id) == std::string::npos);
        return read.error().text;
    };
    auto changed = *label;
    changed.symbols[0].data[9] ^= 1;
    CHECK_THAT(complains(changed, reel, unique_id), Contains("the Data Matrix could not be read"));
    changed = *label;
    changed.symbols[1].data += "7";
    CHECK_THAT(complains(changed, reel, unique_id), Contains("the bars of mpn could not be read"));
    changed = *label;
    changed.symbols.pop_back();
    CHECK_THAT(complains(changed, reel, unique_id), Contains("that was not drawn"));
    CHECK_THAT(complains(*label, reel, unique_id + "7"), Contains("25S"));
    Fields other = reel;
    other["lot"] = "GH2318A78";
    CHECK_THAT(complains(*label, other, unique_id), Contains("the print of lot"));
}

TEST_CASE("PDF and SVG have the label's size, and other programs draw what can be read") {
    ReaderPool pool(tests::reader_options());
    for (const auto& [width, height] : sheets) {
        INFO(width << " x " << height << " mm");
        const Fields& fields = height < 40 ? plain : reel;
        const auto label = render_label(fields, unique_id, {300, width, height, ""});
        REQUIRE(label.has_value());
        CHECK(label->svg.find(unique_id) == std::string::npos);
        if (there_is("pdftoppm")) {
            const auto seen = seen_by(*label, label->pdf, "pdftoppm -r 300 -gray");
            CHECK(trouble(proofread(seen, fields, unique_id, pool)) == "");
            const auto info = seen_by(*label, label->pdf, "pdfinfo").png;
            const std::string page(info.begin(), info.end());
            double across = 0, down = 0;
            REQUIRE(std::sscanf(page.c_str() + page.find("Page size:"), "Page size: %lf x %lf",
                                &across, &down) == 2);
            CHECK(std::abs(across * 25.4 / 72 - width) < 0.01);
            CHECK(std::abs(down * 25.4 / 72 - height) < 0.01);
        }
        if (there_is("rsvg-convert")) {
            const auto seen = seen_by(*label, label->svg, "rsvg-convert -d 300 -p 300 -f png");
            CHECK(trouble(proofread(seen, fields, unique_id, pool)) == "");
        }
    }
}

TEST_CASE("several labels are one PDF, a page each") {
    ReaderPool pool(tests::reader_options());
    const RenderOptions options{300, 100, 60, ""};
    const auto first = render_label(reel, unique_id, options),
               second = render_label(reel, unique_id + "2", options);
    REQUIRE((first.has_value() && second.has_value()));
    const auto both = labels_as_pdf(reel, {first->payload, second->payload}, options);
    REQUIRE(both.has_value());
    CHECK(both->starts_with("%PDF-"));
    if (!there_is("pdftoppm")) return;
    const auto seen = seen_by(*second, *both, "pdftoppm -f 2 -l 2 -r 300 -gray");
    CHECK(trouble(proofread(seen, reel, unique_id + "2", pool)) == "");
}

TEST_CASE("ZPL prints the dots that were read back, and the same words") {
    ReaderPool pool(tests::reader_options());
    for (const int dpi : {203, 300, 600}) {
        for (const auto& [width, height] : sheets) {
            INFO(dpi << " dpi, " << width << " x " << height << " mm");
            const Fields& fields = height < 40 ? plain : reel;
            const RenderOptions options{dpi, width, height, ""};
            auto label = render_label(fields, unique_id, options);
            REQUIRE(label.has_value());
            const auto layout = laid_out(fields, options);
            const auto zpl = tests::read_zpl(label->zpl);
            CHECK(zpl.width == layout.width);
            CHECK(zpl.height == layout.height);
            REQUIRE(zpl.texts.size() == layout.texts.size());
            for (std::size_t i = 0; i < zpl.texts.size(); ++i) {
                CHECK(zpl.texts[i].text == layout.texts[i].text);
                CHECK(zpl.texts[i].x == layout.texts[i].x);
            }
            if (dpi == 600 && width > 80) continue;  // as the others, and slow
            label->png = zpl.pgm();
            CHECK(trouble(proofread(*label, fields, unique_id, pool)) == "");
        }
    }
}

TEST_CASE("label text is data to SVG, PDF and ZPL") {
    Fields fields = reel;
    fields["mpn"] = "A<b>&\"^XZ~JA_1D\\";
    const auto label = render_label(fields, unique_id, {300, 100, 70, ""});
    REQUIRE(label.has_value());
    CHECK(label->svg.find("<b>") == std::string::npos);
    CHECK(label->zpl.find("^XZ") == label->zpl.size() - 4);
    CHECK(label->zpl.find("~J") == std::string::npos);
    const auto zpl = tests::read_zpl(label->zpl);
    CHECK(zpl.texts.front().text == "(1P) MPN: A<b>&\"^XZ~JA_1D\\");
}

TEST_CASE("photographs of a label are repeatable and differ by seed") {
    const auto label = render_label(reel, unique_id);
    REQUIRE(label.has_value());
    PhotographOptions one, two;
    two.seed = 2;
    CHECK(*photograph(label->png, one) == *photograph(label->png, one));
    CHECK(*photograph(label->png, one) != *photograph(label->png, two));
    CHECK_FALSE(photograph({}, one).has_value());
}

namespace {

int labels_read(std::uint64_t first, std::uint64_t last) {
    ReaderPool pool(tests::reader_options());
    const auto label = render_label(reel, unique_id, {300, 100, 60, "siliconworks.example"});
    int read = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        PhotographOptions options;
        options.seed = seed;
        const auto picture = photograph(label->png, options);
        const auto reading = pool.read_label(*picture);
        read += reading && reading->unique_id == unique_id && reading->fields == reel;
    }
    return read;
}

}  // namespace

TEST_CASE("careful photographs of an issued label are read", "[budget]") {
    CHECK(labels_read(1, 12) == 12);
}

TEST_CASE("fifty photographs of an issued label are read", "[.slow]") {
    CHECK(labels_read(1, 50) >= 49);
}

TEST_CASE("what our own reader or rules would refuse is not issued, and the field is named") {
    using namespace std::chrono;
    const sys_days today = 2026y / November / 21;
    const auto complains = [&](const std::string& name, const Value& value) {
        Fields fields = reel;
        fields.erase("date_code_kind");
        fields[name] = value;
        const auto fine = check_issued_fields(fields, unique_id, today);
        return fine ? std::string() : fine.error().text;
    };
    CHECK(complains("lot", "GH2318A77").empty());
    for (const std::string code : {"2647", "20261121", "N/T", "2608"})
        CHECK(complains("date_code", code).empty());
    for (const std::string code : {"9999", "2654", "2748", "20270230", "May"})
        CHECK(complains("date_code", code).starts_with("date_code \"" + code + "\""));
    for (const std::string day : {"20261301", "2026", "20260230", "271231"})
        CHECK(complains("expiry", day).find("YYYYMMDD") != std::string::npos);
    CHECK(complains("mpn", std::string(5000, 'A')).starts_with("mpn "));
    for (const std::string country : {"XXX", "cn", "4", "XX", "Germany"})
        CHECK(complains("country", country).starts_with("country \"" + country + "\""));
    for (const std::string lot : {"A{GS}Q9", "A<RS>B", "A^]Q9"})
        CHECK(complains("lot", lot).starts_with("lot \"" + lot + "\""));
    CHECK(complains("msl", "2a").empty());
    CHECK(complains("msl", "9").starts_with("msl \"9\""));
    CHECK(complains("quantity", std::int64_t{1'000'000'000}).starts_with("quantity"));
    CHECK_FALSE(check_issued_fields(reel, unique_id + "{GS}", today).has_value());
}
