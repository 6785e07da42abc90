// What a person typed of a label, beside what its symbols say. The symbols count: what is typed
// fills in what they leave out, and contradicts them in a finding. Pure functions, thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/service/identity.h"

namespace reelproof::api {

// Field and value.
using TypedFields = std::vector<std::pair<std::string, std::string>>;

// The fields that may be typed.
const std::vector<std::string>& typed_field_names();

// The item of a label, with what was typed. `malformed` for a value that the field can't have, and
// for one that would name the item where the symbols don't: beside what was read, nothing typed is
// part of the identity of a maker's label (DESIGN 4.3).
ledger::Result<Identified> identify(Identifier& identifier, const vision::LabelReading& reading,
                                    const TypedFields& typed);

// The item of a label of which nothing can be read: what was typed is all there is of it. It is
// looked up as if its symbols said so, which is a finding that holds it. Errors as above, and of
// Identifier::identify.
ledger::Result<Identified> identify_typed(Identifier& identifier, const TypedFields& typed);

// As if the label stated what was typed where it is silent.
Identified filled_in(Identified item);

// For an event: "typed by hand: quantity 3000; lot 7AB300 (the label says 7AB999)". Empty where
// nothing was.
std::string typed_reason(const Identified& item);

}  // namespace reelproof::api
