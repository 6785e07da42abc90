// Why EPCIS 2.0 refuses something: the standard's own kinds of exception, with the place. Plain
// values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace reelproof::api::epcis {

enum class Exception {
    validation,         // 400: a document or event breaks a rule
    query_parameter,    // 400: a parameter of a query can't be read
    subscription,       // 400: how a subscription is to be served can't be
    security,           // 401, 403
    no_such_name,       // 404: a named query
    no_such_resource,   // 404
    not_acceptable,     // 406
    already_exists,     // 409
    capture_limit,      // 413: too many events, or too large
    query_too_large,    // 413
    unsupported_media,  // 415
    implementation,     // 500, 503: our own trouble
    not_supported,      // 501
};

struct ExceptionForm {
    std::string_view type;   // "epcisException:ValidationException"
    std::string_view title;  // for people
    int status;
};
const ExceptionForm& form_of(Exception exception);

struct Refusal {
    Exception exception = Exception::validation;
    std::string detail;                // one sentence
    std::optional<std::size_t> event;  // which of the document's, from 0
    std::string pointer;               // RFC 6901, into the document; empty: all of it
};

}  // namespace reelproof::api::epcis
