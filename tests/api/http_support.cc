#include "tests/api/http_support.h"

#include <thread>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/http/openssl_handle.h"

namespace reelproof::tests {

using api::TlsIdentity;

namespace {

// OpenSSL writes to peers that have hung up, and knows no MSG_NOSIGNAL.
[[maybe_unused]] const auto kNoSigpipe = ::signal(SIGPIPE, SIG_IGN);

void set_patience(int socket) {
    const timeval patience{kPatience.count(), 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

sockaddr_in loopback(std::uint16_t port, const char* host = kHome) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    REQUIRE(::inet_pton(AF_INET, host, &address.sin_addr) == 1);
    return address;
}

int connect_to(std::uint16_t port, const char* from) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    set_patience(socket);
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const sockaddr_in source = loopback(0, from);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&source), sizeof source) == 0);
    const sockaddr_in address = loopback(port);
    REQUIRE(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return socket;
}

void use_identity(SSL_CTX* context, const TlsIdentity& identity) {
    auto certificate_text = api::bio_over(identity.certificate_pem);
    auto key_text = api::bio_over(identity.private_key_pem);
    api::X509Handle certificate(
        PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
    api::KeyHandle key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
    REQUIRE(SSL_CTX_use_certificate(context, certificate.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context, key.get()) == 1);
}

TlsIdentity make_identity(const char* name) {
    api::TlsIdentityRequest request;
    request.organisation = name;
    request.hosts = {"localhost", "127.0.0.1"};
    return api::make_tls_identity(request).value();
}

}  // namespace

const TlsIdentity& server_identity() {
    static const TlsIdentity identity = make_identity("server.example");
    return identity;
}

const TlsIdentity& client_identity() {
    static const TlsIdentity identity = make_identity("client.example");
    return identity;
}

TestServer::TestServer(api::Router router, const Change& change) {
    api::ServerOptions options;
    options.certificate_pem = server_identity().certificate_pem;
    options.private_key_pem = server_identity().private_key_pem;
    options.io_threads = 2;
    options.logger = [this](api::LogLevel, const std::string& text) {
        std::lock_guard lock(mutex_);
        log_.push_back(text);
    };
    options.access_log = [this](const api::AccessEntry& entry) {
        std::lock_guard lock(mutex_);
        access_.push_back(entry);
    };
    if (change) change(options);
    server_ = std::make_unique<api::HttpServer>(std::move(options), std::move(router));
    auto ports = server_->start();
    if (!ports) FAIL(ports.error().text);
    port_ = ports->front();
}

api::ClientOptions TestServer::client_options() const {
    api::ClientOptions options;
    options.origin = origin();
    options.pinned_spki = {server_identity().spki};
    options.connect_timeout = options.request_timeout = kPatience;
    return options;
}

std::vector<std::string> TestServer::log() const {
    std::lock_guard lock(mutex_);
    return log_;
}

std::vector<api::AccessEntry> TestServer::access() const {
    std::lock_guard lock(mutex_);
    return access_;
}

struct RawTls::Impl {
    api::SslContextHandle context{SSL_CTX_new(TLS_client_method())};
    SSL* ssl = nullptr;
    int socket = -1;
    std::string buffer;

    ~Impl() {
        SSL_free(ssl);
        if (socket >= 0) ::close(socket);
    }

    // False at the end of the stream, however it came about.
    bool fill() {
        char bytes[16384];
        const int got = SSL_read(ssl, bytes, sizeof bytes);
        if (got <= 0) {
            ERR_clear_error();
            return false;
        }
        buffer.append(bytes, static_cast<std::size_t>(got));
        return true;
    }
};

RawTls::RawTls(std::uint16_t port, const TlsIdentity* identity, int version, RawTls* resume,
               const char* from)
    : impl_(std::make_unique<Impl>()) {
    SSL_CTX* context = impl_->context.get();
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    if (version != 0) {
        SSL_CTX_set_min_proto_version(context, version);
        SSL_CTX_set_max_proto_version(context, version);
    }
    if (identity != nullptr) use_identity(context, *identity);
    impl_->socket = connect_to(port, from);
    impl_->ssl = SSL_new(context);
    SSL_set_fd(impl_->ssl, impl_->socket);
    if (resume != nullptr) {
        SSL_SESSION* session = SSL_get1_session(resume->impl_->ssl);
        SSL_set_session(impl_->ssl, session);
        SSL_SESSION_free(session);
    }
    REQUIRE(SSL_connect(impl_->ssl) == 1);
}

