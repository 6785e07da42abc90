#include "tests/api/socket_support.h"

#include <chrono>
#include <stdexcept>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "tests/api/http_support.h"

namespace reelproof::tests {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

struct SocketClient::Inside {
    using Stream = websocket::stream<asio::ssl::stream<asio::ip::tcp::socket>>;

    // Starts an operation and waits for its end.
    template <class Start>
    error_code wait_for(Start start) {
        std::optional<error_code> done;
        start([&](const error_code& error, auto&&...) { done = error; });
        context.restart();
        const auto end = std::chrono::steady_clock::now() + kPatience;
        while (!done && std::chrono::steady_clock::now() < end)
            if (context.run_one_until(end) == 0) break;
        if (!done) throw std::runtime_error("the WebSocket's server says nothing");
        return *done;
    }

    asio::io_context context;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    Stream stream{context, tls};
    websocket::response_type answer;
    std::size_t pings = 0;
};

SocketClient::SocketClient(std::uint16_t port, const std::string& target,
                           const api::Headers& headers)
    : inside_(std::make_unique<Inside>()) {
    auto& stream = inside_->stream;
    auto& tls = stream.next_layer();
    const auto host = "127.0.0.1:" + std::to_string(port);
    tls.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    if (inside_->wait_for([&](auto done) { tls.async_handshake(tls.client, done); }))
        throw std::runtime_error("no TLS with " + host);
    stream.set_option(websocket::stream_base::decorator([headers](auto& request) {
        for (const auto& [name, value] : headers) request.set(name, value);
    }));
    stream.control_callback([this](websocket::frame_type type, auto) {
        if (type == websocket::frame_type::ping) ++inside_->pings;
    });
    const auto failed = inside_->wait_for(
        [&](auto done) { stream.async_handshake(inside_->answer, host, target, done); });
    if (failed && failed != websocket::error::upgrade_declined)
        throw std::runtime_error(target + ": " + failed.message());
}

SocketClient::~SocketClient() = default;

int SocketClient::status() const {
    return static_cast<int>(inside_->answer.result_int());
}

const std::string& SocketClient::refusal() const {
    return inside_->answer.body();
}

std::string SocketClient::header(const std::string& name) const {
    return std::string(inside_->answer[name]);
}

std::optional<std::string> SocketClient::read() {
    boost::beast::flat_buffer buffer;
    const auto failed =
        inside_->wait_for([&](auto done) { inside_->stream.async_read(buffer, done); });
    if (failed) return std::nullopt;
    return boost::beast::buffers_to_string(buffer.data());
}

void SocketClient::send(const std::string& text) {
    inside_->stream.text(true);
    inside_->wait_for([&](auto done) { inside_->stream.async_write(asio::buffer(text), done); });
}

void SocketClient::close() {
    inside_->wait_for(
        [&](auto done) { inside_->stream.async_close(websocket::close_code::normal, done); });
}

std::uint16_t SocketClient::close_code() const {
    return inside_->stream.reason().code;
}

std::string SocketClient::close_reason() const {
    return std::string(inside_->stream.reason().reason.c_str());
}

std::size_t SocketClient::pings() const {
    return inside_->pings;
}

}  // namespace reelproof::tests
