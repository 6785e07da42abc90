// The rules for names in our formats (organisations, subjects, roles, origins) and in errors.
// Thread-safe.
#pragma once

#include <algorithm>

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

// What an error may quote of a name that the sender chose: 1 to 24 of a to z and '_', as members of
// ours are spelt. Anything else may be a label's text, a secret, that went into the wrong place.
inline bool may_be_quoted(std::string_view name) {
    return !name.empty() && name.size() <= 24 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || c == '_';
    });
}

// What may newly be taken for an organisation's name: lower-case letters, digits, '-' and dots,
// like a domain, and any character beyond ASCII; at most 64 bytes. Logs in the field may hold
// others: those are read by check_name.
inline bool is_org_name(std::string_view name) {
    if (name.empty() || name.size() > 64 || name.front() == '.' || name.back() == '.') return false;
    if (name.find("..") != std::string_view::npos) return false;
    return std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c >= 0x80;
    });
}

}  // namespace reelproof::ledger
