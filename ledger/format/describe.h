// What `reelproof format` prints: each format of docs/FORMATS.md decoded into one JSON object, with
// bytes as lower-case hex. Thread-safe: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "ledger/format/item.h"
#include "ledger/format/keys.h"
#include "ledger/format/note.h"

namespace reelproof::ledger {

// {iss, sub, iat, content_type, kid, leaf_hash}. Checks the form; the signature only under a key.
Result<boost::json::object> describe_statement(ByteView statement,
                                               const std::optional<PublicKey>& key = std::nullopt);

// {item_key, id}. Prints a secret: for the person who holds the label.
boost::json::object describe_item(const ItemKey& key);

// {tag, hash, body} of one envelope, opened under (iss, n). The body is its JSON text, as it is.
Result<boost::json::object> describe_envelope(const ItemKey& key, std::string_view iss,
                                              std::uint64_t n, ByteView envelope);

// {origin, size, root, signatures: [{name, type, ok, time}]}: ok is true, false, or null (with type
// null: a line does not say it) for a signature by none of the keys; time is that of a good
// cosignature, else null.
struct NoteDescription {
    boost::json::object object;
    // At least one good signature, and none that is bad.
    bool verified = false;
};
Result<NoteDescription> describe_note(std::string_view note, const std::vector<NoteVerifier>& keys);

// {origin, sub, size, index, root} of a receipt that holds for this statement under the log's key.
Result<boost::json::object> describe_receipt(ByteView receipt, ByteView statement,
                                             const PublicKey& log_key);

}  // namespace reelproof::ledger
