// Accepts connections on one address and spreads them over the io threads in turn. One acceptor for
// all threads, not SO_REUSEPORT: with that, a second server started by mistake on the same port
// would silently take half of the connections.
// open() first; then everything on the first io thread. Internal to api/http.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http/error.h"
#include "api/http/io_thread.h"
#include "api/http/server_context.h"

namespace reelproof::api {

class Listener {
  public:
    // `server` and the threads outlive it.
    Listener(ServerContext& server, std::vector<std::unique_ptr<IoThread>>& threads);

    // Binds and listens; gives the port.
    Result<std::uint16_t> open(const ListenAddress& where);
    void accept();
    void close();

  private:
    void on_accepted(IoThread& home, net::Socket socket);
    void tell_refused(const std::string& address);

    ServerContext& server_;
    std::vector<std::unique_ptr<IoThread>>& threads_;
    net::Acceptor acceptor_;
    net::Timer pause_;
    std::size_t next_ = 0;
    std::optional<net::Clock::time_point> told_refused_;
};

// One place for a client's connections: the address, or for IPv6 its /64, which is what one
// subscriber gets.
std::string address_key(const net::asio::ip::address& address);

}  // namespace reelproof::api
