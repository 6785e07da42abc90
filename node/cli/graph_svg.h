// A provenance graph as a picture (SVG): a lane for each organisation, an event a row, arrows from
// each event to those it builds on. Pure, thread-safe.
#pragma once

#include <string>

#include <boost/json/object.hpp>

namespace reelproof::node {

// From the JSON of POST /v1/trace: the item below, what it was made of above.
std::string graph_svg(const boost::json::object& trace);

}  // namespace reelproof::node
