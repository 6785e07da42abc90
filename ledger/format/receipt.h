// COSE receipts of inclusion (RFC 9942, RFC 9943) and transparent statements (DESIGN 4.5).
// Thread-safe. Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <string>
#include <vector>

#include "ledger/format/keys.h"

namespace reelproof::ledger {

struct Receipt {
    std::string origin;  // iss of the receipt: the log
    std::string sub;     // the statement's sub
    Hash kid{};
    std::uint64_t size = 0;
    std::uint64_t index = 0;
    std::vector<Hash> path;
    Signature signature{};
    Bytes protected_header;
};

// The receipt for entry `index` of the tree (size, root); size >= 2, `path` as by inclusion_proof.
Result<Bytes> sign_receipt(const SecretKey& key, std::string_view origin, std::string_view sub,
                           std::uint64_t size, std::uint64_t index, const std::vector<Hash>& path,
                           const Hash& root);
Result<Receipt> parse_receipt(ByteView bytes);
// Path from the statement to a root, then the signature over that root, under this key; the sub
// must be the statement's. Gives the root.
Result<Hash> verify_receipt(const Receipt& receipt, const PublicKey& key, ByteView statement);

// The statement with its receipts under label 394 of the unprotected header.
Result<Bytes> make_transparent(ByteView statement, const std::vector<Bytes>& receipts);
struct Transparent {
    Bytes statement;  // with the empty unprotected map: the leaf
    std::vector<Bytes> receipts;
};
Result<Transparent> parse_transparent(ByteView bytes);

}  // namespace reelproof::ledger
