#include "vision/label/micropdf417_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "vision/label/pdf417_patterns.h"

namespace reelproof::vision {
namespace {

// Widths of bar, space, bar and so on, ten modules together; each differs from the next by one
// edge.
constexpr std::array<const char*, 52> side_patterns{
    "221311", "311311", "312211", "222211", "213211", "214111", "223111", "313111", "322111",
    "412111", "421111", "331111", "241111", "232111", "231211", "321211", "411211", "411121",
    "411112", "321112", "312112", "311212", "311221", "311131", "311122", "311113", "221113",
    "221122", "221131", "221221", "222121", "312121", "321121", "231121", "231112", "222112",
    "213112", "212212", "212221", "212131", "212122", "212113", "211213", "211123", "211132",
    "211141", "211231", "211222", "211312", "211321", "211411", "212311",
};
constexpr std::array<const char*, 52> centre_patterns{
    "112231", "121231", "122131", "131131", "131221", "132121", "141121", "141211", "142111",
    "133111", "132211", "131311", "122311", "123211", "124111", "115111", "114211", "114121",
    "123121", "123112", "122212", "122221", "121321", "121411", "112411", "113311", "113221",
    "113212", "113122", "122122", "131122", "131113", "122113", "113113", "112213", "112222",
    "112312", "112321", "111421", "111331", "111322", "111232", "111223", "111133", "111124",
    "111214", "112114", "121114", "121123", "121132", "112132", "112141",
};

constexpr std::array sizes{
    MicroPdf417Size{1, 11, 7, 0, 0, 8},     MicroPdf417Size{1, 14, 7, 7, 0, 7},
    MicroPdf417Size{1, 17, 7, 35, 0, 35},   MicroPdf417Size{1, 20, 8, 18, 0, 18},
    MicroPdf417Size{1, 24, 8, 8, 0, 16},    MicroPdf417Size{1, 28, 8, 24, 0, 32},
    MicroPdf417Size{2, 8, 8, 0, 0, 0},      MicroPdf417Size{2, 11, 9, 0, 0, 8},
    MicroPdf417Size{2, 14, 9, 7, 0, 7},     MicroPdf417Size{2, 17, 10, 35, 0, 35},
    MicroPdf417Size{2, 20, 11, 18, 0, 18},  MicroPdf417Size{2, 23, 13, 8, 0, 16},
    MicroPdf417Size{2, 26, 15, 26, 0, 34},  MicroPdf417Size{3, 6, 12, 0, 0, 0},
    MicroPdf417Size{3, 8, 14, 6, 6, 6},     MicroPdf417Size{3, 10, 16, 14, 14, 14},
    MicroPdf417Size{3, 12, 18, 24, 24, 24}, MicroPdf417Size{3, 15, 21, 36, 36, 36},
    MicroPdf417Size{3, 20, 26, 0, 16, 32},  MicroPdf417Size{3, 26, 32, 0, 8, 16},
    MicroPdf417Size{3, 32, 38, 20, 28, 36}, MicroPdf417Size{3, 38, 44, 14, 30, 46},
    MicroPdf417Size{3, 44, 50, 0, 24, 48},  MicroPdf417Size{4, 4, 8, 46, 18, 42},
    MicroPdf417Size{4, 6, 12, 0, 0, 0},     MicroPdf417Size{4, 8, 14, 6, 6, 6},
    MicroPdf417Size{4, 10, 16, 14, 14, 14}, MicroPdf417Size{4, 12, 18, 24, 24, 24},
    MicroPdf417Size{4, 15, 21, 36, 36, 36}, MicroPdf417Size{4, 20, 26, 0, 16, 32},
    MicroPdf417Size{4, 26, 32, 0, 8, 16},   MicroPdf417Size{4, 32, 38, 20, 28, 36},
    MicroPdf417Size{4, 38, 44, 14, 30, 46}, MicroPdf417Size{4, 44, 50, 0, 24, 48},
};

constexpr int numbers = 52;

// From each edge to the next but one, since ink that spreads moves both alike; and, because bars
// that are all wider by a module than those of another pattern look the same so, half of what is
// dark.
template <std::size_t elements>
using Steps = std::array<float, elements>;

template <std::size_t elements, class Widths>
Steps<elements> steps_of(const Widths& widths) {
    Steps<elements> steps{};
    for (std::size_t i = 0; i + 1 < elements; ++i)
        steps[i] = static_cast<float>(widths[i] + widths[i + 1]);
    for (std::size_t i = 0; i < elements; i += 2)
        steps.back() += 0.5f * static_cast<float>(widths[i]);
    return steps;
}

template <std::size_t elements>
Steps<elements> steps_at(const float* edges, float modules) {
    const float module = (edges[elements] - edges[0]) / modules;
    std::array<float, elements> widths;
    for (std::size_t i = 0; i < elements; ++i) widths[i] = (edges[i + 1] - edges[i]) / module;
    return steps_of<elements>(widths);
}

template <std::size_t size>
float distance(const std::array<float, size>& a, const std::array<float, size>& b) {
    float sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

// Of the patterns the one that the edges show, or -1 where none or another is as near.
template <std::size_t size, class Patterns>
int nearest(const std::array<float, size>& seen, const Patterns& patterns, float farthest,
            float apart) {
    float best = std::numeric_limits<float>::max(), second = best;
    int number = -1;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        const float far = distance(seen, patterns[i]);
        if (far < best) {
            second = best;
            best = far;
            number = static_cast<int>(i);
        } else {
            second = std::min(second, far);
        }
    }
    return best < farthest && second - best > apart ? number : -1;
}

using AddressSteps = std::array<Steps<6>, numbers>;

AddressSteps address_steps(const std::array<const char*, numbers>& patterns) {
    AddressSteps steps;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        std::array<int, 6> widths;
        for (std::size_t k = 0; k < 6; ++k) widths[k] = patterns[i][k] - '0';
        steps[i] = steps_of<6>(widths);
    }
    return steps;
}

constexpr std::size_t address_edges = 6, codeword_edges = 8;

std::optional<MicroPdf417Row> row_at(std::span<const float> edges, int left, std::size_t columns) {
    const bool with_centre = columns > 2;
    const std::size_t before_centre = address_edges + codeword_edges * (columns - 2);
    const std::size_t to_right = address_edges * (with_centre ? 2 : 1) + codeword_edges * columns;
    // The right address ends where the last bar begins.
    if (edges.size() < to_right + address_edges + 2) return std::nullopt;
    const float* right_at = &edges[to_right];
    // Seen from the side, modules differ, but not by much.
    const auto modules = static_cast<float>(20 + (with_centre ? 10 : 0) + 17 * columns);
    const float module = (right_at[address_edges] - edges[0]) / modules;
    const auto as_wide = [&](const float* at, std::size_t count, float nominal) {
        const float ratio = (at[count] - at[0]) / (module * nominal);
        return ratio > 0.75f && ratio < 1.33f;
    };
    if (!as_wide(edges.data(), address_edges, 10) || !as_wide(right_at, address_edges, 10))
        return std::nullopt;
    const int right = micropdf417_address(right_at, false);
    if (right < 0) return std::nullopt;
    const int centre = with_centre ? micropdf417_address(&edges[before_centre], true) : left;
    if (centre < 0) return std::nullopt;
    MicroPdf417Row row{columns,
                       left,
                       (centre - left + numbers) % numbers,
                       (right - left + numbers) % numbers,
                       {-1, -1, -1, -1},
                       edges[0],
                       right_at[address_edges + 1]};
    const bool exists = std::any_of(sizes.begin(), sizes.end(), [&](const MicroPdf417Size& size) {
        return micropdf417_row_of(row, size).has_value();
    });
    if (!exists) return std::nullopt;
    std::size_t clear = 0;
    for (std::size_t i = 0, at = address_edges; i < columns; ++i, at += codeword_edges) {
        if (with_centre && at == before_centre) at += address_edges;
        if (!as_wide(&edges[at], codeword_edges, 17)) continue;
        row.codewords[i] = pdf417_codeword(&edges[at], left % 3);
        clear += row.codewords[i] >= 0;
    }
    if (2 * clear < columns) return std::nullopt;
    return row;
}

}  // namespace

