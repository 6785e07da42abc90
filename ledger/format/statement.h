// Statements: COSE_Sign1 with ES256K (DESIGN 4.1, RFC 9052, RFC 8812). A log entry is one
// statement. Parsing checks everything but the signature; views point into the caller's bytes.
// Thread-safe. Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/format/keys.h"

namespace reelproof::ledger {

struct StatementHeader {
    std::string content_type;
    Hash kid{};
    std::string iss;  // organisation
    std::string sub;  // "sealed", or the type of a public statement
    UnixSeconds iat = 0;
};

// What parse_statement found; `bytes` and the views stay valid as long as the caller's buffer.
struct StatementView {
    ByteView bytes;
    StatementHeader header;
    ByteView protected_header;  // the encoded map, without its bstr head
    ByteView payload;
    ByteView signature;  // 64 bytes

    [[nodiscard]] bool sealed() const;
};

// The whole statement: tag, headers, and the payload of either content type (envelopes and groups
// well formed; JSON with "type" equal to sub). Each refusal has its own reason.
Result<StatementView> parse_statement(ByteView bytes);

// The signature, under this key; the kid must be the key's own. Refuses high-S with its own reason.
Result<void> verify_statement(const StatementView& statement, const PublicKey& key);

// Signs; header.kid is filled in from the key. Errors when the result would be over 65,535 bytes or
// would not parse.
Result<Bytes> sign_statement(const SecretKey& key, StatementHeader header, ByteView payload);

// The bytes that are signed: Sig_structure ["Signature1", protected, h'', payload] (RFC 9052 4.4).
Bytes signature_structure(ByteView protected_header, ByteView payload);
// SHA-256 of that structure, without building it.
Hash signature_digest(ByteView protected_header, ByteView payload);

// RFC 6962 2.1 leaf hash of a log entry: SHA-256(0x00 || bytes).
Hash leaf_hash(ByteView entry);

}  // namespace reelproof::ledger
