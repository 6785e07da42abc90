// What the records of a format 06 envelope mean: the standard's meaning, and the habits of
// Digi-Key, Mouser, Farnell, NXP and MAT-Label, who use some identifiers their own way.
// Thread safety: pure functions.
#pragma once

#include <span>

#include "vision/label/identifiers.h"
#include "vision/label/label.h"

namespace reelproof::vision {

enum class Dialect { standard, mat_label };

// Adds format, fields, identifiers, unique_id and warnings of these records to `label`.
void apply_records(std::span<const Record> records, Dialect dialect, ParsedLabel& label);

// One record that stands alone in a symbol of its own; its format is "di".
void apply_single_record(const Record& record, ParsedLabel& label);

}  // namespace reelproof::vision
