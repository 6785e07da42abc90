// A component's value as people write it ("4k7", "0.1uF"), as an exact number, and the other ways
// to write the same number. Pure functions, thread-safe. What `spellings` gives, and in which
// order, tells marks that were given away: do not change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reelproof::ledger {

enum class PartUnit : std::uint8_t { ohm, farad, henry };

// digits x 10^exponent of the unit, exactly: never a floating-point number.
struct PartValue {
    std::string digits;  // no zero at its ends
    int exponent = 0;
    PartUnit unit = PartUnit::ohm;
    friend bool operator==(const PartValue&, const PartValue&) = default;
};

// A power of ten by its letter, and where the letter stands: "4.7k" or "4k7".
struct ValueSpelling {
    int power = 0;
    bool letter_as_point = false;
    friend bool operator==(const ValueSpelling&, const ValueSpelling&) = default;
};

struct WrittenValue {
    PartValue value;
    ValueSpelling spelling;
    bool unit_written = false;   // "10uF"; of ohms always as "k", "R"
    bool decimal_comma = false;  // "4,7k"
    bool bare = false;           // a number alone, which might be anything
    std::size_t length = 0;      // of the cell: behind it may stand "/16V", " 1%"
};

// What a cell begins with. `kind`: the unit that the line's designators tell (R, C, L), if any.
// Nothing when it is no value, is zero, or could be read in two ways.
std::optional<WrittenValue> read_part_value(std::string_view cell, std::optional<PartUnit> kind);

// How the value may be written: at least one, each plausible on a schematic.
std::vector<ValueSpelling> value_spellings(const PartValue& value);
// `with_unit`: "F" or "H" behind it where no letter stands as point.
std::string write_part_value(const PartValue& value, const ValueSpelling& spelling, bool with_unit,
                             bool decimal_comma);
// Whether the unit may stand or be left out.
bool unit_is_free(const PartValue& value, const ValueSpelling& spelling);

}  // namespace reelproof::ledger
