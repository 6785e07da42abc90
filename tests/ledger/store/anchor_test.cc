#include "ledger/store/anchor.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

AnchorState state_of(std::uint64_t size) {
    Hash root{};
    root[0] = static_cast<std::uint8_t>(size);
    return {{"acme.example/ledger", size, root}, kNow + static_cast<UnixSeconds>(size)};
}

}  // namespace

TEST_CASE("an anchor gives back what was written last", "[store][anchor]") {
    const TempFolder folder;
    const auto path = folder.path() / "anchor";
    {
        Anchor anchor(path);
        CHECK_FALSE(*anchor.read());
    }
    for (std::uint64_t size = 1; size < 6; ++size) {
        Anchor anchor(path);
        anchor.write(state_of(size));
        CHECK((*anchor.read())->checkpoint == state_of(size).checkpoint);
        CHECK((*anchor.read())->time == state_of(size).time);
    }
}

TEST_CASE("a torn anchor write leaves the one before", "[store][anchor]") {
    const TempFolder folder;
    const auto path = folder.path() / "anchor";
    {
        Anchor anchor(path);
        anchor.write(state_of(1));
        anchor.write(state_of(2));
    }
    const auto spoil = [&](std::streamoff at) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(at + 20);
        file.write("torn", 4);
    };
    spoil(0);  // the second write went to the first slot
    CHECK((*Anchor(path).read())->checkpoint.size == 1);
    spoil(4096);
    CHECK(Anchor(path).read().error().kind == ErrorKind::refused);
    Anchor(path).write(state_of(3));
    CHECK((*Anchor(path).read())->checkpoint.size == 3);
}

TEST_CASE("a store that was rolled back signs nothing", "[store][anchor]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.must_submit(org.any());
    node.close();
    copy_folder(folder.path() / "store", folder.path() / "old");
    REQUIRE(node.open() == "");
    node.must_submit(org.any());
    node.close();
    copy_folder(folder.path() / "old", folder.path() / "store");

    const std::string reason = node.open();
    CAPTURE(reason);
    CHECK(contains(reason, "rolled back"));
    CHECK(contains(reason, "holds 2 entries, but had signed 3"));
    node.close();
    CHECK(contains(accept_anchor(node.store_options).error().message, "rolled back"));
    CHECK(contains(node.open(), "rolled back"));
}

TEST_CASE("a store with another root at the anchored size signs nothing", "[store][anchor]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.close();
    copy_folder(folder.path() / "store", folder.path() / "old");
    const auto old_anchor = *read_file(folder.path() / "anchor", 1 << 20);
    REQUIRE(node.open() == "");
    node.must_submit(org.any());
    node.close();
    const auto anchor = *read_file(folder.path() / "anchor", 1 << 20);
    copy_folder(folder.path() / "old", folder.path() / "store");
    write_file_durably(folder.path() / "anchor", old_anchor);
    REQUIRE(node.open() == "");
    node.must_submit(org.any());
    const bool longer = GENERATE(false, true);
    if (longer) node.must_submit(org.any());
    node.close();
    write_file_durably(folder.path() / "anchor", anchor);

    const std::string reason = node.open();
    CAPTURE(reason);
    CHECK(contains(reason, "the roots differ"));
}

TEST_CASE("an anchor that is behind its store is advanced", "[store][anchor]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.close();
    const auto anchor = *read_file(folder.path() / "anchor", 1 << 20);
    REQUIRE(node.open() == "");
    node.must_submit(org.any());
    node.must_submit(org.any());
    node.close();
    write_file_durably(folder.path() / "anchor", anchor);  // as if we had died before it

    REQUIRE(node.open() == "");
    CHECK(node.size() == 3);
    node.close();
    CHECK((*Anchor(folder.path() / "anchor").read())->checkpoint.size == 3);
}

TEST_CASE("a missing anchor has to be accepted", "[store][anchor]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.close();
    SECTION("taken away") {
        std::filesystem::remove(folder.path() / "anchor");
    }
    SECTION("emptied") {
        std::filesystem::resize_file(folder.path() / "anchor", 0);
    }
    SECTION("damaged") {
        std::ofstream(folder.path() / "anchor", std::ios::binary) << std::string(8192, 'x');
    }
    for (int i = 0; i < 2; ++i) {
        const std::string reason = node.open();
        CAPTURE(reason);
        CHECK(contains(reason, "reelproof ledger anchor --accept"));
        node.close();
    }
    REQUIRE(accept_anchor(node.store_options));
    REQUIRE(node.open() == "");
    CHECK(node.must_submit(org.any()).index == 1);
}

TEST_CASE("a volume that is not mounted is no missing anchor", "[store][anchor]") {
    using Catch::Matchers::Contains;
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.close();
    const auto path = folder.path() / "volume" / "anchor";
    node.store_options.anchor = path;
    const auto says = Contains(path.string() + ": its folder is not there: is the volume mounted?");
    CHECK_THROWS_WITH(node.open(), says && !Contains("--accept"));
    node.close();
    CHECK_THROWS_WITH(accept_anchor(node.store_options), says);
    CHECK_THROWS_WITH(read_anchor(node.store_options), says);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "volume"));
    // Where it would be mounted.
    std::filesystem::create_directory(folder.path() / "volume");
    const std::string reason = node.open();
    CAPTURE(reason);
    CHECK(contains(reason, path.string() + ": the rollback anchor is missing"));
    CHECK(contains(reason, "if it lies on another volume, mount that first"));
    node.close();
    CHECK_FALSE(*read_anchor(node.store_options));
}

TEST_CASE("reading an anchor changes nothing", "[store][anchor]") {
    const TempFolder folder;
    StoreOptions options;
    options.folder = folder.path();
    CHECK_FALSE(*read_anchor(options));
    CHECK(std::filesystem::is_empty(folder.path()));
    Anchor(folder.path() / "anchor").write(state_of(3));
    CHECK_THROWS_AS(Anchor(folder.path() / "anchor", true).write(state_of(4)), EnvironmentError);
    CHECK((*read_anchor(options))->checkpoint.size == 3);
}

TEST_CASE("an anchor of an emptied store is ahead of it", "[store][anchor]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.close();
    std::filesystem::remove_all(folder.path() / "store");
    CHECK(contains(node.open(), "holds 0 entries, but had signed 1"));
}

}  // namespace reelproof::ledger::tests