RawTls::~RawTls() = default;

bool RawTls::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const int sent = SSL_write(impl_->ssl, bytes.data(), static_cast<int>(bytes.size()));
        if (sent <= 0) {
            ERR_clear_error();
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string RawTls::read_to_end() {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (impl_->fill()) {
    }
    CHECK(std::chrono::steady_clock::now() < deadline);
    return std::move(impl_->buffer);
}

std::string RawTls::read_until(std::string_view text) {
    std::string& buffer = impl_->buffer;
    std::size_t at = 0;
    while ((at = buffer.find(text)) == std::string::npos)
        if (!impl_->fill()) return {};
    std::string out = buffer.substr(0, at + text.size());
    buffer.erase(0, out.size());
    return out;
}

std::string RawTls::read_response() {
    std::string& buffer = impl_->buffer;
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
        if (!impl_->fill()) return {};
    std::size_t size = end + 4;
    const std::size_t length = buffer.find("Content-Length: ");
    if (length < end) size += std::stoul(buffer.substr(length + 16));
    while (buffer.size() < size)
        if (!impl_->fill()) return {};
    std::string out = buffer.substr(0, size);
    buffer.erase(0, size);
    return out;
}

bool RawTls::resumed() const {
    return SSL_session_reused(impl_->ssl) == 1;
}

RawTcp::RawTcp(std::uint16_t port, const char* from) : socket_(connect_to(port, from)) {}

RawTcp::~RawTcp() {
    ::close(socket_);
}

std::string RawTcp::read_to_end() {
    std::string out;
    char bytes[1000];
    ssize_t got = 0;
    while ((got = ::recv(socket_, bytes, sizeof bytes, 0)) > 0)
        out.append(bytes, static_cast<std::size_t>(got));
    CHECK((got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)));
    return out;
}

SilentListener::SilentListener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket_, 16) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
}

SilentListener::~SilentListener() {
    ::close(socket_);
}

TlsStub::TlsStub(std::vector<std::string> answers) : answers_(std::move(answers)) {
    thread_ = std::thread([this] {
        while (!stopping_) {
            const int socket = ::accept(listener_.socket(), nullptr, nullptr);
            if (socket < 0) return;
            set_patience(socket);
            serve(socket);
            ::close(socket);
        }
    });
}

TlsStub::~TlsStub() {
    stopping_ = true;
    ::shutdown(listener_.socket(), SHUT_RDWR);
    thread_.join();
}

std::string TlsStub::origin() const {
    return "https://127.0.0.1:" + std::to_string(listener_.port());
}

void TlsStub::serve(int socket) {
    api::SslContextHandle context(SSL_CTX_new(TLS_server_method()));
    use_identity(context.get(), server_identity());
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL* ssl = SSL_new(context.get());
    SSL_set_fd(ssl, socket);
    if (SSL_accept(ssl) == 1) {
        for (const auto& answer : answers_) {
            char bytes[16384];
            if (SSL_read(ssl, bytes, sizeof bytes) <= 0 || answer.empty()) break;
            SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
        }
    }
    ERR_clear_error();
    SSL_free(ssl);
}

int status_of(std::string_view response) {
    if (!response.starts_with("HTTP/1.1 ") || response.size() < 12) return 0;
    return std::stoi(std::string(response.substr(9, 3)));
}

std::string body_of(std::string_view response) {
    const std::size_t end = response.find("\r\n\r\n");
    return end == std::string_view::npos ? std::string() : std::string(response.substr(end + 4));
}

bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

api::Router hello_router() {
    api::Router router;
    router.add(api::Method::get, "/hello", std::string(api::kPublicAccess),
               [](const api::Request&) { return api::Response::text(200, "hello"); });
    return router;
}

}  // namespace reelproof::tests
