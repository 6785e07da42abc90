#include "node/cli/suggest.h"

#include <algorithm>

namespace reelproof::node {

namespace {

constexpr std::size_t kMostSlips = 2;

// Optimal string alignment: letters added, left out, changed, or two neighbours swapped.
std::size_t slips(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> rows(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                                   rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    return rows[a.size()][b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
    // Longer ones mean nothing of ours, and would cost.
    constexpr std::size_t kLongest = 32;
    if (word.size() < 2 || word.size() > kLongest) return {};
    std::string best;
    std::size_t least = kMostSlips + 1;
    bool tied = false;
    for (const auto& name : names) {
        // Of a short word two slips leave nothing.
        auto distance = slips(word, name);
        if (name.starts_with(word)) distance = std::min<std::size_t>(distance, 1);
        if (distance * 2 > word.size() || distance > least) continue;
        tied = distance == least;
        least = distance;
        best = name;
    }
    return tied ? std::string() : best;
}

}  // namespace reelproof::node
