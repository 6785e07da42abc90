// A verdict as a person reads it: the one word first, then the reasons. Pure, thread-safe.
#pragma once

#include <string>

#include <boost/json/object.hpp>

namespace reelproof::node {

// From the JSON of POST /v1/check (api/routes/json.h).
std::string verdict_text(const boost::json::object& verdict);
// What to do before anything else about it: a line of its own, or nothing.
std::string advice_text(const boost::json::object& verdict);
// 0 for ACCEPT, else 1.
int verdict_exit_code(const boost::json::object& verdict);
// From the JSON of POST /v1/trace: the history of the item and of what it was made of.
std::string trace_text(const boost::json::object& trace);
// From the JSON of what has a member `replicated`: "local", or "on 2 of 3 mirrors (a, b)" and
// whether that is too few; empty without the member.
std::string kept_text(const boost::json::object& entry);
// From the JSON of an event: where it was recorded.
std::string recorded_text(const boost::json::object& recorded);

}  // namespace reelproof::node
