#include "api/http/client.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "api/http/client_connection.h"
#include "api/http/gzip.h"
#include "api/http/origin.h"
#include "api/http/response_parser.h"
#include "api/http/text.h"
#include "api/http/tls_context.h"

namespace reelproof::api {
namespace {

using Deadline = ClientConnection::Deadline;
using net::Clock;

// Before a body over this is sent, the server is asked whether it wants it (RFC 9110 10.1.1), and
// given this long to say so.
constexpr std::size_t kAskFirstAbove = 1 << 20;
constexpr std::chrono::seconds kAskPatience{2};

bool is_target(std::string_view target) {
    return target.starts_with('/') && std::all_of(target.begin(), target.end(), [](char c) {
               return c > 0x20 && c < 0x7F && c != '#';
           });
}

bool is_value(std::string_view value) {
    return std::all_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

bool are_sendable(const Headers& headers) {
    return std::all_of(headers.begin(), headers.end(), [](const auto& field) {
        return is_token(field.first) && is_value(field.second) &&
               !iequals(field.first, "Content-Length") &&
               !iequals(field.first, "Transfer-Encoding") && !iequals(field.first, "Host") &&
               !iequals(field.first, "Connection") && !iequals(field.first, "Expect");
    });
}

bool is_idempotent(Method method) {  // RFC 9110 9.2.2
    return method != Method::post && method != Method::patch;
}

}  // namespace

class HttpClient::Impl {
  public:
    explicit Impl(ClientOptions options) : options_(std::move(options)) {}

    Result<Response> request(Method method, std::string_view target, std::string_view body,
                             std::string_view content_type, const Headers& headers,
                             const CallOptions& call) {
        const Deadline deadline = deadline_of(call);
        if (!is_target(target))
            return http_error(HttpErrorKind::invalid,
                              "the target must be a percent-encoded path that starts with '/'");
        if (!are_sendable(headers) || !is_value(content_type))
            return http_error(HttpErrorKind::invalid, "a header of the request can't be sent");
        const Turn turn(*this, deadline);
        if (!turn)
            return http_error(HttpErrorKind::timeout,
                              "another request on this connection took all the time");
        if (auto ready = set_up(); !ready) return ready.error();

        Exchange exchange;
        exchange.method = method;
        exchange.head = head_of(method, target, body, content_type, headers);
        exchange.body = body;
        exchange.deadline = deadline;
        exchange.max_response = call.max_response.value_or(options_.max_response);
        if (connection_.is_open() && connection_.is_stale()) connection_.close();
        const bool kept = connection_.is_open();
        auto response = attempt(exchange);
        const bool again = !response && kept && !exchange.answer_began &&
                           response.error().kind == HttpErrorKind::closed &&
                           (call.idempotent || is_idempotent(method));
        if (again) response = attempt(exchange);
        if (!response) connection_.close();
        return response;
    }

    Result<void> get_each(const std::vector<std::string>& targets, const Take& take,
                          const Headers& headers, const CallOptions& call) {
        if (!std::all_of(targets.begin(), targets.end(), is_target))
            return http_error(HttpErrorKind::invalid,
                              "a target must be a percent-encoded path that starts with '/'");
        if (!are_sendable(headers))
            return http_error(HttpErrorKind::invalid, "a header of the request can't be sent");
        Exchange exchange;
        exchange.deadline = deadline_of(call);
        exchange.max_response = call.max_response.value_or(options_.max_response);
        const Turn turn(*this, exchange.deadline);
        if (!turn)
            return http_error(HttpErrorKind::timeout,
                              "another request on this connection took all the time");
        if (auto ready = set_up(); !ready) return ready;
        if (connection_.is_open() && connection_.is_stale()) connection_.close();
        std::size_t next = 0;
        while (next < targets.size()) {
            const bool kept = connection_.is_open();
            const std::size_t before = next;
            exchange.answer_began = false;
            auto asked = attempt_each(exchange, call, targets, headers, next, take);
            if (asked) continue;
            connection_.close();
            // A server may end a connection after any answer: the rest is asked for again.
            const bool again = asked.error().kind == HttpErrorKind::closed &&
                               !exchange.answer_began && (kept || next > before);
            if (!again) return asked;
        }
        return {};
    }

    void cancel() { connection_.cancel(); }

    std::optional<SpkiSha256> server_spki() const {
        std::lock_guard lock(seen_mutex_);
        return seen_;
    }

    std::size_t connections_made() const { return connections_made_; }

