#include "ledger/store/tag_index.h"

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

Hash leaf_of(std::uint64_t number) {
    return sha256(as_bytes("leaf " + std::to_string(number)));
}

// Entries [from, to) of our own log with `envelopes` tags each: tag_of(index * 1000 + position).
void add(TagIndex& index, std::uint64_t from, std::uint64_t to, std::size_t envelopes) {
    for (std::uint64_t i = from; i < to; ++i) {
        std::vector<EnvelopeSpan> spans;
        for (std::size_t position = 0; position < envelopes; ++position)
            spans.push_back({tag_of(i * 1000 + position), static_cast<std::uint16_t>(position), 7});
        const Hash leaf = leaf_of(i);
        const std::string iss = "org" + std::to_string(i % 3);
        const IndexedStatement statement{.place = {kOwnLog, i},
                                         .iss = iss,
                                         .iat = static_cast<UnixSeconds>(i),
                                         .leaf = &leaf,
                                         .envelopes = spans};
        index.add({&statement, 1});
    }
}

}  // namespace

TEST_CASE("rows are found in memory, half merged, and merged", "[store][index]") {
    const TempFolder folder;
    constexpr std::uint64_t kEntries = 700;  // 179,200 rows: more than one generation
    constexpr std::size_t kEnvelopes = 256;
    const auto all_there = [](const TagIndex& index) {
        std::uint64_t missing = 0;
        for (std::uint64_t i = 0; i < kEntries; ++i) {
            if (index.find_leaf(leaf_of(i)) != i) ++missing;
            for (const std::size_t position : {0, 100, 255}) {
                const auto rows = index.find(tag_of(i * 1000 + position));
                if (rows.size() != 1 || rows[0].place != Place{kOwnLog, i} ||
                    rows[0].position != position || rows[0].offset != position ||
                    rows[0].length != 7 || rows[0].iat != static_cast<UnixSeconds>(i) ||
                    index.issuer(rows[0].issuer) != "org" + std::to_string(i % 3))
                    ++missing;
            }
        }
        return missing == 0;
    };
    {
        TagIndex index(folder.path(), std::uint64_t{1} << 30, std::uint64_t{1} << 30, false);
        add(index, 0, kEntries, kEnvelopes);
        CHECK(index.rows_in_memory() == kEntries * (kEnvelopes + 1));
        CHECK(index.envelopes_in_memory() == kEntries * kEnvelopes);
        CHECK(all_there(index));
        CHECK(index.merged_up_to(kOwnLog) == 0);
        const std::uint64_t merges = index.merges();
        REQUIRE(index.merge());
        CHECK(index.merges() > merges);
        CHECK(index.rows_in_memory() == 0);
        CHECK(index.merged_up_to(kOwnLog) == kEntries);
        CHECK(all_there(index));
    }
    const TagIndex again(folder.path(), std::uint64_t{1} << 30, std::uint64_t{1} << 30, false);
    CHECK(all_there(again));
    CHECK(again.envelopes_merged() == kEntries * kEnvelopes);
    CHECK(again.find(tag_of(999)).empty());
    CHECK_FALSE(again.find_leaf(leaf_of(kEntries)));
}

TEST_CASE("a tag that many envelopes share is found with each of them", "[store][index]") {
    const TempFolder folder;
    TagIndex index(folder.path(), std::uint64_t{1} << 28, std::uint64_t{1} << 28, false);
    const auto add_shared = [&](std::uint64_t from, std::uint64_t to) {
        for (std::uint64_t i = from; i < to; ++i) {
            const std::vector<EnvelopeSpan> spans(3, EnvelopeSpan{tag_of(1), 10, 20});
            const IndexedStatement statement{
                .place = {5, i}, .iss = "a", .iat = 0, .leaf = nullptr, .envelopes = spans};
            index.add({&statement, 1});
        }
    };
    add_shared(0, 50);
    REQUIRE(index.merge());
    add_shared(50, 80);
    const auto rows = index.find(tag_of(1));
    REQUIRE(rows.size() == 240);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(rows[i].place == Place{5, i / 3});
        CHECK(rows[i].position == i % 3);
    }
}

