#include "api/http/listener.h"

#include "api/http/connection.h"

namespace reelproof::api {
namespace {

using net::error_code;
using net::Tcp;

// After a failed accept (no file descriptors left, say) trying again at once would only burn CPU.
constexpr std::chrono::milliseconds kPauseAfterError{100};
constexpr std::chrono::minutes kPauseBetweenTold{1};

net::asio::ip::address plain_address(const net::asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return net::asio::ip::make_address_v4(net::asio::ip::v4_mapped, address.to_v6());
    return address;
}

HttpError bind_error(const Tcp::endpoint& where, const error_code& error) {
    std::string text = "can't listen on " + where.address().to_string() + " port " +
                       std::to_string(where.port()) + ": " + error.message();
    if (error == net::asio::error::address_in_use)
        text += "; another program has this port: stop it, or choose another port";
    if (error == net::asio::error::access_denied)
        text += "; ports under 1024 need a privilege (CAP_NET_BIND_SERVICE)";
    return http_error(HttpErrorKind::bind, std::move(text));
}

}  // namespace

std::string address_key(const net::asio::ip::address& address) {
    if (!address.is_v6()) return address.to_string();
    auto bytes = address.to_v6().to_bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size() / 2};
}

Listener::Listener(ServerContext& server, std::vector<std::unique_ptr<IoThread>>& threads)
    : server_(server),
      threads_(threads),
      acceptor_(threads.front()->context().get_executor()),
      pause_(threads.front()->context().get_executor()) {}

Result<std::uint16_t> Listener::open(const ListenAddress& where) {
    error_code error;
    const auto address = net::asio::ip::make_address(where.address, error);
    if (error)
        return http_error(HttpErrorKind::invalid, "the address to listen on must be numeric, not " +
                                                      where.address + " (0.0.0.0 for all)");
    const Tcp::endpoint endpoint(address, where.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(net::Acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::asio::socket_base::max_listen_connections, error);
    if (error) return bind_error(endpoint, error);
    const auto bound = acceptor_.local_endpoint(error);
    if (error) return bind_error(endpoint, error);
    return bound.port();
}

void Listener::accept() {
    IoThread& home = *threads_[next_++ % threads_.size()];
    acceptor_.async_accept(
        home.context(), [this, &home](const error_code& error, net::Socket socket) {
            if (!acceptor_.is_open()) return;
            if (!error) {
                on_accepted(home, std::move(socket));
                return accept();
            }
            server_.log(LogLevel::warning, "accepting a connection: " + error.message());
            pause_.expires_after(kPauseAfterError);
            pause_.async_wait([this](const error_code& stopped) {
                if (!stopped && acceptor_.is_open()) accept();
            });
        });
}

void Listener::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void Listener::on_accepted(IoThread& home, net::Socket socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // it has left already
    const auto address = plain_address(remote.address());
    std::string key = address_key(address);
    if (server_.arrivals.take(key) || !server_.limits.acquire(key)) {
        ++server_.counters.refused;
        tell_refused(address.to_string());
        return;  // closes the socket
    }
    ++server_.counters.accepted;
    const bool crowded = server_.limits.crowded();
    socket.set_option(Tcp::no_delay(true), error);
    Peer peer;
    peer.address = address.to_string();
    peer.port = remote.port();
    auto connection = std::make_shared<Connection>(server_, home, std::move(socket),
                                                   std::move(peer), std::move(key));
    net::asio::post(home.context(), [&home, crowded, c = std::move(connection)] {
        if (crowded) home.make_room();
        home.add(c);
    });
}

// Once a minute: who floods us must not flood our log too.
void Listener::tell_refused(const std::string& address) {
    const auto now = net::Clock::now();
    if (told_refused_ && now - *told_refused_ < kPauseBetweenTold) return;
    told_refused_ = now;
    server_.log(LogLevel::warning,
                "connections are refused, the last from " + address +
                    ", which came too often or has too many: at most " +
                    std::to_string(server_.options.max_connections) + " are open at a time, " +
                    std::to_string(server_.options.max_connections_per_address) +
                    " of them from one address (" + std::to_string(server_.counters.refused) +
                    " refused since the start)");
}

}  // namespace reelproof::api
