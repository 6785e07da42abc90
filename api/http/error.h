// The error of the HTTP layer, and Result<T>, a value or an HttpError. Errors of the network and of
// configuration are values; the text is for a person and says what to do next where we can tell.
// Thread-safe: plain values.
#pragma once

#include <iosfwd>
#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace reelproof::api {

enum class HttpErrorKind {
    invalid,     // a caller's argument or configuration: bad URL, unreadable certificate
    bind,        // the server could not listen
    resolve,     // the host name has no address
    connect,     // nobody listens there, or the way is blocked
    tls,         // the TLS handshake failed
    wrong_peer,  // the server's key is none of the pinned ones
    timeout,     // the deadline passed
    too_large,   // the response is over the client's limit
    protocol,    // the other side broke HTTP
    closed,      // the connection broke before the response was complete
    cancelled,   // HttpClient::cancel() was called
};

struct HttpError {
    HttpErrorKind kind;
    // One sentence for a person. Never holds a header, a body or a key.
    std::string text;
};

template <class T>
using Result = boost::system::result<T, HttpError>;

inline HttpError http_error(HttpErrorKind kind, std::string text) {
    return {kind, std::move(text)};
}

// The kind's name as it stands in logs and JSON: "wrong_peer".
const char* to_string(HttpErrorKind kind);

// "wrong_peer: …", for logs and test reports.
std::ostream& operator<<(std::ostream& out, const HttpError& error);

// Required by boost::system::result when value() is called on an error: a bug of the caller.
[[noreturn]] void throw_exception_from_error(const HttpError& error,
                                             const boost::source_location& where);

}  // namespace reelproof::api