TEST_CASE("who copies a tag hides nobody's rows and costs little", "[store][index]") {
    const TempFolder folder;
    TagIndex index(folder.path(), std::uint64_t{1} << 28, std::uint64_t{1} << 28, false);
    std::map<LogId, std::uint64_t> sizes;
    const auto add_shared = [&](LogId log, const std::string& iss, std::uint64_t count) {
        const std::vector<EnvelopeSpan> spans(10, EnvelopeSpan{tag_of(1), 10, 20});
        for (std::uint64_t i = 0; i < count; ++i) {
            const IndexedStatement statement{.place = {log, sizes[log]++},
                                             .iss = iss,
                                             .iat = 0,
                                             .leaf = nullptr,
                                             .envelopes = spans};
            index.add({&statement, 1});
        }
    };
    add_shared(3, "flooder", 410);
    add_shared(4, "victim", 2);
    add_shared(5, "flooder", 409);
    add_shared(6, "flooder", 410);
    add_shared(6, "victim", 1);
    const auto in_logs = [](const FoundRows& found, LogId log) {
        return std::count_if(found.rows.begin(), found.rows.end(),
                             [&](const TagRow& row) { return row.place.log == log; });
    };
    const auto find = [&](std::string_view issuer, std::size_t limit) {
        return TagIndex::View(index).find(tag_of(1), issuer, limit);
    };
    auto found = find("victim", 100);
    CHECK(found.rows.size() == 30);
    CHECK(found.cut.empty());
    REQUIRE(index.merge());
    found = find("victim", 100);
    CHECK(in_logs(found, 4) == 20);
    // Its rows behind the copies in one log are not seen, and that is said.
    CHECK(found.cut == std::vector<LogId>{3, 6});
    CHECK(find("victim", 17).rows.size() == 17);
    CHECK(find("flooder", 17).rows.size() == 17);
    CHECK(find("nobody", 17).rows.empty());
    CHECK(index.find(tag_of(1)).size() == 12'320);
}

TEST_CASE("rows are found at all times while they are being merged", "[store][index]") {
    const TempFolder folder;
    TagIndex index(folder.path(), std::uint64_t{1} << 29, std::uint64_t{1} << 29, false);
    index.start();
    std::atomic<std::uint64_t> added = 0;
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> missing = 0;
    std::thread reader([&] {
        for (std::uint64_t i = 0; !stop; i = (i + 7919) % (added + 1))
            if (i < added &&
                (index.find(tag_of(i * 1000)).size() != 1 || !index.find_leaf(leaf_of(i))))
                ++missing;
    });
    for (std::uint64_t i = 0; i < 20; ++i) {
        add(index, i * 50, (i + 1) * 50, 20);
        added = (i + 1) * 50;
        REQUIRE(index.merge());
    }
    stop = true;
    reader.join();
    index.stop(true);
    CHECK(missing == 0);
    CHECK(index.merged_up_to(kOwnLog) == 1000);
}

TEST_CASE("a full index keeps its rows in memory", "[store][index]") {
    const TempFolder folder;
    {
        TagIndex index(folder.path(), std::uint64_t{1} << 20, std::uint64_t{1} << 20, false);
        add(index, 0, 100, 200);
        CHECK_FALSE(index.merge());
        CHECK(index.full());
        CHECK(index.find(tag_of(99'000)).size() == 1);
        CHECK(index.merged_up_to(kOwnLog) == 0);
    }
    TagIndex index(folder.path(), std::uint64_t{1} << 28, std::uint64_t{1} << 28,
                   false);  // with more room
    CHECK(index.merged_up_to(kOwnLog) == 0);
    add(index, 0, 100, 200);
    CHECK(index.merge());
    CHECK_FALSE(index.full());
    CHECK(index.find(tag_of(99'000)).size() == 1);
}

}  // namespace reelproof::ledger::tests
