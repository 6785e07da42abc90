#include "ledger/store/lmdb_file.h"

#include <cstring>
#include <fstream>

#include <catch2/catch.hpp>

#include "ledger/store/lmdb.h"
#include "ledger/store/schema.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

constexpr std::uint64_t kMap = std::uint64_t{1} << 30;

Bytes key_of(std::uint64_t number) {
    Bytes key(8);
    schema::put_u64(key.data(), number);
    return key;
}

// Bytes up to the end of the last page that was ever used.
std::uint64_t used(const std::filesystem::path& folder) {
    return lmdb::Environment(folder, kMap, true).use().used;
}

bool readable(const std::filesystem::path& folder, std::uint64_t rows) {
    lmdb::Environment environment(folder, kMap, true);
    const auto table = environment.open_tables({"rows"})[0];
    const lmdb::Reader reader(environment);
    lmdb::Cursor cursor(reader, table);
    std::uint64_t found = 0;
    for (bool row = cursor.first(); row; row = cursor.next())
        found += cursor.value().back() == 7 ? 1 : 0;
    return found == rows && environment.reusable() > 0;
}

}  // namespace

TEST_CASE("a data file that lacks pages in use is not opened", "[store][lmdb]") {
    const TempFolder folder;
    const auto file = folder.path() / "data.mdb";
    {
        lmdb::Environment environment(folder.path(), kMap, false);
        const auto table = environment.open_tables({"rows"})[0];
        lmdb::Writer writer(environment);
        for (std::uint64_t i = 0; i < 200; ++i) writer.put(table, key_of(i), Bytes(5000, 7));
        writer.commit();
    }
    const std::uint64_t whole = std::filesystem::file_size(file);
    CHECK_FALSE(lmdb::find_cut(file));
    for (const std::uint64_t size : {whole - 1, whole / 2, std::uint64_t{20'000},
                                     std::uint64_t{8192}, std::uint64_t{5000}, std::uint64_t{1}}) {
        CAPTURE(size, whole);
        std::filesystem::resize_file(file, size);
        const auto cut = lmdb::find_cut(file);
        REQUIRE(cut);
        CHECK(cut->has == size);
        CHECK(cut->needs == (size > 4096 ? whole : 8192));
        CHECK_THROWS_AS(lmdb::Environment(folder.path(), kMap, false), lmdb::CutShort);
        CHECK_THROWS_AS(lmdb::Environment(folder.path(), kMap, true), lmdb::CutShort);
    }
}

TEST_CASE("a data file whose last pages were given up unwritten is sound", "[store][lmdb]") {
    const TempFolder folder;
    const auto file = folder.path() / "data.mdb";
    const std::uint64_t rows = 2000;
    {
        lmdb::Environment environment(folder.path(), kMap, false);
        const auto table = environment.open_tables({"rows"})[0];
        // Lists of free pages in pages of their own, and enough of them for a tree of two levels.
        for (std::uint64_t round = 0; round < 100; ++round) {
            lmdb::Writer writer(environment);
            for (std::uint64_t i = 0; i < rows; ++i)
                writer.put(table, key_of(i), Bytes(round % 2 == 0 ? 3000 : 100, 7));
            writer.commit();
        }
        lmdb::Writer writer(environment);
        writer.put(table, key_of(rows), Bytes(std::size_t{32} << 20, 7));
        writer.remove(table, key_of(rows));
        writer.commit();
    }
    REQUIRE(std::filesystem::file_size(file) < used(folder.path()));
    CHECK(readable(folder.path(), rows));
}

TEST_CASE("what is no data file of LMDB is left to LMDB to refuse", "[store][lmdb]") {
    const TempFolder folder;
    const auto file = folder.path() / "data.mdb";
    CHECK_FALSE(lmdb::find_cut(file));
    std::ofstream(file).flush();
    CHECK_FALSE(lmdb::find_cut(file));
    std::ofstream(file) << std::string(10'000, 'x');
    CHECK_FALSE(lmdb::find_cut(file));
    CHECK_THROWS_AS(lmdb::Environment(folder.path(), kMap, false), EnvironmentError);
}

TEST_CASE("a list of free pages that leads back to itself comes to an end", "[store][lmdb]") {
    const TempFolder folder;
    const auto file = folder.path() / "data.mdb";
    const auto put = [](Bytes& bytes, std::size_t at, auto value) {
        std::memcpy(bytes.data() + at, &value, sizeof value);
    };
    Bytes bytes(3 * 4096);
    put(bytes, 16, std::uint32_t{0xBEEFC0DE});
    put(bytes, 20, std::uint32_t{1});
    put(bytes, 40, std::uint32_t{4096});
    put(bytes, 46, std::uint16_t{60'000});      // depth of the free list
    put(bytes, 80, std::uint64_t{2});           // and its root
    put(bytes, 136, std::uint64_t{1'000'000});  // last page
    put(bytes, 2 * 4096 + 10, std::uint16_t{1});
    put(bytes, 2 * 4096 + 12, std::uint16_t{20});  // two children: itself, twice
    for (const std::size_t child : {0, 2}) put(bytes, 2 * 4096 + 16 + child, std::uint16_t{100});
    put(bytes, 2 * 4096 + 100, std::uint64_t{2});
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    const auto cut = lmdb::find_cut(file);
    REQUIRE(cut);
    CHECK(cut->has == bytes.size());
}

}  // namespace reelproof::ledger::tests
