// Captions in a line of print: what the text behind them is.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reelproof::vision {

struct Caption {
    std::string field;       // "lot"; "" for a data identifier alone
    std::string identifier;  // as printed in brackets: "1T"; ""
    std::size_t first = 0;   // where it begins
    std::size_t value = 0;   // where the text behind it begins
    std::size_t end = 0;     // where that ends: at the next caption or the line's end
    // No other word stands in front of it that makes it another thing ("CUSTOMER LOT", "MFG PO").
    bool clear = true;
};

// In the order in which they stand.
std::vector<Caption> captions_in(std::string_view line);

}  // namespace reelproof::vision
