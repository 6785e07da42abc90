#include "vision/label/findings.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <opencv2/imgproc.hpp>

#include "vision/label/label.h"

namespace reelproof::vision {
namespace {

std::vector<cv::Point2f> outline(const Symbol& symbol) {
    std::vector<cv::Point2f> corners;
    for (const Point& point : symbol.position) {
        corners.emplace_back(static_cast<float>(point.x), static_cast<float>(point.y));
    }
    return corners;
}

bool has_lost_corner(const Symbol& symbol) {
    const auto& corners = symbol.position;
    for (std::size_t i = 0; i < corners.size(); ++i)
        if (std::count(corners.begin(), corners.end(), corners[i]) > 1) return true;
    return false;
}

cv::Point2f centre_of(const Symbol& symbol) {
    cv::Point2f sum;
    for (const auto& corner : outline(symbol)) sum += corner;
    return sum * 0.25f;
}

// Linear symbols are found as a few scan lines; other views meet other lines of the same bars.
bool same_place(const Symbol& a, const Symbol& b) {
    const auto box_a = cv::minAreaRect(outline(a)), box_b = cv::minAreaRect(outline(b));
    const float size_a = std::max(box_a.size.width, box_a.size.height);
    const float size_b = std::max(box_b.size.width, box_b.size.height);
    const cv::Point2f apart = centre_of(a) - centre_of(b);
    const float reach = is_linear(a.symbology) ? 0.3f : 0.5f;
    return std::hypot(apart.x, apart.y) < reach * std::max(size_a, size_b);
}

// The scan line in the middle.
std::pair<cv::Point2d, cv::Point2d> ends_of(const Symbol& bars) {
    const auto corners = outline(bars);
    return {(corners[0] + corners[3]) * 0.5f, (corners[1] + corners[2]) * 0.5f};
}

// Symbologies whose ends other bars may show by chance: what lies beyond these must be clear.
struct Ends {
    double modules;    // of the whole symbol
    double clear_to;   // modules of its quiet zone that are looked at
    int fewest_edges;  // that are more bars
};
std::optional<Ends> ends_by_chance(const Symbol& symbol) {
    // About: two of five elements of a digit are wide. Two edges may be a frame's.
    if (symbol.symbology == "ITF")
        return Ends{9 + 8.0 * static_cast<double>(symbol.bytes.size()), 9.5, 3};
    // An add-on may begin with the eighth module.
    if (symbol.symbology == "UPCE") return Ends{51, 6, 1};
    return std::nullopt;
}

bool has_check_character(std::string_view symbology) {
    return symbology == "Code128" || symbology == "Code93";
}

// A crop that ends within an ITF or Code 39 symbol may read the piece it shows.
bool is_piece_of(const Symbol& piece, const Symbol& symbol) {
    if (!is_linear(piece.symbology) || has_check_character(piece.symbology) ||
        piece.symbology != symbol.symbology || piece.bytes.size() >= symbol.bytes.size()) {
        return false;
    }
    const bool inside = std::search(symbol.bytes.begin(), symbol.bytes.end(), piece.bytes.begin(),
                                    piece.bytes.end()) != symbol.bytes.end();
    return inside && same_place(piece, symbol);
}

// Two readings of the same bars. Strips of bars stand close above each other: only scan lines that
// nearly meet are of the same.
bool contradict(const Symbol& a, const Symbol& b) {
    if (!is_linear(a.symbology) || !is_linear(b.symbology)) return false;
    if (a.symbology == b.symbology && a.bytes == b.bytes) return false;
    const auto box = cv::minAreaRect(outline(a));
    const cv::Point2f apart = centre_of(a) - centre_of(b);
    return std::hypot(apart.x, apart.y) < 0.05f * std::max(box.size.width, box.size.height);
}

bool corrects_errors(std::string_view symbology) {
    return !is_linear(symbology);
}

// Aztec runes and the smallest Micro QR symbols hold a few bits and detect little.
bool holds_little(const Symbol& symbol) {
    return (symbol.symbology == "Aztec" || symbol.symbology == "MicroQRCode") &&
           symbol.bytes.size() < 6;
}

bool known_to_grammar(const Symbol& symbol) {
    const auto parsed =
        parse(symbol.aim + symbol.text, {Channel::camera, std::string_view(symbol.symbology)});
    return parsed && parsed->format != "unknown" && parsed->format != "di" && !parsed->recovered;
}

}  // namespace

// Whether they share neither decoder nor pixels. A view at the same scale and angle has the same
// pixels, whatever its path, unless it is averaged along its bars.
bool Findings::independent(const Look& a, const Look& b) {
    constexpr double same_scale = 0.02, same_angle = 0.002;
    if (a.engine != b.engine || a.path.starts_with("bars") != b.path.starts_with("bars"))
        return true;
    return std::abs(a.scale / b.scale - 1) > same_scale || std::abs(a.angle - b.angle) > same_angle;
}

// ZXing's error correction was never seen to give a wrong reading, on whatever picture; nor was
// ours of MicroPDF417, which has three kinds of row addresses agree before that. libdmtx mends more
// than it should, zbar takes a few lines of noise for a symbol, and a check character lets one
// wrong reading in a hundred pass: they need a witness that shares neither decoder nor view.
bool Findings::judge(Finding& finding) const {
    Symbol& symbol = finding.symbol;
    const std::string& engine = finding.looks.back().engine;
    const Look& look = finding.looks.back();
    const bool first = finding.looks.size() == 1;
    const bool other_engine =
        std::any_of(finding.looks.begin(), finding.looks.end(),
                    [&](const Look& one) { return one.engine != finding.looks.front().engine; });
    if (corrects_errors(symbol.symbology)) {
        const bool ours = engine == "micropdf417";
        const bool alone = !holds_little(symbol) && !look.weak;
        if (ours || (engine == "zxing" && (alone || !first))) {
            symbol.confidence = Confidence::corrected;
            return true;
        }
        if (other_engine) {
            symbol.confidence = Confidence::agreed;
            return true;
        }
        symbol.confidence = Confidence::grammar;
        return (engine == "dmtx" || look.weak) && known_to_grammar(symbol);
    }
    // ITF ends in three bars, which any piece of bars may show: what the edge cuts reads as less.
    if (cut_by_edge(symbol) || goes_on(symbol)) return false;
    const bool checked = has_check_character(symbol.symbology);
    if (first) {
        symbol.confidence = Confidence::checked;
        return engine == "zxing" && finding.plain && checked;
    }
    symbol.confidence = Confidence::agreed;
    if (!finding.zxing) return false;  // zbar alone, twice, proves nothing
    if (checked) return true;
    // Where the symbology has no strong check of its own two made-up pictures prove nothing, nor do
    // the same pixels twice; but a text that some label format knows is no chance.
    if (!finding.plain) return false;
    if (finding.witnessed) return true;
    symbol.confidence = Confidence::grammar;
    return known_to_grammar(symbol);
}

bool Findings::cut_by_edge(const Symbol& bars) const {
    constexpr double quiet = 4;  // modules, of the ten that ITF-14 asks for, nine of UPC-E
    const auto by_chance = ends_by_chance(bars);
    if (!by_chance) return false;
    const auto [from, to] = ends_of(bars);
    const cv::Point2d beyond = quiet / by_chance->modules * (to - from);
    const cv::Rect2d inside(0, 0, picture_.cols, picture_.rows);
    return !inside.contains(from - beyond) || !inside.contains(to + beyond);
}

bool Findings::goes_on(const Symbol& bars) const {
    constexpr double clear_from = 1.5;
    constexpr int samples = 64;
    const auto by_chance = ends_by_chance(bars);
    if (!by_chance) return false;
    const auto [from, to] = ends_of(bars);
    const cv::Point2d module = (to - from) / by_chance->modules;
    const auto grey = [&](cv::Point2d place) {
        const int x = std::clamp(cvRound(place.x), 0, picture_.cols - 1);
        const int y = std::clamp(cvRound(place.y), 0, picture_.rows - 1);
        return static_cast<int>(picture_.at<std::uint8_t>(y, x));
    };
    int darkest = 255, lightest = 0;
    for (int i = 0; i < 4 * samples; ++i) {
        const int value = grey(from + (to - from) * (static_cast<double>(i) / (4 * samples)));
        darkest = std::min(darkest, value), lightest = std::max(lightest, value);
    }
    const auto edges_beyond = [&](cv::Point2d end, cv::Point2d outward) {
        int edges = 0, side = 1;
        for (int i = 0; i < samples; ++i) {
            const double off = clear_from + (by_chance->clear_to - clear_from) * i / samples;
            const int value = grey(end + outward * off);
            const int now = 3 * (value - darkest) < lightest - darkest         ? -1
                            : 3 * (value - darkest) > 2 * (lightest - darkest) ? 1
                                                                               : side;
            edges += now != side;
            side = now;
        }
        return edges;
    };
    return edges_beyond(from, -module) >= by_chance->fewest_edges ||
           edges_beyond(to, module) >= by_chance->fewest_edges;
}

bool Findings::add(const EngineRead& read, const View& view, std::string_view path, bool plain) {
    if (read.bytes.empty()) return false;
    // Its check is a matter of which digits are mirrored: pixels that were made up may show it.
    if (read.symbology == "UPCE" && !plain) return false;
    Symbol symbol{read.symbology, read.text,         read.bytes, read.aim, {},
                  read.engine,    std::string(path), {}};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto point = view.in_picture(read.corners[i][0], read.corners[i][1]);
        symbol.position[i] = {cvRound(point.x), cvRound(point.y)};
    }
    Finding* finding = nullptr;
    for (Finding& known : found_) {
        if (known.symbol.bytes == symbol.bytes && known.symbol.symbology == symbol.symbology &&
            same_place(known.symbol, symbol)) {
            finding = &known;
            break;
        }
    }
    const Look look{read.engine, std::string(path),
                    std::hypot(view.to_picture(0, 0), view.to_picture(1, 0)),
                    std::atan2(view.to_picture(1, 0), view.to_picture(0, 0)), read.weak};
    const auto same_way = [&](const Look& known) {
        return known.engine == look.engine && known.path == look.path;
    };
    if (finding == nullptr) {
        found_.emplace_back().symbol = std::move(symbol);
        finding = &found_.back();
    } else if (std::any_of(finding->looks.begin(), finding->looks.end(), same_way)) {
        return finding->certain;  // seen again the same way proves nothing
    }
    finding->witnessed |= std::any_of(finding->looks.begin(), finding->looks.end(),
                                      [&](const Look& known) { return independent(known, look); });
    finding->looks.push_back(look);
    finding->plain |= plain;
    finding->zxing |= read.engine == "zxing";
    if (!finding->certain) finding->certain = judge(*finding);
    return finding->certain;
}

