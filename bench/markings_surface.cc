// The same part known again by its surface.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>

#include "bench/markings_data.h"
#include "vision/marking/reference.h"
#include "vision/marking/surface.h"
#include "vision/marking/surface_template.h"

namespace reelproof::bench {
namespace {

using namespace vision;
using Clock = std::chrono::steady_clock;

// Part types on which the parameters of vision/marking/surface.cc and the thresholds were chosen;
// the figures are of the others.
const std::set<std::string> kChosenOn{"hp_74LS00",  "hp_74LS03", "hp_74LS09", "hp_74LS123",
                                      "hp_74LS175", "hp_74LS42", "hp_74LS85"};

struct Agreement {
    double value;
    bool chosen_on, re_placed;
    std::string kept, seen;  // parts
};
struct Agreements {
    std::vector<Agreement> same, others;
    double read_ms = 0, compare_us = 0;
    std::size_t reads = 0, compares = 0;
};

double since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

// The first capture of each of `parts` is kept, the others are looked at; `samples` are first
// captures too.
void compare(const std::string& name, const Lot& lot, const std::vector<std::string>& samples,
             const std::vector<std::string>& parts, const Damage& damage, Agreements& out) {
    cv::Size view;
    std::vector<PartPicture> good;
    for (const std::string& chip : samples)
        good.push_back(part_picture(lot.chips.at(chip).front()->grey, view));
    const auto reference = MarkingReference::make(good, view, lot.lines);
    if (!reference) {
        std::printf("no reference for %s\n", name.c_str());
        return;
    }
    const SurfaceReader reader(*reference, 1);
    struct Seen {
        const Photograph* photograph;
        SurfaceView view;
    };
    std::vector<Seen> seen;
    for (const std::string& chip : parts)
        for (const Photograph* capture : lot.chips.at(chip)) {
            const cv::Mat grey =
                capture->capture == 0 ? capture->grey : damaged(capture->grey, damage);
            const auto start = Clock::now();
            seen.push_back({capture, reader.read(part_picture(grey, view))});
            out.read_ms += since(start) / 1000;
            ++out.reads;
        }
    constexpr std::size_t kMiddle = SurfaceView::side * SurfaceView::side / 2;
    for (const Seen& kept : seen) {
        if (kept.photograph->capture != 0) continue;
        for (const Seen& now : seen) {
            if (now.photograph->capture == 0) continue;
            const auto start = Clock::now();
            const double value = surface_agreement(kept.view.codes[kMiddle], now.view);
            out.compare_us += since(start);
            ++out.compares;
            auto& list = kept.photograph->chip == now.photograph->chip ? out.same : out.others;
            list.push_back({value, kChosenOn.contains(now.photograph->group),
                            now.photograph->capture == 2, kept.photograph->chip,
                            now.photograph->chip});
        }
    }
}

template <class Wanted>
std::vector<double> values(const std::vector<Agreement>& all, Wanted wanted) {
    std::vector<double> out;
    for (const Agreement& one : all)
        if (wanted(one)) out.push_back(one.value);
    return out;
}

// Same parts below the threshold in use, others above it, and others that are told as perhaps of
// the same mould cavity.
void at_threshold(const std::vector<double>& same, const std::vector<double>& others) {
    const auto of = [](const std::vector<double>& all, SurfaceKinship kinship) {
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [&](double one) { return kinship_of(one) == kinship; }));
    };
    std::printf("  not known again: %s; another taken for it: %s; told as siblings: %s\n",
                with_interval(same.size() - of(same, SurfaceKinship::same), same.size()).c_str(),
                with_interval(of(others, SurfaceKinship::same), others.size()).c_str(),
                with_interval(of(others, SurfaceKinship::sibling), others.size()).c_str());
}

void tell(Agreements found, const char* damage, const char* samples) {
    std::printf("\n%s, %s: %.1f ms to read, %.1f us to compare\n", damage, samples,
                found.read_ms / static_cast<double>(found.reads),
                found.compare_us / static_cast<double>(found.compares));
    const auto told = [&](const char* what, auto wanted) {
        const auto same = values(found.same, wanted), others = values(found.others, wanted);
        std::printf(" %s\n", what);
        report(same, others);
        at_threshold(same, others);
    };
    told("other part types than the parameters were chosen on",
         [](const Agreement& one) { return !one.chosen_on; });
    told("the same, third capture only (re-placed)",
         [](const Agreement& one) { return !one.chosen_on && one.re_placed; });
    told("part types that the parameters were chosen on",
         [](const Agreement& one) { return one.chosen_on; });
    const auto by_value = [](const Agreement& a, const Agreement& b) { return a.value < b.value; };
    std::sort(found.same.begin(), found.same.end(), by_value);
    std::sort(found.others.rbegin(), found.others.rend(), by_value);
    for (std::size_t i = 0; i < 4; ++i)
        std::printf("  least alike of one part: %.3f %s; most alike of others: %.3f %s, %s\n",
                    found.same[i].value, found.same[i].kept.c_str(), found.others[i].value,
                    found.others[i].kept.c_str(), found.others[i].seen.c_str());
    std::fflush(stdout);
}

}  // namespace

void bench_surface(const std::map<std::string, Lot>& lots) {
    constexpr Damage kDamages[] = {
        {"as they are", 1, 0, 0}, {"8 px/mm", 0.25, 0, 0}, {"JPEG q30", 1, 0, 30}};
    std::printf(
        "\nThe same part again: first capture kept, second and third looked at; others are "
        "all other parts of the lot, siblings of a mould cavity among them\n");
    for (const Damage& damage : kDamages) {
        Agreements among, apart;
        for (const auto& [name, lot] : lots) {
            std::vector<std::string> chips;
            for (const auto& [chip, captures] : lot.chips) chips.push_back(chip);
            const auto middle = chips.begin() + static_cast<std::ptrdiff_t>(chips.size() / 2);
            const std::vector<std::string> first(chips.begin(), middle), rest(middle, chips.end());
            const auto most = static_cast<std::ptrdiff_t>(std::min<std::size_t>(chips.size(), 4));
            compare(name, lot, {chips.begin(), chips.begin() + most}, chips, damage, among);
            if (first.size() < 3) continue;
            compare(name, lot, first, rest, damage, apart);
            compare(name, lot, rest, first, damage, apart);
        }
        tell(std::move(among), damage.name, "four samples of the lot, which are compared too");
        tell(std::move(apart), damage.name, "three samples, others than the parts compared");
    }
}

}  // namespace reelproof::bench
