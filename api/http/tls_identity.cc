#include "api/http/tls_identity.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "api/http/openssl_handle.h"
#include "api/http/tls_context.h"

namespace reelproof::api {
namespace {

constexpr std::size_t kMaxCommonName = 64;  // RFC 5280 A.1, ub-common-name
constexpr std::size_t kMaxHost = 253;
constexpr long kBackdated = 24L * 60 * 60;  // seconds: the partner's clock may be slow
constexpr int kMaxDays = 100 * 365;

HttpError failed(const char* what) {
    const std::string reason = openssl_error();
    return http_error(HttpErrorKind::invalid,
                      reason.empty() ? std::string(what) : std::string(what) + ": " + reason);
}

bool is_address(const std::string& host) {
    std::array<unsigned char, 16> buffer;
    return inet_pton(AF_INET, host.c_str(), buffer.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), buffer.data()) == 1;
}

// What goes into OpenSSL's little configuration language must not hold its punctuation.
bool is_plain_host(const std::string& host) {
    return !host.empty() && host.size() <= kMaxHost &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == ':' || c == '*' || c == '_';
           });
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    if (extension == nullptr) return false;
    const bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

bool set_random_serial(X509* certificate) {
    std::array<unsigned char, 16> bytes;
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
    bytes[0] &= 0x7F;  // positive (RFC 5280 4.1.2.2)
    bytes[0] |= 0x40;  // and never zero
    BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
    if (number == nullptr) return false;
    const bool set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
    BN_free(number);
    return set;
}

template <class Write>
std::string pem_of(Write write) {
    BioHandle bio(BIO_new(BIO_s_mem()));
    if (!bio || write(bio.get()) != 1) return {};
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

bool fill_in(X509* certificate, EVP_PKEY* key, const TlsIdentityRequest& request) {
    X509_NAME* name = X509_get_subject_name(certificate);
    std::string alternatives;
    for (const auto& host : request.hosts) {
        if (!alternatives.empty()) alternatives += ',';
        alternatives += (is_address(host) ? "IP:" : "DNS:") + host;
    }
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_random_serial(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -kBackdated) != nullptr &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), request.valid_days, 0, nullptr) !=
               nullptr &&
           X509_NAME_add_entry_by_txt(
               name, "CN", MBSTRING_UTF8,
               reinterpret_cast<const unsigned char*>(request.organisation.data()),
               static_cast<int>(request.organisation.size()), -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth,clientAuth") &&
           (alternatives.empty() || add_extension(certificate, NID_subject_alt_name, alternatives));
}

}  // namespace

Result<TlsIdentity> make_tls_identity(const TlsIdentityRequest& request) {
    if (request.organisation.empty() || request.organisation.size() > kMaxCommonName)
        return http_error(HttpErrorKind::invalid,
                          "the organisation's name must have 1 to 64 bytes");
    if (request.valid_days < 1 || request.valid_days > kMaxDays)
        return http_error(HttpErrorKind::invalid, "the validity must be 1 day to 100 years");
    for (const auto& host : request.hosts)
        if (!is_plain_host(host))
            return http_error(HttpErrorKind::invalid,
                              "a host must be a DNS name or a numeric address");

    const bool p256 = request.key_type == TlsKeyType::p256;
    KeyHandle key(p256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    X509Handle certificate(X509_new());
    if (!key || !certificate) return failed("no TLS key could be made");
    if (!fill_in(certificate.get(), key.get(), request) ||
        X509_sign(certificate.get(), key.get(), p256 ? EVP_sha256() : nullptr) == 0)
        return failed("no TLS certificate could be made");

    TlsIdentity out;
    out.certificate_pem = pem_of([&](BIO* b) { return PEM_write_bio_X509(b, certificate.get()); });
    out.private_key_pem = pem_of([&](BIO* b) {
        return PEM_write_bio_PKCS8PrivateKey(b, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    const auto spki = certificate_spki(certificate.get());
    if (out.certificate_pem.empty() || out.private_key_pem.empty() || !spki)
        return failed("the TLS certificate could not be written");
    out.spki = *spki;
    return out;
}

Result<SpkiSha256> spki_sha256_of_certificate(std::string_view certificate_pem) {
    BioHandle bio = bio_over(certificate_pem);
    X509Handle certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) return failed("this is not a PEM certificate");
    const auto spki = certificate_spki(certificate.get());
    if (!spki) return failed("the certificate has no public key that we can read");
    return *spki;
}

}  // namespace reelproof::api