bool Findings::covers(cv::Point2d place) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Finding& known) {
        return known.certain &&
               cv::pointPolygonTest(outline(known.symbol), cv::Point2f(place), false) >= 0;
    });
}

Findings::Line Findings::line_through(const Symbol& symbol, const Region& region) {
    const double c = std::cos(region.angle), s = std::sin(region.angle);
    const auto& position = symbol.position;
    const cv::Point2d off = cv::Point2d(centre_of(symbol)) - region.centre;
    return {std::hypot(position[0].x - position[1].x, position[0].y - position[1].y),
            std::abs(c * off.x + s * off.y), std::abs(-s * off.x + c * off.y)};
}

bool Findings::bars_read(const Region& region) const {
    const double width = region.size.width, height = region.size.height;
    return std::any_of(found_.begin(), found_.end(), [&](const Finding& known) {
        if (!known.certain || !is_linear(known.symbol.symbology)) return false;
        const Line line = line_through(known.symbol, region);
        return line.length > 0.6 * width && line.length < 1.6 * width &&
               line.along < 0.25 * width && line.across < 0.4 * height && height < 0.6 * width;
    });
}

bool Findings::piece_of_bars_read(const Region& region) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Finding& known) {
        if (!known.certain || !is_linear(known.symbol.symbology)) return false;
        const Line line = line_through(known.symbol, region);
        return line.along + 0.45 * region.size.width < 0.5 * line.length &&
               line.across < 0.5 * region.size.height + 4;
    });
}

