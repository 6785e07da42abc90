#include "ledger/store/tag_filter.h"

#include <thread>

#include <catch2/catch.hpp>

#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

// Of `asked` tags that are not in it, how many it says it may hold.
std::uint64_t taken_for_there(const TagFilter& filter, std::uint64_t asked) {
    std::uint64_t count = 0;
    for (std::uint64_t i = 0; i < asked; ++i)
        if (filter.may_hold(tag_of(1'000'000'000 + i))) ++count;
    return count;
}

}  // namespace

TEST_CASE("a filter never denies a tag that it holds", "[store][filter]") {
    constexpr std::uint64_t kTags = 200'000;
    TagFilter filter(kTags);
    for (std::uint64_t i = 0; i < 2 * kTags; ++i) filter.add(tag_of(i));  // twice too many
    std::uint64_t denied = 0;
    for (std::uint64_t i = 0; i < 2 * kTags; ++i)
        if (!filter.may_hold(tag_of(i))) ++denied;
    CHECK(denied == 0);
}

TEST_CASE("a filter denies most tags that it does not hold", "[store][filter]") {
    constexpr std::uint64_t kTags = 100'000, kAsked = 100'000;
    TagFilter filter(kTags);
    CHECK(taken_for_there(filter, kAsked) == 0);
    for (std::uint64_t i = 0; i < kTags; ++i) filter.add(tag_of(i));
    // One in a hundred; in any test that is not broken far less than one in thirty.
    CHECK(taken_for_there(filter, kAsked) < kAsked / 30);
    CHECK(filter.held() > kTags * 95 / 100);
    CHECK(filter.held() <= kTags);
    CHECK(filter.bytes() >= kTags * 5 / 4);
    CHECK(filter.bytes() < kTags * 3 / 2);
}

TEST_CASE("a filter is full with the tags it was made for, counted once", "[store][filter]") {
    TagFilter filter(0);
    CHECK(filter.capacity() == TagFilter::kLeastTags);
    for (int again = 0; again < 3; ++again)
        for (std::uint64_t i = 0; i < TagFilter::kLeastTags / 2; ++i) filter.add(tag_of(i));
    CHECK(filter.held() <= TagFilter::kLeastTags / 2);
    CHECK_FALSE(filter.full());
    for (std::uint64_t i = 0; i < TagFilter::kLeastTags * 11 / 10; ++i) filter.add(tag_of(i));
    CHECK(filter.full());
    CHECK_FALSE(filter.largest());
}

TEST_CASE("tags that differ in few bits are told apart too", "[store][filter]") {
    // As one who chooses his tags might have them.
    TagFilter filter(TagFilter::kLeastTags);
    const auto chosen = [](std::uint64_t number) {
        Tag tag{};
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&number), sizeof number, tag.begin());
        return tag;
    };
    for (std::uint64_t i = 0; i < TagFilter::kLeastTags; ++i) filter.add(chosen(i * 2));
    std::uint64_t denied = 0, taken = 0;
    for (std::uint64_t i = 0; i < TagFilter::kLeastTags; ++i) {
        if (!filter.may_hold(chosen(i * 2))) ++denied;
        if (filter.may_hold(chosen(i * 2 + 1))) ++taken;
    }
    CHECK(denied == 0);
    CHECK(taken < TagFilter::kLeastTags / 30);
}

TEST_CASE("a filter is added to and asked by many threads", "[store][filter]") {
    constexpr std::uint64_t kTags = 40'000;
    TagFilter filter(kTags);
    std::array<std::atomic<std::uint64_t>, 2> added{};
    std::atomic<std::uint64_t> denied = 0;
    const auto tag_by = [](std::size_t writer, std::uint64_t i) { return tag_of(2 * i + writer); };
    std::vector<std::thread> threads;
    for (std::size_t writer = 0; writer < added.size(); ++writer)
        threads.emplace_back([&, writer] {
            for (std::uint64_t i = 0; i < kTags / 2; ++i) {
                filter.add(tag_by(writer, i));
                added[writer].store(i + 1, std::memory_order_release);
            }
        });
    for (std::size_t writer = 0; writer < added.size(); ++writer)
        threads.emplace_back([&, writer] {
            for (std::uint64_t i = 0, there = 0; there < kTags / 2; i += 7919) {
                there = added[writer].load(std::memory_order_acquire);
                if (there > 0 && !filter.may_hold(tag_by(writer, i % there))) ++denied;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(denied == 0);
}

}  // namespace reelproof::ledger::tests
