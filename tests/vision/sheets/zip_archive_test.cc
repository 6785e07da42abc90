// Archives: what is in them, and what hostile ones get.
#include "vision/sheets/zip_archive.h"

#include <catch2/catch.hpp>

#include "tests/zip_support.h"

using namespace reelproof::vision;
using namespace reelproof::tests;

namespace {

std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string why(const std::string& file) {
    const auto archive = ZipArchive::open(bytes_of(file));
    return archive ? "" : archive.error().text;
}

std::string changed(std::string file, std::size_t at, const std::string& with) {
    return file.replace(at, with.size(), with);
}

}  // namespace

TEST_CASE("what is in an archive is read, packed or not", "[sheets]") {
    const std::string text(10'000, 'x');
    const auto file = zip_of({{"a/one.txt", text}, {"two", "2", false}, {"empty", ""}});
    const auto archive = ZipArchive::open(bytes_of(file));
    REQUIRE(archive.has_value());
    CHECK(archive->members().size() == 3);
    CHECK(archive->read(*archive->find("a/one.txt")).value() == text);
    CHECK(archive->read(*archive->find("two")).value() == "2");
    CHECK(archive->read(*archive->find("empty")).value().empty());
    CHECK(archive->beginning(*archive->find("a/one.txt"), 7).value() == "xxxxxxx");
    CHECK(archive->find("three") == nullptr);
    CHECK(is_zip(bytes_of(file)));
    CHECK_FALSE(is_zip(bytes_of("PK")));
    CHECK(ZipArchive::open(bytes_of(zip_of({})))->members().empty());
}

TEST_CASE("an archive that is damaged or says two things is refused", "[sheets]") {
    const auto file = zip_of({{"one", "the first", false}, {"two", "the second", false}});
    // Cut off anywhere.
    for (std::size_t size = 0; size < file.size(); ++size)
        CHECK_FALSE(ZipArchive::open(bytes_of(file.substr(0, size))).has_value());
    const auto directory = file.find("PK\x01\x02");
    const auto end = file.find("PK\x05\x06");
    CHECK(why(changed(file, 30, "six")) != "");               // another name in its head
    CHECK(why(changed(file, directory + 8, "\x01")) != "");   // encrypted
    CHECK(why(changed(file, directory + 10, "\x0c")) != "");  // bzip2
    CHECK(why(changed(file, directory + 20, "\xff\xff\xff\xff")) != "");  // Zip64
    CHECK(why(changed(file, end + 4, "\x01")) != "");                     // the second of two parts
    CHECK(why(changed(file, end + 10, "\x03")) != "");
    CHECK(why(changed(file, end + 16, "\x01")) != "");
    CHECK(why(file + "x") != "");
    CHECK(why(zip_of({{"one", "1"}, {"one", "2"}})).find("one name") != std::string::npos);
    // Its content is not what its checksum says.
    const auto wrong = changed(file, file.find("the first"), "The");
    const auto archive = ZipArchive::open(bytes_of(wrong));
    REQUIRE(archive.has_value());
    CHECK_FALSE(archive->read(archive->members()[0]).has_value());
    CHECK(archive->read(archive->members()[1]).has_value());
}

TEST_CASE("archives that grow without end are refused", "[sheets]") {
    const auto bomb = zip_of({{"zeros", std::string(20u << 20, '\0')}});
    CHECK(bomb.size() < 40'000);
    CHECK(ZipArchive::open(bytes_of(bomb)).error().code == "zip.too-large");
    // Says that it is small.
    auto liar = zip_of({{"zeros", std::string(100'000, '\0')}});
    liar = changed(liar, liar.find("PK\x01\x02") + 24, little(10, 4));
    const auto archive = ZipArchive::open(bytes_of(liar));
    REQUIRE(archive.has_value());
    CHECK_FALSE(archive->read(archive->members()[0]).has_value());
    // Many that share the same bytes.
    const auto one = zip_of({{"a", "text", false}});
    auto shared = one;
    const auto directory = one.find("PK\x01\x02"), end = one.find("PK\x05\x06");
    auto entry = one.substr(directory, end - directory);
    entry.back() = 'b';
    shared.insert(end, entry);
    const auto at = end + entry.size();
    shared = changed(shared, at + 8, little(2, 2) + little(2, 2) + little(2 * entry.size(), 4));
    CHECK(why(shared) != "");
    std::vector<Packed> many;
    for (std::size_t i = 0; i <= kMostMembers; ++i) many.push_back({std::to_string(i), "", false});
    CHECK(ZipArchive::open(bytes_of(zip_of(many))).error().code == "zip.too-many");
}
