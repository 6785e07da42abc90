// The JSON that all messages between reader processes and their parent have in common. What can't
// be right is thrown as an exception, which the decoders of whole messages catch. Thread safety:
// pure functions. Includes Boost.JSON: for .cc files of vision/reader only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "vision/label/result.h"
#include "vision/label/text_reading.h"

namespace reelproof::vision {

boost::json::array quad_json(const Quad& quad);
Quad quad_of(const boost::json::value& value);

std::string text_at(const boost::json::object& object, std::string_view key);

boost::json::object error_json(const Error& error);
// Its code only as all codes are written, since it is printed.
Error error_of(const boost::json::object& object);

}  // namespace reelproof::vision
