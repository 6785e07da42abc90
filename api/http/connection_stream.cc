// Connection: a body without an end (BodyStream), fed as it comes.
#include <boost/asio/write.hpp>

#include "api/http/connection.h"
#include "api/http/text.h"

namespace reelproof::api {

using net::Clock;
using net::error_code;

// The head is sent.
void Connection::begin_stream() {
    state_ = State::streaming;
    watch_reader();
    open_stream();
    feed_stream(false);
}

void Connection::open_stream() {
    endless_->open([weak = weak_from_this()] {
        auto self = weak.lock();
        if (!self) return;
        auto& context = self->home_.context();
        net::asio::post(context, [self = std::move(self)] {
            if (self->state_ == State::streaming && self->endless_ && !self->feeding_)
                self->feed_stream(false);
        });
    });
}

// Nothing may come any more but the end: so we see at once that the reader has left.
void Connection::watch_reader() {
    stream_.async_read_some(net::asio::buffer(in_),
                            [self = shared_from_this()](const error_code&, std::size_t) {
                                if (self->state_ != State::streaming) return;
                                // Ended by us: the read was cancelled for the sake of close_notify.
                                if (!self->endless_ && !self->feeding_) return self->shut_down();
                                self->close();
                            });
}

void Connection::feed_stream(bool idle) {
    if (!endless_) return;  // a WebSocket that is closing
    if (draining_) return end_stream();
    auto more = endless_->next(idle);
    if (!more) return end_stream();
    deadline_ = Clock::now() + server_.options.stream_idle;
    if (more->empty()) return;
    out_head_ = std::move(*more);
    feeding_ = true;
    deadline_ = Clock::now() + server_.options.write_timeout;
    if (messages_) return write_message();
    net::asio::async_write(
        stream_, net::asio::buffer(out_head_),
        [self = shared_from_this()](const error_code& error, std::size_t) { self->on_fed(error); });
}

void Connection::on_fed(const error_code& error) {
    feeding_ = false;
    if (state_ != State::streaming) return;
    if (error) return close();
    wipe(out_head_);
    feed_stream(false);
}

void Connection::end_stream() {
    constexpr std::uint16_t kGoingAway = 1001;
    if (messages_)
        return end_messages(draining_ ? MessageStream::Closing{kGoingAway, "this node is stopping"}
                                      : static_cast<const MessageStream&>(*endless_).closing());
    endless_.reset();
    deadline_ = Clock::now() + server_.options.linger_timeout;
    error_code ignored;
    stream_.next_layer().cancel(ignored);
}

}  // namespace reelproof::api
