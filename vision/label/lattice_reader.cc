#include "vision/label/lattice_reader.h"

#include <algorithm>
#include <array>

#include "vision/label/data_matrix_margin.h"
#include "vision/label/views.h"
#include "vision/label/zxing_engine.h"

namespace reelproof::vision {

std::optional<EngineRead> decode_lattice(const Lattice& lattice, const cv::Mat& view,
                                         const Pattern& pattern, bool inverted) {
    cv::Mat sampled = lattice.sample(view);
    if (inverted) sampled = 255 - sampled;
    std::vector<std::uint8_t> last;
    for (const double blur : {0.0, 0.45, 0.6, 0.75}) {
        std::vector<std::uint8_t> dark = decide_modules(sampled, blur);
        for (std::size_t i = 0; i < dark.size(); ++i) {
            if (pattern.modules[i] != 0) dark[i] = pattern.modules[i] > 0;
        }
        if (dark == last) continue;
        const cv::Mat drawing = render_modules(dark, pattern.columns, pattern.rows);
        auto reads = zxing_read_drawn(grey(drawing));
        if (!reads.empty()) {
            EngineRead read = std::move(reads.front());
            read.weak =
                read.symbology == "DataMatrix" && may_be_noise(dark, pattern.columns, pattern.rows);
            const Corners corners = lattice.corners();
            for (std::size_t i = 0; i < 4; ++i) read.corners[i] = {corners[i].x, corners[i].y};
            return read;
        }
        last = std::move(dark);
    }
    return std::nullopt;
}

}  // namespace reelproof::vision
