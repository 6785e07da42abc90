#include "vision/label/scanner_words.h"

#include <catch2/catch.hpp>

#include "tests/vision/vision_support.h"
#include "vision/label/calibration_sheet.h"
#include "vision/label/characters.h"
#include "vision/label/keyboard_layouts.h"
#include "vision/label/proofread.h"

using namespace reelproof;
using namespace reelproof::vision;
using Catch::Matchers::Contains;

namespace {

std::string all(const std::vector<std::string>& sentences) {
    std::string text;
    for (const auto& sentence : sentences) text += sentence + "\n";
    return text;
}

// What arrives for `text` where keys give other characters than they should.
std::string typed(std::string_view text,
                  const std::vector<std::pair<std::string, std::string>>& keys) {
    std::string out;
    for (const char c : text) {
        std::string one(1, c);
        for (const auto& [meant, delivered] : keys)
            if (one == meant) {
                one = delivered;
                break;
            }
        out += one;
    }
    return out;
}

}  // namespace

TEST_CASE("the calibration sheet is read back in every size that it fits") {
    ReaderPool pool(tests::reader_options());
    for (const int dpi : {203, 300, 600}) {
        INFO(dpi);
        RenderOptions options;
        options.dpi = dpi;
        const auto sheet = calibration_sheet(options);
        REQUIRE(sheet.has_value());
        const auto read = read_back(*sheet, pool);
        CHECK((read ? "" : read.error().text) == "");
        CHECK(sheet->symbols.at(0).data == calibration_text());
        CHECK(sheet->symbols.at(1).data == linear_calibration_text());
    }
    CHECK(calibration_sheet({300, 70, 30, ""}).error().code == "label.does-not-fit");
    CHECK(calibration_sheet({72, 100, 60, ""}).error().code == "label.does-not-fit");
}

TEST_CASE("what was learned of a scanner is told, and how to set it") {
    const auto of = [](const std::string& delivered) {
        const auto profile = learn(calibration_text(), delivered);
        REQUIRE(profile.has_value());
        return findings_of(*profile);
    };
    const std::string text(calibration_text());
    CHECK_THAT(all(of(text).found), Contains("every character as it is"));
    CHECK(of(text).advice.empty());
    CHECK_THAT(all(of(text + "\r").found), Contains("it puts \\x0D behind each text"));

    const auto dropped = of(typed(text, {{"\x1d", ""}, {"\x1e", ""}, {"\x04", ""}}));
    CHECK_THAT(all(dropped.found), Contains("your scanner drops GS, RS and EOT"));
    CHECK_THAT(all(dropped.advice), Contains("USB serial"));

    const auto endless = of(typed(text, {{"\x1d", "|"}, {"\x1e", "~"}, {"\x04", ""}}));
    CHECK_THAT(all(endless.found),
               Contains("drops EOT") && Contains("GS as |") && Contains("RS as ~"));
    CHECK(endless.advice.empty());

    std::string caps_lock = text;
    for (char& c : caps_lock)
        if (is_upper(c) || is_lower(c)) c = static_cast<char>(c ^ 0x20);
    CHECK(all(of(caps_lock).advice) == "switch caps lock off\n");

    const auto carets = of(typed(text, {{"\x1d", "{GS}"}, {"\x1e", "{RS}"}, {"\x04", "{EOT}"}}));
    CHECK_THAT(all(carets.found), Contains("GS as {GS}"));

    // The computer's keyboard is not the scanner's, which types as a US keyboard.
    for (const std::string layout :
         {"German", "British", "French", "Spanish", "Italian", "Swedish"}) {
        INFO(layout);
        const auto found = of(typed_on(layout, text));
        CHECK(found.layout == layout);
        CHECK_THAT(all(found.found), Contains("US layout, and the computer's keyboard is"));
        CHECK_THAT(all(found.advice), Contains("to " + layout));
        const auto bars =
            learn(linear_calibration_text(), typed_on(layout, linear_calibration_text()));
        REQUIRE(bars.has_value());
        // Several may explain so few marks; then none is named, and never a wrong one.
        const auto name = findings_of(*bars).layout;
        CHECK((name == layout || name.empty()));
    }
    const auto both = of(typed_on("German", typed(text, {{"\x1d", ""}})));
    CHECK(both.layout == "German");
    CHECK_THAT(all(both.found), Contains("your scanner drops GS, or types blanks"));
    // The other way round: y and z, and the hyphen is where the slash is.
    const auto set_to_german = of(typed(text, {{"y", "z"},
                                               {"z", "y"},
                                               {"Y", "Z"},
                                               {"Z", "Y"},
                                               {"-", "/"},
                                               {"/", "&"},
                                               {"_", "?"},
                                               {"?", "_"},
                                               {";", "<"},
                                               {":", ">"},
                                               {"(", "*"},
                                               {")", "("},
                                               {"&", "^"}}));
    CHECK(set_to_german.layout == "German");
    CHECK_THAT(all(set_to_german.found), Contains("your scanner types German layout"));

    const auto odd = of(typed(text, {{"#", "%"}, {"%", "#"}}));
    CHECK(odd.layout.empty());
    CHECK_THAT(all(odd.found), Contains("# as %"));
}
