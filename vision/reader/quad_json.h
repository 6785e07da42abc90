// Four corners on the wire: eight numbers, x and y in turn.
// Thread safety: pure functions. Private to vision/reader.
#pragma once

#include <array>

#include <boost/json.hpp>

#include "vision/label/symbol.h"

namespace reelproof::vision {

inline boost::json::array quad_json(const std::array<Point, 4>& quad) {
    boost::json::array numbers;
    for (const Point& point : quad) {
        numbers.push_back(point.x);
        numbers.push_back(point.y);
    }
    return numbers;
}

// Throws where it is not such.
inline std::array<Point, 4> quad_of(const boost::json::value& value) {
    std::array<Point, 4> quad;
    const boost::json::array& numbers = value.as_array();
    for (std::size_t i = 0; i < quad.size(); ++i)
        quad[i] = {numbers.at(2 * i).to_number<int>(), numbers.at(2 * i + 1).to_number<int>()};
    return quad;
}

}  // namespace reelproof::vision
