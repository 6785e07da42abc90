// What limits count a caller by, for those who know his address as text (Peer::address). Pure,
// thread-safe.
#pragma once

#include <string>

namespace reelproof::api {

// As the server's own limits do: an IPv6 address counts by its /64. A text that is no address is
// its own key.
std::string address_key_of(const std::string& address);

}  // namespace reelproof::api
