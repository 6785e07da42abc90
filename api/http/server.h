// An HTTPS/1.1 server: TLS 1.2 and 1.3, keep-alive, limits and timeouts against slow and hostile
// clients. Handlers are plain functions on a bounded pool of worker threads.
// Thread-safe: all public functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http/error.h"
#include "api/http/message.h"
#include "api/http/rate_limits.h"
#include "api/http/router.h"

namespace reelproof::api {

enum class LogLevel { debug, info, warning, error };

// Called from network and worker threads, several at once; must not block for long nor throw.
using HttpLogger = std::function<void(LogLevel, std::string)>;

// One answered request. Holds no query, body or header: they may hold secrets.
struct AccessEntry {
    std::string address;
    std::string method;  // as sent; "-" when the request could not be read
    std::string path;    // as sent, without the query; "-" when the request could not be read
    std::string route;   // the pattern, for metrics; empty when none fits
    int status = 0;
    std::size_t request_bytes = 0;         // body
    std::size_t response_bytes = 0;        // body as sent (compressed)
    std::chrono::microseconds duration{};  // from the request's first byte to the answer's last
    bool client_certificate = false;
};
using AccessLogger = std::function<void(const AccessEntry&)>;

struct ListenAddress {
    std::string address = "127.0.0.1";  // numeric; "::" takes IPv4 as well where the system does
    std::uint16_t port = 0;             // 0: any free one
};

struct ServerOptions {
    using Duration = std::chrono::milliseconds;

    std::vector<ListenAddress> listen{ListenAddress{}};
    std::string certificate_pem;  // the chain, leaf first
    std::string private_key_pem;

    unsigned io_threads = 1;
    unsigned worker_threads = 4;
    std::size_t worker_queue = 256;   // requests that wait for a worker; one more gets 503
    Duration max_queue_wait{10'000};  // a request that waited longer gets 503, not a worker

    Duration handshake_timeout{10'000};
    Duration header_timeout{10'000};  // from a request's first byte to the end of its header
    Duration body_timeout{30'000};    // plus what min_transfer_rate allows for its size
    Duration write_timeout{30'000};   // plus what min_transfer_rate allows for its size
    Duration idle_timeout{60'000};    // between requests
    Duration stream_idle{15'000};     // after which a stream is asked for a sign of life
    Duration linger_timeout{2'000};   // after the last answer, for the peer to read it
    std::size_t min_transfer_rate = 16UL * 1024;  // bytes/s that extend body and write timeouts

    std::size_t max_header = 16UL * 1024;  // request line and fields; more gets 431
    std::size_t max_fields = 100;          // more gets 431
    // All bodies of requests and large answers at once, half of it for one address; more gets 503.
    std::size_t max_body_memory = 256 << 20;
    // One more is closed at once. From seven eighths on each new one costs the address that has the
    // most one that only waits (for a handshake, a request or the rest of one).
    std::size_t max_connections = 1'000;
    std::size_t max_connections_per_address = 100;
    // Of one address: new connections, over which they are closed at once; and requests whose
    // caller the authoriser makes not known, over which they get 429 and the connection closes.
    // IPv6 counts by /64. Nothing: no limit.
    std::optional<Rate> connection_rate{}, stranger_rate{};
    std::size_t max_requests_per_connection = 100'000;

    // Sent with each response that doesn't set them itself.
    Headers default_headers{{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}};

    HttpLogger logger;        // optional
    AccessLogger access_log;  // optional
};

// Counters since the start, and gauges.
struct ServerStats {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;    // over a limit
    std::uint64_t connections_open = 0;       // gauge
    std::uint64_t connections_made_room = 0;  // closed for others while they waited
    std::uint64_t handshakes_failed = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t requests = 0;
    std::uint64_t bad_requests = 0;  // could not be read: 400, 413, 431 and their like
    std::uint64_t overloaded = 0;    // 503 for want of a worker or of memory
    std::uint64_t rate_limited = 0;  // 429 for strangers
    std::uint64_t handler_failures = 0;
    std::uint64_t worker_queue_length = 0;  // gauge
};

class HttpServer {
  public:
    HttpServer(ServerOptions options, Router router);
    ~HttpServer();  // as stop(0)
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Listens and serves. Gives the bound ports in the order of options.listen. Fails with
    // `invalid` (certificate, key, address) or `bind`; nothing runs then. Once only.
    Result<std::vector<std::uint16_t>> start();

    // Stops accepting, closes idle connections, lets requests that have begun finish until the
    // deadline, then cuts them off. Returns when no thread of the server runs any more, so it
    // also waits for handlers that have begun. Not from a handler. Again is harmless.
    void stop(std::chrono::milliseconds deadline = std::chrono::seconds(10));

    // Connections from now on use this certificate; those open keep theirs. Fails with `invalid`
    // and changes nothing.
    Result<void> replace_certificate(std::string_view certificate_pem,
                                     std::string_view private_key_pem);

    ServerStats stats() const;
    const Router& router() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace reelproof::api
