#include "api/http/tls_context.h"

#include <algorithm>
#include <limits>
#include <string>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

namespace reelproof::api {
namespace {

// TLS 1.2: forward secrecy and AEAD only. TLS 1.3 has no others by default.
constexpr const char* kTls12Ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr long kMaxPeerCertificates = 16L * 1024;  // bytes of the peer's chain; ours is one of 600
constexpr unsigned char kAlpn[] = "\x08http/1.1";  // RFC 7301 6
constexpr unsigned char kSessionContext[] = "reelproof";

HttpError tls_setup_error(const char* what) {
    const std::string reason = openssl_error();
    return http_error(HttpErrorKind::invalid,
                      reason.empty() ? std::string(what) : std::string(what) + ": " + reason);
}

// RFC 7301 3.2: of what the client offers we speak HTTP/1.1; if it isn't there, say so at once.
int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_length,
                const unsigned char* offered, unsigned int offered_length, void*) {
    unsigned char* chosen = nullptr;
    const int result = SSL_select_next_proto(&chosen, out_length, kAlpn, sizeof kAlpn - 1, offered,
                                             offered_length);
    if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

// Any client certificate will do here: the handshake has proved (or will prove) that the peer holds
// its key, and whose key that is, the application knows. No chain is built from hostile input.
int accept_any(X509_STORE_CTX*, void*) {
    return 1;
}

int check_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int check_server(X509_STORE_CTX* store, void*) {
    const auto* ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* check = static_cast<ServerCheck*>(SSL_get_ex_data(ssl, check_index()));
    if (check == nullptr) return 0;
    check->seen = certificate_spki(X509_STORE_CTX_get0_cert(store));
    check->refused = !check->seen ||
                     (!check->pins->empty() && std::find(check->pins->begin(), check->pins->end(),
                                                         *check->seen) == check->pins->end());
    return check->refused ? 0 : 1;
}

Result<void> use_identity(SSL_CTX* context, std::string_view certificate_pem,
                          std::string_view private_key_pem) {
    BioHandle certificates = bio_over(certificate_pem);
    const auto read_certificate = [&] {
        return X509Handle(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
    };
    X509Handle leaf = read_certificate();
    if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1)
        return tls_setup_error("the TLS certificate is not a PEM certificate that TLS can use");
    while (X509Handle next = read_certificate())
        if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
            return tls_setup_error("the TLS certificate chain can't be used");
    ERR_clear_error();  // the end of the PEM text is an error to OpenSSL
    BioHandle key_text = bio_over(private_key_pem);
    // No password prompt: an encrypted key is an error here, not a question on the terminal.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    KeyHandle key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_password, nullptr));
    if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return tls_setup_error("the TLS key is not an unencrypted PEM key of the certificate");
    if (SSL_CTX_check_private_key(context) != 1)
        return tls_setup_error("the TLS key does not belong to the certificate");
    return {};
}

Result<SslContextHandle> make_context(const SSL_METHOD* method) {
    SslContextHandle context(SSL_CTX_new(method));
    if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context.get(), kTls12Ciphers) != 1)
        return tls_setup_error("OpenSSL can't be set up");
    SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                           SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(context.get(), kMaxPeerCertificates);
    return context;
}

}  // namespace

std::string openssl_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return {};
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "unknown OpenSSL error";
}

BioHandle bio_over(std::string_view text) {
    const auto size =
        static_cast<int>(std::min<std::size_t>(text.size(), std::numeric_limits<int>::max()));
    BioHandle bio(BIO_new_mem_buf(text.empty() ? "" : text.data(), size));
    if (!bio) throw std::bad_alloc();
    return bio;
}

Result<SslContextHandle> make_server_context(std::string_view certificate_pem,
                                             std::string_view private_key_pem) {
    auto context = make_context(TLS_server_method());
    if (!context) return context;
    SSL_CTX* raw = context->get();
    if (auto used = use_identity(raw, certificate_pem, private_key_pem); !used) return used.error();
    // Without tickets and cache there is no resumption, through which a connection could come to a
    // peer identity that its own handshake did not prove.
    SSL_CTX_set_num_tickets(raw, 0);
    SSL_CTX_set_session_id_context(raw, kSessionContext, sizeof kSessionContext - 1);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(raw, accept_any, nullptr);
    SSL_CTX_set_alpn_select_cb(raw, choose_alpn, nullptr);
    return context;
}

Result<SslContextHandle> make_client_context(std::string_view certificate_pem,
                                             std::string_view private_key_pem) {
    auto context = make_context(TLS_client_method());
    if (!context) return context;
    SSL_CTX* raw = context->get();
    if (!certificate_pem.empty() || !private_key_pem.empty())
        if (auto used = use_identity(raw, certificate_pem, private_key_pem); !used)
            return used.error();
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(raw, check_server, nullptr);
    if (SSL_CTX_set_alpn_protos(raw, kAlpn, sizeof kAlpn - 1) != 0)  // 0 is success here
        return tls_setup_error("OpenSSL can't be set up");
    return context;
}

void attach_server_check(SSL* ssl, ServerCheck* check) {
    SSL_set_ex_data(ssl, check_index(), check);
}

std::optional<SpkiSha256> peer_spki(const SSL* ssl) {
    const X509* certificate = SSL_get0_peer_certificate(ssl);
    return certificate == nullptr ? std::nullopt : certificate_spki(certificate);
}

std::optional<SpkiSha256> certificate_spki(const X509* certificate) {
    if (certificate == nullptr) return std::nullopt;
    unsigned char* der = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (length <= 0) return std::nullopt;
    SpkiSha256 out;
    SHA256(der, static_cast<std::size_t>(length), out.data());
    OPENSSL_free(der);
    return out;
}

}  // namespace reelproof::api
