// A line of a bill of materials: cells of fixed fields, each kept in one form, whichever program it
// came from. Values and pure functions, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/result.h"

namespace reelproof::ledger {

enum class BomField {
    designators,   // "C1,C2,C10": each by itself, in natural order
    quantity,      // parts on one board; up to three decimals, for glue and wire
    customer_pn,   // the owner's own part number
    manufacturer,  // of mpn
    mpn,
    alternates,  // second sources that are approved (AVL): part numbers with "; " between them
    value,
    description,
    package,
    fitted,  // "no" for what is designed in and left off; else "yes"
    price,
    note
};
inline constexpr std::size_t kBomFields = 12;
std::string_view to_string(BomField field);
// `malformed`, with the names that there are.
Result<BomField> parse_bom_field(std::string_view name);
inline BomField bom_field(std::size_t index) {
    return static_cast<BomField>(index);
}

inline constexpr std::size_t kMostBomLines = 20'000;
inline constexpr std::size_t kMostDesignators = 200'000;  // of one BOM
inline constexpr std::size_t kMostLineDesignators = 5'000;

struct BomLine {
    std::uint64_t number = 0;  // in its file or draft, for messages
    std::array<std::string, kBomFields> cells{};

    [[nodiscard]] const std::string& cell(BomField field) const {
        return cells[static_cast<std::size_t>(field)];
    }
    std::string& cell(BomField field) { return cells[static_cast<std::size_t>(field)]; }
    [[nodiscard]] bool fitted() const { return cell(BomField::fitted) != "no"; }
    // Views of this line's cell.
    [[nodiscard]] std::vector<std::string_view> designators() const;
    [[nodiscard]] std::size_t count_designators() const;
    // Thousandths of a part; nothing where the cell is empty.
    [[nodiscard]] std::optional<std::int64_t> quantity() const;
    // The part number and its second sources, each once.
    [[nodiscard]] std::vector<std::string> mpns() const;
};

// What it is called: part number, else customer part number, value or description.
std::string part_name(const BomLine& line);

// The form in which a cell is kept; of what is so already the same. `malformed`, with the reason
// and without the field's name.
Result<std::string> normal_bom_cell(BomField field, std::string_view text);

// "R2" before "R10". Equal means equal texts.
bool natural_less(std::string_view a, std::string_view b);
// "C1, C3-C5" of designators in natural order.
std::string shortened_designators(const std::vector<std::string_view>& designators);

}  // namespace reelproof::ledger