int micropdf417_address(const float* edges, bool centre) {
    static const AddressSteps sides = address_steps(side_patterns);
    static const AddressSteps centres = address_steps(centre_patterns);
    constexpr float farthest = 0.7f, apart = 0.4f;
    return nearest(steps_at<6>(edges, 10), centre ? centres : sides, farthest, apart);
}

int pdf417_codeword(const float* edges, int cluster) {
    using CodewordSteps = std::array<std::array<Steps<8>, pdf417_codewords>, 3>;
    static const CodewordSteps all = [] {
        CodewordSteps steps;
        for (std::size_t k = 0; k < steps.size(); ++k)
            for (std::size_t i = 0; i < pdf417_codewords; ++i)
                steps[k][i] = steps_of<8>(pdf417_patterns()[k][i]);
        return steps;
    }();
    constexpr float farthest = 2.0f, apart = 1.0f;
    return nearest(steps_at<8>(edges, 17), all[static_cast<std::size_t>(cluster)], farthest, apart);
}

std::span<const MicroPdf417Size> micropdf417_sizes() {
    return sizes;
}

std::optional<std::size_t> micropdf417_row_of(const MicroPdf417Row& row,
                                              const MicroPdf417Size& size) {
    const auto offset = [&](int number) { return (number - size.left + numbers) % numbers; };
    if (row.columns != size.columns || row.right != offset(size.right)) return std::nullopt;
    if (size.columns > 2 && row.centre != offset(size.centre)) return std::nullopt;
    const auto number = static_cast<std::size_t>(offset(row.left));
    if (number >= size.rows) return std::nullopt;
    return number;
}

