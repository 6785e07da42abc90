// Connection, second half: a worker's answer, writing it, and the next request or the end.
#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "api/http/connection.h"
#include "api/http/gzip.h"
#include "api/http/problem.h"
#include "api/http/response_writer.h"
#include "api/http/text.h"

namespace reelproof::api {
namespace {

using net::Clock;
using net::error_code;

constexpr std::size_t kOneRecord =
    16UL * 1024;  // RFC 8446 5.1: up to here head and body go together
constexpr std::chrono::milliseconds kIdleLinger{100};
constexpr const char* kRetryAfter = "1";  // seconds (RFC 9110 10.2.3)

Response internal_error() {
    return Problem(500).detail("The server failed; its log has the cause.").response();
}

// Itself, or what is nested in it.
bool is_out_of_space(const std::exception& failure) {
    if (const auto* system = dynamic_cast<const std::system_error*>(&failure))
        return system->code() == std::errc::no_space_on_device;
    try {
        std::rethrow_if_nested(failure);
    } catch (const std::exception& cause) {
        return is_out_of_space(cause);
    } catch (...) {
    }
    return false;
}

Response no_space() {
    return Problem(507)
        .detail(
            "The node's disk or store is full; its log says which: make room on the disk, or raise "
            "store.max_map_size, then the same command goes on.")
        .response();
}

Response overloaded() {
    return Problem(503)
        .detail("The server has more to do than it can; try again shortly.")
        .header("Retry-After", kRetryAfter)
        .response();
}

// The body as the handler is to see it. The coding was admitted with the head.
std::optional<Response> undo_gzip(Request& request, const GunzipLimits& limits) {
    const auto coding = request.headers.get("Content-Encoding");
    if (!coding || !iequals(*coding, "gzip")) return std::nullopt;
    Gunzipped plain = gunzip(request.body, limits);
    if (plain.error == GunzipError::too_large)
        return Problem(413)
            .detail("The body is too large once it is unpacked: more than " +
                    std::to_string(limits.max_size) + " bytes.")
            .response();
    if (plain.error) return Problem(400).detail("The body's gzip coding is damaged.").response();
    wipe(request.body);
    request.body = std::move(plain.data);
    request.headers.erase("Content-Encoding");
    return std::nullopt;
}

}  // namespace

void Connection::submit(Job job) {
    state_ = State::working;
    deadline_ = Clock::time_point::max();
    if (route_->options.on_network_thread) return on_performed(perform(job));
    // The task owns the connection until the answer is posted back, and so does the answer: the
    // worker never holds the last reference.
    auto task = [self = shared_from_this(), job](bool too_late) mutable {
        std::optional<Response> response;
        if (too_late)
            response = Problem(503).header("Retry-After", kRetryAfter).response();
        else
            response = self->perform(job);
        if (too_late) ++self->server_.counters.overloaded;
        auto& context = self->home_.context();
        net::asio::post(context, [self = std::move(self), r = std::move(response)]() mutable {
            self->on_performed(std::move(r));
        });
    };
    if (!server_.workers.try_submit(std::move(task))) respond_overloaded(is_whole());
}

// On a worker, which owns the request and what is known of it. Nothing: authorised, go on; or the
// request is to wait.
std::optional<Response> Connection::perform(Job job) {
    Request& request = parser_->request();
    try {
        if (!authorised_) {
            auto refusal = server_.router.authorise(*route_, request);
            if (!request.principal.has_value())
                if (auto late = turn_away()) {
                    turned_away_ = true;
                    return late;
                }
            if (refusal) return refusal;
            authorised_ = true;
        }
        if (job == Job::authorise) return std::nullopt;
        if (route_->options.hold && !std::exchange(was_held_, true)) {
            hold_ = route_->options.hold(request, waker());
            if (hold_) return std::nullopt;
        }
        const GunzipLimits limits{.max_size = route_->options.max_body,
                                  .cut = route_->options.cut_body,
                                  .broken_off = parser_->body_was_cut()};
        if (auto refusal = undo_gzip(request, limits)) return refusal;
        Response response = server_.router.answer(*route_, request);
        if (!is_sendable(response)) {
            ++server_.counters.handler_failures;
            server_.log(LogLevel::error,
                        route_->pattern + ": the handler's status or a header can't be sent");
            return internal_error();
        }
        compress_response(request.headers, route_->options.compression, response);
        return response;
    } catch (const std::exception& failure) {
        ++server_.counters.handler_failures;
        server_.log(LogLevel::error, route_->pattern + ": " + failure.what());
        if (is_out_of_space(failure)) return no_space();
    } catch (...) {
        ++server_.counters.handler_failures;
        server_.log(LogLevel::error, route_->pattern + ": an exception of unknown type");
    }
    return internal_error();
}

// The connection owns what calls this, so the last reference never goes on the calling thread.
std::function<void()> Connection::waker() {
    return [weak = weak_from_this()] {
        auto self = weak.lock();
        if (!self) return;
        auto& context = self->home_.context();
        net::asio::post(context, [self = std::move(self)] { self->on_woken(); });
    };
}

void Connection::on_performed(std::optional<Response> response) {
    if (state_ == State::closed) {
        // Nobody is left to be told; it may hold the text of a label.
        if (response)
            if (auto* own = std::get_if<std::string>(&response->body)) wipe(*own);
        return hold_.reset();
    }
    if (hold_) return on_held();
    if (!response) return begin_body();
    respond(std::move(*response), is_whole() && !turned_away_);
}

void Connection::on_held() {
    state_ = State::held;
    deadline_ = Clock::now() + hold_->longest;
    if (woken_ || draining_) on_woken();
}

// It may be woken before the worker has told us that it is to wait.
void Connection::on_woken() {
    woken_ = true;
    if (state_ != State::held) return;
    hold_.reset();
    submit(Job::answer);
}

void Connection::respond_overloaded(bool whole) {
    ++server_.counters.overloaded;
    respond(overloaded(), whole);
}

// From here on the request is not needed; a large answer takes its place in the memory for bodies.
void Connection::make_way_for(Response& response) {
    std::string& body = parser_->request().body;
    entry_.request_bytes = body.size();
    wipe(body);
    body = {};
    release_body();
    const Method method = parser_->request().method;
    const std::size_t size = has_body(response, method) ? response.body_view().size() : 0;
    if (size <= kOneRecord || charge(size)) return;
    release_body();
    ++server_.counters.overloaded;
    if (auto* own = std::get_if<std::string>(&response.body)) wipe(*own);
    response = overloaded();
}

void Connection::respond(Response response, bool whole) {
    if (!is_sendable(response)) response = internal_error();  // a refusal of the authoriser
    make_way_for(response);
    if (route_ != nullptr && route_->options.concise_problems) make_concise(response);
    ++requests_;
    ++server_.counters.requests;
    const Method method = parser_->request().method;
    if (has_body(response, method)) endless_ = response.stream;
    if (response.status == kSwitchingProtocols) {
        entry_.status = response.status;
        return begin_messages(parser_->request(), response);
    }
    close_after_ = endless_ != nullptr || !whole || !parser_->keep_alive() || draining_ ||
                   requests_ >= server_.options.max_requests_per_connection;
    HeadOptions head;
    head.to = method;
    head.close = close_after_;
    head.defaults = &server_.options.default_headers;
    head.date = home_.date();
    const std::size_t body = has_body(response, method) ? response.body_view().size() : 0;
    if (body <= kOneRecord) head.room = body;
    out_head_ = response_head(response, head);
    out_body_ = std::string();
    out_done_ = 0;

    entry_.status = response.status;
    entry_.response_bytes = body;
    out_total_ = out_head_.size() + body;
    if (body > 0 && out_total_ <= kOneRecord) {
        append_wiping(out_head_, response.body_view());
        if (auto* own = std::get_if<std::string>(&response.body)) wipe(*own);
    } else if (body > 0) {
        out_body_ = std::move(response.body);
    }

    state_ = State::writing;
    phase_began_ = Clock::now();
    deadline_ = phase_began_ + server_.options.write_timeout;
    write();
}

void Connection::write() {
    std::string_view rest = out_head_;
    if (out_done_ < out_head_.size()) {
        rest.remove_prefix(out_done_);
    } else {
        const auto* own = std::get_if<std::string>(&out_body_);
        rest = own != nullptr ? *own : *std::get<std::shared_ptr<const std::string>>(out_body_);
        rest.remove_prefix(out_done_ - out_head_.size());
    }
    stream_.async_write_some(
        net::asio::buffer(rest.data(), rest.size()),
        [self = shared_from_this()](const error_code& error, std::size_t size) {
            self->on_write(error, size);
        });
}

void Connection::on_write(const error_code& error, std::size_t size) {
    if (state_ != State::writing) return;
    if (error) return close();
    out_done_ += size;
    const auto& options = server_.options;
    deadline_ = phase_began_ + options.write_timeout +
                std::chrono::milliseconds(out_done_ * 1000 /
                                          std::max<std::size_t>(1, options.min_transfer_rate));
    if (out_done_ < out_total_) return write();
    on_answered();
}

void Connection::log_answered() {
    if (!server_.options.access_log) return;
    entry_.address = peer_.address;
    entry_.client_certificate = peer_.certificate_spki.has_value();
    entry_.duration =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - request_began_);
    server_.log_access(entry_);
}

