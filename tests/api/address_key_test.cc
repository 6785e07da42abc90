#include "api/http/address_key.h"

#include <catch2/catch.hpp>

namespace reelproof::api {
namespace {

TEST_CASE("addresses of one network of IPv6 are one caller") {
    CHECK(address_key_of("2001:db8:1:2::7") == address_key_of("2001:db8:1:2:ffff::9"));
    CHECK(address_key_of("2001:db8:1:2::7") != address_key_of("2001:db8:1:3::7"));
    CHECK(address_key_of("192.0.2.7") != address_key_of("192.0.2.8"));
    CHECK(address_key_of("no address") == "no address");
}

}  // namespace
}  // namespace reelproof::api
