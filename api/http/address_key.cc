#include "api/http/address_key.h"

#include "api/http/listener.h"

namespace reelproof::api {

std::string address_key_of(const std::string& address) {
    net::error_code failure;
    const auto parsed = net::asio::ip::make_address(address, failure);
    return failure ? address : address_key(parsed);
}

}  // namespace reelproof::api
