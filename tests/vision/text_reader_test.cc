// The text reader: its process, what it is told and answers, and what there was no time for.
#include <cstdlib>

#include <catch2/catch.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/vision/print_support.h"
#include "tests/vision/vision_support.h"
#include "vision/label/read_lines.h"
#include "vision/label/read_text.h"
#include "vision/label/text_lines.h"
#include "vision/reader/reader_pool.h"
#include "vision/reader/text_wire.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

class Fault {
  public:
    explicit Fault(const char* name) { setenv("REELPROOF_READER_FAULT", name, 1); }
    ~Fault() { unsetenv("REELPROOF_READER_FAULT"); }
};

TextQuestion question_of(std::vector<TextStatement> statements) {
    TextQuestion question;
    question.labels.push_back(
        {{{{{100, 0}, {200, 0}, {200, 90}, {100, 90}}}}, std::move(statements)});
    return question;
}

const TextStatement mpn{"mpn", "1P", "NL52840-QIAA-R", {}, true};
const TextStatement date{"date_code", "9D", "2617", "YYWW", true};

Fields reel() {
    return {{"mpn", std::string("NL52840-QIAA-R")}, {"lot", std::string("7AB123")}};
}

}  // namespace

TEST_CASE("print can be left alone") {
    ReaderPool pool(tests::reader_options());
    const auto label = tests::label_with_print(reel(), reel(), tests::PrintStyle::issued);
    const auto reading = pool.read_label(label, PrintedText::leave);
    REQUIRE(reading.has_value());
    CHECK_FALSE(reading->text);
    CHECK(pool.stats().text_started == 0);
}

TEST_CASE("an engine that crashes or hangs costs the print and nothing else") {
    const Fault faulty("1");
    auto options = tests::reader_options();
    options.deadline = std::chrono::milliseconds(1500);
    ReaderPool pool(options);
    const auto label = tests::label_with_print(reel(), reel(), tests::PrintStyle::issued);
    const auto with = [&](std::string_view order) {
        auto picture = label;
        picture.insert(picture.end(), order.begin(), order.end());
        return pool.read_label(picture);
    };
    for (const auto& [order, trouble] :
         {std::pair{"TEXTFAULT:crash", "reader.crashed"}, {"TEXTFAULT:hang", "reader.timeout"}}) {
        INFO(order);
        const auto reading = with(order);
        REQUIRE(reading.has_value());
        CHECK(to_string(reading->fields.at("lot")) == "7AB123");
        REQUIRE(reading->text);
        CHECK(reading->text->trouble == trouble);
        CHECK(reading->text->fields.empty());
    }
    const auto after = pool.read_label(label);
    REQUIRE(after->text);
    CHECK(after->text->trouble == "");
    CHECK(pool.stats().text_crashed == 1);
    CHECK(pool.stats().text_timed_out == 1);
    CHECK(pool.stats().crashed == 0);
}

TEST_CASE("the text reader can reach no file, no network, no program and no other descriptor") {
    const Fault faulty("1");
    ReaderPool pool(tests::reader_options());
    const auto answer_to = [&](const std::string& attempt) {
        const std::string order = "TEXTFAULT:" + attempt;
        const std::vector<std::uint8_t> picture(order.begin(), order.end());
        const auto answer = pool.read_text(picture, question_of({mpn}));
        return answer ? "read" : answer.error().text;
    };
    for (const auto* attempt : {"socket", "read-file", "write-file", "fork", "descriptor"}) {
        INFO(attempt);
        CHECK(answer_to(attempt) == "Operation not permitted");
    }
    CHECK(answer_to("exec").find("SYS") != std::string::npos);
}

