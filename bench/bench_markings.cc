// How well markings are verified and parts known again, on the industrial photographs of
// ../shared/markings (90 parts, each three times): bench_markings [text|surface].
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/paths.h"
#include "vision/marking/package.h"
#include "vision/marking/reference.h"
#include "vision/marking/surface.h"

namespace {

using namespace reelproof;
using namespace reelproof::vision;
using Clock = std::chrono::steady_clock;

struct Capture {
    std::string chip;
    int number = 0;
    cv::Mat grey;
};
struct Lot {
    std::vector<std::string> lines;
    std::map<std::string, std::vector<Capture>> chips;
};

// Lots of this data differ by part and by marking: that is the name up to the chip's number.
std::map<std::string, Lot> read_lots(const std::string& folder) {
    std::map<std::string, Lot> lots;
    std::ifstream labels(folder + "/labels.jsonl");
    for (std::string line; std::getline(labels, line);) {
        const auto row = boost::json::parse(line).as_object();
        const std::string file(row.at("file").as_string());
        if (!file.starts_with("img/hp_")) continue;
        const std::string lot = file.substr(4, file.rfind("_c") - 4);
        Lot& one = lots[lot];
        if (one.lines.empty())
            for (const auto& text : row.at("marking_lines").as_array()) {
                std::string ascii;
                for (const char c : std::string(text.as_string()))
                    if (c >= ' ' && c <= '~') ascii += c;
                one.lines.push_back(ascii);
            }
        const std::string chip(row.at("chip_id").as_string());
        one.chips[chip].push_back({chip, static_cast<int>(row.at("capture").as_int64()),
                                   cv::imread(folder + "/" + file, cv::IMREAD_GRAYSCALE)});
    }
    return lots;
}

// Of `hits` in `all`, 95 %, Wilson's.
std::string with_interval(std::size_t hits, std::size_t all) {
    const double n = static_cast<double>(all), p = static_cast<double>(hits) / n, z = 1.96;
    const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    char text[80];
    std::snprintf(text, sizeof text, "%.2f %% (%.2f to %.2f)", 100 * p,
                  100 * std::max(0.0, middle - half), 100 * std::min(1.0, middle + half));
    return text;
}

// Genuine ones are above, others below.
void report(std::vector<double> genuine, std::vector<double> others) {
    std::sort(genuine.begin(), genuine.end());
    std::sort(others.begin(), others.end());
    const auto below = [&](double threshold) {
        return std::lower_bound(genuine.begin(), genuine.end(), threshold) - genuine.begin();
    };
    const auto above = [&](double threshold) {
        return others.end() - std::lower_bound(others.begin(), others.end(), threshold);
    };
    double equal = 1;
    for (const auto* scores : {&genuine, &others})
        for (const double threshold : *scores)
            equal = std::min(equal, std::max(static_cast<double>(below(threshold)) /
                                                 static_cast<double>(genuine.size()),
                                             static_cast<double>(above(threshold)) /
                                                 static_cast<double>(others.size())));
    std::printf("  %zu genuine (least %.3f), %zu others (most %.3f); equal error %.3f %%\n",
                genuine.size(), genuine.front(), others.size(), others.back(), 100 * equal);
    for (const double part : {0.01, 0.001}) {
        const auto allowed = static_cast<std::size_t>(part * static_cast<double>(genuine.size()));
        const double threshold = genuine[allowed];
        const auto missed = static_cast<std::size_t>(above(threshold));
        std::printf("  at %.1f %% false alarms (%zu of %zu): found %s\n", 100 * part, allowed,
                    genuine.size(), with_interval(others.size() - missed, others.size()).c_str());
    }
}

struct Damage {
    const char* name;
    double scale;  // of the picture's 33.4 px/mm
    double blur;   // sigma of a Gaussian, pixels
    int jpeg;      // quality; 0 none
};

cv::Mat damaged(const cv::Mat& grey, const Damage& damage) {
    cv::Mat out = grey;
    if (damage.scale < 1) cv::resize(out, out, {}, damage.scale, damage.scale, cv::INTER_AREA);
    if (damage.blur > 0) cv::GaussianBlur(out, out, {}, damage.blur);
    if (damage.jpeg > 0) {
        std::vector<unsigned char> bytes;
        cv::imencode(".jpg", out, bytes, {cv::IMWRITE_JPEG_QUALITY, damage.jpeg});
        out = cv::imdecode(bytes, cv::IMREAD_GRAYSCALE);
    }
    return out;
}

// Without a package the whole picture is taken for it.
PartPicture part_picture(const cv::Mat& grey, cv::Size& view) {
    auto package = find_package(grey);
    if (!package)
        package = Package{cv::RotatedRect(
            cv::Point2f(static_cast<float>(grey.cols) / 2, static_cast<float>(grey.rows) / 2),
            cv::Size2f(grey.size()), 0)};
    if (view.empty()) view = view_size(*package);
    return {grey, view_of(*package, view)};
}

void bench_text(const std::map<std::string, Lot>& lots) {
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
                std::vector<const std::vector<Capture>*> chips;
                for (const auto& [chip, captures] : lot.chips) chips.push_back(&captures);
                std::shuffle(chips.begin(), chips.end(), random);
                cv::Size view;
                std::vector<PartPicture> good;
                for (std::size_t i = 0; i < samples; ++i)
                    good.push_back(part_picture(
                        damaged((*chips[i])[random() % chips[i]->size()].grey, damage), view));
                const auto reference = MarkingReference::make(good, view, lot.lines);
                if (!reference) {
                    ++no_reference;
                    continue;
                }
                for (std::size_t i = samples; i < chips.size(); ++i)
                    for (const Capture& capture : *chips[i]) {
                        const cv::Mat grey = damaged(capture.grey, damage);
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
                first.push_back(part_picture(captures.front().grey, view));
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
                for (const Capture& capture : captures) {
                    const cv::Mat grey =
                        capture.number == 0 ? capture.grey : damaged(capture.grey, damage);
                    const auto start = Clock::now();
                    seen.push_back({chip, capture.number, reader.read(part_picture(grey, view))});
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

}  // namespace

int main(int argc, char** argv) {
    cv::setNumThreads(1);
    const std::string folder = (tests::source_dir() / "../shared/markings").string();
    const auto lots = read_lots(folder);
    if (lots.empty()) {
        std::fprintf(stderr, "bench_markings: %s is not there\n", folder.c_str());
        return 2;
    }
    const bool all = argc < 2;
    if (all || std::strcmp(argv[1], "text") == 0) bench_text(lots);
    if (all || std::strcmp(argv[1], "surface") == 0) bench_surface(lots);
    return 0;
}
