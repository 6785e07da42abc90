// The print of a label against its symbols: captions, comparison, real Tesseract.
#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/shared_data.h"
#include "tests/vision/print_support.h"
#include "tests/vision/vision_support.h"
#include "vision/label/photograph.h"
#include "vision/label/text_captions.h"
#include "vision/label/text_characters.h"
#include "vision/label/text_compare.h"
#include "vision/reader/reader_pool.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

// A line of large print, read without doubt, `row` lines down from the label's symbol.
TextLine line_of(const std::string& text, int row, float confidence = 0.99F) {
    TextLine line;
    line.text = text;
    const auto count = static_cast<int>(text.size());
    for (int i = 0; i < count; ++i) {
        line.confidence.push_back(confidence);
        line.left.push_back(static_cast<float>(i) / static_cast<float>(count));
        line.right.push_back(static_cast<float>(i + 1) / static_cast<float>(count));
    }
    const int y = 100 + 40 * row, width = 20 * count;
    line.position = {{{100, y}, {100 + width, y}, {100 + width, y + 30}, {100, y + 30}}};
    line.x = 100 + width / 2.0;
    line.y = y + 15;
    line.width = width;
    line.height = 30;
    return line;
}

TextQuestion question_of(std::vector<TextStatement> statements) {
    TextQuestion question;
    question.labels.push_back(
        {{{{{100, 0}, {200, 0}, {200, 90}, {100, 90}}}}, std::move(statements)});
    return question;
}

std::vector<TextLine> lines_of(const std::vector<std::string>& texts) {
    std::vector<TextLine> lines;
    for (const auto& text : texts) lines.push_back(line_of(text, static_cast<int>(lines.size())));
    return lines;
}

// "lot 7AB124" for each suspicion, in a row.
std::string suspected(const TextQuestion& question, const std::vector<TextLine>& lines) {
    std::vector<std::optional<TextSpan>> agreed;
    for (const auto& statement : question.labels[0].statements)
        agreed.push_back(find_agreement(statement, lines));
    std::string out;
    for (const auto& one : suspicions(question, 0, lines, agreed))
        out += (out.empty() ? "" : ", ") + question.labels[0].statements[one.statement].field +
               " " + one.print;
    return out;
}

const TextStatement mpn{"mpn", "1P", "NL52840-QIAA-R", {}, true};
const TextStatement lot{"lot", "1T", "7AB123", {}, true};
const TextStatement date{"date_code", "9D", "2617", "YYWW", true};
const TextStatement quantity{"quantity", "Q", "3000", {}, true};
const TextStatement country{"country", "4L", "MY", {}, true};

bool agrees(const TextStatement& statement, const std::string& text) {
    return find_agreement(statement, lines_of({text})).has_value();
}

const TextField* field_of(const LabelReading& reading, std::string_view name) {
    if (!reading.text) return nullptr;
    for (const auto& field : reading.text->fields)
        if (field.field == name) return &field;
    return nullptr;
}

std::size_t differences(const LabelReading& reading) {
    std::size_t count = 0;
    if (reading.text)
        for (const auto& field : reading.text->fields) count += field.state == TextState::differs;
    return count;
}

Fields reel() {
    return {{"mpn", std::string("NL52840-QIAA-R")}, {"lot", std::string("7AB123")},
            {"quantity", std::int64_t{3000}},       {"date_code", std::string("2617")},
            {"country", std::string("MY")},         {"msl", std::string("3")},
            {"po", std::string("4512349977")}};
}

}  // namespace

TEST_CASE("captions are found with what stands behind them") {
    const auto two = captions_in("Lot No.: 54334265 D/C 1312");
    REQUIRE(two.size() == 2);
    CHECK(two[0].field == "lot");
    CHECK(two[1].field == "date_code");
    CHECK(two[0].end == two[1].first);
    CHECK(two[1].clear);
    const auto identified = captions_in("(1P) MPN: NL52840");
    REQUIRE(identified.size() == 1);
    CHECK(identified[0].identifier == "1P");
    CHECK(identified[0].field == "mpn");
    CHECK(captions_in("(lT) LOT: X").at(0).identifier == "1T");
    CHECK_FALSE(captions_in("MFG PO: 4899973").at(0).clear);
    CHECK_FALSE(captions_in("CUSTOMER LOT: 4899973").at(0).clear);
    CHECK(captions_in("ORIGIN: MY PO: 45123").at(1).clear);
    CHECK(captions_in("CUSTOMER (1T) 45123").at(0).clear);
    CHECK(captions_in("FLEXITERM (R)").at(0).field.empty());
    CHECK(captions_in("ALLOT 5").empty());
    CHECK(captions_in("DATE: 2617").at(0).vague);
    CHECK_FALSE(captions_in("DATE CODE: 2617").at(0).vague);
    CHECK_FALSE(captions_in("D/C: 2617").at(0).vague);
}