TEST_CASE("where Tesseract's data is missing that is said once, and symbols are read") {
    const Fault faulty("no-text-data");
    auto options = tests::reader_options();
    std::vector<Error> told;
    options.on_no_text = [&](const Error& why) { told.push_back(why); };
    ReaderPool pool(options);
    const auto label = tests::label_with_print(reel(), reel(), tests::PrintStyle::issued);
    for (int i = 0; i < 2; ++i) {
        const auto reading = pool.read_label(label);
        REQUIRE(reading.has_value());
        CHECK(to_string(reading->fields.at("lot")) == "7AB123");
        REQUIRE(reading->text);
        CHECK(reading->text->trouble == "reader.no-text-data");
    }
    CHECK(pool.stats().text_started == 1);
    CHECK(pool.stats().text_crashed == 0);
    REQUIRE(told.size() == 1);
    CHECK(told[0].text.find("tesseract-ocr-eng") != std::string::npos);
}

TEST_CASE("a reader that a picture took over does not pass for one without data") {
    const Fault faulty("1");
    ReaderPool pool(tests::reader_options());
    const std::string order = "TEXTFAULT:exit-no-text-data";
    const std::vector<std::uint8_t> picture(order.begin(), order.end());
    for (int i = 0; i < 2; ++i) {
        const auto answer = pool.read_text(picture, question_of({mpn}));
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().code == "reader.crashed");
    }
    CHECK(pool.stats().text_started == 2);
}

TEST_CASE("print that there was no time for accuses nobody") {
    auto question = question_of({mpn, {"lot", "", "7AB123", {}, true}});
    question.labels.push_back(question.labels[0]);
    const auto label = tests::label_with_print(reel(), reel(), tests::PrintStyle::issued);
    TextEngine engine;
    const auto reading = read_text(label, question, engine, std::chrono::milliseconds(0));
    REQUIRE(reading.has_value());
    CHECK_FALSE(reading->complete);
    REQUIRE(reading->fields.size() == 4);
    for (const TextField& field : reading->fields) CHECK(field.state == TextState::not_found);

    TextReading early;
    early.fields = {
        {0, "mpn", TextState::agreed, "NL5", "NL5", {{{1, 2}, {3, 4}, {5, 6}, {7, 8}}}},
        {0, "lot", TextState::differs, "7AB123", "7XB129", {{{1, 2}, {3, 4}, {5, 6}, {7, 8}}}}};
    withdraw_differences(early);
    CHECK(early.fields[0].state == TextState::agreed);
    CHECK(early.fields[1] == TextField{0, "lot", TextState::not_found, "7AB123", "", {}});
}

TEST_CASE("more print than is looked at is known to be left out") {
    // Three letters a line, to both sides of one large symbol.
    const std::vector<Quad> symbol{{{{100, 1000}, {700, 1000}, {700, 2200}, {100, 2200}}}};
    const auto page = [](int lines, int letters) {
        cv::Mat picture(3200, 800, CV_8UC1, cv::Scalar(255));
        for (int line = 0; line < lines; ++line)
            for (int i = 0; i < letters; ++i)
                cv::rectangle(picture, {10 + 12 * i, 10 + 20 * line, 8, 12}, cv::Scalar(0), -1);
        return picture;
    };
    const auto few = find_print(page(40, 3), symbol);
    CHECK(few.complete);
    CHECK(few.lines.size() >= 40);
    CHECK_FALSE(find_print(page(155, 3), symbol).complete);
    const auto texture = find_print(page(155, 62), symbol);
    CHECK_FALSE(texture.complete);
    CHECK(texture.lines.empty());
}

