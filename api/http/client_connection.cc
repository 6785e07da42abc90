#include "api/http/client_connection.h"

#include <algorithm>

#include <poll.h>
#include <sys/socket.h>

#include "api/http/name_lookup.h"

namespace reelproof::api {
namespace {

using net::Clock;
using net::error_code;
using net::Tcp;

// While poll() waits it doesn't hear of cancel(); so it waits in small steps.
constexpr std::chrono::milliseconds kPollStep{50};

std::string hex_prefix(const SpkiSha256& key) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < 8; ++i) {
        out += kHex[key[i] >> 4];
        out += kHex[key[i] & 15];
    }
    return out;
}

}  // namespace

ClientConnection::~ClientConnection() {
    close();
}

void ClientConnection::cancel() {
    cancelled_ = true;
    net::asio::post(io_, [] {});  // wakes run()
}

void ClientConnection::close() {
    if (!stream_) return;
    error_code ignored;
    stream_->next_layer().close(ignored);
    stream_.reset();
}

template <class Start>
bool ClientConnection::run(Deadline deadline, const std::shared_ptr<Outcome>& outcome,
                           Start start) {
    if (cancelled_) return false;
    start();
    while (!outcome->done && !cancelled_ && Clock::now() < deadline) {
        if (io_.stopped()) io_.restart();
        io_.run_one_until(deadline);
    }
    return outcome->done;
}

// Closes, and waits until nothing of the operation refers to the caller's buffers any more.
HttpError ClientConnection::stopped(Deadline, const char* doing) {
    if (stream_) {
        error_code ignored;
        stream_->next_layer().close(ignored);
        io_.restart();
        while (io_.poll() > 0) io_.restart();
        stream_.reset();
    }
    if (cancelled_) return http_error(HttpErrorKind::cancelled, "the call was cancelled");
    return http_error(HttpErrorKind::timeout, std::string("no answer in time while ") + doing +
                                                  "; is the node up and the network open?");
}

Result<void> ClientConnection::connect(const Origin& origin, SSL_CTX* context,
                                       const std::vector<SpkiSha256>& pins, Deadline deadline,
                                       std::optional<SpkiSha256>& seen) {
    close();
    auto endpoints = resolve(origin, deadline);
    if (!endpoints) return endpoints.error();
    if (auto connected = connect_tcp(*endpoints, origin, context, deadline); !connected)
        return connected.error();
    return handshake(origin, pins, deadline, seen);
}

Result<ClientConnection::Endpoints> ClientConnection::resolve(const Origin& origin,
                                                              Deadline deadline) {
    error_code error;
    const auto address = net::asio::ip::make_address(origin.host, error);
    if (!error) return Endpoints{{address, origin.port}};

    const auto found = NameLookup::system().find(origin.host, deadline, cancelled_);
    if (!found) return stopped(deadline, "looking up the host name");
    if (found->addresses.empty())
        return http_error(HttpErrorKind::resolve, "the host " + origin.host + " has no address (" +
                                                      found->error +
                                                      "); check the name and the DNS");
    Endpoints endpoints;
    for (const auto& one : found->addresses) endpoints.emplace_back(one, origin.port);
    return endpoints;
}

Result<void> ClientConnection::connect_tcp(const Endpoints& endpoints, const Origin& origin,
                                           SSL_CTX* context, Deadline deadline) {
    error_code last;
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        // An address that swallows packets must leave time for the next one.
        const auto left = deadline - Clock::now();
        const auto share = Clock::now() + left / static_cast<int>(endpoints.size() - i);
        stream_.emplace(net::Socket(io_), context);
        auto outcome = std::make_shared<Outcome>();
        const bool done = run(share, outcome, [&] {
            stream_->next_layer().async_connect(endpoints[i], [outcome](const error_code& error) {
                outcome->done = true;
                outcome->error = error;
            });
        });
        if (done && !outcome->error) {
            error_code ignored;
            stream_->next_layer().set_option(Tcp::no_delay(true), ignored);
            return {};
        }
        if (!done) {
            HttpError error = stopped(share, "connecting");
            if (cancelled_ || i + 1 == endpoints.size()) return error;
            continue;
        }
        last = outcome->error;
        close();
    }
    return http_error(HttpErrorKind::connect, "can't connect to " + origin.host_header() + " (" +
                                                  last.message() +
                                                  "); is the node up and the port open?");
}

