// A WebSocket's client over TLS that trusts any server; waits kPatience for anything. For the
// test's one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/http/message.h"

namespace reelproof::tests {

class SocketClient {
  public:
    SocketClient(std::uint16_t port, const std::string& target, const api::Headers& headers = {});
    ~SocketClient();

    // Of the answer to the handshake; 101: it is open.
    [[nodiscard]] int status() const;
    [[nodiscard]] const std::string& refusal() const;  // its body
    [[nodiscard]] std::string header(const std::string& name) const;

    // The next message; nothing once it is closed.
    std::optional<std::string> read();
    void send(const std::string& text);
    void close();
    // What the server closed it with.
    [[nodiscard]] std::uint16_t close_code() const;
    [[nodiscard]] std::string close_reason() const;
    // Pings that were noticed while reading.
    [[nodiscard]] std::size_t pings() const;

  private:
    struct Inside;
    const std::unique_ptr<Inside> inside_;
};

}  // namespace reelproof::tests
