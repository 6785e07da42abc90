// The photographs of ../shared/markings, for bench_markings.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/line_network.h"
#include "vision/marking/lot_image.h"

namespace reelproof::bench {

struct Photograph {
    std::string name, group, part, chip;
    std::vector<std::string> lines;  // as printed, UTF-8
    std::string date_code;
    double rotation = 0;  // degrees clockwise by which the text is turned
    int capture = 0;
    std::optional<bool> genuine;  // what its source says; nothing: it does not
    cv::Mat grey;

    bool industrial() const { return name.starts_with("hp_"); }
};

// Throws when they are not there.
std::vector<Photograph> read_photographs();

// Turned by quarters, so that the text is about upright, as the protocol of the baseline gives it.
cv::Mat upright(const Photograph& photograph);

// Which network reads a photograph: none of its group may have been among those it learnt from.
class Networks {
  public:
    // No file: the one in the program, which learnt from all of them, and tells nothing of others.
    // One: that for all. Several: network N is of `marking train --leave-out N/K`. Throws when a
    // file is no network.
    Networks(const std::vector<std::string>& files, const std::vector<Photograph>& photographs);
    const vision::LineNetwork& of(const Photograph& photograph) const;
    std::string described() const;

  private:
    std::vector<vision::LineNetwork> networks_;
    std::vector<std::string> groups_;
};

// Of `hits` in `all`, 95 %, Wilson's.
std::string with_interval(std::size_t hits, std::size_t all);

// Genuine scores are above, others below: equal error, and what is found at given false alarms.
void report(std::vector<double> genuine, std::vector<double> others);

struct Damage {
    const char* name;
    double scale;  // of the picture's 33.4 px/mm
    double blur;   // sigma of a Gaussian, pixels
    int jpeg;      // quality; 0 none
};
cv::Mat damaged(const cv::Mat& grey, const Damage& damage);

// `view` is that of the first.
vision::PartPicture part_picture(const cv::Mat& grey, cv::Size& view);

// Lots of the industrial photographs differ by part and by marking.
struct Lot {
    std::vector<std::string> lines;  // printable ASCII
    std::map<std::string, std::vector<const Photograph*>> chips;
};
std::map<std::string, Lot> lots_of(const std::vector<Photograph>& photographs);

// Parts of the benchmark.
void bench_text(const std::map<std::string, Lot>& lots, const Networks& networks);
void bench_look_alikes(const std::map<std::string, Lot>& lots, const Networks& networks);
void bench_surface(const std::map<std::string, Lot>& lots);
// With `each`, what was misread on each picture; with `tesseract`, what that reads on the lines
// that were found.
struct ReadingBench {
    bool each = false, tesseract = false;
};
void bench_read(const std::vector<Photograph>& photographs, const Networks& networks,
                const ReadingBench& asked);
void bench_verdict(const std::vector<Photograph>& photographs, const Networks& networks);
void bench_quality(const std::map<std::string, Lot>& lots);
void bench_scenes(const std::map<std::string, Lot>& lots);
void bench_genuine(const std::vector<Photograph>& photographs, const Networks& networks);
void bench_packages(const std::vector<Photograph>& photographs);

}  // namespace reelproof::bench