bool Findings::touched(const Region& region) const {
    constexpr double share = 0.25;
    const auto degrees = static_cast<float>(region.angle * 180 / CV_PI);
    // A linear symbol is known by some of its scan lines, which may lie at the region's edge.
    const cv::RotatedRect grown(cv::Point2f(region.centre),
                                cv::Size2f(static_cast<float>(region.size.width),
                                           static_cast<float>(1.2 * region.size.height + 4)),
                                degrees);
    std::vector<cv::Point2f> around(4), common;
    grown.points(around.data());
    return std::any_of(found_.begin(), found_.end(), [&](const Finding& known) {
        if (!known.certain) return false;
        // Of some PDF417 ZXing tells a place that can't be; it may be this one.
        if (!is_linear(known.symbol.symbology) && has_lost_corner(known.symbol)) return true;
        // Corners on one line, or in a wrong order, have a hull as well.
        std::vector<cv::Point2f> corners;
        cv::convexHull(outline(known.symbol), corners);
        const auto box = cv::minAreaRect(corners);
        if (std::min(box.size.width, box.size.height) < 2) {
            corners.resize(4);
            cv::RotatedRect(box.center, box.size + cv::Size2f(2, 2), box.angle)
                .points(corners.data());
        }
        if (cv::intersectConvexConvex(around, corners, common) <= 0) return false;
        const auto both = cv::minAreaRect(common);
        const float reach = std::max(both.size.width, both.size.height);
        return reach > share * std::min(std::max(box.size.width, box.size.height),
                                        static_cast<float>(region.size.width));
    });
}

