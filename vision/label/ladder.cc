#include "vision/label/ladder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <opencv2/imgproc.hpp>

#include "vision/label/bar_area.h"
#include "vision/label/bars.h"
#include "vision/label/dmtx_engine.h"
#include "vision/label/findings.h"
#include "vision/label/lattice_reader.h"
#include "vision/label/level_bands.h"
#include "vision/label/localise.h"
#include "vision/label/micropdf417.h"
#include "vision/label/processor_time.h"
#include "vision/label/rungs.h"
#include "vision/label/unread_places.h"
#include "vision/label/zbar_engine.h"
#include "vision/label/zxing_engine.h"

namespace reelproof::vision {

namespace {

// The whole frame is looked at with no more pixels than this; small symbols are read in crops.
constexpr double frame_pixels = 3e6;
// QR finders are looked for on no more than this.
constexpr double finder_pixels = 1.2e6;

// From here on a place is worth all rungs; what is slow gets a few of the likeliest.
constexpr double some_likeness = 0.5;
constexpr int most_dmtx_calls = 2;
constexpr std::size_t most_micropdf417_places = 4;
constexpr std::size_t most_finder_looks = 4;
// One strip of bars and nothing else: the same edges from top to bottom.
constexpr double sure_of_bars = 0.9;

class Ladder {
  public:
    Ladder(const cv::Mat& picture, std::chrono::nanoseconds end, bool careful)
        : picture_(picture), end_(end), careful_(careful), found_(picture) {}

    ReadResult run() {
        const double pixels = static_cast<double>(picture_.total());
        const View frame = whole(picture_, std::min(1.0, std::sqrt(frame_pixels / pixels)));
        look(frame, Family::matrix, "frame", true);
        look(frame, Family::linear, "frame", true);

        if (found_.empty()) {
            for (const Family family : {Family::aztec, Family::micro_qr, Family::codabar})
                look(frame, family, "frame", true);
            look_at_enlarged();
        }
        Candidates candidates = localise(picture_);
        likeness_.assign(candidates.matrix.size(), 0);
        const std::vector<Region> pending = found_.linear_pending();
        candidates.linear.insert(candidates.linear.begin(), pending.begin(), pending.end());
        for (Region& bars : candidates.linear)
            bars.angle += tilt_of_bars(cut(picture_, bars, scale_to(bars, 1600)).pixels);
        split_stacks(candidates.linear);
        for (const Region& bars : candidates.linear)
            negative_.push_back(is_negative(picture_, bars));
        std::vector<bool> matrix_done(candidates.matrix.size()),
            linear_done(candidates.linear.size());
        const std::size_t rungs = std::max(matrix_rungs.size(), linear_rungs.size());
        for (std::size_t rung = 0; rung < rungs; ++rung) {
            if (rung < matrix_rungs.size()) {
                climb(matrix_rungs[rung], Family::matrix, candidates.matrix, matrix_done);
            }
            if (rung == 2) {
                drop_what_has_no_bars(candidates.linear, linear_done);
                if (!careful_ &&
                    std::find(linear_done.begin(), linear_done.end(), false) != linear_done.end())
                    sweep_level_bands(
                        picture_, [&] { return late(); },
                        [&](const EngineRead& read, const View& band) {
                            found_.add(read, band, "band", true);
                        });
            }
            if (rung < linear_rungs.size()) {
                climb(linear_rungs[rung], Family::linear, candidates.linear, linear_done);
            }
            if (rung == 3) read_qr_by_finders();
            if (rung == 5 && found_.empty()) look_harder_at_frame(frame);
        }
        note_unread(candidates);
        return result();
    }

  private:
    bool late() const { return processor_time() > end_; }

    bool add_all(const std::vector<EngineRead>& reads, const View& view, std::string_view path,
                 bool plain) {
        bool news = false;
        for (const EngineRead& read : reads) news |= found_.add(read, view, path, plain);
        return news;
    }

    bool look(const View& view, Family family, std::string_view path, bool plain) {
        if (careful_ && family != Family::matrix) {
            if (family != Family::linear) return false;
            return add_all(zbar_read(grey(view.pixels), 3), view, path, plain);
        }
        return add_all(zxing_read(grey(view.pixels), family), view, path, plain);
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
        constexpr double rows_side = 800;
        const View small =
            padded_frame(std::min(1.0, rows_side / std::max(picture_.cols, picture_.rows)));
        add_all(micropdf417_read(small.pixels), small, "rows", true);
        for (const Look& how : looks) {
            if (late() || !found_.empty()) return;
            if (how.scale > 1 && frame.pixels.total() > 1'000'000) continue;
            const double scale = how.scale * frame.pixels.cols / picture_.cols;
            if (how.scale >= 1 && frame.pixels.total() > 1'500'000) continue;
            const View view = cleaned(padded_frame(scale), how.clean);
            look(view, Family::matrix, how.path, how.clean == Clean::none);
            look(view, Family::linear, how.path, how.clean == Clean::none);
            if (how.clean == Clean::none && view.pixels.total() < 1'000'000) {
                look(view, Family::aztec, how.path, true);
                look(view, Family::micro_qr, how.path, true);
            }
        }
    }

