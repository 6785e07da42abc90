// The event hash of CBV 2.0 (section 8.9), where all who implement it agree about it. Pure,
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "api/epcis/context.h"

namespace reelproof::api::epcis {

// "ni:///sha-256;<64 hex>". Nothing for events of which implementations make different hashes, or
// of which different ones have the same: with GS1 keys, sensor data, certificates, ilmd, texts that
// look like numbers, transactions without a type, or times finer than a thousandth of a second.
std::optional<std::string> event_hash(const boost::json::object& event, const Namespaces& names);

}  // namespace reelproof::api::epcis
