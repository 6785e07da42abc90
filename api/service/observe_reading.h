// What was read on parts of which there is no good sample, as an observation that rules judge: it
// holds up what reads clearly as something else, and accuses nobody. Pure, thread-safe.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/provenance/marking_record.h"
#include "vision/marking/marking_rule.h"
#include "vision/marking/reading.h"

namespace reelproof::api {

// The lines that a rule leaves nothing open in: only these can be weighed.
std::vector<std::string> settled_lines(const vision::ExpectedMarking& expected);

// One picture, by its SHA-256, and what was read on it with the expected lines, or why nothing was.
struct PictureRead {
    std::string hash;  // hex
    vision::Result<vision::MarkingReading> reading;
};
// Of all parts the one decides that reads otherwise most clearly; `expected` were asked of each.
ledger::MarkingRecord observation_of_reading(std::span<const std::string> expected,
                                             std::span<const PictureRead> pictures);

}  // namespace reelproof::api
