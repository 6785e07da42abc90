#include "ledger/store/tag_index.h"

#include <thread>

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

// Of the rows of such entries, how many are not found.
std::uint64_t missing(const TagIndex& index, std::uint64_t entries, std::size_t envelopes) {
    std::uint64_t count = 0;
    for (std::uint64_t i = 0; i < entries; ++i)
        for (std::size_t position = 0; position < envelopes; ++position)
            if (index.find(tag_of(i * 1000 + position)).size() != 1) ++count;
    return count;
}

std::uint64_t found_of_absent(const TagIndex& index) {
    std::uint64_t count = 0;
    for (std::uint64_t i = 0; i < 5'000; ++i) count += index.find(tag_of(i * 1000 + 999)).size();
    return count;
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

TEST_CASE("tags that are merged while the filter is filled are in it", "[store][index][filter]") {
    const TempFolder folder;
    TagIndex index(folder.path(), std::uint64_t{1} << 28, std::uint64_t{1} << 28, false, root_of);
    add(index, 0, 30, 200);
    REQUIRE(index.merge());
    CHECK_FALSE(index.filter_use().ready);
    std::uint64_t entries = 30;
    int slices = 0;
    // The shortest slices there are; a merge between each two, in front of the scan and behind it.
    while (!index.fill_filter(std::chrono::milliseconds(0))) {
        ++slices;
        CHECK_FALSE(index.filter_use().ready);
        CHECK(missing(index, entries, 200) == 0);
        if (slices > 20) continue;
        add(index, entries, entries + 1, 200);
        ++entries;
        CHECK(missing(index, entries, 200) == 0);
        REQUIRE(index.merge());
    }
    CHECK(slices > 20);
    CHECK(index.filter_use().ready);
    CHECK(missing(index, entries, 200) == 0);
    CHECK(found_of_absent(index) == 0);
    // And so are those that come when it is whole, before they are merged and after.
    add(index, entries, entries + 30, 200);
    CHECK(missing(index, entries + 30, 200) == 0);
    REQUIRE(index.merge());
    CHECK(missing(index, entries + 30, 200) == 0);
}

TEST_CASE("rows of a view are found though merges and a new filter come after it",
          "[store][index][filter]") {
    const TempFolder folder;
    TagIndex index(folder.path(), std::uint64_t{1} << 28, std::uint64_t{1} << 28, false, root_of);
    add(index, 0, 2, 200);
    REQUIRE(index.merge());
    TagIndex::View without(index);
    REQUIRE(index.fill_filter());
    add(index, 2, 4, 200);
    TagIndex::View with(index);
    REQUIRE(index.merge());
    add(index, 4, 6, 200);
    REQUIRE(index.merge());
    const auto found = [](TagIndex::View& view, std::uint64_t entry) {
        return view.find(tag_of(entry * 1000 + 7), {}, 10).rows.size();
    };
    for (std::uint64_t entry = 0; entry < 2; ++entry) CHECK(found(without, entry) == 1);
    for (std::uint64_t entry = 0; entry < 4; ++entry) CHECK(found(with, entry) == 1);
    TagIndex::View now(index);
    for (std::uint64_t entry = 0; entry < 6; ++entry) CHECK(found(now, entry) == 1);
}

TEST_CASE("the filter outlives purges and a clearing, and a restart makes it anew",
          "[store][index][filter]") {
    const TempFolder folder;
    constexpr std::uint64_t kMap = std::uint64_t{1} << 28;
    {
        TagIndex index(folder.path(), kMap, kMap, false, root_of);
        add(index, 0, 20, 100);
        REQUIRE(index.merge());
        REQUIRE(index.fill_filter());
        const auto purge = [&](std::uint64_t entry) {
            std::vector<EnvelopeSpan> spans;
            for (std::uint64_t i = 0; i < 100; ++i) spans.push_back({tag_of(entry * 1000 + i)});
            const IndexedStatement statement{
                .place = {kOwnLog, entry}, .iss = "org", .envelopes = spans};
            index.purge({&statement, 1});
        };
        index.begin_purge(kOwnLog, 15, 1);
        for (std::uint64_t entry = 15; entry < 20; ++entry) purge(entry);
        CHECK(missing(index, 15, 100) == 0);
        for (std::uint64_t entry = 15; entry < 20; ++entry)
            CHECK(index.find(tag_of(entry * 1000)).empty());
        add(index, 15, 25, 100);
        CHECK(missing(index, 25, 100) == 0);
        REQUIRE(index.merge());
        CHECK(missing(index, 25, 100) == 0);
        CHECK(found_of_absent(index) == 0);

        index.clear(2);
        CHECK(index.find(tag_of(0)).empty());
        add(index, 0, 25, 100);
        REQUIRE(index.merge());
        CHECK(missing(index, 25, 100) == 0);
    }
    TagIndex again(folder.path(), kMap, kMap, false, root_of);
    CHECK_FALSE(again.filter_use().ready);
    CHECK(again.filter_use().bytes == 0);
    CHECK(missing(again, 25, 100) == 0);
    REQUIRE(again.fill_filter());
    CHECK(again.filter_use().ready);
    CHECK(missing(again, 25, 100) == 0);
    CHECK(found_of_absent(again) == 0);
}

TEST_CASE("a filter that is cleared away while it is filled holds what comes after",
          "[store][index][filter]") {
    const TempFolder folder;
    TagIndex index(folder.path(), std::uint64_t{1} << 28, std::uint64_t{1} << 28, false, root_of);
    add(index, 0, 30, 200);
    REQUIRE(index.merge());
    REQUIRE_FALSE(index.fill_filter(std::chrono::milliseconds(0)));
    index.clear(1);
    add(index, 0, 10, 200);
    REQUIRE(index.merge());
    while (!index.fill_filter(std::chrono::milliseconds(0))) {
    }
    CHECK(missing(index, 10, 200) == 0);
    CHECK(index.find(tag_of(20'000)).empty());
}

TEST_CASE("the filter is made anew when it is full, and none is missed meanwhile",
          "[store][index][filter]") {
    const TempFolder folder;
    TagIndex index(folder.path(), std::uint64_t{1} << 29, std::uint64_t{1} << 29, false, root_of);
    REQUIRE(index.fill_filter());
    const auto small = index.filter_use().bytes;
    std::uint64_t entries = 0;
    for (; entries * 200 < TagFilter::kLeastTags + 10'000; entries += 50) {
        add(index, entries, entries + 50, 200);
        REQUIRE(index.merge());
    }
    CHECK(index.filter_use().bytes == small);
    CHECK(missing(index, entries, 200) == 0);
    REQUIRE_FALSE(index.fill_filter(std::chrono::milliseconds(0)));
    CHECK(index.filter_use().ready);
    CHECK(index.filter_use().bytes > 2 * small);  // both
    add(index, entries, entries + 50, 200);
    entries += 50;
    REQUIRE(index.merge());
    CHECK(missing(index, entries, 200) == 0);
    while (!index.fill_filter()) {
    }
    CHECK(index.filter_use().bytes > small);
    CHECK(index.filter_use().bytes < entries * 200 * 8 / 5);
    CHECK(missing(index, entries, 200) == 0);
    CHECK(found_of_absent(index) == 0);
}

TEST_CASE("rows are found at all times while the filter is filled and grows",
          "[store][index][filter]") {
    const TempFolder folder;
    TagIndex index(folder.path(), std::uint64_t{1} << 20, std::uint64_t{1} << 30, false, root_of);
    constexpr std::uint64_t kEntries = 1'000;
    constexpr std::size_t kEnvelopes = 150;  // altogether more than twice what the first can hold
    std::atomic<std::uint64_t> added = 0, wrong = 0;
    std::atomic<bool> stop = false;
    std::vector<std::thread> readers;
    for (std::uint64_t reader = 0; reader < 2; ++reader)
        readers.emplace_back([&, reader] {
            for (std::uint64_t i = reader; !stop; i += 7919) {
                if (!index.find(tag_of(i * 1000 + 999)).empty()) ++wrong;
                const std::uint64_t there = added;
                if (there == 0) continue;
                if (index.find(tag_of((there - 1) * 1000 + i % kEnvelopes)).size() != 1) ++wrong;
                if (index.find(tag_of(i % there * 1000 + i % kEnvelopes)).size() != 1) ++wrong;
            }
        });
    index.start();
    for (std::uint64_t i = 0; i < kEntries; i += 10) {
        add(index, i, i + 10, kEnvelopes);
        added = i + 10;
        // Merges come from two threads.
        if (i % 50 == 0) CHECK(index.merge());
    }
    CHECK(index.merge());
    // One for fewer would have been full.
    const auto grown = TagFilter(kEntries * kEnvelopes * 4 / 5).bytes();
    for (int i = 0; i < 10'000 && index.filter_use().bytes < grown; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    stop = true;
    for (auto& reader : readers) reader.join();
    index.stop(true);
    CHECK(wrong == 0);
    CHECK(index.filter_use().ready);
    CHECK(index.filter_use().bytes >= grown);
    CHECK(missing(index, kEntries, kEnvelopes) == 0);
}

TEST_CASE("a store fills the filter beside its work, and after each start",
          "[store][index][filter]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    const auto filled = [&] {
        for (int i = 0; i < 5'000 && !node.store->stats().filter_ready; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return node.store->stats().filter_ready;
    };
    const auto found = [&](std::uint64_t number) {
        return node.store->find_tag(tag_of(number), org.name).envelopes.size();
    };
    node.open_with_genesis();
    node.must_submit(org.sealed({tag_of(1), tag_of(2)}));
    REQUIRE(filled());
    CHECK(node.store->stats().filter_bytes > 0);
    node.must_submit(org.sealed({tag_of(2), tag_of(3)}));
    for (const bool reopened : {false, true}) {
        CAPTURE(reopened);
        if (reopened) REQUIRE(node.open() == "");
        REQUIRE(filled());
        CHECK(found(1) == 1);
        CHECK(found(2) == 2);
        CHECK(found(3) == 1);
        for (std::uint64_t number = 4; number < 100; ++number) CHECK(found(number) == 0);
    }
    CHECK(node.check() == "");
    node.close();
    // Who only looks has none.
    auto options = node.store_options;
    options.read_only = true;
    const auto store = Store::open(options);
    REQUIRE(store);
    CHECK_FALSE((*store)->stats().filter_ready);
    CHECK((*store)->find_tag(tag_of(2), org.name).envelopes.size() == 2);
    CHECK((*store)->find_tag(tag_of(4), org.name).envelopes.empty());
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
