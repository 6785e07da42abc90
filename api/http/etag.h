// Conditional GET (RFC 9110 13): a client that already holds the body is told so instead.
// Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "api/http/message.h"

namespace reelproof::api {

// A weak entity tag of the content, `W/"…"`: weak since gzip may change the bytes on the wire.
std::string etag_of(std::string_view body);

// True when If-None-Match names this tag (weak comparison) or is "*".
bool etag_matches(const Request& request, std::string_view etag);

// Puts the tag on the response, or makes it a 304 without a body when the client holds it already.
// Only for 200 answers to GET and HEAD; others pass unchanged.
Response with_etag(const Request& request, Response response);

}  // namespace reelproof::api
