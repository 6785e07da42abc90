// The head of a response as bytes (RFC 9112 4, 5). Pure functions, thread-safe. Internal to
// api/http.
#pragma once

#include <chrono>
#include <string>

#include "api/http/message.h"

namespace reelproof::api {

struct HeadOptions {
    Method to = Method::get;            // the request's method
    bool close = false;                 // adds "Connection: close"
    const Headers* defaults = nullptr;  // sent unless the response sets them
    std::string_view date;              // of the Date header; empty: none
    std::size_t room = 0;               // for what the caller appends
};

// True when the status is one that handlers may answer and no header could break out of its line.
bool is_sendable(const Response& response);

// Whether a body follows the head: not after HEAD, 204 and 304 (RFC 9110 6.4.1).
bool has_body(const Response& response, Method to);

// Needs is_sendable().
std::string response_head(const Response& response, const HeadOptions& options);

// IMF-fixdate (RFC 9110 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::chrono::system_clock::time_point time);

}  // namespace reelproof::api
