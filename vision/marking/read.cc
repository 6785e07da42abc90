// A picture to what is printed on it.
#include <algorithm>
#include <cmath>

#include "vision/label/picture.h"
#include "vision/marking/annotate.h"
#include "vision/marking/line_network.h"
#include "vision/marking/package.h"
#include "vision/marking/packages.h"
#include "vision/marking/page_reader.h"
#include "vision/marking/quality_measure.h"
#include "vision/marking/reading.h"
#include "vision/marking/usage.h"

namespace reelproof::vision {
namespace {

constexpr int kMostWidth = 900;  // of the view that is read, pixels: a hundred characters' worth
constexpr double kLeastProbability = 0.01;  // of an alternative that is told
// A view about as high as wide may be read along either side.
constexpr double kSquare = 1.35;

Quad quad_of(const cv::Rect2d& box, const PlaneMap& map) {
    const cv::Point2d corners[] = {
        box.tl(), {box.x + box.width, box.y}, box.br(), {box.x, box.y + box.height}};
    Quad out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const cv::Point2d at = apply(map, corners[i]);
        out[i] = {static_cast<int>(std::lround(at.x)), static_cast<int>(std::lround(at.y))};
    }
    return out;
}

// `expected` is always among the alternatives that are told.
ReadCharacter character_of(const PageLine::Character& one, char expected, const PlaneMap& map) {
    ReadCharacter out;
    out.position = quad_of(one.box, map);
    std::vector<ReadAlternative>& all = out.alternatives;
    for (std::size_t c = 0; c < one.of.size(); ++c)
        if (one.of[c] >= kLeastProbability || marking_alphabet[c] == expected)
            all.push_back({marking_alphabet[c], std::clamp(one.of[c], 0.0, 1.0)});
    std::sort(all.begin(), all.end(), [](const ReadAlternative& a, const ReadAlternative& b) {
        return a.probability > b.probability;
    });
    while (all.size() > max_alternatives)
        all.erase(all.end() - (all.back().character == expected ? 2 : 1));
    return out;
}

ReadLine line_of(const PageLine& line, const PlaneMap& map) {
    ReadLine out;
    out.text = line.text;
    std::string plain = line.text;
    std::erase(plain, ' ');
    out.confidence = std::min(1.0, std::exp(line.log_probability(plain)));
    out.position = quad_of(line.looks.front().band, map);
    for (const PageLine::Character& one : line.characters(plain))
        out.characters.push_back(character_of(one, plain[out.characters.size()], map));
    return out;
}

// Of an expected character. Many a face draws 0 and O, 1 and I alike: the usual one has its odds.
double probability_of(const PageLine::Character& one, std::string_view text, std::size_t at) {
    const double of = std::clamp(one.of[marking_alphabet.find(text[at])], 0.0, 1.0);
    if (usual_character(text, at) != text[at]) return of;
    return kUsualOdds * of / (kUsualOdds * of + 1 - of);
}

ExpectedLine expected_line(const Page& page, const std::string& text, const PlaneMap& map) {
    ExpectedLine out;
    out.text = text;
    const std::string plain = plain_line(text);
    const auto weighed = weigh_text(page, plain);
    if (!weighed) return out;
    out.confidence = std::min(1.0, std::exp(weighed->log_probability));
    out.probability = 2;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const PageLine::Character& one = weighed->characters[i];
        out.characters.push_back(character_of(one, plain[i], map));
        const double of = probability_of(one, plain, i);
        if (of < out.probability) {
            out.probability = of;
            out.worst = i;
        }
    }
    out.state = out.probability < differs_below_probability    ? ExpectedLine::State::differs
                : out.probability < doubtful_below_probability ? ExpectedLine::State::doubtful
                                                               : ExpectedLine::State::agrees;
    return out;
}

// A view's pixels to those of the same view turned clockwise by quarters.
PlaneMap turned_back(cv::Size view, int quarters) {
    PlaneMap map = PlaneMap::eye();
    for (int i = 0; i < quarters; ++i) {
        map = map * PlaneMap(0, 1, 0, -1, 0, view.height - 1.0, 0, 0, 1);
        std::swap(view.width, view.height);
    }
    return map;
}

ReadPart read_part(const cv::Mat& grey, const Package& package,
                   std::span<const std::string> expected, const LineNetwork& network) {
    ReadPart out;
    const cv::Size body = view_size(package);
    out.place = quad_of({0, 0, 1.0 * body.width, 1.0 * body.height}, view_of(package, body));
    out.quality = measure_quality(grey, package);
    out.outline = !package.whole_picture;
    if (out.quality.trouble) return out;
    const UprightView view = upright_view_of(package, kMostWidth);
    const double ratio = 1.0 * view.size.width / view.size.height;
    const bool sideways = ratio < kSquare;
    const TurnedPage read = read_page_turned(network, sample(grey, view.map, view.size), sideways);
    const PlaneMap map = view.map * turned_back(view.size, read.quarters);
    for (const PageLine& line : read.page.lines) {
        if (out.lines.size() == max_read_lines) break;
        if (line.text.size() <= max_read_characters) out.lines.push_back(line_of(line, map));
    }
    for (const std::string& text : expected)
        out.expected.push_back(expected_line(read.page, text, map));
    return out;
}

// What is told of a part as a whole; nothing was asked of one that was only read.
MarkingState state_of(const ReadPart& part) {
    using State = ExpectedLine::State;
    if (part.quality.trouble) return MarkingState::unusable;
    const auto any = [&](State state) {
        return std::any_of(part.expected.begin(), part.expected.end(),
                           [&](const ExpectedLine& line) { return line.state == state; });
    };
    if (any(State::differs)) return MarkingState::differs;
    if (any(State::unseen)) return MarkingState::missing;
    if (any(State::doubtful)) return MarkingState::doubtful;
    return part.lines.empty() && part.expected.empty() ? MarkingState::missing
                                                       : MarkingState::agrees;
}

Result<std::vector<Package>> only_package(const cv::Mat& grey) {
    const auto package = find_package(grey);
    if (!package) return no_package();
    if (package->others > 0) return several_packages(*package);
    return std::vector<Package>{*package};
}

}  // namespace

Result<MarkingReading> read_marking(std::span<const std::uint8_t> picture,
                                    std::span<const std::string> expected,
                                    const LineNetwork& network, const LookWish& wish) {
    const auto grey = decode_picture(picture);
    if (!grey) return grey.error();
    const auto packages = wish.several ? packages_of_one_form(*grey) : only_package(*grey);
    if (!packages) return packages.error();
    if (packages->size() > max_read_parts)
        return Error{"marking.several-packages", std::to_string(packages->size()) +
                                                     " packages are in view, and at most " +
                                                     std::to_string(max_read_parts) +
                                                     " are read at a time: take several pictures"};
    MarkingReading out;
    std::vector<NumberedPart> numbered;
    for (const Package& package : *packages) {
        ReadPart part = read_part(*grey, package, expected, network);
        part.number = static_cast<int>(out.parts.size()) + 1;
        numbered.push_back({part.number, part.place, state_of(part)});
        out.parts.push_back(std::move(part));
    }
    if (wish.annotate) out.annotated = overview(*grey, numbered, max_annotated_bytes);
    return out;
}

}  // namespace reelproof::vision
