// The TLS settings of server and client: versions, ciphers, our certificate, and how the other
// side's key is found out. A context is set up once and then only read; sharing it is thread-safe.
// Internal to api/http.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <openssl/ssl.h>

#include "api/http/error.h"
#include "api/http/message.h"
#include "api/http/openssl_handle.h"

namespace reelproof::api {

// A server that asks for a client certificate, takes any or none, and never resumes a session, so
// that the peer's key is always one that was proved in this very handshake.
Result<SslContextHandle> make_server_context(std::string_view certificate_pem,
                                             std::string_view private_key_pem);

// What a client's handshake accepts and found. Must outlive the SSL that it is attached to.
struct ServerCheck {
    const std::vector<SpkiSha256>* pins = nullptr;  // empty: any key
    std::optional<SpkiSha256> seen;
    bool refused = false;
};

// A client that goes on only with a pinned key; both PEM texts empty: without a certificate.
Result<SslContextHandle> make_client_context(std::string_view certificate_pem,
                                             std::string_view private_key_pem);
void attach_server_check(SSL* ssl, ServerCheck* check);

// The key the peer proved to hold, once the handshake is done.
std::optional<SpkiSha256> peer_spki(const SSL* ssl);
std::optional<SpkiSha256> certificate_spki(const X509* certificate);

}  // namespace reelproof::api
