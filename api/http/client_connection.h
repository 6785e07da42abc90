// The client's TLS connection: connect, write and read, each blocking up to a deadline.
// One thread at a time, except cancel(). Internal to api/http.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/http/error.h"
#include "api/http/net.h"
#include "api/http/openssl_handle.h"
#include "api/http/origin.h"
#include "api/http/tls_context.h"
#include "api/http/tls_stream.h"

namespace reelproof::api {

class ClientConnection {
  public:
    using Deadline = net::Clock::time_point;

    ~ClientConnection();

    // Fails with `resolve`, `connect`, `tls`, `wrong_peer`, `timeout` or `cancelled`. Without pins
    // any server is taken. `seen` is set as soon as the server has shown a key.
    Result<void> connect(const Origin& origin, SSL_CTX* context,
                         const std::vector<SpkiSha256>& pins, Deadline deadline,
                         std::optional<SpkiSha256>& seen);
    // All of it. Fails with `closed`, `timeout` or `cancelled`, and is closed then.
    Result<void> write(std::string_view bytes, Deadline deadline);
    // At least one byte, or 0 at an orderly end (close_notify). Fails as write().
    Result<std::size_t> read(std::span<char> into, Deadline deadline);
    // True when a read would find something, false when the deadline comes first.
    bool wait_readable(Deadline deadline);

    bool is_open() const { return stream_.has_value(); }
    // A kept connection on which something has come without being asked for: the server has closed
    // it, or will.
    bool is_stale();
    void close();

    // From any thread; for good.
    void cancel();
    bool cancelled() const { return cancelled_; }

  private:
    struct Outcome {
        bool done = false;
        net::error_code error;
        std::size_t size = 0;
    };
    using Endpoints = std::vector<net::Tcp::endpoint>;

    // Starts an operation and runs it until it is done, the deadline or cancel(). False: not done.
    template <class Start>
    bool run(Deadline deadline, const std::shared_ptr<Outcome>& outcome, Start start);
    HttpError stopped(Deadline deadline, const char* doing);
    Result<Endpoints> resolve(const Origin& origin, Deadline deadline);
    Result<void> connect_tcp(const Endpoints& endpoints, const Origin& origin, SSL_CTX* context,
                             Deadline deadline);
    Result<void> handshake(const Origin& origin, const std::vector<SpkiSha256>& pins,
                           Deadline deadline, std::optional<SpkiSha256>& seen);

    net::asio::io_context io_;
    std::atomic<bool> cancelled_{false};
    std::optional<net::TlsStream> stream_;
};

}  // namespace reelproof::api
