// What a look at parts found, as an observation that rules judge and the ledger keeps. Pure,
// thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/provenance/marking_record.h"
#include "vision/marking/marking_rule.h"
#include "vision/marking/study.h"

namespace reelproof::api {

// What good parts show and what was compared with it.
struct MarkingLook {
    vision::MarkingText text;
    std::vector<ledger::Bytes> samples;
    std::vector<ledger::Bytes> parts;
    const vision::ExpectedMarking* rule = nullptr;  // the maker's, where there is one
};

// Of the samples and the lines: surfaces are comparable where it is the same.
vision::ReferenceId reference_of(const MarkingLook& look);

// Of all parts the furthest from what is expected decides; pictures that tell nothing count only
// where there are no others. `reference`: reference_of() this look.
ledger::MarkingRecord observation_of(const MarkingLook& look, const vision::ReferenceId& reference,
                                     const vision::MarkingStudy& study);

// The kinds within the run, each with its share and the hash of its picture.
void add_kinds(ledger::MarkingRecord& observation, const vision::MarkingKinds& kinds);

// For people and programs: what was seen of one part.
std::string told(const vision::InspectedPart& part);

}  // namespace reelproof::api
