// Problem Details (RFC 9457): errors of the API as application/problem+json.
// Thread-safe: plain values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/message.h"

namespace reelproof::api {

inline constexpr std::string_view kProblemContentType = "application/problem+json";  // RFC 9457 3
inline constexpr std::string_view kProblemTypePrefix = "urn:reelproof:problem:";

// Builds one problem; members that are not set don't appear. Text that is not UTF-8 is repaired
// (U+FFFD), so that the result is always valid JSON.
//
//     return Problem(409, "log-conflict", "The log has moved on").detail("size is 17").response();
class Problem {
  public:
    // type "about:blank" and the status's own phrase as the title (RFC 9457 4.2.1).
    explicit Problem(int status);
    // type "urn:reelproof:problem:<name>"; the name is lower-case words with hyphens.
    Problem(int status, std::string_view name, std::string title);
    // Of a type that somebody else's standard names.
    static Problem of_type(int status, std::string type, std::string title);

    Problem& detail(std::string text);
    // A URI reference of this occurrence.
    Problem& instance(std::string uri);
    // Extension members (RFC 9457 3.2). The reserved names are refused by assertion.
    Problem& member(std::string name, std::string_view text);
    Problem& member(std::string name, std::int64_t number);
    // `json` must be one well-formed JSON value; it is put in as it is.
    Problem& member_json(std::string name, std::string json);
    // A header of the response: Retry-After, Allow, WWW-Authenticate.
    Problem& header(std::string name, std::string value);

    int status() const { return status_; }
    // The JSON object.
    std::string json() const;
    // Status, Content-Type, headers and body.
    Response response() const;

  private:
    int status_;
    std::string type_;
    std::string title_;
    std::string detail_;
    std::string instance_;
    std::vector<std::pair<std::string, std::string>> members_;  // name, JSON
    Headers headers_;
};

// Concise Problem Details (RFC 9290): the same in CBOR.
inline constexpr std::string_view kConciseProblemContentType =
    "application/concise-problem-details+cbor";
// Of an error that Problem made: title, detail and status; any other answer stays as it is.
void make_concise(Response& response);

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace reelproof::api
