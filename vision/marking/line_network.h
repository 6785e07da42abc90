// Reads a line of a marking: a small convolutional network looks at the line column by column and
// says which character each shows, or none; the sum over all ways to come to a text from the
// columns is that text's probability (connectionist temporal classification; Graves et al., 2006).
// It was trained on painted lines, then on photographs too (vision/training, docs/MARKINGS.md: by
// which command). Thread safety: const objects may be shared. Includes OpenCV: for .cc files of
// vision/marking and vision/training only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/layers.h"

namespace reelproof::vision {

// Logarithms of probabilities, by columns of the line, marking_classes each.
struct LineColumns {
    int count = 0;
    std::vector<float> values;

    const float* column(int which) const {
        return values.data() + std::ptrdiff_t{which} * marking_classes;
    }
};

class LineNetwork {
  public:
    // The one in the program.
    static const LineNetwork& built_in();
    // Of a line_network_file(); nothing if it is no network of these layers.
    static std::optional<LineNetwork> parse(std::span<const std::uint8_t> file);
    explicit LineNetwork(std::vector<float> weights);  // line_weights() of them, layer by layer

    // `line`: line_height high, as line_picture() makes it.
    LineColumns look(const cv::Mat& line) const;
    // At every line that begins at a multiple of line_step of the picture's rows, top line first.
    std::vector<LineColumns> look_everywhere(const cv::Mat& picture) const;
    const std::vector<float>& weights() const { return weights_; }

  private:
    std::vector<float> weights_;
};

// A piece of a picture as the network knows lines: of line_height, shade taken out, of unit spread,
// strokes bright: those that are dark on the picture with `dark`.
cv::Mat line_picture(const cv::Mat& piece, bool dark);
// All of a picture so, each place as a line around it would be; of the size given, whose height is
// a multiple of line_step and its width of line_column.
cv::Mat lines_picture(const cv::Mat& grey, cv::Size size, bool dark);

}  // namespace reelproof::vision
