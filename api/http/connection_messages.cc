// Connection: a body that is a WebSocket (MessageStream). All of Beast's composed operations are in
// this file.
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>

#include "api/http/connection.h"
#include "api/http/message_stream.h"

namespace reelproof::api::net {

// Beast finds it by the stream's type: how a WebSocket ends what carries it.
template <class Handler>
void async_teardown(boost::beast::role_type, TlsStream& stream, Handler&& handler) {
    stream.async_shutdown(std::forward<Handler>(handler));
}

}  // namespace reelproof::api::net

namespace reelproof::api {

namespace websocket = boost::beast::websocket;
using net::Clock;
using net::error_code;

struct Connection::Messages {
    explicit Messages(net::TlsStream& tls) : socket(tls) {}

    websocket::stream<net::TlsStream&> socket;
    boost::beast::flat_static_buffer<128> in;  // nothing is taken in but control frames
};

// In the place of the head of the answer. `request` is the whole one, and `answer` its 101.
void Connection::begin_messages(const Request& request, const Response& answer) {
    namespace http = boost::beast::http;
    state_ = State::streaming;
    // Who sends frames before he knows that they are welcome is no WebSocket's client.
    if (in_begin_ != in_end_) return close();
    http::request<http::empty_body> handshake{http::verb::get, "/", 11};
    for (const auto* name :
         {"Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"})
        handshake.set(name, request.headers.joined(name));
    messages_ = std::make_shared<Messages>(stream_);
    auto& socket = messages_->socket;
    auto headers = answer.headers;
    for (const auto& [name, value] : server_.options.default_headers)
        if (!headers.has(name)) headers.add(name, value);
    socket.set_option(
        websocket::stream_base::decorator([headers](websocket::response_type& response) {
            for (const auto& [name, value] : headers) response.set(name, value);
        }));
    // A ping after half of that; who does not answer it is gone.
    socket.set_option(websocket::stream_base::timeout{server_.options.write_timeout,
                                                      2 * server_.options.stream_idle, true});
    socket.read_message_max(messages_->in.max_size());
    deadline_ = Clock::now() + server_.options.write_timeout;
    feeding_ = true;  // until the handshake is written
    socket.async_accept(handshake, [self = shared_from_this()](const error_code& error) {
        self->feeding_ = false;
        if (self->state_ != State::streaming) return;
        if (error) return self->close();
        self->log_answered();
        self->open_stream();
        self->await_message();
        self->feed_stream(false);
    });
}

// Pings are answered and pongs noticed as long as a read is pending.
void Connection::await_message() {
    messages_->socket.async_read(
        messages_->in, [self = shared_from_this()](const error_code& error, std::size_t) {
            if (self->state_ != State::streaming || !self->endless_) return;
            if (error) return self->close();
            self->end_messages({websocket::close_code::unknown_data, "messages are only sent"});
        });
}

void Connection::write_message() {
    messages_->socket.text(true);
    messages_->socket.async_write(
        net::asio::buffer(out_head_),
        [self = shared_from_this()](const error_code& error, std::size_t) { self->on_fed(error); });
}

void Connection::end_messages(const MessageStream::Closing& why) {
    constexpr std::size_t kLongestReason = 123;  // RFC 6455 5.5
    endless_.reset();
    deadline_ = Clock::now() + server_.options.linger_timeout;
    messages_->socket.async_close(
        {static_cast<websocket::close_code>(why.code),
         boost::beast::string_view(why.reason.data(), std::min(why.reason.size(), kLongestReason))},
        [self = shared_from_this()](const error_code&) { self->close(); });
}

}  // namespace reelproof::api
