// Connection, first half: the handshake, and reading a request up to its last byte.
#include <algorithm>

#include <boost/asio/write.hpp>

#include "api/http/connection.h"
#include "api/http/problem.h"
#include "api/http/text.h"
#include "api/http/tls_context.h"

namespace reelproof::api {
namespace {

using net::Clock;
using net::error_code;

// Bodies over this are not taken in before the caller's rights are known; smaller ones have mostly
// come with the head, and asking twice would cost a trip to a worker.
constexpr std::uint64_t kAuthoriseFirstAbove = 64UL * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";  // RFC 9110 15.2.1

// A body may take its time as long as it comes at the slowest rate that we put up with.
Clock::duration time_for(std::size_t bytes, const ServerOptions& options) {
    return std::chrono::milliseconds(bytes * 1000 /
                                     std::max<std::size_t>(1, options.min_transfer_rate));
}

}  // namespace

Connection::Connection(ServerContext& server, IoThread& home, net::Socket socket, Peer peer,
                       std::string limit_key)
    : server_(server),
      home_(home),
      stream_(std::move(socket), server.tls()->native_handle()),
      peer_(std::move(peer)),
      limit_key_(std::move(limit_key)),
      deadline_(Clock::now() + server.options.handshake_timeout),
      phase_began_(Clock::now()) {}

Connection::~Connection() {
    wipe_answer();
    wipe(in_.data(), in_.size());
}

void Connection::start() {
    stream_.async_handshake(
        net::TlsStream::server,
        [self = shared_from_this()](const error_code& error) { self->on_handshake(error); });
}

void Connection::on_handshake(const error_code& error) {
    if (state_ != State::handshake) return;
    if (error) {
        ++server_.counters.handshakes_failed;
        server_.log(LogLevel::debug,
                    "TLS handshake with " + peer_.address + ": " + error.message());
        return close();
    }
    peer_.certificate_spki = peer_spki(stream_.native_handle());
    next_request();
}

void Connection::read() {
    stream_.async_read_some(net::asio::buffer(in_),
                            [self = shared_from_this()](const error_code& error, std::size_t size) {
                                self->on_read(error, size);
                            });
}

void Connection::on_read(const error_code& error, std::size_t size) {
    if (state_ == State::closed) return;
    if (interrupted_ && (error || state_ != State::idle)) return on_interrupted();
    interrupted_ = false;
    if (error) {
        // The end between two requests is how clients leave; within one it is of no use to answer.
        if (state_ == State::idle && error == net::asio::error::eof) return shut_down();
        return close();
    }
    in_begin_ = 0;
    in_end_ = size;
    in_used_ = std::max(in_used_, size);
    process();
}

void Connection::process() {
    while (in_begin_ < in_end_) {
        in_begin_ += parser_->feed({in_.data() + in_begin_, in_end_ - in_begin_});
        if (state_ == State::idle && parser_->started()) {
            state_ = State::head;
            request_began_ = phase_began_ = Clock::now();
            deadline_ = phase_began_ + server_.options.header_timeout;
        }
        switch (parser_->state()) {
            case RequestParser::State::head:
                break;
            case RequestParser::State::head_done:
                return on_head();
            case RequestParser::State::body:
                if (!charge_body()) return respond_overloaded(false);
                break;
            case RequestParser::State::complete:
                if (!charge_body()) return respond_overloaded(is_whole());
                return submit(Job::answer);
            case RequestParser::State::failed:
                return refuse_malformed();
        }
    }
    if (state_ == State::body)
        deadline_ = phase_began_ + server_.options.body_timeout +
                    time_for(parser_->request().body.size(), server_.options);
    read();
}

void Connection::on_head() {
    Request& request = parser_->request();
    request.peer = peer_;
    entry_.method = to_string(request.method);
    entry_.path = request.path;
    const bool whole = parser_->framing().kind == Framing::Kind::none;
    RouteMatch found = server_.router.match(request.method, request.segments);
    if (found.route == nullptr) {
        if (auto late = turn_away()) return respond(std::move(*late), false);
        return respond(std::move(found.refusal), whole);
    }
    route_ = found.route;
    entry_.route = route_->pattern;
    request.route = route_->pattern;
    request.parameters = std::move(found.parameters);
    const bool gzip = route_->options.gzip_body;
    if (const auto coding = request.headers.get("Content-Encoding");
        coding && !iequals(*coding, "identity") && !(gzip && iequals(*coding, "gzip")))
        return respond(
            Problem(415)
                .detail(gzip ? "Send the body as it is, or with gzip."
                             : "Send the body without a Content-Encoding.")
                .header("Accept-Encoding", gzip ? "gzip" : "identity")  // RFC 9110 12.5.3
                .response(),
            whole);

    const Framing& framing = parser_->framing();
    const bool too_large = framing.kind == Framing::Kind::length &&
                           framing.length > route_->options.max_body && !route_->options.cut_body;
    const bool large = framing.kind == Framing::Kind::chunked || parser_->expects_continue() ||
                       framing.length > kAuthoriseFirstAbove;
    if (!whole && large && !too_large) return submit(Job::authorise);
    begin_body();
}

void Connection::begin_body() {
    parser_->accept_body(route_->options.max_body, route_->options.cut_body);
    if (parser_->state() == RequestParser::State::failed) return refuse_malformed();
    if (parser_->state() == RequestParser::State::complete) return submit(Job::answer);
    state_ = State::body;
    phase_began_ = Clock::now();
    deadline_ = phase_began_ + server_.options.body_timeout;
    // A client that has sent on without waiting needs no invitation (RFC 9110 10.1.1).
    if (parser_->expects_continue() && in_begin_ == in_end_) return invite_body();
    process();
}

// Read to its end, so that another may follow it.
bool Connection::is_whole() const {
    return parser_->state() == RequestParser::State::complete && !parser_->body_was_cut();
}

void Connection::invite_body() {
    state_ = State::inviting;
    out_head_ = kContinue;
    net::asio::async_write(stream_, net::asio::buffer(out_head_),
                           [self = shared_from_this()](const error_code& error, std::size_t) {
                               if (self->state_ != State::inviting) return;
                               if (error) return self->close();
                               self->state_ = State::body;
                               self->process();
                           });
}

// Counts against the memory for all bodies; false when that is used up.
bool Connection::charge(std::size_t more) {
    body_charged_ += more;
    return server_.body_memory.charge(limit_key_, more);
}

bool Connection::charge_body() {
    return charge(parser_->request().body.size() - body_charged_);
}

void Connection::release_body() {
    server_.body_memory.release(limit_key_, body_charged_);
    body_charged_ = 0;
}

// Of callers that nobody knows, each address may ask only so much.
std::optional<Response> Connection::turn_away() {
    const auto wait = server_.strangers.take(limit_key_);
    if (!wait) return std::nullopt;
    ++server_.counters.rate_limited;
    return Problem(429)
        .detail("This address asks too often without saying who it is.")
        .header("Retry-After", std::to_string(wait->count()))
        .response();
}

std::optional<Clock::time_point> Connection::waits_since() const {
    switch (state_) {
        case State::handshake:
        case State::idle:
        case State::head:
        case State::body:
        case State::inviting:
        case State::lingering:
            return phase_began_;
        case State::working:
        case State::held:
        case State::writing:
        case State::streaming:
        case State::closed:
            break;
    }
    return std::nullopt;
}

std::size_t Connection::neighbours() const {
    return server_.limits.open(limit_key_);
}

void Connection::make_room() {
    ++server_.counters.made_room;
    close();
}

void Connection::refuse_malformed() {
    ++server_.counters.bad_requests;
    const WireError& error = parser_->error();
    std::string detail = error.text;
    // Of that status only where a route is known: its body is over what that takes.
    if (error.status == 413)
        detail += ": more than the " + std::to_string(route_->options.max_body) +
                  " bytes that are taken here";
    respond(Problem(error.status).detail(std::move(detail)).response(), false);
}

void Connection::check_deadline(Clock::time_point now) {
    if (now < deadline_) return;
    if (state_ == State::held) return on_woken();
    if (state_ == State::streaming && endless_ && !feeding_) return feed_stream(true);
    if (state_ != State::idle && state_ != State::lingering) ++server_.counters.timeouts;
    switch (state_) {
        case State::idle:
        case State::head:
        case State::body:
            if (interrupted_) return close();
            return interrupt_read(now);
        case State::handshake:
        case State::inviting:
        case State::writing:
        case State::streaming:
        case State::lingering:
            return close();
        case State::working:
        case State::held:
        case State::closed:
            return;
    }
}

void Connection::drain() {
    draining_ = true;
    if (state_ == State::handshake) return close();
    if (state_ == State::held) return on_woken();
    if (state_ == State::streaming && endless_ && !feeding_) return end_stream();
    if (state_ == State::idle && !interrupted_) interrupt_read(Clock::now());
}

// A TLS stream can't read and shut down at the same time, so the read ends first.
void Connection::interrupt_read(Clock::time_point now) {
    interrupted_ = true;
    deadline_ = now + server_.options.linger_timeout;
    error_code ignored;
    stream_.next_layer().cancel(ignored);
}

void Connection::on_interrupted() {
    interrupted_ = false;
    if (state_ == State::idle) return shut_down();
    respond(Problem(408).detail("The request did not arrive in time.").response(), false);
}

}  // namespace reelproof::api
