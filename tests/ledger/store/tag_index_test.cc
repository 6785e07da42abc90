#include "ledger/store/tag_index.h"

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/store/fault.h"
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

// Stands for the tree of a log in which nothing ever changes.
std::optional<Hash> root_of(LogId log, std::uint64_t size) {
    return sha256(as_bytes("root " + std::to_string(log) + "/" + std::to_string(size)));
}

std::unique_ptr<TagIndex> open_index(const std::filesystem::path& folder,
                                     std::uint64_t map_size = std::uint64_t{1} << 28) {
    return std::make_unique<TagIndex>(folder, map_size, map_size, false, root_of);
}

// Fails the commit of that slice of the merges to come.
void fail_at_slice(int slice) {
    set_fault_hook([at = std::make_shared<int>(0), slice](FaultPoint point) {
        if (point == FaultPoint::before_index_commit && (*at)++ == slice)
            throw EnvironmentError("fdatasync: Input/output error");
    });
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
        const auto opened = open_index(folder.path(), std::uint64_t{1} << 30);
        TagIndex& index = *opened;
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
    const auto opened = open_index(folder.path(), std::uint64_t{1} << 30);
    const TagIndex& again = *opened;
    CHECK(all_there(again));
    CHECK(again.envelopes_merged() == kEntries * kEnvelopes);
    CHECK(again.find(tag_of(999)).empty());
    CHECK_FALSE(again.find_leaf(leaf_of(kEntries)));
}

TEST_CASE("a tag that many envelopes share is found with each of them", "[store][index]") {
    const TempFolder folder;
    const auto opened = open_index(folder.path());
    TagIndex& index = *opened;
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
    const auto opened = open_index(folder.path());
    TagIndex& index = *opened;
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
    const auto opened = open_index(folder.path(), std::uint64_t{1} << 29);
    TagIndex& index = *opened;
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
        const auto opened = open_index(folder.path(), std::uint64_t{1} << 20);
        TagIndex& index = *opened;
        add(index, 0, 100, 200);
        CHECK_FALSE(index.merge());
        CHECK(index.full());
        CHECK(index.find(tag_of(99'000)).size() == 1);
        CHECK(index.merged_up_to(kOwnLog) == 0);
    }
    const auto opened = open_index(folder.path());  // with more room
    TagIndex& index = *opened;
    CHECK(index.merged_up_to(kOwnLog) == 0);
    add(index, 0, 100, 200);
    CHECK(index.merge());
    CHECK_FALSE(index.full());
    CHECK(index.find(tag_of(99'000)).size() == 1);
}

TEST_CASE("a merge that was cut off is told from one that is whole", "[store][index]") {
    const TempFolder folder;
    constexpr std::uint64_t kEntries = 200;  // 51,400 rows: three slices
    constexpr std::size_t kEnvelopes = 256;
    const auto of_own = [](const TagIndex& index) { return index.contents().logs[kOwnLog]; };
    const int slice = GENERATE(0, 1, 2);
    {
        const auto index = open_index(folder.path());
        index->clear(0);
        add(*index, 0, kEntries, kEnvelopes);
        fail_at_slice(slice);
        CHECK_THROWS_AS(index->merge(), EnvironmentError);
        set_fault_hook({});
    }
    {
        const auto index = open_index(folder.path());
        CHECK(index->contents().format == tag_rows::kFormat);
        const auto cut_off = of_own(*index);
        CHECK(cut_off.merged.size == 0);
        CHECK(cut_off.begun.has_value() == (slice > 0));
        if (slice > 0) {
            CHECK(index->envelopes_merged() > 0);
            CHECK(cut_off.begun->size == kEntries);
            CHECK(cut_off.begun->root == root_of(kOwnLog, kEntries));
        }
        // The replay is merged in other batches than before.
        add(*index, 0, 50, kEnvelopes);
        REQUIRE(index->merge());
        CHECK(of_own(*index).merged.size == 50);
        CHECK(of_own(*index).merged.root == root_of(kOwnLog, 50));
        CHECK(of_own(*index).begun.has_value() == (slice > 0));
        add(*index, 50, kEntries, kEnvelopes);
        REQUIRE(index->merge());
        CHECK(of_own(*index).merged.size == kEntries);
        CHECK_FALSE(of_own(*index).begun);
        CHECK(index->envelopes_merged() == kEntries * kEnvelopes);
    }
}

TEST_CASE("a purge is told from one that is done", "[store][index]") {
    const TempFolder folder;
    const auto index = open_index(folder.path());
    index->clear(0);
    add(*index, 0, 10, 1);
    index->begin_purge(kOwnLog, 4, 1);
    auto progress = index->contents().logs[kOwnLog];
    CHECK(index->contents().purges == 1);
    CHECK(progress.merged.size == 4);
    CHECK(progress.merged.root == root_of(kOwnLog, 4));
    REQUIRE(progress.begun);
    CHECK(progress.begun->size == 10);
    CHECK(progress.begun->root == root_of(kOwnLog, 10));
    index->begin_purge(kOwnLog, 4, 1);  // again, since it did not come to its end
    CHECK(index->contents().logs[kOwnLog].begun->size == 10);
    index->end_purge(kOwnLog);
    progress = index->contents().logs[kOwnLog];
    CHECK(progress.merged.size == 4);
    CHECK_FALSE(progress.begun);
}

}  // namespace reelproof::ledger::tests
