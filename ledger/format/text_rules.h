// The one rule for names in our formats (organisations, subjects, roles, origins). Thread-safe.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {

// A name is 1 to 255 bytes of UTF-8 without control characters. `text` is already known to be
// UTF-8.
inline Result<void> check_name(std::string_view text, std::string_view what) {
    if (text.empty()) return malformed(std::string(what) + " is empty");
    if (text.size() > wire::kMaxIssuerSize)
        return Error{
            ErrorKind::too_large,
            std::string(what) + " is " + std::to_string(text.size()) + " bytes, more than 255"};
    if (has_control_characters(text))
        return malformed(std::string(what) + " has a control character");
    return {};
}

}  // namespace reelproof::ledger
