#include "api/http/error.h"

#include <ostream>
#include <stdexcept>

namespace reelproof::api {

const char* to_string(HttpErrorKind kind) {
    switch (kind) {
        case HttpErrorKind::invalid:
            return "invalid";
        case HttpErrorKind::bind:
            return "bind";
        case HttpErrorKind::resolve:
            return "resolve";
        case HttpErrorKind::connect:
            return "connect";
        case HttpErrorKind::tls:
            return "tls";
        case HttpErrorKind::wrong_peer:
            return "wrong_peer";
        case HttpErrorKind::timeout:
            return "timeout";
        case HttpErrorKind::too_large:
            return "too_large";
        case HttpErrorKind::protocol:
            return "protocol";
        case HttpErrorKind::closed:
            return "closed";
        case HttpErrorKind::cancelled:
            return "cancelled";
    }
    return "unknown";
}

std::ostream& operator<<(std::ostream& out, const HttpError& error) {
    return out << to_string(error.kind) << ": " << error.text;
}

void throw_exception_from_error(const HttpError& error, const boost::source_location&) {
    throw std::logic_error(std::string("unchecked error: ") + to_string(error.kind) + ": " +
                           error.text);
}

}  // namespace reelproof::api
