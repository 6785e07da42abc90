// Copies of a table that tell who was given them. What differs from copy to copy says the same to
// who builds: how a value is written ("4k7", "4700R"), whether its unit stands behind it, the order
// of lines that are equal but for their designators and of designators in a cell, and, where both
// sides agreed on that, lines that are not fitted.
//
// Each mark is a draw from a generator that is keyed with the version's key and the recipient's
// name, uniform and independent of all others. So nothing is kept but the names; whatever was done
// to a file, the marks of somebody who never had it agree with it by chance alone, and by exactly
// known chance (trace.h). Tardos's codes withstand more people who mix their copies, but need some
// 100 c^2 places for c of them, and tables of parts have a few hundred.
// Pure functions, thread-safe. Persistent: marks that were given away are traced by these draws.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/base/secret.h"
#include "ledger/leak/bom_table.h"

namespace reelproof::ledger {

using LeakKey = Secret<32>;

inline constexpr std::size_t kMostDecoys = 8;
inline constexpr std::size_t kMostSwaps = 4;  // of designators, in one cell

// Of one document's version. `kept`: the node's key for marks.
LeakKey leak_key(const LeakKey& kept, std::string_view document, std::uint64_t version);

// Which marks a line of the table can bear.
struct MarkPlaces {
    std::optional<WrittenValue> value;
    std::vector<ValueSpelling> spellings;  // fewer than two: none
    std::vector<DesignatorAt> designators;
    std::size_t swaps = 0;  // pairs of neighbours: 0 and 1, 2 and 3, ...
    bool order = false;     // with the line behind it
};
std::vector<MarkPlaces> mark_places(const BomTable& table);

// What the generator says for one line, for one recipient.
struct LineMarks {
    std::uint32_t spelling_draw = 0;
    std::uint8_t bits = 0;

    [[nodiscard]] std::size_t spelling(std::size_t of) const {
        return static_cast<std::size_t>(std::uint64_t{spelling_draw} * of >> 32);
    }
    [[nodiscard]] bool unit() const { return (bits & 1) != 0; }
    [[nodiscard]] bool later_first() const { return (bits & 2) != 0; }
    [[nodiscard]] bool swapped(std::size_t pair) const { return (bits >> (2 + pair) & 1) != 0; }
};
// The first `lines` of them, in the table's order.
std::vector<LineMarks> line_marks(const LeakKey& key, std::string_view recipient,
                                  std::size_t lines);

// Designators and values of lines that are not fitted, beyond all that the table has.
struct Decoy {
    std::string designator;
    PartValue value;
};
inline constexpr std::size_t kDecoyNumbers = 64, kDecoyValues = 96;
// What they are made of: resistors, or capacitors. Nothing: the table has neither.
struct DecoyGround {
    char letter = 'R';
    std::size_t above = 0;           // the highest number in use
    std::vector<std::size_t> lines;  // of that kind
};
std::optional<DecoyGround> decoy_ground(const BomTable& table);
std::vector<Decoy> decoys_of(const LeakKey& key, std::string_view recipient,
                             const DecoyGround& ground, std::size_t count);

struct DecoyTerms {
    std::size_t count = 0;   // at most kMostDecoys
    std::string not_fitted;  // the word that was agreed: "DNP"
};
struct MarkedTable {
    std::string csv;
    std::size_t spellings = 0, units = 0, orders = 0, swaps = 0, decoys = 0;  // places
};
// `conflict` where decoys are wanted and the table has no place for them. The copy was held to
// check_same_build().
Result<MarkedTable> mark_table(std::string_view csv, const LeakKey& key, std::string_view recipient,
                               const DecoyTerms& decoys);

// That the copy builds what the original does: the same lines but for their order, each cell the
// same but for the spelling of a value that is exactly the same number of the same unit, and the
// order of designators; other lines only with quantity 0, the agreed word, and designators that
// the original does not have. `invalid` names the line.
Result<void> check_same_build(std::string_view original, std::string_view copy,
                              std::string_view not_fitted);

}  // namespace reelproof::ledger
