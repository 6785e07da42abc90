// Reads the lines of a marking on the view of a package, and says how well a text suits them.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/line_network.h"
#include "vision/marking/line_text.h"

namespace reelproof::vision {

// One line, looked at several times: a little higher, lower, wider each time.
struct PageLine {
    struct Look {
        cv::Rect2d band;  // of the view
        LineColumns columns;
    };
    std::vector<Look> looks;  // the best first
    double score = 0;         // characters, as many as were seen clearly
    std::string text;         // with spaces; 0, O, 1, I, dots and dashes as they are used (usage.h)

    // Mean logarithm of the probability of a text without spaces, over the looks.
    double log_probability(std::string_view text, Beside beside = Beside::nothing) const;
    // Of each character of the text without spaces: what it may be, and where it stands on the
    // view.
    struct Character {
        std::array<double, marking_blank - 1> of{};
        cv::Rect2d box;
    };
    std::vector<Character> characters(std::string_view text, Beside beside = Beside::nothing) const;
};

struct Page {
    std::vector<PageLine> lines;  // top line first, then from the left
    double score = 0;             // of all lines, less the logarithms that their texts lack
    // Where something stands that is too unclear to be read without knowing what.
    std::vector<PageLine> unclear;
};

// An expected text without spaces, weighed wherever it may stand on a page: on a line, on two that
// lie side by side, where nothing could be read.
struct Weighed {
    double log_probability = 0;                   // of all of it, with anything beside it
    std::vector<PageLine::Character> characters;  // of the text
};
// Nothing where it is nowhere to be seen, or the text is empty.
std::optional<Weighed> weigh_text(const Page& page, std::string_view text);

// `grey`: the view of a package with its text upright.
Page read_page(const LineNetwork& network, const cv::Mat& grey);

// The same with the text any way along: `quarters` of a turn, clockwise, were needed to set it
// upright. Other than half turns only where `sideways`.
struct TurnedPage {
    Page page;
    int quarters = 0;
};
TurnedPage read_page_turned(const LineNetwork& network, const cv::Mat& grey, bool sideways);

}  // namespace reelproof::vision
