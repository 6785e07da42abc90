// EPCIS 2.0 documents and single events as they come in (JSON binding): read strictly, bounded,
// and held to both layers of rules. Pure, thread-safe.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "api/epcis/context.h"
#include "ledger/base/clock.h"

namespace reelproof::api::epcis {

inline constexpr std::size_t kMostEvents = 1000;                    // of one document
inline constexpr std::size_t kLargestDocument = 2UL * 1024 * 1024;  // bytes
inline constexpr std::size_t kLongestText = 4096;                   // bytes, of any text or name

struct Read {
    boost::json::object event;
    Namespaces names;
    std::string pointer;  // where it stands in the document; empty for a single event
};

template <class T>
using Outcome = std::variant<T, Refusal>;

// EPCISDocument or EPCISQueryDocument: its frame is checked, and each event is still to be.
Outcome<std::vector<Read>> read_document(std::string_view text);
// One event, which brings its own @context.
Outcome<Read> read_event(std::string_view text);

// Both layers: JSON Schema, then what no schema can see. `now`: an event is not of the future.
std::optional<Refusal> check_event(const Read& read, ledger::UnixSeconds now);

}  // namespace reelproof::api::epcis