std::vector<float> bar_edges(std::span<const float> line) {
    std::vector<float> edges;
    if (line.size() < 2) return edges;
    const auto [low, high] = std::minmax_element(line.begin(), line.end());
    constexpr float faintest = 12;
    const float step = std::max(faintest, 0.12f * (*high - *low));
    // Extremes that stand out by that much, in turn; the edge lies where the line crosses the
    // middle between two of them.
    std::size_t extreme = 0;
    bool rising = false;
    const auto edge_between = [&](std::size_t from, std::size_t to) {
        const float middle = (line[from] + line[to]) / 2;
        for (std::size_t i = from; i < to; ++i) {
            if ((line[i] - middle) * (line[i + 1] - middle) <= 0 && line[i] != line[i + 1])
                return static_cast<float>(i) + (line[i] - middle) / (line[i] - line[i + 1]);
        }
        return static_cast<float>(to);
    };
    // The ground before the first bar is light.
    std::size_t light = 0;
    bool began = false;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (!began) {
            if (line[i] > line[light]) light = i;
            if (line[light] - line[i] > step) {
                began = true;
                rising = false;
                extreme = i;
            }
            continue;
        }
        if (rising ? line[i] > line[extreme] : line[i] < line[extreme]) {
            extreme = i;
        } else if (std::abs(line[i] - line[extreme]) > step) {
            edges.push_back(edge_between(light, extreme));
            light = extreme;
            extreme = i;
            rising = !rising;
        }
    }
    if (began) edges.push_back(edge_between(light, extreme));
    return edges;
}

std::vector<MicroPdf417Row> micropdf417_rows(std::span<const float> edges) {
    constexpr std::size_t least_edges = 2 * address_edges + codeword_edges + 2;
    std::vector<MicroPdf417Row> rows;
    for (std::size_t i = 0; i + least_edges <= edges.size(); i += 2) {
        // Address and codeword are as 10 to 17 wide.
        const float address = edges[i + address_edges] - edges[i];
        const float codeword = edges[i + address_edges + codeword_edges] - edges[i + address_edges];
        if (codeword < 1.2f * address || codeword > 2.4f * address) continue;
        const int left = micropdf417_address(&edges[i], false);
        if (left < 0) continue;
        for (std::size_t columns = 1; columns <= 4; ++columns) {
            if (const auto row = row_at(edges.subspan(i), left, columns)) rows.push_back(*row);
        }
    }
    return rows;
}

}  // namespace reelproof::vision
