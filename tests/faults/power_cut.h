// The power goes in each call of a work that writes to the disk, and what is left is looked at.
#pragma once

#include <string>
#include <vector>

#include "tests/faults/work.h"

namespace reelproof::faults {

// `seeds`: what becomes of unsynced writes (Disk). `machines`: folders in the work's that lie on
// disks of their own; then each of them loses its power alone, too, with the first seed. `each`: so
// many of all these in each call, in turn; 0: all.
void cut_power_everywhere(const Work& work, const std::vector<std::uint32_t>& seeds,
                          const std::vector<std::string>& machines = {}, std::size_t each = 0);

}  // namespace reelproof::faults
