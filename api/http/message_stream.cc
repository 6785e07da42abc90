#include "api/http/message_stream.h"

#include "api/http/problem.h"

namespace reelproof::api {

bool asks_for_socket(const Request& request) {
    return request.method == Method::get && request.headers.has_token("Upgrade", "websocket");
}

std::optional<Response> wrong_handshake(const Request& request) {
    constexpr std::size_t kKeySize = 24;  // 16 bytes in base64
    const auto& headers = request.headers;
    if (!headers.has_token("Connection", "Upgrade") || headers.count("Sec-WebSocket-Key") != 1 ||
        headers.get("Sec-WebSocket-Key")->size() != kKeySize)
        return Problem(400)
            .detail(
                "a WebSocket is opened with Upgrade: websocket, Connection: Upgrade and one "
                "Sec-WebSocket-Key of 16 bytes in base64")
            .response();
    if (headers.get("Sec-WebSocket-Version") == "13") return std::nullopt;
    return Problem(426)
        .detail("WebSockets are spoken in version 13 (RFC 6455)")
        .header("Sec-WebSocket-Version", "13")
        .response();
}

bool from_own_page(const Request& request) {
    const auto host = request.headers.get("Host"), origin = request.headers.get("Origin");
    return host && origin && request.headers.count("Origin") == 1 &&
           iequals(*origin, "https://" + std::string(*host));
}

}  // namespace reelproof::api
