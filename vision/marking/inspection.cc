#include "vision/marking/inspection.h"

#include <algorithm>

#include "vision/label/characters.h"

namespace reelproof::vision {

Result<void> check_marking_text(const MarkingText& text) {
    const auto wrong = [](std::string what) {
        return Error{"marking.lines", "lines: " + std::move(what)};
    };
    if (text.lines.empty()) return wrong("at least one line of the marking is needed");
    if (text.lines.size() > max_marking_lines)
        return wrong("at most " + std::to_string(max_marking_lines) + " lines are compared");
    for (std::size_t i = 0; i < text.lines.size(); ++i) {
        const std::string& line = text.lines[i];
        const std::string name = "line " + std::to_string(i + 1);
        if (line.find_first_not_of(' ') == line.npos) return wrong(name + " is empty");
        if (line.size() > max_marking_line)
            return wrong(name + " has more than " + std::to_string(max_marking_line) +
                         " characters");
        if (!std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }))
            return wrong(name +
                         " has characters that can't be compared: write what is printable ASCII "
                         "and leave out logos and signs such as (R)");
    }
    return {};
}

std::string_view to_string(MarkingState state) {
    switch (state) {
        case MarkingState::agrees:
            return "agrees";
        case MarkingState::doubtful:
            return "doubtful";
        case MarkingState::differs:
            return "differs";
        case MarkingState::missing:
            return "missing";
        case MarkingState::unusable:
            break;
    }
    return "unusable";
}

const InspectedCharacter* InspectedPart::worst() const {
    const auto least =
        std::min_element(characters.begin(), characters.end(),
                         [](const auto& a, const auto& b) { return a.margin < b.margin; });
    return least == characters.end() ? nullptr : &*least;
}

}  // namespace reelproof::vision