    // Drawings of a pixel or two a module.
    void look_at_enlarged() {
        constexpr int tiny = 100, margin = 12;
        if (std::max(picture_.cols, picture_.rows) >= tiny) return;
        for (const int times : {4, 6}) {
            View view;
            cv::resize(picture_, view.pixels, {}, times, times, cv::INTER_NEAREST);
            cv::copyMakeBorder(view.pixels, view.pixels, margin, margin, margin, margin,
                               cv::BORDER_CONSTANT, cv::Scalar(255));
            const double back = 1.0 / times;
            view.to_picture = cv::Matx23d(back, 0, -margin * back, 0, back, -margin * back);
            const std::string path = "frame-x" + std::to_string(times);
            for (const Family family :
                 {Family::matrix, Family::linear, Family::aztec, Family::micro_qr})
                look(view, family, path, true);
        }
    }

    // With a white margin, for symbols that touch the picture's edge.
    View padded_frame(double scale) const {
        const Region all{{picture_.cols / 2.0, picture_.rows / 2.0},
                         {picture_.cols + 40 / scale, picture_.rows + 40 / scale},
                         0};
        return cut(picture_, all, scale);
    }

    void read_qr_by_finders() {
        if (late()) return;
        const double scale =
            std::min(1.0, std::sqrt(finder_pixels / static_cast<double>(picture_.total())));
        const View frame = padded_frame(scale);
        for (const QrPlace& place : find_qr(frame.pixels)) {
            if (late()) return;
            const cv::Point2d middle = (place.corners[1] + place.corners[3]) * 0.5;
            if (found_.covers(frame.in_picture(middle.x, middle.y))) continue;
            const auto reading = read_qr(frame.pixels, place);
            if (reading) take(*reading, frame, "lattice");
        }
    }

    bool take(const LatticeReading& reading, const View& view, std::string_view path) {
        if (reading.read && found_.add(*reading.read, view, path, true)) return true;
        if (reading.agreement >= sure_agreement) {
            Unread unread{reading.kind, {}};
            for (std::size_t i = 0; i < 4; ++i) {
                const auto corner = view.in_picture(reading.corners[i].x, reading.corners[i].y);
                unread.position[i] = {cvRound(corner.x), cvRound(corner.y)};
            }
            unread_.push_back(std::move(unread));
        }
        return false;
    }

    void climb(const Rung& rung, Family family, const std::vector<Region>& regions,
               std::vector<bool>& done) {
        std::size_t micropdf417_places = 0;
        for (std::size_t i = 0; i < regions.size() && !late(); ++i) {
            if (done[i]) continue;
            if (family == Family::linear && found_.bars_read(regions[i])) {
                read_bars_.push_back(regions[i]);
                done[i] = true;
                continue;
            }
            if (found_.covers(regions[i].centre) ||
                (family == Family::matrix && on_read_bars(regions[i]))) {
                done[i] = true;
                continue;
            }
            if (rung.late && !found_.empty() && likeness_[i] < some_likeness) continue;
            if (rung.how == How::lattice && elongated(regions[i])) continue;
            if (rung.how == How::dmtx && ++dmtx_calls_ > most_dmtx_calls) return;
            if (rung.how == How::micropdf417 && ++micropdf417_places > most_micropdf417_places)
                return;
            candidate_ = i;
            View view = view_of(regions[i], rung);
            if (family == Family::linear && negative_[i]) view = cleaned(view, Clean::inverted);
            done[i] = step(view, rung, family);
            // A label that was taken for bars holds more than the bars that were read on it.
            if (done[i] && family == Family::linear && found_.bars_read(regions[i]))
                read_bars_.push_back(regions[i]);
        }
    }

    // Text in the bars' neighbourhood may pass for a matrix symbol, and so may the bars.
    bool on_read_bars(const Region& region) const {
        return std::any_of(read_bars_.begin(), read_bars_.end(), [&](const Region& bars) {
            const double c = std::cos(bars.angle), s = std::sin(bars.angle);
            const cv::Point2d off = region.centre - bars.centre;
            return region.size.area() < 1.5 * bars.size.area() &&
                   std::abs(c * off.x + s * off.y) < bars.size.width / 2 &&
                   std::abs(-s * off.x + c * off.y) < bars.size.height / 2;
        });
    }

