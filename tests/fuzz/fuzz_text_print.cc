// Print and what is said of it: any bytes as what the text reader process is asked and answers, and
// any lines as what it read. No crash, one reading only, and no accusation that the print confirms.
#include <algorithm>
#include <cstdlib>

#include "tests/fuzz/seeds.h"
#include "vision/label/characters.h"
#include "vision/label/text_captions.h"
#include "vision/label/text_compare.h"
#include "vision/reader/text_wire.h"

using namespace reelproof;
using namespace reelproof::vision;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

TextQuestion question_of(std::vector<TextStatement> statements) {
    TextQuestion question;
    question.labels.push_back(
        {{{{{100, 0}, {200, 0}, {200, 90}, {100, 90}}}}, std::move(statements)});
    return question;
}

const TextQuestion& asked() {
    static const TextQuestion question = question_of({{"mpn", "1P", "NL52840-QIAA-R", {}, true},
                                                      {"lot", "1T", "7AB123", {}, true},
                                                      {"date_code", "9D", "2617", "YYWW", true},
                                                      {"expiry", "", "20271231", {}, true},
                                                      {"quantity", "Q", "3000", {}, true},
                                                      {"country", "4L", "MY", {}, true},
                                                      {"msl", "", "3", {}, true}});
    return question;
}

void read_answer(std::string_view text) {
    const auto answer = decode_text_answer(text, asked());
    if (!answer) return;
    // What was understood can be told again, and is understood the same way.
    const std::string told = encode_text_answer(*answer);
    const auto again = decode_text_answer(told, asked());
    require(again && encode_text_answer(*again) == told);
}

void read_request(std::span<const std::uint8_t> message) {
    const auto request = decode_text_request(message);
    if (!request) return;
    const auto told = encode_text_request(request->question, request->picture);
    const auto again = decode_text_request(told);
    require(again && again->question == request->question &&
            again->picture.size() == request->picture.size());
}

// One line of the input is one line of print, whose first byte tells how surely it was read.
std::vector<TextLine> lines_of(std::string_view text) {
    constexpr std::size_t most_lines = 12, longest = 80;
    std::vector<TextLine> lines;
    for (const std::string_view each : split(text, '\n')) {
        if (each.empty() || lines.size() == most_lines) continue;
        TextLine line;
        const float confidence = static_cast<float>(static_cast<unsigned char>(each[0])) / 127;
        for (const char c : each.substr(1, longest))
            if (c >= ' ' && c <= '~') line.text += c;
        const auto count = static_cast<int>(line.text.size());
        if (count == 0) continue;
        for (int i = 0; i < count; ++i) {
            line.confidence.push_back(std::min(confidence, 1.0F));
            line.left.push_back(static_cast<float>(i) / static_cast<float>(count));
            line.right.push_back(static_cast<float>(i + 1) / static_cast<float>(count));
        }
        const int y = 100 + 40 * static_cast<int>(lines.size()), width = 20 * count;
        line.position = {{{100, y}, {100 + width, y}, {100 + width, y + 30}, {100, y + 30}}};
        line.x = 100 + width / 2.0;
        line.y = y + 15;
        line.width = width;
        line.height = 30;
        lines.push_back(std::move(line));
    }
    return lines;
}

void check_span(const TextSpan& span, const std::vector<TextLine>& lines) {
    require(span.line < lines.size() && span.first < span.last &&
            span.last <= lines[span.line].text.size());
    (void)position_of(lines[span.line], span);
}

void compare(const TextQuestion& question, const std::vector<TextLine>& lines) {
    for (const TextLine& line : lines)
        for (const Caption& caption : captions_in(line.text))
            require(caption.first < caption.value && caption.value <= caption.end &&
                    caption.end <= line.text.size());
    const auto& statements = question.labels.at(0).statements;
    std::vector<std::optional<TextSpan>> agreed;
    for (const TextStatement& statement : statements) {
        agreed.push_back(find_agreement(statement, lines));
        if (agreed.back()) check_span(*agreed.back(), lines);
    }
    for (const Suspicion& one : suspicions(question, 0, lines, agreed)) {
        check_span(one.span, lines);
        require(one.statement < statements.size() && !agreed[one.statement]);
        for (const TextLine& line : lines)
            require(!confirms(one, statements[one.statement], line) ||
                    !may_hold(statements[one.statement], line));
    }
}

}  // namespace

std::vector<std::string> fuzz::seeds() {
    TextReading reading;
    reading.fields.push_back({0, "mpn", TextState::differs, "NL52840-QIAA-R", "NL5", {}});
    reading.fields.push_back({0, "lot", TextState::not_found, "7AB123", "", {}});
    const std::vector<std::uint8_t> picture{1, 2, 3};
    const auto message = encode_text_request(asked(), picture);
    return {
        "a" + encode_text_answer(reading),
        "a" + encode_text_answer(Error{"picture.damaged", "the picture is damaged"}),
        "q" + std::string(message.begin(), message.end()),
        "p~(1P) MPN: NL52840-QIAA-R\n~LOT NO.: 7XB129\n~QTY: 300OPCS\n~MADE IN CHINA\n~D/C 17/26",
        "p~NL5284O QIAA R\n~EXP: 31/12/2027\n~QTY 3.000,000 ST\n~COO: MY\n~MSL 3\n~DATE: 2643",
        "s~LOT\n7XB129\n~~(1T) LOT: 7AB124\n~NL52840 LOT: 7XB129",
    };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0]) {
        case 'a':
            read_answer(text);
            break;
        case 'q':
            read_request({data + 1, size - 1});
            break;
        case 's': {
            // What the symbols state is hostile as well: the first lines are a field and its value.
            const auto lines = split(text, '\n');
            if (lines.size() < 3 || lines[1].empty()) break;
            auto question = asked();
            question.labels[0].statements[1] = {"lot", "", std::string(lines[1]), "", true};
            question.labels[0].statements[2] = {"date_code", "", std::string(lines[1]), "", true};
            question.labels[0].statements[4] = {"quantity", "", std::string(lines[1]), "", true};
            question.labels[0].statements[5] = {"country", "", std::string(lines[1]), "", true};
            compare(question, lines_of(text));
            break;
        }
        default:
            compare(asked(), lines_of(text));
    }
    return 0;
}
