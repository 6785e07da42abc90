// Identities: what is made can be read, is what OpenSSL takes, and has the key that is pinned.
#include "api/http/tls_identity.h"

#include <catch2/catch.hpp>
#include <openssl/pem.h>

#include "api/http/openssl_handle.h"

using namespace reelproof::api;

TEST_CASE("identities of both kinds have their names, their key and a long life") {
    for (TlsKeyType type : {TlsKeyType::p256, TlsKeyType::ed25519}) {
        TlsIdentityRequest request;
        request.organisation = "acme-ems.example";
        request.hosts = {"node.acme-ems.example", "192.0.2.7", "2001:db8::7"};
        request.key_type = type;
        const TlsIdentity identity = make_tls_identity(request).value();
        CHECK(spki_sha256_of_certificate(identity.certificate_pem).value() == identity.spki);
        CHECK(make_tls_identity(request).value().spki != identity.spki);

        auto text = bio_over(identity.certificate_pem);
        X509Handle certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
        REQUIRE(certificate);
        CHECK(X509_check_host(certificate.get(), "node.acme-ems.example", 0, 0, nullptr) == 1);
        CHECK(X509_check_ip_asc(certificate.get(), "192.0.2.7", 0) == 1);
        CHECK(X509_check_ip_asc(certificate.get(), "2001:db8::7", 0) == 1);
        CHECK(X509_check_host(certificate.get(), "evil.example", 0, 0, nullptr) == 0);
        KeyHandle key(X509_get_pubkey(certificate.get()));
        CHECK(X509_verify(certificate.get(), key.get()) == 1);
        CHECK(X509_cmp_current_time(X509_get0_notBefore(certificate.get())) < 0);
        int days = 0, seconds = 0;
        ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get()));
        CHECK(days >= 20 * 365 - 1);
    }
}

TEST_CASE("requests and texts that are none are refused") {
    TlsIdentityRequest request;
    CHECK(make_tls_identity(request).has_error());
    request.organisation = std::string(65, 'a');
    CHECK(make_tls_identity(request).has_error());
    request.organisation = "acme.example";
    for (const char* host : {"", "a b", "a,DNS:evil.example", "a\nb"}) {
        request.hosts = {host};
        CHECK(make_tls_identity(request).has_error());
    }
    CHECK(spki_sha256_of_certificate("").has_error());
    CHECK(spki_sha256_of_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n").has_error());
}
