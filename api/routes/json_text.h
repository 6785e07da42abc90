// JSON as we write it for people and programs: what Boost.JSON writes, but numbers as people write
// them, 0.872 and not 8.72E-1. Answers may hold labels' secrets: nothing is left of one but in what
// is returned. Pure, thread-safe.
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace reelproof::api {

// On one line.
std::string json_text(const boost::json::value& value);

}  // namespace reelproof::api
