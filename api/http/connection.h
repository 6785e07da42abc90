// One client's TLS connection, from the handshake to the close: reads one request at a time, hands
// it to a worker, writes the answer, goes on. While a worker has the request nothing is read, so a
// client that pipelines waits in its own socket's buffer.
// All functions run on the connection's IoThread. Internal to api/http.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/io_thread.h"
#include "api/http/message_stream.h"
#include "api/http/net.h"
#include "api/http/request_parser.h"
#include "api/http/router.h"
#include "api/http/server_context.h"
#include "api/http/tls_stream.h"

namespace reelproof::api {

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    // Holds a place of server.limits under `limit_key`, and gives it back when it closes.
    // `server` and `home` outlive it.
    Connection(ServerContext& server, IoThread& home, net::Socket socket, Peer peer,
               std::string limit_key);
    // Wipes what it still holds of requests and answers.
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start();
    void check_deadline(net::Clock::time_point now);
    // No more requests after the one that has begun; none begun: close.
    void drain();
    // At once, whatever is going on.
    void close();

    // Since when it only takes up a place: nothing was sent that we work on.
    [[nodiscard]] std::optional<net::Clock::time_point> waits_since() const;
    // Connections of the same address, itself included.
    [[nodiscard]] std::size_t neighbours() const;
    // Closes for the sake of others.
    void make_room();

  private:
    enum class State {
        handshake,
        idle,      // between requests; a read is pending
        head,      // a request has begun; a read is pending
        body,      // a read is pending
        inviting,  // writing 100 Continue
        working,   // a worker owns parser_; nothing is pending here
        held,      // until something happens (RouteOptions::hold); nothing is pending here
        writing,
        streaming,  // a body without an end; a read is pending, and perhaps a write
        lingering,  // the last answer is sent; waiting for the client to have read it
        closed,
    };
    enum class Job { authorise, answer };

    // connection_read.cc: up to the whole request
    void on_handshake(const net::error_code& error);
    void read();
    void on_read(const net::error_code& error, std::size_t size);
    void process();
    void on_head();
    void begin_body();
    [[nodiscard]] bool is_whole() const;
    bool charge(std::size_t more);
    bool charge_body();
    void invite_body();
    void interrupt_read(net::Clock::time_point now);
    void on_interrupted();
    void refuse_malformed();
    std::optional<Response> turn_away();

    // connection_answer.cc: from the whole request on
    void submit(Job job);
    std::optional<Response> perform(Job job);
    std::function<void()> waker();
    void on_performed(std::optional<Response> response);
    void on_held();
    void on_woken();
    // `whole`: the request was read to its end (is_whole).
    void respond(Response response, bool whole);
    void respond_overloaded(bool whole);
    void make_way_for(Response& response);
    void write();
    void on_write(const net::error_code& error, std::size_t size);
    void on_answered();
    void log_answered();
    // connection_stream.cc: a body without an end
    void begin_stream();
    void open_stream();
    void watch_reader();
    void feed_stream(bool idle);
    void on_fed(const net::error_code& error);
    void end_stream();
    // connection_messages.cc: one that is made of messages
    void begin_messages(const Request& request, const Response& answer);
    void await_message();
    void write_message();
    void end_messages(const MessageStream::Closing& why);
    void next_request();
    void shut_down();
    void discard();
    void release_body();
    void wipe_answer();

    ServerContext& server_;
    IoThread& home_;
    net::TlsStream stream_;
    Peer peer_;
    const std::string limit_key_;

    State state_ = State::handshake;
    net::Clock::time_point deadline_;
    bool draining_ = false;
    bool interrupted_ = false;

    std::array<char, 16UL * 1024> in_;  // as large as a TLS record
    std::size_t in_begin_ = 0, in_end_ = 0;
    std::size_t in_used_ = 0;  // bytes of in_ that a read has written since they were wiped
    std::optional<RequestParser> parser_;  // in state `working`: the worker's
    const Route* route_ = nullptr;
    bool authorised_ = false;   // in state `working`: the worker's
    bool turned_away_ = false;  // in state `working`: the worker's
    bool was_held_ = false;     // in state `working`: the worker's
    std::optional<Hold> hold_;  // in state `working`: the worker's
    bool woken_ = false;
    std::size_t body_charged_ = 0;
    std::size_t requests_ = 0;
    net::Clock::time_point phase_began_;
    AccessEntry entry_;
    net::Clock::time_point request_began_{};

    std::string out_head_;      // and a small body
    Response::Body out_body_;   // a large body
    std::size_t out_done_ = 0;  // bytes of both that are written
    std::size_t out_total_ = 0;
    bool close_after_ = false;
    std::shared_ptr<BodyStream> endless_;
    bool feeding_ = false;  // a write of the stream is pending
    // In the place of plain bytes, where endless_ is a MessageStream.
    struct Messages;
    std::shared_ptr<Messages> messages_;
    net::Clock::time_point linger_until_{};
};

}  // namespace reelproof::api
