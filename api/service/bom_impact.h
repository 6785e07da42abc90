// What an engineering change touches here: jobs, stock and shipments. Thread-safe.
#pragma once

#include <set>

#include "api/service/bom_changes.h"
#include "api/service/jobs.h"
#include "api/service/stock.h"

namespace reelproof::api {

struct ChangeImpact {
    struct TouchedJob {
        std::string job, revision;  // revision: by which it is set up; empty: by none
        std::vector<Slot> loaded;   // with a part that goes
    };
    struct TouchedPart {
        std::string mpn;
        bool goes = false, comes = false;
        std::int64_t parts = 0, items = 0;  // in stock
    };
    struct TouchedShipment {
        std::string to, packing_list;
        ledger::UnixSeconds at = 0;
        std::size_t items = 0, in_transit = 0;  // of a part that goes
    };
    std::vector<TouchedJob> jobs;
    std::vector<TouchedPart> parts;
    std::vector<TouchedShipment> shipments;
    bool truncated = false;  // more shipments than are looked at
};
inline constexpr std::size_t kMostLookedAtItems = 20'000;

struct ImpactSources {
    const Jobs& jobs;
    Stock& stock;
    const ItemIndex& index;
};
ChangeImpact impact_of(const ImpactSources& sources, const ledger::EngineeringChange& change,
                       const ledger::BomContents& before, const ledger::BomContents& after);

}  // namespace reelproof::api
