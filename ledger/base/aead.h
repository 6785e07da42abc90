// Bytes at rest under a secret key: XChaCha20-Poly1305 with a random nonce, and sub-keys of one
// key for different uses. Pure functions, thread-safe.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/secret.h"

namespace reelproof::ledger {

// HKDF-SHA256 (RFC 5869) of secret bytes to a key.
Secret<32> derive_key(ByteView ikm, std::string_view salt, std::string_view info);

// nonce24 || XChaCha20-Poly1305(key, nonce, aad, plain).
Bytes aead_seal(const Secret<32>& key, ByteView aad, ByteView plain);
// `invalid` when it is another key, another aad or changed bytes; `what` names it in the error. The
// caller wipes what is secret in the result.
Result<Bytes> aead_open(const Secret<32>& key, ByteView aad, ByteView sealed,
                        std::string_view what);

}  // namespace reelproof::ledger
