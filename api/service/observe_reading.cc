#include "api/service/observe_reading.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace reelproof::api {

namespace {

using ledger::MarkingRecord;
using vision::ExpectedLine;
using State = ExpectedLine::State;

constexpr std::size_t kMostPictures = 64;
constexpr char kReadOnly[] = "read without samples";

std::int64_t thousandths(double value) {
    return std::llround(1000 * value);
}

MarkingRecord::Character character_of(const ExpectedLine& line, std::size_t index) {
    const auto& worst = line.characters[line.worst];
    const auto& seen = worst.alternatives.front();
    MarkingRecord::Character out;
    out.line = static_cast<std::int64_t>(index) + 1;
    out.place = static_cast<std::int64_t>(line.worst) + 1;
    out.expected = std::string(1, vision::plain_line(line.text)[line.worst]);
    out.seen = std::string(1, seen.character);
    out.likeness = thousandths(line.probability);
    out.lead = thousandths(line.probability - seen.probability);
    out.threshold = thousandths(vision::differs_below_probability);
    for (const auto& corner : worst.position) out.region.push_back({corner.x, corner.y});
    return out;
}

// Why this part tells nothing; nothing where all lines agree.
std::optional<std::string> doubt_of(const vision::ReadPart& part) {
    if (part.quality.trouble) return part.quality.trouble->text;
    for (std::size_t i = 0; i < part.expected.size(); ++i) {
        const auto& line = part.expected[i];
        if (line.state == State::agrees) continue;
        return std::string(kReadOnly) + ", line " + std::to_string(i + 1) + ", " + line.text +
               (line.state == State::unseen ? ", is not seen" : ", is not clear") +
               ": take a closer picture, or compare with good samples";
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> settled_lines(const vision::ExpectedMarking& expected) {
    auto out = expected.patterns();
    std::erase_if(out, [](const std::string& line) {
        return line.find_first_of("?*{[") != std::string::npos || vision::plain_line(line).empty();
    });
    return out;
}

MarkingRecord observation_of_reading(std::span<const std::string> expected,
                                     std::span<const PictureRead> pictures) {
    MarkingRecord out;
    out.parts = 0;
    out.expected.assign(expected.begin(), expected.end());
    const PictureRead* decides = nullptr;
    double least = 2;
    bool agreed = false;
    std::string trouble;
    for (const auto& picture : pictures) {
        if (!picture.reading) {
            ++out.parts;
            if (trouble.empty()) trouble = picture.reading.error().text;
            continue;
        }
        for (const auto& part : picture.reading->parts) {
            ++out.parts;
            bool otherwise = false;
            for (std::size_t i = 0; i < part.expected.size(); ++i) {
                const auto& line = part.expected[i];
                if (!reads_otherwise(line)) continue;
                otherwise = true;
                if (line.probability >= least) continue;
                least = line.probability;
                out.worst = character_of(line, i);
                decides = &picture;
                out.seen.clear();
                for (const auto& read : part.lines) out.seen.push_back(read.text);
            }
            if (otherwise) {
                ++out.differing;
                continue;
            }
            const auto doubt = doubt_of(part);
            agreed = agreed || !doubt;
            if (doubt && trouble.empty()) trouble = *doubt;
        }
    }
    out.state = out.differing > 0 ? MarkingRecord::State::doubtful
                : agreed          ? MarkingRecord::State::agrees
                                  : MarkingRecord::State::unread;
    out.quality = out.state == MarkingRecord::State::unread ? trouble.substr(0, 300) : kReadOnly;
    // The one that decides comes first: its region is told.
    if (decides != nullptr) out.pictures.push_back(decides->hash);
    for (const auto& picture : pictures)
        if (&picture != decides && out.pictures.size() < kMostPictures)
            out.pictures.push_back(picture.hash);
    return out;
}

}  // namespace reelproof::api