Result<void> ClientConnection::handshake(const Origin& origin, const std::vector<SpkiSha256>& pins,
                                         Deadline deadline, std::optional<SpkiSha256>& seen) {
    ServerCheck check;
    check.pins = &pins;
    SSL* ssl = stream_->native_handle();
    attach_server_check(ssl, &check);
    if (!origin.numeric) SSL_set_tlsext_host_name(ssl, origin.host.c_str());
    auto outcome = std::make_shared<Outcome>();
    const bool done = run(deadline, outcome, [&] {
        stream_->async_handshake(net::TlsStream::client, [outcome](const error_code& error) {
            outcome->done = true;
            outcome->error = error;
        });
    });
    if (check.seen) seen = check.seen;
    if (!done) return stopped(deadline, "agreeing on TLS");
    if (!outcome->error) {
        attach_server_check(ssl, nullptr);  // there is no renegotiation; check goes out of scope
        return {};
    }
    close();
    if (check.refused)
        return http_error(
            HttpErrorKind::wrong_peer,
            origin.host_header() + " shows a TLS key that is not pinned" +
                (check.seen ? " (SPKI SHA-256 " + hex_prefix(*check.seen) + "…)" : std::string()) +
                "; if the partner has a new key, take it from its log, else someone is in between");
    // A server that has its fill of connections closes new ones without a word.
    const bool hung_up = outcome->error == net::asio::error::eof ||
                         outcome->error == net::asio::error::connection_reset ||
                         outcome->error == net::asio::ssl::error::stream_truncated;
    return http_error(HttpErrorKind::tls,
                      "no TLS connection with " + origin.host_header() + ": " +
                          (hung_up ? "it closed the connection at once; it may have too many open, "
                                     "or be about to stop: try again in a while"
                                   : outcome->error.message()));
}

Result<void> ClientConnection::write(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        auto outcome = std::make_shared<Outcome>();
        const bool done = run(deadline, outcome, [&] {
            stream_->async_write_some(net::asio::buffer(bytes.data(), bytes.size()),
                                      [outcome](const error_code& error, std::size_t size) {
                                          outcome->done = true;
                                          outcome->error = error;
                                          outcome->size = size;
                                      });
        });
        if (!done) return stopped(deadline, "sending the request");
        if (outcome->error)
            return http_error(HttpErrorKind::closed,
                              "the connection broke while sending: " + outcome->error.message());
        bytes.remove_prefix(outcome->size);
    }
    return {};
}

Result<std::size_t> ClientConnection::read(std::span<char> into, Deadline deadline) {
    auto outcome = std::make_shared<Outcome>();
    const bool done = run(deadline, outcome, [&] {
        stream_->async_read_some(net::asio::buffer(into.data(), into.size()),
                                 [outcome](const error_code& error, std::size_t size) {
                                     outcome->done = true;
                                     outcome->error = error;
                                     outcome->size = size;
                                 });
    });
    if (!done) return stopped(deadline, "waiting for the answer");
    if (outcome->error == net::asio::error::eof) {
        close();
        return std::size_t{0};
    }
    if (outcome->error) {
        close();
        return http_error(
            HttpErrorKind::closed,
            "the connection broke before the answer was complete: " + outcome->error.message());
    }
    return outcome->size;
}

bool ClientConnection::wait_readable(Deadline deadline) {
    while (stream_ && !cancelled_ && Clock::now() < deadline) {
        pollfd descriptor{stream_->next_layer().native_handle(), POLLIN, 0};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        const auto step = std::clamp(left, std::chrono::milliseconds(1), kPollStep);
        if (::poll(&descriptor, 1, static_cast<int>(step.count())) > 0) return true;
    }
    return false;
}

bool ClientConnection::is_stale() {
    char byte = 0;
    const auto result =
        ::recv(stream_->next_layer().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return result >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace reelproof::api
