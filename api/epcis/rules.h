// The second layer: what EPCIS 2.0, CBV 2.0 and this ledger ask of an event beyond its schema.
// Pure, thread-safe.
#pragma once

#include "api/epcis/document.h"

namespace reelproof::api::epcis {

// The first rule that the event breaks, with the field. The event fits its schema.
std::optional<Refusal> broken_rule(const Read& read, ledger::UnixSeconds now);

// xsd:dateTimeStamp: a time with a zone, on a day that there is.
bool is_time(std::string_view text);
// RFC 3986, absolute, by its characters.
bool is_uri(std::string_view text);
// A GS1 key in its own form (EPC URN) or as a GS1 Digital Link, whoever's host that names.
bool is_gs1_key(std::string_view uri);

}  // namespace reelproof::api::epcis
