// Takes the body of one message off the wire: by length, in chunks, or up to the end of the
// connection. Counts while it reads, so that a body over the limit is refused before it is held.
// Not synchronised. Internal to api/http.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/header_block.h"

namespace reelproof::api {

class BodyDecoder {
  public:
    enum class State { need_more, complete, malformed, too_large };

    // By the framing of the head; `max_size` bounds the decoded body. A length over it is too_large
    // at once; or, where it may be `cut`, the body is complete as soon as it has so many bytes, and
    // what follows is nobody's.
    BodyDecoder(const Framing& framing, std::size_t max_size, bool cut = false);
    // A response without a length: ends with finish_at_close().
    static BodyDecoder until_close(std::size_t max_size);

    // Appends decoded bytes to `body`; gives how many wire bytes belonged to this message.
    std::size_t feed(std::string_view bytes, std::string& body);
    // The connection ended in good order. False when the body was not complete.
    bool finish_at_close();

    State state() const { return state_; }
    // Complete before its end.
    bool was_cut() const { return was_cut_; }

  private:
    enum class Phase { length, until_close, chunk_size, chunk_data, chunk_end, trailer };

    std::size_t take_data(std::string_view bytes, std::string& body);
    // There is more than the limit.
    void exceed();
    // Takes one byte of a line of the chunked coding; true when line_ is one whole line.
    bool take_line_char(char c);
    void end_size_line();

    Phase phase_ = Phase::length;
    State state_ = State::need_more;
    bool cut_ = false, was_cut_ = false;
    std::uint64_t remaining_ = 0;  // of the body or of the chunk
    std::size_t budget_ = 0;       // decoded bytes still allowed
    std::size_t overhead_ = 0;     // bytes of chunk extensions and trailers so far
    std::string line_;
};

}  // namespace reelproof::api
