#include "api/http/tls_engine.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <new>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

namespace reelproof::api::net {
namespace {

int as_int(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

// The BIO through which OpenSSL reads and writes.
struct TlsEngine::Method {
    static TlsEngine& of(BIO* bio) { return *static_cast<TlsEngine*>(BIO_get_data(bio)); }
    static int read(BIO* bio, char* into, int size) {
        BIO_clear_retry_flags(bio);
        const int taken = of(bio).take(into, static_cast<std::size_t>(std::max(0, size)));
        if (taken < 0) BIO_set_retry_read(bio);
        return taken;
    }
    static int write(BIO* bio, const char* bytes, int size) {
        BIO_clear_retry_flags(bio);
        return of(bio).send(bytes, static_cast<std::size_t>(std::max(0, size)));
    }
    static long control(BIO* bio, int command, long, void*) {
        if (command == BIO_CTRL_EOF) return of(bio).ended_ ? 1 : 0;
        return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
    }
    static const BIO_METHOD* get() {
        static BIO_METHOD* const method = [] {
            auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
            if (made == nullptr) throw std::bad_alloc();
            BIO_meth_set_read(made, read);
            BIO_meth_set_write(made, write);
            BIO_meth_set_ctrl(made, control);
            return made;
        }();
        return method;
    }
};

TlsEngine::TlsEngine(SSL_CTX* context, Socket& socket) : socket_(socket), ssl_(SSL_new(context)) {
    BioHandle bio(BIO_new(Method::get()));
    if (!ssl_ || !bio) throw std::bad_alloc();
    BIO_set_data(bio.get(), this);
    BIO_set_init(bio.get(), 1);
    SSL_set_mode(ssl_.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    auto* const owned_by_ssl = bio.release();
    SSL_set_bio(ssl_.get(), owned_by_ssl, owned_by_ssl);
}

int TlsEngine::take(char* into, std::size_t size) {
    const std::size_t taken = std::min(size, in_end_ - in_begin_);
    if (taken == 0) return ended_ ? 0 : -1;
    std::memcpy(into, in_.data() + in_begin_, taken);
    in_begin_ += taken;
    return static_cast<int>(taken);
}

// All is taken, so that OpenSSL never stands in the middle of a record; what the socket has no room
// for waits, and no caller goes on before it is sent.
int TlsEngine::send(const char* bytes, std::size_t size) {
    const std::size_t sent = out_.empty() ? send_now(bytes, size) : 0;
    if (broken_) return -1;
    out_.insert(out_.end(), bytes + sent, bytes + size);
    return static_cast<int>(size);
}

std::size_t TlsEngine::send_now(const char* bytes, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const auto sent =
            ::send(socket_.native_handle(), bytes + done, size - done, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            broken_ = error_code(errno, asio::error::get_system_category());
            break;
        }
    }
    return done;
}

void TlsEngine::received(std::size_t size) {
    in_begin_ = 0;
    in_end_ = size;
}

TlsEngine::Step TlsEngine::flush() {
    if (!broken_) out_done_ += send_now(out_.data() + out_done_, out_.size() - out_done_);
    if (broken_) return {.error = broken_};
    if (waiting() == 0) {
        out_ = {};
        out_done_ = 0;
    }
    return {};
}

TlsEngine::Step TlsEngine::after(int result) {
    if (result > 0) return {.size = static_cast<std::size_t>(result)};
    const int reason = SSL_get_error(ssl_.get(), result);
    if (reason == SSL_ERROR_WANT_READ) return {.need = Need::input};
    if (reason == SSL_ERROR_ZERO_RETURN) return {.error = asio::error::eof};
    if (broken_) return {.error = broken_};
    // RFC 8446 6.1: an end without close_notify may have been made by somebody in between.
    if (ended_) return {.error = asio::ssl::error::stream_truncated};
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return {.error = asio::ssl::error::unexpected_result};
    return {.error = error_code(static_cast<int>(code), asio::error::get_ssl_category())};
}

TlsEngine::Step TlsEngine::handshake(bool as_server) {
    ERR_clear_error();
    return after(as_server ? SSL_accept(ssl_.get()) : SSL_connect(ssl_.get()));
}

TlsEngine::Step TlsEngine::read(std::span<char> into) {
    ERR_clear_error();
    return after(SSL_read(ssl_.get(), into.data(), as_int(into.size())));
}

TlsEngine::Step TlsEngine::write(std::span<const char> bytes) {
    ERR_clear_error();
    auto step =
        after(SSL_write(ssl_.get(), bytes.data(), as_int(std::min(bytes.size(), most_at_once))));
    // Only a renegotiation would; a read may be waiting for the input meanwhile.
    if (step.need == Need::input) step = {.error = asio::ssl::error::unexpected_result};
    return step;
}

TlsEngine::Step TlsEngine::shut_down() {
    ERR_clear_error();
    int result = SSL_shutdown(ssl_.get());
    if (result == 0) result = SSL_shutdown(ssl_.get());  // ours is said: wait for theirs
    return after(result);
}

}  // namespace reelproof::api::net
