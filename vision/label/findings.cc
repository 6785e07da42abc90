#include "vision/label/findings.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace reelproof::vision {
namespace {

bool is_linear(std::string_view symbology) {
    return symbology.starts_with("Code") || symbology == "ITF";
}

std::vector<cv::Point2f> outline(const Symbol& symbol) {
    std::vector<cv::Point2f> corners;
    for (const Point& point : symbol.position) {
        corners.emplace_back(static_cast<float>(point.x), static_cast<float>(point.y));
    }
    return corners;
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

// A few scan lines of noise may pass a weak check, or a made-up picture bring forth a symbol.
bool trustworthy(const EngineRead& read, bool plain) {
    if (!is_linear(read.symbology)) return true;  // Reed-Solomon: no wrong reading was ever seen
    return plain && has_check_character(read.symbology);
}

}  // namespace

bool Findings::add(const EngineRead& read, const View& view, std::string_view path, bool plain) {
    if (read.bytes.empty()) return false;
    Symbol symbol{read.symbology, read.text, read.bytes, read.aim, {}, "zxing", std::string(path)};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto point = view.in_picture(read.corners[i][0], read.corners[i][1]);
        symbol.position[i] = {cvRound(point.x), cvRound(point.y)};
    }
    const bool certain = trustworthy(read, plain);
    for (Finding& known : found_) {
        if (known.symbol.bytes != symbol.bytes || known.symbol.symbology != symbol.symbology ||
            !same_place(known.symbol, symbol)) {
            continue;
        }
        known.plain |= plain;
        if (known.certain) return false;
        // Seen again the same way proves nothing; nor do two made-up pictures where the symbology
        // has no check character of its own.
        if (!certain && known.symbol.path == path) return false;
        if (!certain && !known.plain && !has_check_character(read.symbology)) return false;
        known.certain = true;
        return true;
    }
    found_.push_back({std::move(symbol), certain, plain});
    return certain;
}

bool Findings::covers(cv::Point2d place) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Finding& known) {
        return known.certain &&
               cv::pointPolygonTest(outline(known.symbol), cv::Point2f(place), false) >= 0;
    });
}

bool Findings::empty() const {
    return std::none_of(found_.begin(), found_.end(), [](const Finding& f) { return f.certain; });
}

std::vector<Symbol> Findings::take() {
    std::vector<Symbol> symbols;
    for (Finding& finding : found_) {
        if (finding.certain) symbols.push_back(std::move(finding.symbol));
    }
    found_.clear();
    std::vector<Symbol> whole;
    for (const Symbol& symbol : symbols) {
        const bool piece = std::any_of(symbols.begin(), symbols.end(), [&](const Symbol& other) {
            return is_piece_of(symbol, other);
        });
        if (!piece) whole.push_back(symbol);
    }
    std::stable_sort(whole.begin(), whole.end(), [](const Symbol& a, const Symbol& b) {
        return centre_of(a).y < centre_of(b).y;
    });
    return whole;
}

}  // namespace reelproof::vision
