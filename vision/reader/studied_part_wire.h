// One inspected part as JSON in the answers of reader processes. What can't be right is thrown, as
// in wire_json.h. Thread safety: pure functions. Includes Boost.JSON: for .cc files of
// vision/reader only.
#pragma once

#include <string>

#include "vision/marking/inspection.h"
#include "vision/reader/wire_json.h"

namespace reelproof::vision {

boost::json::object inspected_part_json(const InspectedPart& part);
// Only characters that were asked for, in their order.
InspectedPart inspected_part_of(const boost::json::object& object, const std::string& asked);

}  // namespace reelproof::vision
