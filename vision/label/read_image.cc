#include "vision/label/read_image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <time.h>

#include "vision/label/findings.h"
#include "vision/label/localise.h"
#include "vision/label/picture.h"
#include "vision/label/views.h"
#include "vision/label/zxing_engine.h"

namespace reelproof::vision {
namespace {

// Processor time, so that a busy machine reads as much as an idle one; its parent watches the clock
// on the wall.
std::chrono::nanoseconds processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// The whole frame is looked at with no more pixels than this; small symbols are read in crops.
constexpr double frame_pixels = 3e6;

// One way to look at a candidate. Tried on all candidates before the next, so that the budget goes
// where most is to be had.
struct Rung {
    const char* path;
    double side;    // the crop's longer side in pixels, 0: as it is
    double margin;  // around the texture, as a part of its size
    bool turned;    // level with the texture's own box
    Clean clean;
};
constexpr std::array matrix_rungs{
    Rung{"crop", 0, 0.25, false, Clean::none},
    Rung{"crop-400", 400, 0.25, false, Clean::none},
    Rung{"crop-200", 200, 0.25, true, Clean::none},
    Rung{"crop-otsu", 300, 0.25, false, Clean::otsu},
    Rung{"crop-adaptive", 300, 0.25, false, Clean::adaptive},
    Rung{"crop-inverted", 300, 0.25, false, Clean::inverted},
    Rung{"crop-600", 600, 0.4, true, Clean::none},
    Rung{"crop-sharpened", 400, 0.25, true, Clean::sharpened},
};
constexpr std::array linear_rungs{
    Rung{"strip", 0, 0.15, true, Clean::none},
    Rung{"strip-900", 900, 0.15, true, Clean::none},
    Rung{"strip-sharpened", 900, 0.15, true, Clean::sharpened},
    Rung{"strip-otsu", 1200, 0.15, true, Clean::otsu},
    Rung{"strip-adaptive", 1200, 0.15, true, Clean::adaptive},
};

GreyView grey(const cv::Mat& pixels) {
    return {pixels.data, pixels.cols, pixels.rows, static_cast<int>(pixels.step)};
}

class PictureReader {
  public:
    PictureReader(const cv::Mat& picture, const ReadOptions& options)
        : picture_(picture), end_(processor_time() + options.budget) {}

    std::vector<Symbol> run() {
        const double scale =
            std::min(1.0, std::sqrt(frame_pixels / static_cast<double>(picture_.total())));
        const View frame = whole(picture_, scale);
        look(frame, Family::matrix, "frame", true);
        look(frame, Family::linear, "frame", true);

        Candidates candidates = localise(picture_);
        for (Region& bars : candidates.linear)
            bars.angle += tilt_of_bars(cut(picture_, bars, 1).pixels);
        std::vector<bool> matrix_done(candidates.matrix.size()),
            linear_done(candidates.linear.size());
        const std::size_t rungs = std::max(matrix_rungs.size(), linear_rungs.size());
        for (std::size_t rung = 0; rung < rungs; ++rung) {
            if (rung < matrix_rungs.size()) {
                climb(matrix_rungs[rung], Family::matrix, candidates.matrix, matrix_done);
            }
            if (rung < linear_rungs.size()) {
                climb(linear_rungs[rung], Family::linear, candidates.linear, linear_done);
            }
            if (rung == 1 && found_.empty()) look_harder_at_frame(frame);
        }
        return found_.take();
    }

  private:
    bool late() const { return processor_time() > end_; }

    bool look(const View& view, Family family, std::string_view path, bool plain) {
        bool news = false;
        for (const EngineRead& read : zxing_read(grey(view.pixels), family)) {
            news |= found_.add(read, view, path, plain);
        }
        return news;
    }

    // For pictures of one symbol whose texture does not stand out: nothing has been found so far.
    void look_harder_at_frame(const View& frame) {
        struct Look {
            const char* path;
            double scale;
            Clean clean;
        };
        constexpr std::array looks{
            Look{"frame-half", 0.5, Clean::none},
            Look{"frame-inverted", 1, Clean::inverted},
            Look{"frame-sharpened", 1, Clean::sharpened},
            Look{"frame-larger", 1.5, Clean::none},
            Look{"frame-otsu", 1, Clean::otsu},
            Look{"frame-third", 0.33, Clean::none},
        };
        for (const Look& how : looks) {
            if (late() || !found_.empty()) return;
            if (how.scale > 1 && frame.pixels.total() > 1'000'000) continue;
            const double scale = how.scale * frame.pixels.cols / picture_.cols;
            // A white margin around, for symbols that touch the picture's edge.
            const Region all{{picture_.cols / 2.0, picture_.rows / 2.0},
                             {picture_.cols + 40 / scale, picture_.rows + 40 / scale},
                             0};
            const View view = cleaned(cut(picture_, all, scale), how.clean);
            look(view, Family::matrix, how.path, how.clean == Clean::none);
            look(view, Family::linear, how.path, how.clean == Clean::none);
        }
    }

    void climb(const Rung& rung, Family family, const std::vector<Region>& regions,
               std::vector<bool>& done) {
        for (std::size_t i = 0; i < regions.size() && !late(); ++i) {
            if (done[i]) continue;
            if (family == Family::matrix && found_.covers(regions[i].centre)) {
                done[i] = true;
                continue;
            }
            done[i] = look(view_of(regions[i], rung), family, rung.path, rung.clean == Clean::none);
        }
    }

    View view_of(const Region& texture, const Rung& rung) const {
        Region region = texture;
        if (!rung.turned) {
            // The upright box around the turned one.
            const double c = std::abs(std::cos(region.angle)), s = std::abs(std::sin(region.angle));
            region.size = {region.size.width * c + region.size.height * s,
                           region.size.width * s + region.size.height * c};
            region.angle = 0;
        }
        const double longer = std::max(region.size.width, region.size.height);
        region.size.width += 2 * rung.margin * longer;
        if (rung.margin >= 0.25) region.size.height += 2 * rung.margin * longer;
        const double side = std::max(region.size.width, region.size.height);
        double scale = rung.side == 0 ? std::min(1.0, 1600 / side) : rung.side / side;
        scale = std::min(scale, 4.0);
        return cleaned(cut(picture_, region, scale), rung.clean);
    }

    const cv::Mat& picture_;
    std::chrono::nanoseconds end_;
    Findings found_;
};

}  // namespace

Result<std::vector<Symbol>> read_image(std::span<const std::uint8_t> file,
                                       const ReadOptions& options) {
    const auto picture = decode_picture(file);
    if (!picture) return picture.error();
    try {
        return PictureReader(*picture, options).run();
    } catch (const std::exception& trouble) {
        return Error{"picture.unreadable",
                     std::string("the picture could not be searched: ") + trouble.what()};
    }
}

}  // namespace reelproof::vision
