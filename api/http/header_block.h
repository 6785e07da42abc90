// The head of an HTTP/1.1 message, strictly: where it ends, and its fields. Nothing is repaired:
// what two programs could read in two ways (bare LF, folded lines, blanks before the colon) is
// refused, since that is what request smuggling lives on. Not synchronised. Internal to api/http.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/message.h"
#include "api/http/wire_error.h"

namespace reelproof::api {

// Collects the head of one message, up to and with the empty line.
class HeadCollector {
  public:
    enum class State { need_more, complete, failed };

    explicit HeadCollector(std::size_t max_size) : max_size_(max_size) {}

    // Takes bytes up to the end of the head and says how many. Not to be called once done.
    std::size_t feed(std::string_view bytes);

    State state() const { return state_; }
    const WireError& error() const { return error_; }  // when failed
    bool started() const { return !head_.empty(); }

    // When complete: without line ends. The views live as long as this object.
    std::string_view start_line() const;
    std::string_view fields() const;  // each line ended by CRLF, without the empty line

  private:
    State fail(int status, const char* text);
    State take(char c);
    bool after_cr() const;

    std::size_t max_size_;
    std::string head_;
    std::size_t line_start_ = 0;  // where the line being read begins in head_
    std::size_t first_line_ = 0;  // length of the start line, when known
    bool skipped_empty_ = false;  // one CRLF before the start line is allowed (RFC 9112 2.2)
    State state_ = State::need_more;
    WireError error_{};
};

// Reads field lines (RFC 9112 5) as fields() gives them. 400 for bad syntax, 431 for too many.
std::optional<WireError> parse_fields(std::string_view block, std::size_t max_fields,
                                      Headers& fields);

// How the length of a body is known (RFC 9112 6).
struct Framing {
    enum class Kind { none, length, chunked };
    Kind kind = Kind::none;
    std::uint64_t length = 0;  // of kind length
};

// From Content-Length and Transfer-Encoding. Refused: both at once, either of them twice, a length
// that is not plain digits, a coding other than "chunked".
std::optional<WireError> parse_framing(const Headers& fields, Framing& framing);

}  // namespace reelproof::api
