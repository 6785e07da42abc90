#include "vision/marking/reading.h"

#include "vision/marking/inspection.h"
#include "vision/marking/layers.h"

namespace reelproof::vision {

std::string_view to_string(ExpectedLine::State state) {
    switch (state) {
        case ExpectedLine::State::agrees:
            return "agrees";
        case ExpectedLine::State::doubtful:
            return "doubtful";
        case ExpectedLine::State::differs:
            return "differs";
        case ExpectedLine::State::unseen:
            break;
    }
    return "unseen";
}

bool reads_otherwise(const ExpectedLine& line) {
    constexpr double kNearlyCertain = 0.9;
    return line.state == ExpectedLine::State::differs &&
           line.characters[line.worst].alternatives.front().probability >= kNearlyCertain;
}

std::string plain_line(std::string_view line) {
    std::string out;
    for (char c : line) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c != ' ' && marking_alphabet.find(c) != std::string_view::npos) out += c;
    }
    return out;
}

Result<void> check_expected_lines(std::span<const std::string> lines) {
    if (auto fine = check_marking_text({{lines.begin(), lines.end()}}); !fine) return fine;
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (plain_line(lines[i]).empty())
            return Error{"marking.lines", "lines: line " + std::to_string(i + 1) +
                                              " has no letter or digit, which is all that is read"};
    return {};
}

}  // namespace reelproof::vision
