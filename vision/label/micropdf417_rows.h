// The scan line of a MicroPDF417 symbol: the edges of bars on it, and what they say.
// Thread safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace reelproof::vision {

// ISO/IEC 24728, tables 1 and 10 to 12. Row address patterns by their number less one.
struct MicroPdf417Size {
    std::size_t columns, rows, check;
    int left, centre, right;  // of the first row; no centre with one column or two
};
std::span<const MicroPdf417Size> micropdf417_sizes();

// Where a line of greys crosses from light to dark (even places) and back (odd ones), in pixels
// from the line's begin, between pixels.
std::vector<float> bar_edges(std::span<const float> line);

// What eight elements from a bar on (nine edges) show: a codeword of the cluster 0 to 2; or six
// elements: a row address pattern's number less one. -1: not clear.
int pdf417_codeword(const float* edges, int cluster);
int micropdf417_address(const float* edges, bool centre);

struct MicroPdf417Row {
    std::size_t columns;
    int left;                      // number of the left row address pattern, 0 to 51
    int centre, right;             // from there to these, modulo 52; 0 where there is no centre
    std::array<int, 4> codewords;  // -1: not clear
    float from, to;                // the row's ends on the line
};

// Which row of a symbol of that size it is, if any.
std::optional<std::size_t> micropdf417_row_of(const MicroPdf417Row& row,
                                              const MicroPdf417Size& size);

// All rows that a line shows from one end to the other, at least half of their codewords clear.
std::vector<MicroPdf417Row> micropdf417_rows(std::span<const float> edges);

}  // namespace reelproof::vision
