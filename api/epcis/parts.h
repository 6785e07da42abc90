// An EPCIS event may be about many things, and an envelope of the ledger is about one: an event is
// kept as parts, each of which says of one thing what the event says of it. Who has one item learns
// nothing of the others. Pure, thread-safe.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "api/epcis/context.h"
#include "ledger/provenance/event.h"

namespace reelproof::api::epcis {

inline constexpr std::size_t kMostThings = 256;  // of one event

struct Part {
    std::string uri;      // of the thing that it is about
    ledger::Event event;  // what it means to the ledger
    std::string text;     // JSON, to be sealed as it is
};

// The parts of a checked event that has an eventID. Things are the items, then what else the event
// names; a lot only where it names neither; a place only where it names nothing. Refused: too many
// things, or what the ledger can't keep.
std::variant<std::vector<Part>, Refusal> parts_of(const boost::json::object& event,
                                                  const Namespaces& names,
                                                  const std::string& pointer);
// The event again, from those of its parts that were found. Needs: at least one. No list of it is
// longer than kMostThings, whatever the parts say.
boost::json::object joined(const std::vector<boost::json::object>& parts);

// Of an event without one: the same for the same event, however it is written.
std::string made_event_id(const boost::json::object& event, const Namespaces& names);
// What tells an event from another under the same eventID.
ledger::Hash content_hash(const boost::json::object& event, const Namespaces& names);

}  // namespace reelproof::api::epcis
