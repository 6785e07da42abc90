#include "api/http/server.h"

#include <algorithm>
#include <mutex>

#include "api/http/io_thread.h"
#include "api/http/listener.h"
#include "api/http/server_context.h"
#include "api/http/tls_context.h"

namespace reelproof::api {
namespace {

constexpr std::chrono::milliseconds kSlowestSweep{500};
constexpr std::chrono::milliseconds kFastestSweep{10};

// Often enough that no timeout is missed by more than a quarter of itself.
std::chrono::milliseconds sweep_interval(const ServerOptions& options) {
    const auto shortest = std::min(
        {options.handshake_timeout, options.header_timeout, options.body_timeout,
         options.write_timeout, options.idle_timeout, options.stream_idle, options.linger_timeout});
    return std::clamp(shortest / 4, kFastestSweep, kSlowestSweep);
}

Result<std::shared_ptr<boost::asio::ssl::context>> load_tls(std::string_view certificate,
                                                            std::string_view key) {
    auto context = make_server_context(certificate, key);
    if (!context) return context.error();
    return std::make_shared<boost::asio::ssl::context>(context->release());
}

}  // namespace

class HttpServer::Impl {
  public:
    Impl(ServerOptions options, Router router) : context_(std::move(options), std::move(router)) {}

    Result<std::vector<std::uint16_t>> start() {
        std::lock_guard lock(mutex_);
        if (started_) return http_error(HttpErrorKind::invalid, "the server was started before");
        const ServerOptions& options = context_.options;
        auto tls = load_tls(options.certificate_pem, options.private_key_pem);
        if (!tls) return tls.error();
        context_.set_tls(*tls);
        if (options.listen.empty())
            return http_error(HttpErrorKind::invalid, "the server has no address to listen on");
        for (unsigned i = 0; i < std::max(1U, options.io_threads); ++i)
            threads_.push_back(std::make_unique<IoThread>(sweep_interval(options)));
        auto ports = listen();
        if (!ports) {
            listeners_.clear();
            threads_.clear();
            return ports;
        }
        started_ = running_ = true;
        context_.workers.start(options.worker_threads);
        for (auto& listener : listeners_) listener->accept();
        for (auto& thread : threads_) thread->start();
        return ports;
    }

    void stop(std::chrono::milliseconds patience) {
        std::lock_guard lock(mutex_);
        if (!running_) return;
        running_ = false;
        const auto deadline = std::chrono::steady_clock::now() + patience;
        boost::asio::post(threads_.front()->context(), [this] {
            for (auto& listener : listeners_) listener->close();
        });
        for (auto& thread : threads_) thread->drain();
        const bool finished = context_.limits.wait_until_empty(deadline);
        if (!finished && patience.count() > 0)
            context_.log(LogLevel::warning, "stop: cutting off " +
                                                std::to_string(context_.limits.open()) +
                                                " connections that did not finish in time");
        for (auto& thread : threads_) thread->abort_all();
        context_.workers.stop();
        for (auto& thread : threads_) thread->stop();
        listeners_.clear();
    }

    Result<void> replace_certificate(std::string_view certificate, std::string_view key) {
        auto tls = load_tls(certificate, key);
        if (!tls) return tls.error();
        context_.set_tls(*tls);
        return {};
    }

    ServerStats stats() const {
        const ServerCounters& counters = context_.counters;
        ServerStats out;
        out.connections_accepted = counters.accepted;
        out.connections_refused = counters.refused;
        out.connections_made_room = counters.made_room;
        out.connections_open = context_.limits.open();
        out.handshakes_failed = counters.handshakes_failed;
        out.timeouts = counters.timeouts;
        out.requests = counters.requests;
        out.bad_requests = counters.bad_requests;
        out.overloaded = counters.overloaded;
        out.rate_limited = counters.rate_limited;
        out.handler_failures = counters.handler_failures;
        out.worker_queue_length = context_.workers.waiting();
        return out;
    }

    const Router& router() const { return context_.router; }

  private:
    Result<std::vector<std::uint16_t>> listen() {
        std::vector<std::uint16_t> ports;
        for (const ListenAddress& where : context_.options.listen) {
            listeners_.push_back(std::make_unique<Listener>(context_, threads_));
            auto port = listeners_.back()->open(where);
            if (!port) return port.error();
            ports.push_back(*port);
        }
        return ports;
    }

    std::mutex mutex_;  // start and stop
    ServerContext context_;
    std::vector<std::unique_ptr<IoThread>> threads_;
    std::vector<std::unique_ptr<Listener>> listeners_;  // after threads_: destroyed first
    bool started_ = false;
    bool running_ = false;
};

HttpServer::HttpServer(ServerOptions options, Router router)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(router))) {}

HttpServer::~HttpServer() {
    stop(std::chrono::milliseconds(0));
}

Result<std::vector<std::uint16_t>> HttpServer::start() {
    return impl_->start();
}

void HttpServer::stop(std::chrono::milliseconds deadline) {
    impl_->stop(deadline);
}

Result<void> HttpServer::replace_certificate(std::string_view certificate_pem,
                                             std::string_view private_key_pem) {
    return impl_->replace_certificate(certificate_pem, private_key_pem);
}

ServerStats HttpServer::stats() const {
    return impl_->stats();
}

const Router& HttpServer::router() const {
    return impl_->router();
}

}  // namespace reelproof::api