void Connection::on_answered() {
    log_answered();
    release_body();
    wipe_answer();
    if (endless_) return begin_stream();
    if (close_after_ || draining_) return shut_down();
    next_request();
}

// An answer may hold the text of a label.
void Connection::wipe_answer() {
    wipe(out_head_);
    if (auto* own = std::get_if<std::string>(&out_body_)) wipe(*own);
    out_head_ = {};
    out_body_ = std::string();
}

void Connection::next_request() {
    // All but what may be the beginning of the next.
    wipe(in_.data(), in_begin_);
    wipe(in_.data() + in_end_, in_used_ - in_end_);
    in_used_ = in_end_;
    RequestParser::Limits limits;
    limits.max_header = server_.options.max_header;
    limits.max_fields = server_.options.max_fields;
    parser_.emplace(limits);
    route_ = nullptr;
    authorised_ = turned_away_ = was_held_ = woken_ = false;
    entry_ = AccessEntry{};
    entry_.method = entry_.path = "-";
    state_ = State::idle;
    phase_began_ = Clock::now();
    deadline_ = phase_began_ + server_.options.idle_timeout;
    process();  // what the client has pipelined, if anything; else a read
}

// Closing at once could destroy the answer: bytes that we never read make the system send a reset,
// at which the client throws away what it has not read yet. So: say that we are done, and read on
// until the client is, or the deadline.
void Connection::shut_down() {
    // Between requests there is no answer to lose; then this only gives close_notify time to leave.
    const auto patience = state_ == State::idle
                              ? std::min(kIdleLinger, server_.options.linger_timeout)
                              : server_.options.linger_timeout;
    // Who is still sending what we cut off may finish: many read the answer only then.
    const bool was_cut = state_ != State::idle && parser_->body_was_cut();
    state_ = State::lingering;
    deadline_ = linger_until_ = Clock::now() + patience;
    if (was_cut) linger_until_ += server_.options.body_timeout;
    stream_.async_shutdown([self = shared_from_this()](const error_code&) {
        if (self->state_ != State::lingering) return;
        error_code failed;
        self->stream_.next_layer().shutdown(net::Socket::shutdown_send, failed);
        if (failed) return self->close();
        self->discard();
    });
}

void Connection::discard() {
    stream_.next_layer().async_read_some(
        net::asio::buffer(in_), [self = shared_from_this()](const error_code& error, std::size_t) {
            if (self->state_ != State::lingering) return;
            if (error) return self->close();
            self->deadline_ =
                std::min(Clock::now() + self->server_.options.linger_timeout, self->linger_until_);
            self->discard();
        });
}

void Connection::close() {
    if (state_ == State::closed) return;
    // A worker may still read the request; only the socket goes, the rest with the last reference.
    const bool was_waiting = state_ == State::held;
    state_ = State::closed;
    endless_.reset();
    deadline_ = Clock::time_point::max();
    release_body();
    if (was_waiting) hold_.reset();
    error_code ignored;
    stream_.next_layer().close(ignored);
    server_.limits.release(limit_key_);
    home_.remove(shared_from_this());
}

}  // namespace reelproof::api