  private:
    // One request at a time. (Not a timed_mutex: ThreadSanitizer can't see those.)
    class Turn {
      public:
        Turn(Impl& client, Deadline deadline) : client_(client) {
            std::unique_lock lock(client_.turn_mutex_);
            taken_ = client_.turn_ended_.wait_until(lock, deadline,
                                                    [&] { return !client_.turn_taken_; });
            if (taken_) client_.turn_taken_ = true;
        }
        ~Turn() {
            if (!taken_) return;
            // What is left of an answer must not be taken for that of the next request.
            if (std::uncaught_exceptions() > thrown_) client_.connection_.close();
            std::lock_guard lock(client_.turn_mutex_);
            client_.turn_taken_ = false;
            client_.turn_ended_.notify_one();
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        explicit operator bool() const { return taken_; }

      private:
        Impl& client_;
        const int thrown_ = std::uncaught_exceptions();
        bool taken_ = false;
    };

    struct Exchange {
        Method method = Method::get;
        std::string head;
        std::string_view body;
        Deadline deadline;
        std::size_t max_response = 0;
        bool answer_began = false;
    };

    [[nodiscard]] Deadline deadline_of(const CallOptions& call) const {
        const Deadline own = Clock::now() + call.timeout.value_or(options_.request_timeout);
        return call.until ? std::min<Deadline>(own, *call.until) : own;
    }

    // Once it has worked, it isn't done again.
    Result<void> set_up() {
        if (context_) return {};
        auto origin = parse_origin(options_.origin);
        if (!origin) return origin.error();
        auto context = make_client_context(options_.certificate_pem, options_.private_key_pem);
        if (!context) return context.error();
        origin_ = *origin;
        context_ = std::move(*context);
        return {};
    }

    std::string head_of(Method method, std::string_view target, std::string_view body,
                        std::string_view content_type, const Headers& headers) const {
        std::string out;
        out.append(to_string(method)).append(" ").append(target).append(" HTTP/1.1\r\n");
        out.append("Host: ").append(origin_.host_header()).append("\r\n");
        if (!headers.has("User-Agent"))
            out.append("User-Agent: ").append(options_.user_agent).append("\r\n");
        if (!headers.has("Accept-Encoding")) out.append("Accept-Encoding: gzip\r\n");
        if (!content_type.empty()) out.append("Content-Type: ").append(content_type).append("\r\n");
        if (!body.empty() || !(method == Method::get || method == Method::head))
            out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
        if (body.size() > kAskFirstAbove) out.append("Expect: 100-continue\r\n");
        for (const auto& [name, value] : headers)
            out.append(name).append(": ").append(value).append("\r\n");
        return out.append("\r\n");
    }

    Result<void> connect(Deadline deadline) {
        deadline = std::min(deadline, Clock::now() + options_.connect_timeout);
        std::optional<SpkiSha256> seen;
        auto connected =
            connection_.connect(origin_, context_.get(), options_.pinned_spki, deadline, seen);
        if (seen) {
            std::lock_guard lock(seen_mutex_);
            seen_ = seen;
        }
        if (connected) ++connections_made_;
        rest_ = {};
        return connected;
    }

    // Asks for all from `next` on and moves it over what was answered: to the end, unless the
    // server closes the connection in good order.
    Result<void> attempt_each(Exchange& exchange, const CallOptions& call,
                              const std::vector<std::string>& targets, const Headers& headers,
                              std::size_t& next, const Take& take) {
        if (!connection_.is_open())
            if (auto connected = connect(exchange.deadline); !connected) return connected;
        std::string heads;
        for (std::size_t i = next; i < targets.size(); ++i)
            heads += head_of(Method::get, targets[i], {}, {}, headers);
        if (auto sent = connection_.write(heads, exchange.deadline); !sent) return sent;
        while (next < targets.size() && connection_.is_open()) {
            exchange.answer_began = false;
            exchange.deadline = deadline_of(call);
            ResponseParser parser(Method::get, limits_of(exchange));
            if (auto received = receive(exchange, parser); !received) return received;
            auto response = finish(exchange, parser);
            if (!response) return response.error();
            const bool last = ++next == targets.size();
            if (!parser.keep_alive() || (last && !rest_.empty())) connection_.close();
            if (take(std::move(*response)) || last) continue;
            next = targets.size();
            connection_.close();
        }
        return {};
    }

    ResponseParser::Limits limits_of(const Exchange& exchange) const {
        ResponseParser::Limits limits;
        limits.max_header = options_.max_header;
        // Whether it is packed is not known yet.
        limits.max_body = exchange.max_response + gzip_overhead(exchange.max_response);
        return limits;
    }

    Result<Response> attempt(Exchange& exchange) {
        if (!connection_.is_open())
            if (auto connected = connect(exchange.deadline); !connected) return connected.error();
        ResponseParser parser(exchange.method, limits_of(exchange));
        auto sent = send(exchange, parser);
        // A server that refuses a body may close while we still send; its answer may lie there.
        if (!sent && (sent.error().kind != HttpErrorKind::closed || exchange.body.empty()))
            return sent.error();
        auto received = receive(exchange, parser);
        if (!received) return sent ? received.error() : sent.error();
        // More than was asked for: don't trust what follows.
        if (!sent || !*sent || !parser.keep_alive() || !rest_.empty()) connection_.close();
        return finish(exchange, parser);
    }

