#include "api/http/server_context.h"

namespace reelproof::api {

ServerContext::ServerContext(ServerOptions given_options, Router given_router)
    : options(std::move(given_options)),
      router(std::move(given_router)),
      limits(options.max_connections, options.max_connections_per_address),
      arrivals(options.connection_rate),
      strangers(options.stranger_rate),
      body_memory(options.max_body_memory),
      workers(options.worker_queue, options.max_queue_wait) {}

void ServerContext::set_tls(std::shared_ptr<boost::asio::ssl::context> context) {
    std::lock_guard lock(mutex_);
    tls_ = std::move(context);
}

std::shared_ptr<boost::asio::ssl::context> ServerContext::tls() const {
    std::lock_guard lock(mutex_);
    return tls_;
}

void ServerContext::log(LogLevel level, std::string text) const noexcept {
    if (!options.logger) return;
    try {
        options.logger(level, std::move(text));
    } catch (...) {  // a logger that fails must not take the server with it
    }
}

void ServerContext::log_access(const AccessEntry& entry) const noexcept {
    if (!options.access_log) return;
    try {
        options.access_log(entry);
    } catch (...) {  // as above
    }
}

}  // namespace reelproof::api
