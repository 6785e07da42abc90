#include "api/http/rate_limits.h"

#include <catch2/catch.hpp>

using namespace reelproof::api;
using std::chrono::seconds;

TEST_CASE("a token bucket gives some at once and then as many as its rate") {
    TokenBucket::Clock::time_point now{};
    TokenBucket bucket(2, 3, now);
    for (int i = 0; i < 3; ++i) CHECK(bucket.take(now));
    CHECK_FALSE(bucket.take(now));
    now += std::chrono::milliseconds(499);
    CHECK_FALSE(bucket.take(now));
    now += std::chrono::milliseconds(2);
    CHECK(bucket.take(now));
    CHECK_FALSE(bucket.take(now));
    now += std::chrono::hours(1);
    for (int i = 0; i < 3; ++i) CHECK(bucket.take(now));
    CHECK_FALSE(bucket.take(now));
    // A clock that is read late on another thread.
    CHECK_FALSE(bucket.take(now - std::chrono::hours(1)));
    CHECK_FALSE(bucket.take(now));
}

TEST_CASE("each key has its own limit, and who is over it is told how long to wait") {
    RateLimits limits(Rate{0.5, 2});
    RateLimits::Clock::time_point now{};
    CHECK_FALSE(limits.take("a", now));
    CHECK_FALSE(limits.take("a", now));
    CHECK(limits.take("a", now) == seconds(2));
    CHECK_FALSE(limits.take("b", now));
    now += seconds(1);
    CHECK(limits.take("a", now) == seconds(1));
    now += seconds(1);
    CHECK_FALSE(limits.take("a", now));
    CHECK(limits.take("a", now) == seconds(2));
    RateLimits none(std::nullopt);
    for (int i = 0; i < 100; ++i) CHECK_FALSE(none.take("a", now));
    CHECK(none.keys() == 0);
}

TEST_CASE("keys that are at rest are forgotten, and there are never more than so many") {
    RateLimits limits(Rate{1, 2}, 100);
    RateLimits::Clock::time_point now{};
    const auto key = [](int i) { return std::to_string(i); };
    for (int i = 0; i < 100; ++i) CHECK_FALSE(limits.take(key(i), now));
    now += seconds(1);  // all of them are full again but one
    for (int i = 0; i < 3; ++i) (void)limits.take(key(7), now);
    CHECK_FALSE(limits.take("new", now));
    CHECK(limits.keys() == 2);
    CHECK(limits.take(key(7), now));
    for (int i = 0; i < 10'000; ++i) (void)limits.take(key(i), now);
    CHECK(limits.keys() <= 100);
}