TEST_CASE("print agrees in whatever form it is printed") {
    CHECK(agrees(mpn, "(1P) MPN: NL52840-QIAA-R"));
    CHECK(agrees(mpn, "NL5284O QIAA R"));
    CHECK(agrees(lot, "Lot 7A8I23"));
    CHECK(agrees(quantity, "QTY: 3,000 pcs"));
    CHECK(agrees(quantity, "3 000 PCS"));
    CHECK_FALSE(agrees(quantity, "13000"));
    CHECK_FALSE(agrees(quantity, "30000"));
    CHECK(agrees(quantity, "QTY: 3000.00"));
    CHECK(agrees(quantity, "QTY: 3,000.000 PCE"));
    CHECK(agrees(quantity, "QTY: 3.000,000 ST"));
    CHECK_FALSE(agrees(quantity, "QTY: 3,000,000,000"));
    CHECK_FALSE(agrees(quantity, "QTY: 3000.50"));
    CHECK(agrees(date, "D/C 2617"));
    CHECK(agrees(date, "2026-04-22"));
    CHECK_FALSE(agrees(date, "D/C 2643"));
    CHECK_FALSE(agrees(date, "126170"));
    CHECK(agrees(country, "MADE IN MALAYSIA"));
    CHECK(agrees(country, "COO: MY"));
    CHECK_FALSE(agrees(country, "MY LABEL"));
    CHECK(agrees({"msl", "", "3", {}, true}, "MSL:3"));
    CHECK_FALSE(agrees({"msl", "", "2", {}, true}, "MSL 260C"));
    CHECK(agrees({"lot", "", "0054334265", {}, true}, "Lot1 54334265"));
}

TEST_CASE("a value that nothing explains is suspected") {
    const auto question = question_of({mpn, lot, date, quantity, country});
    const std::string part = "(1P) MPN: NL52840-QIAA-R";
    CHECK(suspected(question, lines_of({part, "(1T) LOT: 7XB129"})) == "lot 7XB129");
    CHECK(suspected(question, lines_of({part, "LOT: 7XB129"})) == "lot 7XB129");
    CHECK(suspected(question, lines_of({part, "D/C: 2643"})) == "date_code 2643");
    CHECK(suspected(question, lines_of({part, "QTY: 9000"})) == "quantity 9000");
    CHECK(suspected(question, lines_of({part, "QTY: 30,000 pcs"})) == "quantity 30000");
    CHECK(suspected(question, lines_of({part, "MADE IN CHINA"})) == "country CHINA");
    CHECK(suspected(question, lines_of({"(1P) MPN: NL52840-QFAA-R", "LOT: 7AB123"})) ==
          "mpn NL52840QFAAR");
}

TEST_CASE("what something else may explain is no suspicion") {
    const auto question = question_of({mpn, lot, date, quantity, country});
    const std::string part = "(1P) MPN: NL52840-QIAA-R";
    const auto none = [&](const std::vector<std::string>& texts) {
        return suspected(question, lines_of(texts)) == "";
    };
    // The value stands on the label as well; or something very like it does.
    CHECK(none({part, "LOT: 7XB129", "7AB123"}));
    CHECK(none({part, "LOT: 7XB129", "7AB12E"}));
    // A slip of the reader.
    CHECK(none({part, "LOT: 7A8I23"}));
    CHECK(suspected(question, {line_of(part, 0), line_of("LOT: 7XB129", 1, 0.7F)}).empty());
    // Nothing else of the label was found in print: is this its print at all?
    CHECK(none({"LOT: 7XB129"}));
    // Another thing by its caption, notation or length.
    CHECK(none({part, "CUSTOMER LOT: 7XB129"}));
    CHECK(none({part, "Lot 0062644301"}));
    CHECK(none({part, "LOT: 777129"}));
    CHECK(none({part, "(30T) 7XB129"}));
    CHECK(none({part, "QTY: 2 REELS"}));
    CHECK(none({part, "DATE: 9962"}));
    // What may be the date of something else, or a country that only put parts together.
    CHECK(none({part, "DATE: 2643"}));
    CHECK(none({part, "ASSEMBLED IN CHINA"}));
    CHECK(none({part, "MADE IN EU"}));
    CHECK(suspected(question, lines_of({part, "DATE: 2643", "D/C: 2643"})) == "date_code 2643");
    CHECK(suspected(question, lines_of({part, "(9D) DATE: 2643"})) == "date_code 2643");
    // A letter for its last digit, or another unit.
    CHECK(none({part, "QTY: 300OPCS"}));
    CHECK(none({part, "QTY: 300"}));
    CHECK(none({part, "QTY: 3000.00 PCE"}));
    // Two of them.
    CHECK(none({part, "LOT: 7XB129", "LOT: 7XC444"}));
    // Another symbol says so, as a field or somewhere in its text.
    auto explained = question;
    explained.texts = {"RP7XB129"};
    CHECK(suspected(explained, lines_of({part, "LOT: 7XB129"})) == "");
    auto other = question;
    other.labels.push_back({{}, {{"lot", "", "7XB129", {}, true}}});
    CHECK(suspected(other, lines_of({part, "LOT: 7XB129"})) == "");
    // It stands by another label's symbol, or by one that could not be read, or far away.
    auto near_other = question;
    near_other.labels.push_back({{{{{100, 172}, {400, 172}, {400, 250}, {100, 250}}}}, {}});
    CHECK(suspected(near_other, lines_of({part, "LOT: 7XB129"})) == "");
    auto unread = question;
    unread.unread.push_back({{{100, 172}, {400, 172}, {400, 250}, {100, 250}}});
    CHECK(suspected(unread, lines_of({part, "LOT: 7XB129"})) == "");
    CHECK(suspected(question, {line_of(part, 0), line_of("LOT: 7XB129", 20)}) == "");
    // The symbols are not sure of it themselves.
    auto doubtful = question;
    doubtful.labels[0].statements[1].sure = false;
    CHECK(suspected(doubtful, lines_of({part, "LOT: 7XB129"})) == "");
}

