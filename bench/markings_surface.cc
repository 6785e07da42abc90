// The same part known again by its surface.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "bench/markings_data.h"
#include "vision/marking/reference.h"
#include "vision/marking/surface.h"

namespace reelproof::bench {

using namespace vision;
using Clock = std::chrono::steady_clock;

void bench_surface(const std::map<std::string, Lot>& lots) {
    constexpr Damage kDamages[] = {
        {"as they are", 1, 0, 0}, {"8 px/mm", 0.25, 0, 0}, {"JPEG q30", 1, 0, 30}};
    std::printf(
        "\nThe same part again: first capture kept, second and third looked at; others are "
        "all other parts of the lot, siblings of a mould cavity among them\n");
    for (const Damage& damage : kDamages) {
        std::vector<double> same, re_placed, others;
        double read_ms = 0, compare_us = 0;
        std::size_t reads = 0, compares = 0;
        for (const auto& [name, lot] : lots) {
            cv::Size view;
            std::vector<PartPicture> first;
            for (const auto& [chip, captures] : lot.chips)
                first.push_back(part_picture(captures.front()->grey, view));
            const std::size_t most = std::min<std::size_t>(first.size(), 4);
            const auto reference =
                MarkingReference::make(std::span(first).first(most), view, lot.lines);
            if (!reference) {
                std::printf("no reference for %s\n", name.c_str());
                continue;
            }
            const SurfaceReader reader(*reference, 1);
            struct Seen {
                std::string chip;
                int number;
                SurfaceView view;
            };
            std::vector<Seen> seen;
            for (const auto& [chip, captures] : lot.chips)
                for (const Photograph* capture : captures) {
                    const cv::Mat grey =
                        capture->capture == 0 ? capture->grey : damaged(capture->grey, damage);
                    const auto start = Clock::now();
                    seen.push_back({chip, capture->capture, reader.read(part_picture(grey, view))});
                    read_ms +=
                        std::chrono::duration<double, std::milli>(Clock::now() - start).count();
                    ++reads;
                }
            constexpr std::size_t kMiddle = SurfaceView::side * SurfaceView::side / 2;
            for (const Seen& kept : seen) {
                if (kept.number != 0) continue;
                for (const Seen& now : seen) {
                    if (now.number == 0) continue;
                    const auto start = Clock::now();
                    const double agreement = surface_agreement(kept.view.codes[kMiddle], now.view);
                    compare_us +=
                        std::chrono::duration<double, std::micro>(Clock::now() - start).count();
                    ++compares;
                    if (kept.chip != now.chip)
                        others.push_back(agreement);
                    else
                        (now.number == 2 ? re_placed : same).push_back(agreement);
                }
            }
        }
        std::printf("\n%s: %.1f ms to read, %.1f us to compare\n", damage.name,
                    read_ms / static_cast<double>(reads),
                    compare_us / static_cast<double>(compares));
        std::printf(" re-placed (third capture)\n");
        report(re_placed, others);
        std::printf(" second and third capture\n");
        same.insert(same.end(), re_placed.begin(), re_placed.end());
        report(same, others);
        std::fflush(stdout);
    }
}

}  // namespace reelproof::bench
