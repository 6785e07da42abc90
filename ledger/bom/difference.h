// What two BOMs differ in, by designator. Pure functions, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "ledger/bom/table.h"

namespace reelproof::ledger {

// Designators that share the same change; of lines without designators one line.
struct BomChange {
    std::vector<std::string_view> designators;  // of the tables
    const BomLine* before = nullptr;            // null: added
    const BomLine* after = nullptr;             // null: removed
    std::vector<BomField> fields;               // that differ, where both are there
};
// Views of both tables. In the order of designators. Only fields that both show are compared;
// quantities only of lines without designators, since the others follow from these.
std::vector<BomChange> difference(const BomContents& before, const BomContents& after);

}  // namespace reelproof::ledger
