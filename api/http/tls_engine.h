// TLS over one socket: what was received is handed in, what is to be sent goes straight to the
// socket and waits here only where that is full. So each byte is copied once, by the cipher; a
// stream between two BIO pairs (asio::ssl::stream) copies it three times.
// One thread at a time. Internal to api/http.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <openssl/ssl.h>

#include "api/http/net.h"
#include "api/http/openssl_handle.h"

namespace reelproof::api::net {

class TlsEngine {
  public:
    static constexpr std::size_t most_at_once = 64UL * 1024;

    // What a call needs before it can go on; then it is to be made again, with the same arguments.
    enum class Need { nothing, input };
    struct Step {
        Need need = Need::nothing;
        error_code error{};    // with Need::nothing alone
        std::size_t size = 0;  // of read and write: bytes of plain text
    };

    // Sends on `socket`, which must not block and outlives it.
    TlsEngine(SSL_CTX* context, Socket& socket);
    TlsEngine(const TlsEngine&) = delete;
    TlsEngine& operator=(const TlsEngine&) = delete;

    SSL* ssl() { return ssl_.get(); }

    Step handshake(bool as_server);
    // At least a byte; an error of asio::error::eof after close_notify.
    Step read(std::span<char> into);
    // The first of it, up to most_at_once: that much may have to wait here.
    Step write(std::span<const char> bytes);
    // Says close_notify, and is done when the other side has said it.
    Step shut_down();

    // Nothing that was received waits to be read: it would need input.
    bool is_drained() const {
        return in_begin_ == in_end_ && !ended_ && SSL_has_pending(ssl_.get()) == 0 &&
               (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) == 0;
    }
    // Where to receive into. Needs: all that was received before has been read.
    std::span<char> input() { return in_; }
    void received(std::size_t size);
    void received_end() { ended_ = true; }
    // Bytes that the socket had no room for yet.
    std::size_t waiting() const { return out_.size() - out_done_; }
    // Sends of it what there is room for now.
    Step flush();

  private:
    struct FreeSsl {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    struct Method;

    int take(char* into, std::size_t size);
    int send(const char* bytes, std::size_t size);
    std::size_t send_now(const char* bytes, std::size_t size);
    // Of a call to OpenSSL that returned `result`.
    Step after(int result);

    Socket& socket_;
    std::array<char, 17UL * 1024> in_;  // a record and what is around it
    std::size_t in_begin_ = 0, in_end_ = 0;
    bool ended_ = false;     // the other side has closed
    std::vector<char> out_;  // waits for room in the socket
    std::size_t out_done_ = 0;
    error_code broken_;  // what the socket said when it took no more
    std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace reelproof::api::net
