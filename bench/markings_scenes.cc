// Several parts on one picture, composed of photographs of one each: found, missed, and what was
// said of them.
#include <array>
#include <chrono>
#include <cstdio>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "bench/markings_data.h"
#include "tests/vision/scene_support.h"
#include "vision/marking/study.h"

namespace reelproof::bench {

using namespace vision;

namespace {

constexpr std::size_t kSamples = 3, kParts = 8;

std::vector<std::uint8_t> png(const cv::Mat& grey) {
    std::vector<std::uint8_t> out;
    cv::imencode(".png", grey, out, {cv::IMWRITE_PNG_COMPRESSION, 1});
    return out;
}

struct Counts {
    std::size_t parts = 0, found = 0, of_none = 0, own = 0, own_agree = 0, own_held = 0,
                foreign = 0, foreign_held = 0;
    double ms = 0;
    std::size_t pictures = 0;
};

}  // namespace

void bench_scenes(const std::map<std::string, Lot>& lots) {
    std::printf(
        "\nSeveral parts on a picture, COMPOSED of photographs of one each at half their size, "
        "16.7 "
        "px/mm: eight of a lot other than its samples (captures of as many parts as there are), "
        "the last of another lot\n");
    std::array<Counts, std::size(tests::all_grounds)> of;
    const Lot* other = &lots.rbegin()->second;
    std::uint64_t seed = 7;
    for (const auto& [name, lot] : lots) {
        const Photograph* foreign = other->chips.begin()->second.front();
        other = &lot;
        if (lot.chips.size() <= kSamples + 1) continue;
        std::vector<std::vector<std::uint8_t>> good;
        std::vector<cv::Mat> parts;
        for (const auto& [chip, captures] : lot.chips)
            if (good.size() < kSamples)
                good.push_back(png(captures.front()->grey));
            else
                for (const Photograph* capture : captures)
                    if (parts.size() + 1 < kParts) parts.push_back(capture->grey);
        parts.push_back(foreign->grey);
        for (auto& part : parts) cv::resize(part, part, parts.front().size());
        const std::vector<PictureBytes> samples(good.begin(), good.end());
        for (std::size_t g = 0; g < of.size(); ++g) {
            const auto scene = tests::compose(
                parts, {.ground = tests::all_grounds[g], .degrees = 6, .seed = ++seed});
            const auto file = png(scene.grey);
            const std::vector<PictureBytes> pictures{file};
            const auto start = std::chrono::steady_clock::now();
            const auto study = study_markings({lot.lines}, samples, pictures, {});
            Counts& counts = of[g];
            counts.ms +=
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                    .count();
            ++counts.pictures;
            counts.parts += scene.bodies.size();
            if (!study) continue;
            std::vector<bool> hit(scene.bodies.size());
            for (const StudiedPart& one : study->parts) {
                cv::Point2f middle(0, 0);
                for (const Point& corner : one.outline)
                    middle += cv::Point2f(static_cast<float>(corner.x) / 4,
                                          static_cast<float>(corner.y) / 4);
                std::size_t which = scene.bodies.size();
                for (std::size_t i = 0; i < scene.bodies.size(); ++i)
                    if (cv::norm(middle - scene.bodies[i].center) <
                        0.1 * static_cast<double>(scene.bodies[i].size.width))
                        which = i;
                if (which == scene.bodies.size() || hit[which]) {
                    ++counts.of_none;
                    continue;
                }
                hit[which] = true;
                ++counts.found;
                const bool held = one.part.state == MarkingState::differs ||
                                  one.part.state == MarkingState::missing ||
                                  one.part.state == MarkingState::doubtful;
                if (which + 1 == scene.bodies.size()) {
                    ++counts.foreign;
                    counts.foreign_held += held ? 1 : 0;
                } else {
                    ++counts.own;
                    counts.own_agree += one.part.state == MarkingState::agrees ? 1 : 0;
                    counts.own_held += held ? 1 : 0;
                }
            }
        }
    }
    for (std::size_t g = 0; g < of.size(); ++g) {
        const Counts& counts = of[g];
        std::printf(
            "  %-6s %zu pictures: found %s of %zu, %zu where there is none; own parts agree %s, "
            "held %zu; foreign held %zu of %zu; %.0f ms a picture with its samples\n",
            tests::name_of(tests::all_grounds[g]), counts.pictures,
            with_interval(counts.found, counts.parts).c_str(), counts.parts, counts.of_none,
            with_interval(counts.own_agree, std::max<std::size_t>(1, counts.own)).c_str(),
            counts.own_held, counts.foreign_held, counts.foreign,
            counts.ms / static_cast<double>(std::max<std::size_t>(1, counts.pictures)));
        std::fflush(stdout);
    }
}

}  // namespace reelproof::bench
