// A verdict as its caller may see it. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "api/http/message.h"
#include "api/service/inspect.h"

namespace reelproof::api {

// What to do with the item now: "use", "ask", "quarantine", or "put-back" where nothing is wrong
// but the place.
std::string_view next_step(const ledger::Findings& findings);

// A caller with neither of the rights trace, receive and line sees what concerns the label in his
// hand: no events, no organisations, no ledgers.
boost::json::object verdict_json(const ServiceContext& context, const Request& request,
                                 const Inspection& inspection);

}  // namespace reelproof::api