TEST_CASE("questions and answers about print survive the wire and nonsense does not") {
    auto question = question_of({mpn, date});
    question.texts = {"ABC"};
    question.unread.push_back({{{1, 2}, {-3, 4}, {5, 6}, {7, 8}}});
    const std::vector<std::uint8_t> picture{1, 2, 3};
    const auto message = encode_text_request(question, picture);
    const auto request = decode_text_request(message);
    REQUIRE(request);
    CHECK(request->question == question);
    CHECK(std::vector<std::uint8_t>(request->picture.begin(), request->picture.end()) == picture);
    CHECK_FALSE(decode_text_request({}));
    CHECK_FALSE(decode_text_request(std::span(message).first(20)));

    TextReading reading;
    reading.fields.push_back(
        {0, "mpn", TextState::differs, mpn.value, "NL5", {{{1, 2}, {3, 4}, {5, 6}, {7, 8}}}});
    reading.complete = false;
    const auto answer = decode_text_answer(encode_text_answer(reading), question);
    REQUIRE(answer);
    CHECK(answer->value() == reading);
    CHECK(decode_text_answer(encode_text_answer(Error{"a.b", "c"}), question)->error().code ==
          "a.b");
    // What was not asked for is not taken.
    const auto refused = [&](auto change) {
        auto other = reading;
        change(other.fields[0]);
        return !decode_text_answer(encode_text_answer(other), question);
    };
    CHECK(refused([](TextField& field) { field.label = 1; }));
    CHECK(refused([](TextField& field) { field.field = "lot"; }));
    CHECK(refused([](TextField& field) { field.symbol = "X"; }));
    CHECK(refused([](TextField& field) { field.print = "\x1b[2J"; }));
    CHECK(refused([](TextField& field) { field.print = std::string(1000, 'x'); }));
    auto repeated = reading;
    repeated.fields.push_back(reading.fields[0]);
    CHECK_FALSE(decode_text_answer(encode_text_answer(repeated), question));
    for (const std::string& code : {std::string(), std::string(41, 'a'), std::string("a\x1b[2J")})
        CHECK_FALSE(decode_text_answer(encode_text_answer(Error{code, "c"}), question));
    for (const auto* nonsense : {"", "{}", "[]", R"({"fields":[1],"complete":true})"})
        CHECK_FALSE(decode_text_answer(nonsense, question));
}

TEST_CASE("lines whose places are known are read, dark on bright and bright on dark") {
    TextEngine engine;
    cv::Mat picture(400, 900, CV_8UC1, cv::Scalar(235));
    picture.rowRange(200, 400) = 30;
    cv::putText(picture, "LM358N", {60, 130}, cv::FONT_HERSHEY_DUPLEX, 2.4, cv::Scalar(20), 5,
                cv::LINE_AA);
    cv::putText(picture, "TAIWAN", {60, 330}, cv::FONT_HERSHEY_DUPLEX, 2.4, cv::Scalar(220), 5,
                cv::LINE_AA);
    std::vector<std::uint8_t> file;
    REQUIRE(cv::imencode(".png", picture, file));
    const std::vector<Quad> places{{{{40, 60}, {460, 60}, {460, 150}, {40, 150}}},
                                   {{{40, 260}, {460, 260}, {460, 350}, {40, 350}}},
                                   {{{5, 5}, {5, 5}, {5, 5}, {5, 5}}}};
    const auto lines = read_printed_lines(file, places, engine);
    REQUIRE(lines.has_value());
    REQUIRE(lines->size() == 3);
    CHECK((*lines)[0].text == "LM358N");
    CHECK((*lines)[1].text == "TAIWAN");
    CHECK((*lines)[2].text.empty());

    const auto asked = decode_lines_request(encode_lines_request(places, file));
    REQUIRE(asked.has_value());
    CHECK(asked->lines == places);
    const std::vector<PrintedLine> answers{{"LM358N", 0.5}, {"TAIWAN", 0.25}, {"", 0}};
    const auto message = encode_lines_answer(answers);
    REQUIRE(decode_lines_answer(message, 3).has_value());
    CHECK(encode_lines_answer(*decode_lines_answer(message, 3)) == message);
    CHECK_FALSE(decode_lines_answer(message, 2).has_value());
    CHECK_FALSE(decode_lines_answer(R"({"lines":[{"text":"\u001b[2J","confidence":0.5}]})", 1));
    CHECK_FALSE(decode_lines_request(encode_text_request(question_of({mpn}), file)).has_value());
    CHECK_FALSE(decode_text_request(encode_lines_request(places, file)).has_value());
}
