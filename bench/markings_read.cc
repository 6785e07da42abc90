// Reading without a sample.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "bench/markings_data.h"
#include "vision/label/read_lines.h"
#include "vision/marking/package.h"
#include "vision/marking/page_reader.h"
#include "vision/marking/reading.h"

namespace reelproof::bench {
namespace {

using namespace vision;
using Clock = std::chrono::steady_clock;

constexpr double kUnseen = -40;

std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t before = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t other = before + (a[i - 1] == b[j - 1] ? 0 : 1);
            before = row[j];
            row[j] = std::min({other, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

struct Sums {
    std::size_t lines = 0, exact = 0, characters = 0, wrong = 0, all_wrong = 0;
    double ms = 0;
    std::size_t pictures = 0;
};

void told(const char* name, const Sums& sums) {
    if (sums.lines == 0) return;
    const auto part = [&](std::size_t wrong) {
        return static_cast<double>(wrong) / static_cast<double>(sums.characters);
    };
    std::printf(
        "%s, %zu pictures: character error %.3f (%zu of %zu; %.3f with what was read beside); %zu "
        "of %zu lines exact, %s; %.0f ms a picture\n",
        name, sums.pictures, part(sums.wrong), sums.wrong, sums.characters, part(sums.all_wrong),
        sums.exact, sums.lines, with_interval(sums.exact, sums.lines).c_str(),
        sums.ms / static_cast<double>(sums.pictures));
}

// Another date code in the place of the expected one, as a remarked part would bear it: the least
// likely of its characters, all else being as expected. What is nowhere to be seen counts as least.
double date_score(const Page& page, const std::string& line, std::size_t at, std::size_t length) {
    const auto weighed = weigh_text(page, line);
    if (!weighed) return kUnseen;
    double worst = 0;
    for (std::size_t i = at; i < at + length; ++i) {
        const double p = weighed->characters[i].of[marking_alphabet.find(line[i])];
        worst = std::min(worst, std::log(p + 1e-12));
    }
    return worst;
}

// What Tesseract takes the lines of a page for, beside what we read.
struct Second {
    std::size_t lines = 0, ours = 0, tesseracts = 0, either = 0, doubted = 0, doubted_ours = 0,
                doubted_tesseracts = 0;
};

}  // namespace

void bench_read(const std::vector<Photograph>& photographs, const Networks& networks,
                const ReadingBench& asked) {
    std::printf("read by %s\n", networks.described().c_str());
    std::optional<TextEngine> engine;
    if (asked.tesseract) engine.emplace();
    Sums diverse, industrial;
    Second second[2];
    std::vector<double> genuine, other;
    std::size_t unseen = 0, agree = 0, doubtful = 0, others_agree = 0;
    std::uint32_t random = 7;
    for (const Photograph& one : photographs) {
        if (one.industrial() && one.capture != 0) continue;
        const cv::Mat grey = upright(one);
        const auto start = Clock::now();
        const auto package = find_package(grey);
        const UprightView view = upright_view_of(*package, 900);
        const Page page = read_page(networks.of(one), sample(grey, view.map, view.size));
        const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
        Sums& sums = one.industrial() ? industrial : diverse;
        sums.ms += ms;
        ++sums.pictures;
        std::vector<std::string> read;
        for (const PageLine& line : page.lines) read.push_back(plain_line(line.text));
        std::vector<std::string> opinions;
        if (engine) {
            std::vector<std::uint8_t> png;
            cv::imencode(".png", sample(grey, view.map, view.size), png);
            std::vector<Quad> places;
            for (const PageLine& line : page.lines) {
                const cv::Rect at = line.looks.front().band;
                places.push_back(
                    {{{at.x, at.y}, {at.br().x, at.y}, {at.br().x, at.br().y}, {at.x, at.br().y}}});
            }
            const auto lines = read_printed_lines(png, places, *engine);
            for (const PrintedLine& line : lines.value()) opinions.push_back(plain_line(line.text));
        }
        std::vector<bool> used(read.size(), false);
        std::string misses;
        for (const std::string& printed : one.lines) {
            const std::string line = plain_line(printed);
            if (line.empty()) continue;
            std::size_t least = line.size(), which = read.size();
            for (std::size_t i = 0; i < read.size(); ++i)
                if (const std::size_t off = distance(line, read[i]); off < least) {
                    least = off;
                    which = i;
                }
            if (which < read.size()) used[which] = true;
            if (which < opinions.size()) {
                Second& it = second[one.industrial() ? 1 : 0];
                const bool right = opinions[which] == line;
                ++it.lines;
                it.ours += least == 0 ? 1 : 0;
                it.tesseracts += right ? 1 : 0;
                it.either += least == 0 || right ? 1 : 0;
                if (page.lines[which].log_probability(read[which]) < std::log(0.5)) {
                    ++it.doubted;
                    it.doubted_ours += least == 0 ? 1 : 0;
                    it.doubted_tesseracts += right ? 1 : 0;
                }
            }
            sums.characters += line.size();
            sums.wrong += least;
            sums.all_wrong += least;
            ++sums.lines;
            sums.exact += least == 0 ? 1 : 0;
            if (least != 0) misses += "  " + line + "=" + (which < read.size() ? read[which] : "");
            // The date code and others in its place.
            const std::string date = plain_line(one.date_code);
            const std::size_t at = line.find(date);
            if (one.industrial() || date.size() < 3 || at == line.npos) continue;
            genuine.push_back(date_score(page, line, at, date.size()));
            unseen += genuine.back() == kUnseen ? 1 : 0;
            agree += genuine.back() >= std::log(0.1) ? 1 : 0;
            doubtful += genuine.back() < std::log(0.1) && genuine.back() >= std::log(0.01) ? 1 : 0;
            for (int n = 0; n < 3; ++n) {
                std::string changed = line;
                do {
                    for (std::size_t i = at; i < at + date.size(); ++i) {
                        random = random * 1664525 + 1013904223;
                        if (changed[i] >= '0' && changed[i] <= '9' && (random >> 28) < 8)
                            changed[i] = static_cast<char>('0' + (random >> 16) % 10);
                    }
                } while (changed == line);
                other.push_back(date_score(page, changed, at, date.size()));
                others_agree += other.back() >= std::log(0.1) ? 1 : 0;
            }
        }
        std::string beside;
        for (std::size_t i = 0; i < read.size(); ++i)
            if (!used[i]) {
                sums.all_wrong += read[i].size();
                beside += " " + read[i];
            }
        if (asked.each && (!misses.empty() || !beside.empty()))
            std::printf("%-24s%s%s%s\n", one.name.c_str(), misses.c_str(),
                        beside.empty() ? "" : "  | beside:", beside.c_str());
    }
    told("diverse photographs", diverse);
    told("industrial photographs", industrial);
    std::printf("another date code, expectation known, diverse photographs\n");
    if (genuine.empty()) return;
    report(genuine, other);
    std::printf("  genuine: %zu agree, %zu are doubtful, %zu unseen; others: %zu agree\n", agree,
                doubtful, unseen, others_agree);
    const char* const names[] = {"diverse", "industrial"};
    for (int i = 0; engine && i < 2; ++i)
        std::printf(
            "Tesseract on the %zu lines found of %s photographs: %zu exact (ours %zu, either %zu); "
            "of %zu that ours doubts, %zu (ours %zu)\n",
            second[i].lines, names[i], second[i].tesseracts, second[i].ours, second[i].either,
            second[i].doubted, second[i].doubted_tesseracts, second[i].doubted_ours);
}

}  // namespace reelproof::bench