TEST_CASE("a quantity in thousands is not accused of its short form") {
    const auto question = question_of({mpn, {"quantity", "Q", "100000", {}, true}});
    const std::string part = "(1P) MPN: NL52840-QIAA-R";
    CHECK(suspected(question, lines_of({part, "QTY 100K"})) == "");
    CHECK(suspected(question, lines_of({part, "QTY 700000"})) == "quantity 700000");
}

TEST_CASE("a date in another notation is no suspicion") {
    struct Case {
        TextStatement statement;
        const char *same, *other;
    };
    const Case cases[] = {
        {{"expiry", "14D", "20271231", {}, true}, "EXP: 31/12/2027", "EXP: 20280615"},
        {{"expiry", "14D", "20271231", {}, true}, "EXP: 31-12-2027", "EXP: 15-06-2028"},
        {{"expiry", "", "271231", {}, true}, "EXP: 31/12/27", "EXP: 280615"},
        {{"date_code", "", "260422", "YYMMDD", true}, "D/C: 22.04.26", "D/C: 250917"},
        {{"date_code", "9D", "2617", "YYWW", true}, "D/C: 17/26", "D/C: 2643"},
        {{"date_code", "9D", "2617", "YYWW", true}, "D/C: 1726", "D/C: 2543"},
        {{"date_code", "9D", "2617", "YYWW", true}, "D/C: 0426", "D/C: 2543"},
    };
    const std::string part = "(1P) MPN: NL52840-QIAA-R";
    for (const auto& [statement, same, other] : cases) {
        INFO(statement.value << ", printed as " << same);
        const auto question = question_of({mpn, statement});
        CHECK(suspected(question, lines_of({part, same})) == "");
        CHECK(suspected(question, lines_of({part, other})).starts_with(statement.field));
    }
}

TEST_CASE("only the words that name a country are said to differ") {
    const auto question = question_of({mpn, country});
    const auto lines = lines_of({"(1P) MPN: NL52840-QIAA-R", "ORIGIN: CHINA CARTON 7 OF 9"});
    const auto found = suspicions(question, 0, lines, {TextSpan{0, 0, 4}, std::nullopt});
    REQUIRE(found.size() == 1);
    CHECK(found[0].print == "CHINA");
    CHECK(lines[1].text.substr(found[0].span.first, found[0].span.last - found[0].span.first) ==
          "CHINA");
}

TEST_CASE("a further look confirms only the same value, surely read") {
    const auto question = question_of({mpn, lot});
    const auto lines = lines_of({"(1P) MPN: NL52840-QIAA-R", "LOT: 7XB129"});
    const auto found = suspicions(question, 0, lines, {TextSpan{0, 0, 4}, std::nullopt});
    REQUIRE(found.size() == 1);
    CHECK(confirms(found[0], lot, line_of("LOT 7XB129", 1)));
    CHECK_FALSE(confirms(found[0], lot, line_of("LOT 7AB129", 1)));
    CHECK_FALSE(confirms(found[0], lot, line_of("LOT 7XB129", 1, 0.6F)));
    CHECK_FALSE(confirms(found[0], lot, line_of("", 1)));
    CHECK_FALSE(confirms(found[0], lot, line_of("LOT 7XB1295", 1)));
    CHECK_FALSE(confirms(found[0], lot, line_of("LOT 7XB129 7AB123", 1)));

    // Whatever was suspected first: the whole number counts.
    const Suspicion piece{0, {1, 5, 8}, "900"};
    CHECK(confirms(piece, quantity, line_of("QTY: 900PCS", 1)));
    CHECK_FALSE(confirms(piece, quantity, line_of("QTY: 9000PCS", 1)));
    CHECK_FALSE(confirms(piece, quantity, line_of("QTY: 900,000", 1)));
    CHECK_FALSE(confirms(piece, quantity, line_of("QTY: 1,900", 1)));
    CHECK_FALSE(confirms({0, {1, 5, 8}, "300"}, quantity, line_of("QTY: 3000PCS", 1)));
    CHECK_FALSE(confirms({0, {1, 5, 8}, "300"}, quantity, line_of("QTY: 300OPCS", 1)));
}

