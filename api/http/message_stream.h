// WebSockets (RFC 6455) as handlers see them: bodies without an end that are made of messages. The
// connection does the rest: frames, signs of life, the closing handshake. Thread-safe as
// BodyStream is.
#pragma once

#include "api/http/message.h"

namespace reelproof::api {

// An answer of status 101 with this as its stream makes the connection a WebSocket. Each text that
// next() gives is one message; with none it is closed. Messages are only sent: a client that sends
// one is told so, and closed (1003).
inline constexpr int kSwitchingProtocols = 101;
class MessageStream : public BodyStream {
  public:
    struct Closing {
        std::uint16_t code = 1000;  // RFC 6455 7.4
        std::string reason{};       // at most 123 bytes; more is cut off
    };
    // Asked once next() gave nothing.
    [[nodiscard]] virtual Closing closing() const = 0;
};

bool asks_for_socket(const Request& request);
// What is wrong with the asking; nothing: it may be answered 101.
std::optional<Response> wrong_handshake(const Request& request);
// Browsers open WebSockets to any host, with the cookies that they have for it, and say from which
// page. True when that is one of this host; false also where nothing is said.
bool from_own_page(const Request& request);

}  // namespace reelproof::api