    // True when all was sent; false when the server has answered before it took the body.
    Result<bool> send(Exchange& exchange, ResponseParser& parser) {
        std::string first = exchange.head;
        const bool ask = exchange.body.size() > kAskFirstAbove;
        if (!ask) first += exchange.body;
        if (auto sent = connection_.write(first, exchange.deadline); !sent) return sent.error();
        if (!ask) return true;
        const Deadline patience = std::min(exchange.deadline, Clock::now() + kAskPatience);
        if (connection_.wait_readable(patience)) {
            if (auto read = feed(exchange, parser); !read) return read.error();
            if (!parser.invited()) return false;
        }
        if (auto sent = connection_.write(exchange.body, exchange.deadline); !sent)
            return sent.error();
        return true;
    }

    // One read into the parser.
    Result<void> feed(Exchange& exchange, ResponseParser& parser) {
        if (rest_.empty()) {
            auto size = connection_.read(buffer_, exchange.deadline);
            if (!size) return size.error();
            if (*size == 0) {
                if (parser.finish_at_close()) return {};
                return http_error(
                    HttpErrorKind::closed,
                    "the server closed the connection before its answer was complete");
            }
            rest_ = {buffer_.data(), *size};
        }
        exchange.answer_began = true;
        rest_.remove_prefix(parser.feed(rest_));
        return {};
    }

    Result<void> receive(Exchange& exchange, ResponseParser& parser) {
        while (parser.state() == ResponseParser::State::need_more) {
            if (!connection_.is_open())
                return http_error(HttpErrorKind::closed, "the connection is closed");
            if (auto read = feed(exchange, parser); !read) return read;
        }
        if (parser.state() == ResponseParser::State::too_large) return too_large(exchange);
        if (parser.state() == ResponseParser::State::malformed)
            return http_error(
                HttpErrorKind::protocol,
                std::string("the server's answer is not HTTP/1.1: ") + parser.error());
        return {};
    }

    Result<Response> finish(const Exchange& exchange, ResponseParser& parser) {
        Response response = std::move(parser.response());
        const auto coding = response.headers.get("Content-Encoding");
        if (!coding || iequals(*coding, "identity") || response.body_view().empty()) {
            if (response.body_view().size() > exchange.max_response) return too_large(exchange);
            return response;
        }
        if (!iequals(*coding, "gzip") && !iequals(*coding, "x-gzip"))
            return http_error(HttpErrorKind::protocol,
                              "the server sent a content coding that was not asked for");
        Gunzipped plain = gunzip(response.body_view(), exchange.max_response);
        if (plain.error == GunzipError::too_large) return too_large(exchange);
        if (plain.error)
            return http_error(HttpErrorKind::protocol, "the server's gzip body is damaged");
        response.body = std::move(plain.data);
        response.headers.erase("Content-Encoding");
        response.headers.erase("Content-Length");
        return response;
    }

    static HttpError too_large(const Exchange& exchange) {
        return http_error(
            HttpErrorKind::too_large,
            "the answer is over the limit of " + std::to_string(exchange.max_response) + " bytes");
    }

    const ClientOptions options_;
    std::mutex turn_mutex_;
    std::condition_variable turn_ended_;
    bool turn_taken_ = false;  // under turn_mutex_

    // Of the request whose turn it is:
    Origin origin_;
    SslContextHandle context_;
    ClientConnection connection_;  // cancel() without the lock
    std::array<char, 16UL * 1024> buffer_;
    std::string_view rest_;  // of the buffer, not yet parsed

    std::atomic<std::size_t> connections_made_{0};
    mutable std::mutex seen_mutex_;
    std::optional<SpkiSha256> seen_;  // under seen_mutex_
};

HttpClient::HttpClient(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

HttpClient::~HttpClient() {
    impl_->cancel();
}

Result<Response> HttpClient::request(Method method, std::string_view target, std::string_view body,
                                     std::string_view content_type, const Headers& headers,
                                     const CallOptions& call) {
    return impl_->request(method, target, body, content_type, headers, call);
}

Result<Response> HttpClient::get(std::string_view target, const Headers& headers,
                                 const CallOptions& call) {
    return impl_->request(Method::get, target, {}, {}, headers, call);
}

Result<void> HttpClient::get_each(const std::vector<std::string>& targets, const Take& take,
                                  const Headers& headers, const CallOptions& call) {
    return impl_->get_each(targets, take, headers, call);
}

Result<Response> HttpClient::post(std::string_view target, std::string_view body,
                                  std::string_view content_type, const Headers& headers,
                                  const CallOptions& call) {
    return impl_->request(Method::post, target, body, content_type, headers, call);
}

void HttpClient::cancel() {
    impl_->cancel();
}

std::optional<SpkiSha256> HttpClient::server_spki() const {
    return impl_->server_spki();
}

std::size_t HttpClient::connections_made() const {
    return impl_->connections_made();
}

}  // namespace reelproof::api
