// The first layer of what an EPCIS document must be: JSON Schema (schema/events.schema.json, which
// is in the program). Nothing is fetched. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace reelproof::api::epcis {

struct Misfit {
    std::string pointer;  // RFC 6901, into the value
    std::string detail;   // what is wrong there
};

// Names of definitions: "EPCISDocument", "EPCISQueryDocument", the five types of events, and
// "ExtensionEvent" for those of others' own. Nothing when the value fits.
std::optional<Misfit> misfit(std::string_view definition, const boost::json::value& value);
bool is_standard_event(std::string_view type);

// One reference token of a JSON pointer, escaped.
std::string pointer_part(std::string_view name);

}  // namespace reelproof::api::epcis
