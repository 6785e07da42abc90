#include "ledger/leak/trace.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "ledger/leak/canary.h"
#include "tests/ledger/leak/leak_support.h"

using namespace reelproof::ledger;
using namespace reelproof;

namespace {

constexpr std::size_t kRecipients = 200;

struct Network {
    std::string bom = test::some_bom(3, 300);
    LeakKey key = leak_key(LeakKey(Bytes(32, 6)), "0123", 1);
    std::vector<MarkedCopy> copies;

    Network() {
        for (std::size_t i = 0; i < kRecipients; ++i)
            copies.push_back({"ems" + std::to_string(i) + ".example", i % 2 == 0 ? 3u : 0u});
    }
    [[nodiscard]] std::string copy(std::size_t i) const {
        return mark_table(bom, key, copies[i].recipient, {copies[i].decoys, "DNP"})->csv;
    }
    [[nodiscard]] std::vector<std::string> named(const std::string& found) const {
        const auto beside = FoundTable::lay_beside(bom, found);
        REQUIRE(beside.has_value());
        std::vector<std::string> out;
        for (const auto& one : beside->trace(key, copies, copies.size()).suspicions)
            if (one.named()) out.push_back(one.recipient);
        std::sort(out.begin(), out.end());
        return out;
    }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("whose copy it is, is told through damage", "[leak]") {
    const Network network;
    test::Random random(1);
    for (const std::size_t who : {4u, 5u}) {
        const Names him{network.copies[who].recipient};
        const auto copy = network.copy(who);
        CHECK(network.named(copy) == him);
        CHECK(network.named(test::sorted_lines(copy)) == him);
        CHECK(network.named(test::shuffled_lines(copy, random)) == him);
        CHECK(network.named(test::typed_anew(copy, random)) == him);
        CHECK(network.named(test::part_of_lines(copy, 0.3, random)) == him);
        CHECK(network.named(test::without_columns(copy, {"Value", "Price", "Footprint"})) == him);
        CHECK(network.named(test::without_columns(copy, {"Designator", "Price"})) == him);
    }
    CHECK(network.named(
              test::mixed({network.copy(10), network.copy(21), network.copy(32)}, random)) ==
          Names{"ems10.example", "ems21.example", "ems32.example"});
}

TEST_CASE("a table that was pasted into a letter is still a table", "[leak]") {
    const Network network;
    auto copy = network.copy(7);
    std::replace(copy.begin(), copy.end(), ',', '\t');
    CHECK(network.named("Hi,\nplease quote \"this:\n\n" + copy + "\nregards") ==
          Names{network.copies[7].recipient});
}

TEST_CASE("weak evidence names nobody", "[leak]") {
    const Network network;
    test::Random random(2);
    CHECK(network.named(network.bom).empty());
    CHECK(network.named(test::made_uniform(network.copy(5))).empty());
    CHECK(network.named(test::part_of_lines(network.copy(4), 0.01, random)).empty());
    CHECK(network.named(test::some_bom(99, 300)).empty());
    CHECK(network.named("").empty());
    CHECK(network.named("\"never closed\n\x01\xff").empty());
    // Somebody else's marks, who is not among those that are asked about.
    CHECK(network.named(mark_table(network.bom, network.key, "stranger.example", {3, "DNP"})->csv)
              .empty());
}

TEST_CASE("decoys name whom everything else no longer does", "[leak]") {
    const Network network;
    CHECK(network.named(test::made_uniform(network.copy(4))) == Names{network.copies[4].recipient});
}

TEST_CASE("the evidence against who never had the file is one on average", "[leak]") {
    // Of the evidence x, the mean is 1 and the share above 10 is below a tenth.
    const Network network;
    const auto beside = FoundTable::lay_beside(network.bom, network.copy(4)).value();
    std::vector<MarkedCopy> strangers;
    for (std::size_t i = 0; i < 5000; ++i) strangers.push_back({"s" + std::to_string(i), i % 4});
    std::size_t above_ten = 0, named = 0;
    for (const auto& one : beside.trace(network.key, strangers, 1).suspicions) {
        above_ten += one.odds > 1 ? 1 : 0;
        named += one.named() ? 1 : 0;
    }
    CHECK(above_ten < 500);
    CHECK(named < 5);
}

TEST_CASE("the recipients' number is paid for", "[leak]") {
    const Network network;
    const auto beside = FoundTable::lay_beside(network.bom, network.copy(4)).value();
    const auto one = beside.trace(network.key, {network.copies[4]}, 1).suspicions.front();
    const auto many = beside.trace(network.key, {network.copies[4]}, 1000).suspicions.front();
    CHECK(one.odds - many.odds == Approx(3));
    CHECK(one.spellings.seen == one.spellings.agree);
    CHECK(one.decoys.agree == 3);
}

TEST_CASE("a canary is known by its parts, and by no others", "[leak]") {
    const LeakKey key{ByteView(Bytes(32, 7))};
    const auto table = canary_table(key, "atlas rev D", 40);
    CHECK(parse_bom_table(table)->lines.size() == 40);
    CHECK(table == canary_table(key, "atlas rev D", 40));
    auto parts = canary_parts(key, "atlas rev D", 40);
    for (const auto& part : parts) CHECK(table.find(part) != std::string::npos);
    std::sort(parts.begin(), parts.end());
    CHECK(std::unique(parts.begin(), parts.end()) == parts.end());

    const auto trace = [&](std::string_view name, std::string_view text) {
        return trace_canary(key, name, 40, part_words(text), 100);
    };
    CHECK(trace("atlas rev D", table).hits.size() == 40);
    const auto letter = trace("atlas rev D", "please quote " + parts[3] + ", and\n" + parts[17]);
    CHECK(letter.hits == std::vector{parts[3], parts[17]});
    CHECK(letter.odds > kNamingOdds);
    CHECK(trace("another", table).hits.empty());
    CHECK(trace("another", table).odds < 0);
    CHECK(trace("atlas rev D", test::some_bom(1, 2000)).hits.empty());
}
