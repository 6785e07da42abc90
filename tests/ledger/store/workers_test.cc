#include "ledger/store/workers.h"

#include <atomic>

#include <catch2/catch.hpp>

namespace reelproof::ledger::tests {

TEST_CASE("bulk work gets done however many urgent tasks come", "[store]") {
    constexpr int kMost = 200'000;
    // Outlive the workers, who finish what is queued.
    std::atomic<int> urgent = 0, done = 0;
    std::function<void()> again;
    Workers workers(1);
    // There is always one more.
    again = [&] {
        if (++urgent < kMost) workers.post(again);
    };
    workers.post(again);
    workers.post(again);
    workers.for_each(100, 1, [&](std::size_t) { ++done; });
    CHECK(urgent < kMost);
    CHECK(done == 100);
    urgent = kMost;
}

}  // namespace reelproof::ledger::tests
