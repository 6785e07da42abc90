// Reads one HTTP/1.1 request from bytes as they come, without sockets. Stops after the head, so
// that the route, the caller's rights and the length can be judged before a body is taken in.
// Not synchronised. Internal to api/http; the fuzzer and the tests feed it too.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "api/http/body_decoder.h"
#include "api/http/header_block.h"
#include "api/http/message.h"
#include "api/http/wire_error.h"

namespace reelproof::api {

class RequestParser {
  public:
    struct Limits {
        std::size_t max_header = 16UL * 1024;
        std::size_t max_fields = 100;
    };
    enum class State {
        head,       // needs more bytes of the head
        head_done,  // the caller must accept_body() or give up
        body,       // needs more bytes of the body
        complete,
        failed,  // error() says why; the connection can't be used for another request
    };

    explicit RequestParser(const Limits& limits);
    // Wipes the body: labels are secrets.
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    // Takes what belongs to this request and gives how many bytes that was; what is left is the
    // next request. Takes nothing in any state but `head` and `body`.
    std::size_t feed(std::string_view bytes);
    // In head_done: on to the body (or to complete), of at most `max_body` bytes (else 413, or
    // where it may be `cut`: complete with so many).
    void accept_body(std::size_t max_body, bool cut = false);

    State state() const { return state_; }
    const WireError& error() const { return *error_; }  // when failed
    // A byte of the request has come: from here on, the client is on the clock.
    bool started() const { return collector_.started() || state_ != State::head; }

    // From head_done on.
    Request& request() { return request_; }
    const Framing& framing() const { return framing_; }
    bool keep_alive() const { return keep_alive_; }
    // Complete, but for what is left of the body: no other request can follow.
    bool body_was_cut() const { return body_ && body_->was_cut(); }
    bool expects_continue() const { return expects_continue_; }  // RFC 9110 10.1.1

  private:
    void fail(const WireError& error);
    void parse_head();
    std::optional<WireError> parse_request_line(std::string_view line);
    std::optional<WireError> check_fields();

    Limits limits_;
    HeadCollector collector_;
    State state_ = State::head;
    std::optional<WireError> error_;
    Request request_;
    Framing framing_;
    std::optional<BodyDecoder> body_;
    bool http_1_0_ = false;
    bool keep_alive_ = true;
    bool expects_continue_ = false;
};

}  // namespace reelproof::api
