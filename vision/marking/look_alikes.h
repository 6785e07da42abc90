// What the line network takes each character of a part's marking for, beside what it takes those of
// the lot's samples for: so that a character is found out that the marking itself does not hold,
// such as an O in the place of a 0. Thread safety: const objects may be shared. Includes OpenCV:
// for .cc files of vision/marking only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/characters.h"
#include "vision/marking/line_network.h"

namespace reelproof::vision {

class LookAlikes {
  public:
    // `lot`: the mean of the samples' views, on which `characters` stand.
    LookAlikes(const LineNetwork& network, const cv::Mat& lot,
               std::span<const MarkedCharacter> characters);

    // Of each character: the look-alike that gains most on it against the samples, in nats; above 0
    // the part shows it rather than they do. No rival where the network can't read the samples.
    struct Seen {
        char rival = 0;
        double evidence = 0;
    };
    [[nodiscard]] std::vector<Seen> look(const cv::Mat& view) const;

    // Of a character: those that are taken for it.
    static std::string_view of(char character);

  private:
    // One line of the marking: its characters that the network knows, and how it is best seen.
    struct Line {
        std::string text;
        std::vector<std::size_t> places;  // among all characters
        bool dark = false;
        std::vector<cv::Rect> bands;
        std::vector<std::vector<double>> odds;  // odds_of() on the samples, by character
    };
    // Of each character of the line, for each of its look-alikes: the logarithm of how much
    // likelier it is, over the line's bands.
    [[nodiscard]] std::vector<std::vector<double>> odds_of(const cv::Mat& view,
                                                           const Line& line) const;

    const LineNetwork* network_;
    std::size_t count_;
    std::vector<Line> lines_;
};

}  // namespace reelproof::vision
