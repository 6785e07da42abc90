// Set-up lists by a released revision of a BOM: which parts each slot takes, and whether the
// revision still counts. Pure functions, thread-safe.
#pragma once

#include "api/service/bom_changes.h"
#include "api/service/jobs.h"

namespace reelproof::api {

// Each slot gets the approved parts of its line, which its customer_pn or the first of its mpns
// names. Errors name the slot.
ledger::Result<void> set_up_by(Job& job, const ledger::BomContents& table);

// approval.revision: the job is set up by another revision than the one that counts, or which one
// counts can't be told. `now`: an error counts as that.
ledger::Findings revision_findings(const Job& job, const ledger::Result<FloorRevision>& now);

}  // namespace reelproof::api
