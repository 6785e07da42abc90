// Item keys: the label is the key (DESIGN 4.3). Item keys and seeds are secrets. Thread-safe.
// Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <optional>
#include <string>

#include "ledger/base/secret.h"

namespace reelproof::ledger {

using ItemSeed = Secret<16>;
using NetworkSalt = Secret<16>;

// 32-byte secret that finds and opens an item's events.
using ItemKey = Secret<32>;

// The serial of an issued label: "RP" + 26 Crockford base32 characters.
std::string issued_serial(const ItemSeed& seed);
// Finds such a serial at the end of a 25S value (issuing agency + company + serial, ISO/IEC 15459);
// nothing when the value ends in no such serial.
std::optional<ItemSeed> seed_of_25s(std::string_view value_of_25s);
// Whether a text that is to be seen by others holds such a serial anywhere, also in lower case,
// with look-alikes, or with blanks, control characters or hyphens between its characters.
bool holds_issued_serial(std::string_view text);

// As identities and labels compare: ASCII letters upper case, inner white space collapsed to one
// space, ends trimmed.
std::string normalised(std::string_view text);

ItemKey issued_item_key(const ItemSeed& seed);

// "P:<mpn>|L:<lot>" or "P:<mpn>|L:<lot>|S:<serial>", each part normalised. mpn and lot must not be
// empty after that.
Result<std::string> legacy_identity(std::string_view mpn, std::string_view lot,
                                    std::optional<std::string_view> serial);
// Argon2id with 64 MiB (about 60 ms): cache the result. Throws std::bad_alloc without memory.
ItemKey legacy_item_key(std::string_view identity, const NetworkSalt& salt);

// Public item id: 26 Crockford base32 characters, safe to show, log and put into a URL.
std::string public_item_id(const ItemKey& key);

}  // namespace reelproof::ledger
