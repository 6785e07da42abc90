// The table of GS1 application identifiers: GS1 General Specifications, section 3.2.
// Thread safety: constant.
#pragma once

#include <cstdint>
#include <string_view>

namespace reelproof::vision {

struct Application {
    std::string_view code;     // two to four digits; "n" at the end stands for any digit
    std::uint8_t least, most;  // characters of the data; alike where it has one length
    bool digits;               // the data is digits only
    std::uint8_t check;        // a check digit stands behind so many characters; 0 for none
    std::string_view field;    // as in DESIGN section 9; "" when it has no field of its own
    std::string_view title;    // a few words of ours
};

// The identifier that `text` begins with, or null.
const Application* find_application(std::string_view text);

// Data of these ends by its length; all others need FNC1 (GS) behind them unless they are the last.
bool ends_by_length(const Application& application);

// The check digit of GS1 keys: weights 3 and 1 from the right.
bool check_digit_fits(std::string_view digits);

}  // namespace reelproof::vision
