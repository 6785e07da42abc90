#include "vision/training/photographed_lines.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/label/picture.h"
#include "vision/label/read_image.h"
#include "vision/marking/geometry.h"
#include "vision/marking/line_finder.h"
#include "vision/marking/line_text.h"
#include "vision/marking/package.h"
#include "vision/marking/reading.h"
#include "vision/training/line_trainer.h"

namespace reelproof::training {
namespace {

using vision::Error;
using vision::Result;

constexpr int kMostWidth = 900;                                   // of a view, as it is read
constexpr std::size_t kMostPlaces = 16;                           // looked at on a view
constexpr std::size_t kPlacesLookedAt = 2, kLeastCharacters = 2;  // for a line, of a line
constexpr double kLeastLikely = -1.5;  // of a line's text there, for each character

// As a line is read, with single spaces: what the alphabet lacks leaves one.
std::string read_as(std::string_view printed) {
    std::string out;
    for (const char c : printed) {
        const std::string plain = vision::plain_line(std::string(1, c));
        if (!plain.empty())
            out += plain;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

// Upright; empty where it can't be opened.
cv::Mat picture_of(const MarkedPhotograph& photograph) {
    std::error_code wrong;
    if (!std::filesystem::is_regular_file(photograph.file, wrong) ||
        std::filesystem::file_size(photograph.file, wrong) > vision::max_picture_bytes)
        return {};
    std::ifstream in(photograph.file, std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
    const auto picture = vision::decode_picture(bytes);
    return picture ? upright(*picture, photograph.rotation) : cv::Mat();
}

cv::Mat piece_of(const cv::Mat& view, const cv::Rect2d& band, double degrees = 0) {
    const cv::Size size(std::max(4, static_cast<int>(std::lround(band.width))),
                        std::max(4, static_cast<int>(std::lround(band.height))));
    return vision::sample(view, vision::shifted(band.x, band.y) * vision::turned(size, degrees),
                          size);
}

cv::Rect2d moved(const cv::Rect2d& band, double higher, double off) {
    const double height = band.height * higher;
    return {band.x, band.y + (band.height - height) / 2 + off * band.height, band.width, height};
}

}  // namespace

cv::Mat upright(const cv::Mat& picture, double rotation) {
    cv::Mat out = picture;
    const int quarters = ((static_cast<int>(std::lround(rotation / 90)) % 4) + 4) % 4;
    for (int i = 0; i < quarters; ++i) {
        cv::Mat next;
        cv::rotate(out, next, cv::ROTATE_90_COUNTERCLOCKWISE);
        out = next;
    }
    return out;
}

// The lines of one photograph that are found on it. Without a package, none.
std::vector<PhotographedLines::Line> PhotographedLines::lines_on(
    const vision::LineNetwork& network, const cv::Mat& picture,
    const std::vector<std::string>& printed) {
    std::vector<Line> out;
    const auto package = vision::find_package(picture);
    if (!package) return out;
    const auto upright_view = vision::upright_view_of(*package, kMostWidth);
    const cv::Mat view = vision::sample(picture, upright_view.map, upright_view.size);
    auto places = vision::find_lines(network, view);
    if (places.size() > kMostPlaces) places.resize(kMostPlaces);
    const auto look = [&](const cv::Rect2d& band, bool dark) {
        return network.look(vision::line_picture(piece_of(view, band), dark));
    };
    std::vector<vision::LineColumns> first;
    for (const auto& place : places) first.push_back(look(place.band, place.dark));
    for (const std::string& text : printed) {
        const std::string plain = vision::plain_line(text);
        if (plain.size() < kLeastCharacters) continue;
        std::vector<std::pair<double, std::size_t>> likely;
        for (std::size_t i = 0; i < places.size(); ++i)
            likely.emplace_back(vision::log_probability(first[i], plain), i);
        std::sort(likely.rbegin(), likely.rend());
        if (likely.size() > kPlacesLookedAt) likely.resize(kPlacesLookedAt);
        double most = kLeastLikely * static_cast<double>(plain.size());
        Line line;
        for (const auto& [value, which] : likely)
            for (const double higher : {0.85, 1.0, 1.18})
                for (const double off : {-0.12, 0.0, 0.12}) {
                    const auto& place = places[which];
                    const auto band = moved(place.band, higher, off);
                    const double now = vision::log_probability(look(band, place.dark), plain);
                    if (now <= most) continue;
                    most = now;
                    line = {view, band, place.dark, read_as(text)};
                }
        if (!line.text.empty()) out.push_back(std::move(line));
    }
    return out;
}

Result<PhotographedLines> PhotographedLines::found_by(
    const vision::LineNetwork& network, const std::vector<MarkedPhotograph>& photographs,
    const std::atomic<bool>& stop) {
    // Each photograph by itself, so that the lines are the same however many threads look.
    std::vector<std::vector<Line>> lines(photographs.size());
    std::atomic<std::size_t> next{0}, unreadable{photographs.size()};
    std::vector<std::exception_ptr> failed(training_threads);
    std::vector<std::thread> threads;
    for (std::exception_ptr& failure : failed)
        threads.emplace_back([&] {
            try {
                for (std::size_t at; !stop && (at = next++) < photographs.size();) {
                    const MarkedPhotograph& one = photographs[at];
                    const auto picture = picture_of(one);
                    if (picture.empty())
                        unreadable = at;
                    else
                        lines[at] = lines_on(network, picture, one.lines);
                }
            } catch (...) {
                failure = std::current_exception();
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::exception_ptr& failure : failed)
        if (failure) std::rethrow_exception(failure);
    if (unreadable < photographs.size())
        return Error{"photographs.unreadable",
                     photographs[unreadable].file.string() + ": is no picture"};
    PhotographedLines out;
    std::map<std::string, std::vector<Line>> groups;
    for (std::size_t i = 0; i < photographs.size(); ++i) {
        if (lines[i].empty()) continue;
        auto& group = groups[photographs[i].group];
        std::move(lines[i].begin(), lines[i].end(), std::back_inserter(group));
    }
    for (auto& [group, all] : groups) out.groups_.push_back(std::move(all));
    return out;
}

PaintedLine PhotographedLines::draw(Dice& dice) const {
    const auto& group =
        groups_[static_cast<std::size_t>(dice.below(static_cast<int>(groups_.size())))];
    const Line& line = group[static_cast<std::size_t>(dice.below(static_cast<int>(group.size())))];
    cv::Rect2d band =
        moved(line.band, std::exp(dice.between(-0.22, 0.22)), dice.between(-0.14, 0.14));
    const double before = dice.between(-0.02, 0.25) * band.height,
                 behind = dice.between(-0.02, 0.25) * band.height;
    band.x -= before;
    band.width += before + behind;
    cv::Mat piece = piece_of(line.view, band, dice.between(-1, 1) * 1.5);
    const double height = band.height;
    if (dice.chance(0.3)) {  // from further away
        const double by = dice.between(0.5, 1);
        if (by * height >= 14) cv::resize(piece, piece, {}, by, by, cv::INTER_AREA);
    }
    if (dice.chance(0.3)) cv::GaussianBlur(piece, piece, {}, 0.3 + dice.between(0, 0.04) * height);
    if (dice.chance(0.3)) {
        cv::Mat noise(piece.size(), CV_8U);
        cv::RNG(dice.seed()).fill(noise, cv::RNG::NORMAL, 128, dice.between(0, 8));
        cv::addWeighted(piece, 1, noise, 1, -128, piece);
    }
    if (dice.chance(0.2)) {
        std::vector<unsigned char> bytes;
        cv::imencode(".jpg", piece, bytes, {cv::IMWRITE_JPEG_QUALITY, 30 + dice.below(60)});
        piece = cv::imdecode(bytes, cv::IMREAD_GRAYSCALE);
    }
    cv::resize(piece, piece, {}, std::exp(dice.between(-0.18, 0.18)), 1, cv::INTER_LINEAR);
    return {vision::line_picture(piece, line.dark), line.text, {}};
}

std::size_t PhotographedLines::size() const {
    std::size_t sum = 0;
    for (const auto& group : groups_) sum += group.size();
    return sum;
}

}  // namespace reelproof::training
