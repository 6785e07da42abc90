#include "api/http/name_lookup.h"

#include <future>
#include <thread>

#include <catch2/catch.hpp>

namespace reelproof::api::tests {

using net::Clock;

TEST_CASE("a name lookup that hangs is left behind, and costs one thread") {
    // Shared: the lookup's thread may end after the test.
    auto open = std::make_shared<std::promise<void>>();
    const auto gate = open->get_future().share();
    auto asked = std::make_shared<std::atomic<int>>(0);
    const std::atomic<bool> go_on{false};
    {
        NameLookup names([gate, asked](const std::string&) {
            ++*asked;
            gate.wait();
            return NamesFound{{net::asio::ip::make_address("192.0.2.7")}, ""};
        });
        CHECK(names.find("slow.example", Clock::now(), go_on) == nullptr);
        const std::atomic<bool> cancelled{true};
        CHECK(names.find("slow.example", Clock::time_point::max(), cancelled) == nullptr);
        std::promise<std::shared_ptr<const NamesFound>> answer;
        std::thread waits(
            [&] { answer.set_value(names.find("slow.example", Clock::time_point::max(), go_on)); });
        open->set_value();
        waits.join();
        const auto found = answer.get_future().get();
        REQUIRE(found);
        CHECK(found->addresses.front().to_string() == "192.0.2.7");
    }
    CHECK(*asked <= 2);  // the third may have come after the answer to the first two
}

TEST_CASE("a name lookup outlives who asked for it") {
    auto open = std::make_shared<std::promise<void>>();
    const auto gate = open->get_future().share();
    const std::atomic<bool> go_on{false};
    NameLookup([gate](const std::string&) {
        gate.wait();
        return NamesFound{};
    }).find("slow.example", Clock::now(), go_on);
    open->set_value();
}

TEST_CASE("the system's resolver knows this machine, and says why it knows no other") {
    const std::atomic<bool> go_on{false};
    const auto here = NameLookup::system().find("localhost", Clock::time_point::max(), go_on);
    REQUIRE(here);
    REQUIRE_FALSE(here->addresses.empty());
    CHECK(here->addresses.front().is_loopback());
}

}  // namespace reelproof::api::tests
