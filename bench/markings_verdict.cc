// What reading without a sample does to verdicts: genuine parts that it holds, and parts of another
// marking that it does not.
#include <algorithm>
#include <cstdio>

#include <opencv2/imgcodecs.hpp>

#include "bench/markings_data.h"
#include "vision/marking/line_network.h"
#include "vision/marking/reading.h"

namespace reelproof::bench {
namespace {

using namespace vision;

struct Counts {
    std::size_t all = 0, held = 0, agree = 0;
    void add(bool holds, bool agrees) {
        ++all;
        held += holds ? 1 : 0;
        agree += agrees ? 1 : 0;
    }
};

void told(const char* what, const Counts& counts) {
    if (counts.all == 0) return;
    std::printf("  %-52s held %s of %zu; agree %s\n", what,
                with_interval(counts.held, counts.all).c_str(), counts.all,
                with_interval(counts.agree, counts.all).c_str());
}

class Random {
  public:
    std::size_t below(std::size_t end) {
        state_ = state_ * 1664525 + 1013904223;
        return (state_ >> 12) % end;
    }

  private:
    std::uint32_t state_ = 7;
};

// Some of the digits between `at` and `end` are others.
std::string other_digits(std::string line, std::size_t at, std::size_t end, Random& random) {
    const std::string before = line;
    while (line == before)
        for (std::size_t i = at; i < end; ++i)
            if (line[i] >= '0' && line[i] <= '9' && random.below(2) == 0)
                line[i] = static_cast<char>('0' + random.below(10));
    return line;
}

std::string other_character(std::string line, Random& random) {
    constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const std::size_t at = random.below(line.size());
    const char before = line[at];
    while (line[at] == before) line[at] = kCharacters[random.below(kCharacters.size())];
    return line;
}

}  // namespace

void bench_verdict(const std::vector<Photograph>& photographs, const Networks& networks) {
    std::printf("\nVerdicts by reading alone, the expectation known (marking.read), by %s\n",
                networks.described().c_str());
    for (const bool industrial : {false, true}) {
        Counts pictures, lines, dates, characters;
        Random random;
        std::size_t refused = 0;
        for (const Photograph& one : photographs) {
            if (one.industrial() != industrial || (industrial && one.capture != 0)) continue;
            std::vector<std::string> asked;
            for (const std::string& printed : one.lines) {
                std::string line = plain_line(printed);
                if (!line.empty()) asked.push_back(std::move(line));
            }
            const std::size_t own = asked.size();
            if (own == 0) continue;
            for (std::size_t i = 0; i < own; ++i)
                asked.push_back(other_character(asked[i], random));
            const std::string date = plain_line(one.date_code);
            for (std::size_t i = 0; i < own && date.size() >= 3; ++i)
                if (const std::size_t at = asked[i].find(date);
                    at != std::string::npos && std::any_of(date.begin(), date.end(), [](char c) {
                        return c >= '0' && c <= '9';
                    }))
                    asked.push_back(other_digits(asked[i], at, at + date.size(), random));
            std::vector<std::uint8_t> png;
            cv::imencode(".png", upright(one), png, {cv::IMWRITE_PNG_COMPRESSION, 1});
            const auto reading = read_marking(png, asked, networks.of(one));
            if (!reading || reading->parts.front().quality.trouble) {
                ++refused;
                continue;
            }
            const auto& seen = reading->parts.front().expected;
            const auto agrees = [](const ExpectedLine& line) {
                return line.state == ExpectedLine::State::agrees;
            };
            const auto mine = std::span(seen).first(own);
            pictures.add(std::any_of(mine.begin(), mine.end(), reads_otherwise),
                         std::all_of(mine.begin(), mine.end(), agrees));
            for (std::size_t i = 0; i < seen.size(); ++i)
                (i < own       ? lines
                 : i < 2 * own ? characters
                               : dates)
                    .add(reads_otherwise(seen[i]), agrees(seen[i]));
        }
        std::printf(" %s, %zu more not read (quality, several)\n",
                    industrial ? "industrial photographs" : "diverse photographs", refused);
        told("genuine, a part with all its lines", pictures);
        told("genuine, a line", lines);
        told("another date code expected in a line", dates);
        told("another character expected, anywhere in a line", characters);
        std::fflush(stdout);
    }
}

}  // namespace reelproof::bench
