// What was read on parts without samples, and how good their pictures are; as the command line
// gives it, too. Pure, thread-safe.
#pragma once

#include <boost/json/object.hpp>

#include "vision/marking/reading.h"

namespace reelproof::api {

boost::json::object quality_json(const vision::PictureQuality& quality);
boost::json::object read_part_json(const vision::ReadPart& part);

}  // namespace reelproof::api