TEST_CASE("characters that look alike are one") {
    CHECK(alike("(1P) MPN: O0-il") == alike("1PMPN00I1"));
    CHECK(may_be_mistaken('5', 'S'));
    CHECK(may_be_mistaken('8', '3'));
    CHECK_FALSE(may_be_mistaken('7', 'X'));
}

TEST_CASE("print that was altered is found, whatever field it is") {
    ReaderPool pool(tests::reader_options());
    const std::pair<const char*, Value> altered[] = {
        {"mpn", std::string("NL52840-QFAA-R")}, {"lot", std::string("7XB129")},
        {"quantity", std::int64_t{9000}},       {"date_code", std::string("2643")},
        {"country", std::string("CN")},         {"msl", std::string("1")},
        {"po", std::string("4578349977")}};
    for (const auto style : tests::print_styles)
        for (const auto& [field, value] : altered) {
            INFO(tests::name_of(style) << " " << field);
            auto printed = reel();
            printed[field] = value;
            const auto reading = pool.read_label(tests::label_with_print(reel(), printed, style));
            REQUIRE(reading.has_value());
            CHECK(differences(*reading) == 1);
            const auto* told = field_of(*reading, field);
            REQUIRE(told != nullptr);
            REQUIRE(told->state == TextState::differs);
            CHECK(told->symbol == to_string(reel().at(field)));
            CHECK_FALSE(told->position == Quad{});
            REQUIRE_FALSE(reading->warnings.empty());
            CHECK(rule_of(reading->warnings.back()) == "label.text");
            CHECK(reading->warnings.back().code == std::string("text.") + field);
        }
}

TEST_CASE("print is read in any direction, tilted and a little blurred", "[budget]") {
    ReaderPool pool(tests::reader_options());
    std::vector<Shot> shots(7);
    for (auto& shot : shots) shot.scale = 0.9;
    shots[1].turn = 90, shots[1].height = 1600;
    shots[2].turn = 180;
    shots[3].turn = 17;
    shots[4].tilt_x = 18, shots[4].tilt_y = -14;
    shots[5].defocus = 1.3;
    shots[6].turn = -60, shots[6].height = 1600;
    auto printed = reel();
    printed["lot"] = std::string("7XB129");
    for (const auto style : tests::print_styles)
        for (std::size_t i = 0; i < shots.size(); ++i) {
            INFO(tests::name_of(style) << " shot " << i);
            const auto genuine =
                pool.read_label(*take(tests::label_with_print(reel(), reel(), style), shots[i]));
            REQUIRE(genuine.has_value());
            REQUIRE(genuine->text);
            CHECK(differences(*genuine) == 0);
            const auto* part = field_of(*genuine, "mpn");
            REQUIRE(part != nullptr);
            CHECK(part->state == TextState::agreed);
            const auto forged =
                pool.read_label(*take(tests::label_with_print(reel(), printed, style), shots[i]));
            REQUIRE(forged.has_value());
            const auto* told = field_of(*forged, "lot");
            REQUIRE(told != nullptr);
            CHECK(told->state == TextState::differs);
            CHECK(differences(*forged) == 1);
        }
}

TEST_CASE("no print of a genuine photograph is said to differ") {
    const auto root = tests::shared_data("labels/photos");
    if (!root) return;
    ReaderPool pool(tests::reader_options());
    std::size_t agreed = 0;
    for (const char* folder : {"labels/photos", "barcodes/reel-labels"})
        for (const auto& picture : tests::pictures_in(*tests::shared_data(folder))) {
            INFO(picture);
            const auto reading = pool.read_label(tests::read_bytes(picture));
            if (!reading || !reading->text) continue;
            CHECK(reading->text->trouble == "");
            CHECK(differences(*reading) == 0);
            for (const auto& field : reading->text->fields)
                agreed += field.state == TextState::agreed;
        }
    CHECK(agreed > 60);
}
