// Whether pictures that can be judged are told from those that can't, and packages found.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <random>

#include <opencv2/imgproc.hpp>

#include "bench/markings_data.h"
#include "vision/marking/package.h"
#include "vision/marking/quality_measure.h"
#include "vision/marking/reference.h"

namespace reelproof::bench {

using namespace vision;

// What the limit of blur is worth: how often a good part is accused, of those let through and of
// those turned away.
void bench_quality(const std::map<std::string, Lot>& lots) {
    std::printf("Blur and the quality limit: three good samples a lot, seed 7\n");
    for (const double scale : {1.0, 0.5, 0.25})
        for (const double blur : {0.0, 1.0, 2.0, 3.0, 4.0, 6.0}) {
            std::mt19937 random(7);
            std::size_t let = 0, let_accused = 0, away = 0, away_accused = 0;
            double edges = 0;
            for (const auto& [name, lot] : lots) {
                if (lot.chips.size() <= 3) continue;
                std::vector<const Photograph*> parts;
                for (const auto& [chip, captures] : lot.chips) parts.push_back(captures.front());
                std::shuffle(parts.begin(), parts.end(), random);
                cv::Size view;
                std::vector<PartPicture> good;
                for (std::size_t i = 0; i < 3; ++i)
                    good.push_back(part_picture(parts[i]->grey, view));
                const auto reference = MarkingReference::make(good, view, lot.lines);
                if (!reference) continue;
                for (std::size_t i = 3; i < parts.size(); ++i) {
                    const cv::Mat grey = damaged(parts[i]->grey, {"", scale, blur, 0});
                    const auto package = find_package(grey);
                    const PictureQuality quality = measure_quality(grey, *package);
                    const bool accused =
                        reference->compare(part_picture(grey, view)).worst() < -0.08;
                    ++(quality.trouble ? away : let);
                    if (accused) ++(quality.trouble ? away_accused : let_accused);
                    edges += quality.edge;
                }
            }
            std::printf(
                "  %4.1f px/mm, blur %.0f px: edges %.1f px; %zu let through, %zu of them "
                "accused; %zu turned away, %zu of them would be accused\n",
                33.4 * scale, blur,
                edges / static_cast<double>(std::max<std::size_t>(1, let + away)), let, let_accused,
                away, away_accused);
            std::fflush(stdout);
        }
}

void bench_packages(const std::vector<Photograph>& photographs) {
    std::map<std::string, std::array<std::size_t, 3>> of;
    double ms = 0;
    for (const Photograph& one : photographs) {
        if (one.capture != 0) continue;
        const auto start = std::chrono::steady_clock::now();
        const auto package = find_package(one.grey);
        ms += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                  .count();
        auto& counts = of[one.name.substr(0, 2)];
        ++counts[0];
        if (package && package->others == 0) ++counts[package->whole_picture ? 2 : 1];
    }
    std::printf(
        "Packages, by the photographs' source: with an outline, and without one (the package "
        "fills the picture); the rest was refused as several\n");
    std::size_t all = 0;
    for (const auto& [source, counts] : of) {
        std::printf("  %s: %zu of %zu, and %zu without\n", source.c_str(), counts[1], counts[0],
                    counts[2]);
        all += counts[0];
    }
    std::printf("  %.1f ms a picture\n", ms / static_cast<double>(all));
}

}  // namespace reelproof::bench
