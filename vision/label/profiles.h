// What the records of a format 06 envelope mean: as the profile says whose label it is, else as the
// standards say.
// Thread safety: pure functions.
#pragma once

#include <span>

#include "vision/label/identifiers.h"
#include "vision/label/label.h"
#include "vision/label/profile_set.h"

namespace reelproof::vision {

// Adds format, fields, identifiers, unique_id and warnings of these records to `label`.
// `envelope` is "06" or "@", the MAT-Label's.
void apply_records(std::span<const Record> records, std::string_view envelope,
                   const ProfileSet& profiles, ParsedLabel& label);

// One record that stands alone in a symbol of its own; its format is "di".
void apply_single_record(const Record& record, ParsedLabel& label);

}  // namespace reelproof::vision
