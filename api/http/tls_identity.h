// The self-signed certificates by which nodes and stations know each other: a key of our own,
// a certificate only because TLS wants one, and the SHA-256 of the public key that partners pin.
// Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http/error.h"
#include "api/http/message.h"

namespace reelproof::api {

enum class TlsKeyType {
    p256,     // understood by everything, browsers too
    ed25519,  // not by browsers
};

struct TlsIdentityRequest {
    std::string organisation;        // subject, "acme-ems.example"; at most 64 bytes
    std::vector<std::string> hosts;  // names and numeric addresses in subjectAltName
    int valid_days = 20 * 365;       // the key is pinned, so the date protects nobody
    TlsKeyType key_type = TlsKeyType::p256;
};

struct TlsIdentity {
    std::string certificate_pem;
    std::string private_key_pem;  // PKCS #8, not encrypted: a secret
    SpkiSha256 spki;
};

// A new key and its certificate. Fails with `invalid` on an empty or too long name.
Result<TlsIdentity> make_tls_identity(const TlsIdentityRequest& request);

// Of the first certificate in the PEM text. Fails with `invalid` when there is none.
Result<SpkiSha256> spki_sha256_of_certificate(std::string_view certificate_pem);

}  // namespace reelproof::api
