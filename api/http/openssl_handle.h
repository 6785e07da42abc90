// Owners of OpenSSL's objects, and its last error as text. Internal to api/http.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace reelproof::api {

template <auto Free>
struct OpensslFree {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using BioHandle = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using X509Handle = std::unique_ptr<X509, OpensslFree<X509_free>>;
using KeyHandle = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using SslContextHandle = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;

// The reason of the oldest error of this thread, "" if there is none; empties the queue.
std::string openssl_error();

// A read-only BIO over `text`, which must outlive it.
BioHandle bio_over(std::string_view text);

}  // namespace reelproof::api