    bool step(const View& view, const Rung& rung, Family family) {
        // A negative has the same pixels.
        const bool plain =
            (rung.clean == Clean::none || rung.clean == Clean::inverted) && rung.blur == 0;
        switch (rung.how) {
            case How::zxing:
                return look(view, family, rung.path, plain);
            case How::lattice:
            case How::lattice_thorough: {
                const auto reading =
                    read_data_matrix(view.pixels, rung.how == How::lattice_thorough);
                if (reading)
                    likeness_[candidate_] = std::max(likeness_[candidate_], reading->agreement);
                return reading && take(*reading, view, rung.path);
            }
            case How::micropdf417:
                return add_all(micropdf417_read(view.pixels), view, rung.path, plain);
            case How::dmtx:
                return look_with_dmtx(view, rung.path);
            case How::bars: {
                View bars = view;
                // The middle, clear of what is printed above and below.
                const int skip = view.pixels.rows / 8;
                bars.pixels = averaged_bars(
                    view.pixels.rowRange(skip, std::max(skip + 1, view.pixels.rows - skip)), 5,
                    rung.blur);
                shift_back(bars, view, skip);
                const bool read = look(bars, Family::linear, rung.path, plain);
                return add_all(zbar_read(grey(bars.pixels), 5), bars, rung.path, plain) || read;
            }
            case How::zbar: {
                const int rows = std::max(1, view.pixels.rows / 16);
                return add_all(zbar_read(grey(view.pixels), rows), view, rung.path, plain);
            }
            case How::extras:
                if (family == Family::linear) return look(view, Family::codabar, rung.path, plain);
                return look(view, Family::aztec, rung.path, plain) ||
                       look(view, Family::micro_qr, rung.path, plain);
        }
        return false;
    }

    // averaged_bars() draws rows that are not the view's, between margins of 30 pixels.
    static void shift_back(View& bars, const View& view, int skip) {
        const double stretch = static_cast<double>(view.pixels.rows - 2 * skip) / bars.pixels.rows;
        const cv::Matx23d& t = view.to_picture;
        const cv::Point2d origin = view.in_picture(-30, skip);
        bars.to_picture = cv::Matx23d(t(0, 0), t(0, 1) * stretch, origin.x,  //
                                      t(1, 0), t(1, 1) * stretch, origin.y);
    }

    bool look_with_dmtx(const View& view, std::string_view path) {
        constexpr std::chrono::milliseconds patience{30};
        bool news = false;
        for (const EngineRead& read : dmtx_read(grey(view.pixels), patience)) {
            news |= found_.add(read, view, path, true);
            if (news) continue;
            // libdmtx knows where it is: the lattice may read the same, and is a second witness.
            Corners outline;
            for (std::size_t i = 0; i < 4; ++i)
                outline[i] = {read.corners[i][0], read.corners[i][1]};
            const auto reading = read_data_matrix(view.pixels, outline);
            if (reading) news |= take(*reading, view, "lattice-dmtx");
        }
        return news;
    }

    // Like PDF417 or a line of print, unlike Data Matrix and QR.
    static bool elongated(const Region& region) {
        const auto& size = region.size;
        return std::max(size.width, size.height) > 2.2 * std::min(size.width, size.height);
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
        double scale = rung.side == 0
                           ? std::min(1.0, (rung.turned || elongated(texture) ? 1600 : 700) / side)
                           : rung.side / side;
        scale = std::min(scale, 4.0);
        return cleaned(cut(picture_, region, scale), rung.clean);
    }

    static double scale_to(const Region& region, double width) {
        return std::min(1.0, width / region.size.width);
    }

    // Several strips of bars and the print between them may have been taken for one region.
    void split_stacks(std::vector<Region>& regions) const {
        constexpr double tall = 0.25;
        constexpr std::size_t most = 16, most_strips = 40;
        const std::size_t given = regions.size();
        for (std::size_t i = 0; i < std::min(given, most) && regions.size() < given + most_strips;
             ++i) {
            const Region region = regions[i];
            if (region.size.height < tall * region.size.width) continue;
            const View view = cut(picture_, region, scale_to(region, 800));
            const double scale = view.pixels.cols / region.size.width;
            for (const cv::Rect& strip : strips_of_bars(view.pixels)) {
                if (strip.height > 0.85 * view.pixels.rows) continue;
                const cv::Point2d centre =
                    view.in_picture(strip.x + strip.width / 2.0, strip.y + strip.height / 2.0);
                regions.push_back({centre, cv::Size2d(strip.size()) / scale, region.angle});
            }
        }
    }

    // Print and rulers look like bars from afar; wide spaces part the texture of one symbol in two.
    void drop_what_has_no_bars(const std::vector<Region>& regions, std::vector<bool>& done) {
        constexpr double too_little = 0.2;
        for (std::size_t i = 0; i < regions.size() && !late(); ++i) {
            if (done[i]) continue;
            const View view = cut(picture_, regions[i], scale_to(regions[i], 1000));
            const double evidence = evidence_of_bars(view.pixels);
            done[i] = evidence < too_little ||
                      (evidence > sure_of_bars && found_.piece_of_bars_read(regions[i]));
        }
    }

