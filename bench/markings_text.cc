// Verification against good samples: one wrong character in the expected text.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "bench/markings_data.h"
#include "vision/marking/reference.h"

namespace reelproof::bench {

using namespace vision;
using Clock = std::chrono::steady_clock;

void bench_text(const std::map<std::string, Lot>& lots, const Networks& networks) {
    std::printf(
        "One wrong character in the expected text; groups of parts never straddle: samples "
        "are of other parts than those verified, seed 7\n");
    constexpr Damage kDamages[] = {{"as they are", 1, 0, 0},
                                   {"17 px/mm", 0.5, 0, 0},
                                   {"8 px/mm", 0.25, 0, 0},
                                   {"JPEG q30", 1, 0, 30},
                                   {"blur 1.5 px", 1, 1.5, 0}};
    for (const std::size_t samples : {1, 3})
        for (const Damage& damage : kDamages) {
            std::mt19937 random(7);
            std::vector<double> genuine, altered;
            std::size_t not_placed = 0, no_reference = 0;
            double ms = 0;
            for (const auto& [name, lot] : lots) {
                if (lot.chips.size() <= samples) continue;
                std::vector<const std::vector<const Photograph*>*> chips;
                for (const auto& [chip, captures] : lot.chips) chips.push_back(&captures);
                std::shuffle(chips.begin(), chips.end(), random);
                cv::Size view;
                std::vector<PartPicture> good;
                for (std::size_t i = 0; i < samples; ++i)
                    good.push_back(part_picture(
                        damaged((*chips[i])[random() % chips[i]->size()]->grey, damage), view));
                const auto reference =
                    MarkingReference::make(good, view, lot.lines, networks.of(*chips[0]->front()));
                if (!reference) {
                    ++no_reference;
                    continue;
                }
                for (std::size_t i = samples; i < chips.size(); ++i)
                    for (const Photograph* capture : *chips[i]) {
                        const cv::Mat grey = damaged(capture->grey, damage);
                        const auto start = Clock::now();
                        const auto comparison = reference->compare(part_picture(grey, view));
                        ms +=
                            std::chrono::duration<double, std::milli>(Clock::now() - start).count();
                        if (comparison.characters.empty()) ++not_placed;
                        genuine.push_back(comparison.worst());
                        for (int n = 0; n < 3 && !comparison.characters.empty(); ++n) {
                            const std::size_t at = random() % comparison.characters.size();
                            const auto& known = comparison.characters[at].of;
                            auto other = known.begin();
                            do {
                                other = known.begin();
                                std::advance(other, random() % known.size());
                            } while (other->first == comparison.characters[at].expected.character);
                            altered.push_back(
                                MarkingReference::worst_if(comparison, at, other->first));
                        }
                    }
            }
            std::printf(
                "\n%zu sample%s, %s: %.1f ms a part; %zu not placed, %zu lots without a "
                "reference\n",
                samples, samples == 1 ? "" : "s", damage.name,
                ms / static_cast<double>(genuine.size()), not_placed, no_reference);
            report(genuine, altered);
            std::fflush(stdout);
        }
}

}  // namespace reelproof::bench
