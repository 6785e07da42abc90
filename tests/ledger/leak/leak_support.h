// Tables of parts for tests and measurements, and what happens to a table that leaks. The same seed
// gives the same. Single-threaded.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "ledger/leak/bom_table.h"

namespace reelproof::test {

using Random = std::mt19937_64;

// Half of the lines grouped ("R1, R2, R7"), half of them single ones that follow each other; three
// of four are resistors and capacitors.
std::string some_bom(std::uint64_t seed, std::size_t lines);

std::string sorted_lines(const std::string& csv);  // by all cells
std::string shuffled_lines(const std::string& csv, Random& random);
// A part of the lines, without the first one.
std::string part_of_lines(const std::string& csv, double share, Random& random);
// Typed anew by somebody: lower case, blanks and units gone, semicolons, one value in ten in the
// typist's own spelling.
std::string typed_anew(const std::string& csv, Random& random);
// All values in one spelling, all designators in order: who knows of the marks.
std::string made_uniform(const std::string& csv);
std::string without_columns(const std::string& csv, const std::vector<std::string>& names);
// Each line from one of the copies. Decoys too: a line that only one copy has comes with its
// chance.
std::string mixed(const std::vector<std::string>& copies, Random& random);

}  // namespace reelproof::test