std::vector<Region> Findings::linear_pending() const {
    std::vector<Region> regions;
    for (const Finding& finding : found_) {
        if (finding.certain || !is_linear(finding.symbol.symbology)) continue;
        const Point &from = finding.symbol.position[0], &to = finding.symbol.position[1];
        const double length = std::hypot(to.x - from.x, to.y - from.y);
        if (length < 20) continue;
        // How tall the bars are is not known; a scan line knows its own length only.
        regions.push_back({cv::Point2d(centre_of(finding.symbol)),
                           {1.04 * length, std::max(12.0, 0.1 * length)},
                           std::atan2(to.y - from.y, to.x - from.x)});
    }
    return regions;
}

bool Findings::has(std::string_view symbology) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Finding& known) {
        return known.certain && known.symbol.symbology == symbology;
    });
}

bool Findings::empty() const {
    return std::none_of(found_.begin(), found_.end(), [](const Finding& f) { return f.certain; });
}

std::vector<Symbol> Findings::take() {
    std::erase_if(found_, [](const Finding& finding) { return !finding.certain; });
    std::vector<Symbol> whole;
    for (const Finding& finding : found_) {
        // Of two that contradict each other about the same bars, the one that more looks gave.
        const bool doubted = std::any_of(found_.begin(), found_.end(), [&](const Finding& other) {
            return is_piece_of(finding.symbol, other.symbol) ||
                   (&other != &finding && contradict(finding.symbol, other.symbol) &&
                    other.looks.size() > finding.looks.size());
        });
        if (!doubted) whole.push_back(finding.symbol);
    }
    found_.clear();
    std::stable_sort(whole.begin(), whole.end(), [](const Symbol& a, const Symbol& b) {
        return centre_of(a).y < centre_of(b).y;
    });
    return whole;
}

}  // namespace reelproof::vision
