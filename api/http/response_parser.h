// Reads one HTTP/1.1 response from bytes as they come, without sockets; interim responses (1xx) are
// skipped. Not synchronised. Internal to api/http.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "api/http/body_decoder.h"
#include "api/http/header_block.h"
#include "api/http/message.h"

namespace reelproof::api {

class ResponseParser {
  public:
    struct Limits {
        std::size_t max_header = 32UL * 1024;
        std::size_t max_fields = 200;
        std::size_t max_body = 16 << 20;  // as it comes over the wire
    };
    enum class State { need_more, complete, malformed, too_large };

    // `to` is the request's method: the answer to HEAD has no body.
    ResponseParser(Method to, const Limits& limits);

    std::size_t feed(std::string_view bytes);
    // The connection ended in good order (close_notify seen). False when the response is
    // incomplete.
    bool finish_at_close();

    State state() const { return state_; }
    // Only interim responses so far: the server wants the body.
    bool invited() const { return interim_ > 0 && !body_ && state_ == State::need_more; }
    const char* error() const { return error_; }  // when malformed
    // When complete. Content-Type is moved from the headers to its own member.
    Response& response() { return response_; }
    bool keep_alive() const { return keep_alive_; }

  private:
    void malformed(const char* text);
    void parse_head();
    void check_body_state();

    Method to_;
    Limits limits_;
    HeadCollector collector_;
    State state_ = State::need_more;
    const char* error_ = "";
    Response response_;
    std::optional<BodyDecoder> body_;
    int interim_ = 0;
    bool keep_alive_ = true;
};

}  // namespace reelproof::api