    // What is located and not read, for a little while more.
    void note_unread(const Candidates& candidates) {
        constexpr std::chrono::milliseconds while_more{25};
        auto end = std::max(end_, processor_time()) + while_more;
        for (const Region& region : candidates.matrix) {
            if (processor_time() > end) return;
            if (!found_.touched(region) && is_like_data_matrix(picture_, region))
                unread_.push_back(unread_at("DataMatrix", region));
        }
        note_by_finders(candidates, end);
        end = std::max(end, processor_time() + while_more);
        for (const Region& region : candidates.linear) {
            if (processor_time() > end) return;
            if (!found_.touched(region) && !found_.piece_of_bars_read(region) &&
                !is_noted(region) && is_like_bars(picture_, region))
                unread_.push_back(unread_at("linear", region));
        }
    }

    void note_by_finders(const Candidates& candidates, std::chrono::nanoseconds end) {
        std::vector<Region> left;
        for (const auto* regions : {&candidates.matrix, &candidates.linear})
            for (const Region& region : *regions)
                if (!found_.touched(region)) left.push_back(region);
        std::stable_sort(left.begin(), left.end(), [](const Region& a, const Region& b) {
            return a.size.area() > b.size.area();
        });
        std::size_t looks = late() ? most_finder_looks / 2 : 0;
        for (const Region& region : left) {
            if (processor_time() > end) return;
            if (is_noted(region)) continue;
            if (++looks > most_finder_looks) return;
            const char* kind = kind_by_finder(picture_, region);
            // Of a PDF417 that is turned ZXing tells a place beside it: this one may be read.
            if (kind == nullptr || (kind == std::string_view("PDF417") && found_.has(kind)))
                continue;
            const Region all = joined(region, left);
            if (!found_.touched(all)) unread_.push_back(unread_at(kind, all));
        }
    }

    bool is_noted(const Region& region) const {
        const Unread place = unread_at("", region);
        return std::any_of(unread_.begin(), unread_.end(), [&](const Unread& noted) {
            return same_place(noted, place) || same_place(place, noted);
        });
    }

    void show_all_of_bars(Symbol& symbol) const {
        const auto between = [&](std::size_t a, std::size_t b) {
            const Point &p = symbol.position[a], &q = symbol.position[b];
            return cv::Point2d(p.x + q.x, p.y + q.y) * 0.5;
        };
        const auto area = area_of_bars(picture_, between(0, 3), between(1, 2));
        for (std::size_t i = 0; i < 4; ++i)
            symbol.position[i] = {cvRound(area[i].x), cvRound(area[i].y)};
    }

    static std::vector<cv::Point2f> outline_of(const Unread& unread) {
        std::vector<cv::Point2f> corners;
        for (const Point& point : unread.position)
            corners.emplace_back(static_cast<float>(point.x), static_cast<float>(point.y));
        return corners;
    }

    // Does the middle of one lie within the other?
    static bool same_place(const Unread& a, const Unread& b) {
        const auto outline = outline_of(a);
        cv::Point2f middle;
        for (const cv::Point2f& corner : outline_of(b)) middle += corner * 0.25f;
        return cv::pointPolygonTest(outline, middle, false) >= 0;
    }

    // What was noted as unread and read later, or noted twice, is dropped.
    ReadResult result() {
        ReadResult result;
        for (const Unread& unread : unread_) {
            const cv::RotatedRect box = cv::minAreaRect(outline_of(unread));
            if (found_.touched({box.center, box.size, box.angle * CV_PI / 180})) continue;
            const bool known =
                std::any_of(result.unread.begin(), result.unread.end(), [&](const Unread& other) {
                    return same_place(other, unread) || same_place(unread, other);
                });
            if (!known) result.unread.push_back(unread);
        }
        result.symbols = found_.take();
        for (Symbol& symbol : result.symbols)
            if (is_linear(symbol.symbology)) show_all_of_bars(symbol);
        return result;
    }

    const cv::Mat& picture_;
    std::chrono::nanoseconds end_;
    bool careful_;
    Findings found_;
    std::vector<Unread> unread_;
    std::vector<double> likeness_;  // of each matrix candidate with a Data Matrix, 0 to 1
    std::size_t candidate_ = 0;     // the one that is looked at
    std::vector<bool> negative_;    // of each linear candidate: light bars on a dark ground
    std::vector<Region> read_bars_;
    int dmtx_calls_ = 0;
};

}  // namespace

ReadResult climb_ladder(const cv::Mat& picture, std::chrono::nanoseconds end, bool careful) {
    return Ladder(picture, end, careful).run();
}

}  // namespace reelproof::vision
