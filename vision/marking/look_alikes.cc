#include "vision/marking/look_alikes.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "vision/marking/line_text.h"
#include "vision/marking/reading.h"

namespace reelproof::vision {
namespace {

// A line's picture is higher than its characters.
constexpr double kHigher[] = {1.3, 1.5, 1.75}, kOff[] = {-0.08, 0.08};
constexpr std::size_t kBands = 4;
// Of a text on the samples, for each character: below it the network does not know this face.
constexpr double kLeastLikely = -1.5;
// Of one look at one character, nats: one bad look does not decide.
constexpr double kMost = 8;

constexpr std::string_view kGroups[] = {"0OQD", "1IL7T", "5S",  "8B3", "2Z7", "6GC",
                                        "VYU",  "HNM",   "PRF", "EF",  "KX",  "4A"};

cv::Mat band_of(const cv::Mat& view, const cv::Rect& band) {
    const cv::Rect inside = band & cv::Rect({0, 0}, view.size());
    cv::Mat out;
    if (inside.empty()) return out;
    cv::copyMakeBorder(view(inside), out, inside.y - band.y, band.br().y - inside.br().y,
                       inside.x - band.x, band.br().x - inside.br().x, cv::BORDER_REPLICATE);
    return out;
}

}  // namespace

std::string_view LookAlikes::of(char character) {
    static const std::map<char, std::string> all = [] {
        std::map<char, std::string> out;
        for (const std::string_view group : kGroups)
            for (const char one : group)
                for (const char other : group)
                    if (other != one && out[one].find(other) == std::string::npos)
                        out[one] += other;
        return out;
    }();
    const auto found = all.find(character);
    return found == all.end() ? std::string_view() : std::string_view(found->second);
}

LookAlikes::LookAlikes(const LineNetwork& network, const cv::Mat& lot,
                       std::span<const MarkedCharacter> characters)
    : network_(&network), count_(characters.size()) {
    std::map<int, Line> lines;
    std::map<int, cv::Rect> boxes;
    for (std::size_t i = 0; i < characters.size(); ++i) {
        const MarkedCharacter& one = characters[i];
        const auto [box, fresh] = boxes.try_emplace(one.line, one.box);
        if (!fresh) box->second |= one.box;
        const std::string plain = plain_line(std::string(1, one.character));
        if (plain.empty()) continue;
        lines[one.line].text += plain;
        lines[one.line].places.push_back(i);
    }
    for (auto& [number, line] : lines) {
        const cv::Rect box = boxes.at(number);
        struct Tried {
            double likely;
            bool dark;
            cv::Rect band;
        };
        std::vector<Tried> tried;
        for (const bool dark : {false, true})
            for (const double higher : kHigher)
                for (const double off : kOff) {
                    const int height = static_cast<int>(std::lround(higher * box.height));
                    const int beside = box.height / 3;
                    const cv::Rect band(box.x - beside,
                                        box.y + box.height / 2 - height / 2 +
                                            static_cast<int>(std::lround(off * box.height)),
                                        box.width + 2 * beside, height);
                    const cv::Mat piece = band_of(lot, band);
                    if (piece.empty()) continue;
                    const LineColumns columns = network.look(line_picture(piece, dark));
                    tried.push_back(
                        {log_probability(columns, line.text, Beside::anything), dark, band});
                }
        std::sort(tried.begin(), tried.end(),
                  [](const Tried& a, const Tried& b) { return a.likely > b.likely; });
        if (tried.empty() ||
            tried.front().likely < kLeastLikely * static_cast<double>(line.text.size()))
            continue;
        line.dark = tried.front().dark;
        for (const Tried& one : tried)
            if (one.dark == line.dark && line.bands.size() < kBands) line.bands.push_back(one.band);
        line.odds = odds_of(lot, line);
        lines_.push_back(std::move(line));
    }
}

std::vector<std::vector<double>> LookAlikes::odds_of(const cv::Mat& view, const Line& line) const {
    std::vector<std::vector<double>> out;
    for (const char one : line.text) out.emplace_back(of(one).size(), 0);
    for (const cv::Rect& band : line.bands) {
        const LineColumns columns = network_->look(line_picture(band_of(view, band), line.dark));
        const auto places = character_places(columns, line.text, Beside::anything);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto part = [&](char c) {
                return std::log(places[i].of[marking_alphabet.find(c)] + 1e-9);
            };
            for (std::size_t k = 0; k < out[i].size(); ++k)
                out[i][k] +=
                    std::clamp(part(of(line.text[i])[k]) - part(line.text[i]), -kMost, kMost) /
                    static_cast<double>(line.bands.size());
        }
    }
    return out;
}

std::vector<LookAlikes::Seen> LookAlikes::look(const cv::Mat& view) const {
    std::vector<Seen> out(count_);
    for (const Line& line : lines_) {
        const auto odds = odds_of(view, line);
        for (std::size_t i = 0; i < odds.size(); ++i) {
            Seen& seen = out[line.places[i]];
            for (std::size_t k = 0; k < odds[i].size(); ++k)
                if (const double gain = odds[i][k] - line.odds[i][k];
                    seen.rival == 0 || gain > seen.evidence)
                    seen = {of(line.text[i])[k], gain};
        }
    }
    return out;
}

}  // namespace reelproof::vision
