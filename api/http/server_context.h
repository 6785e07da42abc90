// What all connections of a server share. Thread-safe: the options and the router don't change,
// the rest is atomic or locked. Internal to api/http.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "api/http/body_memory.h"
#include "api/http/connection_limits.h"
#include "api/http/rate_limits.h"
#include "api/http/router.h"
#include "api/http/server.h"
#include "api/http/worker_pool.h"

namespace reelproof::api {

struct ServerCounters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> made_room{0};
    std::atomic<std::uint64_t> handshakes_failed{0};
    std::atomic<std::uint64_t> timeouts{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> bad_requests{0};
    std::atomic<std::uint64_t> overloaded{0};
    std::atomic<std::uint64_t> rate_limited{0};
    std::atomic<std::uint64_t> handler_failures{0};
};

class ServerContext {
  public:
    ServerContext(ServerOptions given_options, Router given_router);

    const ServerOptions options;
    const Router router;
    ServerCounters counters;
    ConnectionLimits limits;
    RateLimits arrivals;     // connections, by address
    RateLimits strangers;    // requests of callers that nobody knows, by address
    BodyMemory body_memory;  // by address
    WorkerPool workers;      // started before the first connection

    void set_tls(std::shared_ptr<boost::asio::ssl::context> context);
    std::shared_ptr<boost::asio::ssl::context> tls() const;

    // Never throw, whatever the caller's functions do.
    void log(LogLevel level, std::string text) const noexcept;
    void log_access(const AccessEntry& entry) const noexcept;

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<boost::asio::ssl::context> tls_;  // under mutex_
};

}  // namespace reelproof::api
