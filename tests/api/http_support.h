// A real server on a free port of the loopback, and a raw TLS client that sends whatever bytes a
// test wants. Not synchronised, save what TestServer records.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/http/client.h"
#include "api/http/server.h"
#include "api/http/tls_identity.h"

namespace reelproof::tests {

// Generous: the machine is shared, and under sanitizers everything takes ten times as long.
inline constexpr std::chrono::seconds kPatience{60};

// All of 127.0.0.0/8 is the loopback: a test can come from many addresses.
inline constexpr const char* kHome = "127.0.0.1";

// Made once a process.
const api::TlsIdentity& server_identity();
const api::TlsIdentity& client_identity();

class TestServer {
  public:
    using Change = std::function<void(api::ServerOptions&)>;

    explicit TestServer(api::Router router, const Change& change = {});

    std::uint16_t port() const { return port_; }
    std::string origin() const { return "https://127.0.0.1:" + std::to_string(port_); }
    api::HttpServer& server() { return *server_; }
    // Pinned to the server.
    api::ClientOptions client_options() const;

    std::vector<std::string> log() const;
    std::vector<api::AccessEntry> access() const;

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> log_;          // under mutex_
    std::vector<api::AccessEntry> access_;  // under mutex_
    std::uint16_t port_ = 0;
    std::unique_ptr<api::HttpServer> server_;  // last: its threads write to the above
};

// A TLS client without any HTTP of its own, at the address `from`. Failing to connect fails the
// test.
class RawTls {
  public:
    // `version`: only this TLS version; 0: any. `resume`: offer the session of that connection.
    explicit RawTls(std::uint16_t port, const api::TlsIdentity* identity = nullptr, int version = 0,
                    RawTls* resume = nullptr, const char* from = kHome);
    ~RawTls();
    RawTls(const RawTls&) = delete;
    RawTls& operator=(const RawTls&) = delete;

    // False when the server has closed.
    bool send(std::string_view bytes);
    // All that comes until the server closes (or kPatience is over, which fails the test).
    std::string read_to_end();
    // What comes up to and with `text`; "" when the server closes before.
    std::string read_until(std::string_view text);
    // One response with a Content-Length (or none); "" when the server closes before.
    std::string read_response();
    bool resumed() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// A TCP client that never says a word.
class RawTcp {
  public:
    explicit RawTcp(std::uint16_t port, const char* from = kHome);
    ~RawTcp();
    RawTcp(const RawTcp&) = delete;
    RawTcp& operator=(const RawTcp&) = delete;
    std::string read_to_end();

  private:
    int socket_;
};

// Takes connections into its backlog and leaves them there.
class SilentListener {
  public:
    SilentListener();
    ~SilentListener();
    std::uint16_t port() const { return port_; }
    int socket() const { return socket_; }

  private:
    int socket_;
    std::uint16_t port_ = 0;
};

// A TLS server that reads one request and sends the first of `answers`, reads the next and sends
// the second, and so on; "" hangs up. Each connection begins with the first.
class TlsStub {
  public:
    explicit TlsStub(std::vector<std::string> answers);
    ~TlsStub();
    std::string origin() const;

  private:
    void serve(int socket);

    SilentListener listener_;
    std::vector<std::string> answers_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

// "404" of "HTTP/1.1 404 Not Found"; 0 when that isn't a response.
int status_of(std::string_view response);
// The part after the empty line.
std::string body_of(std::string_view response);

// Waits until `condition` holds, for as long as kPatience.
bool eventually(const std::function<bool()>& condition);

// A router with one public GET route "/hello" that answers "hello".
api::Router hello_router();

}  // namespace reelproof::tests
