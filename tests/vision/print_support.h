// Labels whose print may say something else than their symbols, for tests and benchmarks of the
// comparison.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "vision/label/label.h"

namespace reelproof::tests {

enum class PrintStyle {
    issued,  // as `label issue` draws them: "(1T) LOT: 7AB123" above the bars
    words,   // a Data Matrix, and beside it captions in words: "Lot No.: 7AB123"
    bars,    // a Data Matrix, and bars with their text below: "(1T) 7AB123"
};
inline constexpr PrintStyle print_styles[] = {PrintStyle::issued, PrintStyle::words,
                                              PrintStyle::bars};
const char* name_of(PrintStyle style);

// Fields as a reel has them, by chance.
vision::Fields random_fields(std::mt19937_64& random);

// What a forger makes of one of them: another value in the same notation.
std::string altered(const std::string& field, const std::string& value, std::mt19937_64& random);

// A label (PNG bytes) whose symbols state `fields`, and whose print states `printed`.
std::vector<std::uint8_t> label_with_print(const vision::Fields& fields,
                                           const vision::Fields& printed, PrintStyle style);

}  // namespace reelproof::tests
