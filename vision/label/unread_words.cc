#include "vision/label/unread_words.h"

#include <algorithm>
#include <cmath>

namespace reelproof::vision {
namespace {

struct Extent {
    int left, right, top, bottom;
};

Extent extent_of(const Unread& unread) {
    const auto& at = unread.position;
    const auto [left, right] = std::minmax_element(
        at.begin(), at.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
    const auto [top, bottom] = std::minmax_element(
        at.begin(), at.end(), [](const Point& a, const Point& b) { return a.y < b.y; });
    return {left->x, right->x, top->y, bottom->y};
}

// 0 in the first third, 1 in the middle, 2 in the last.
int third(int low, int high, int whole) {
    return std::clamp(3 * (low + high) / 2 / std::max(1, whole), 0, 2);
}

std::string place(const Extent& extent, int width, int height) {
    constexpr const char* rows[] = {"top", "middle", "bottom"};
    constexpr const char* columns[] = {"left", "middle", "right"};
    const int row = third(extent.top, extent.bottom, height);
    const int column = third(extent.left, extent.right, width);
    if (row == 1 && column == 1) return "in the middle";
    if (row == 1) return std::string("at the ") + columns[column];
    if (column == 1) return std::string("at the ") + rows[row];
    return std::string("at the ") + rows[row] + " " + columns[column];
}

}  // namespace

std::string describe(const Unread& unread, int width, int height) {
    const std::string what = unread.kind == "DataMatrix"    ? "a Data Matrix"
                             : unread.kind == "QRCode"      ? "a QR code"
                             : unread.kind == "Aztec"       ? "an Aztec code"
                             : unread.kind == "PDF417"      ? "a PDF417"
                             : unread.kind == "MicroPDF417" ? "a MicroPDF417"
                             : unread.kind == "linear"      ? "bars"
                                                            : "a symbol";
    return what + " " + place(extent_of(unread), width, height);
}

std::string advice_for(const Unread& unread, int width, int height) {
    const Extent extent = extent_of(unread);
    // The outline of a symbol that was not read is a pixel or two off.
    constexpr int near_edge = 3;
    if (extent.left < near_edge || extent.top < near_edge || extent.right > width - near_edge ||
        extent.bottom > height - near_edge)
        return "the picture's edge cuts it: move the camera so that all of it is in the picture";
    // A symbol that fills this much of a picture has pixels enough.
    constexpr double large = 0.4;
    const double across = std::max(static_cast<double>(extent.right - extent.left) / width,
                                   static_cast<double>(extent.bottom - extent.top) / height);
    if (across > large) return "hold still until it is sharp, straight above it, without glare";
    return "come closer to it, hold still until it is sharp, without glare";
}

}  // namespace reelproof::vision
