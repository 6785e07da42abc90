#include "ledger/vault/vault_keys.h"

#include <fstream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "tests/ledger/store/store_support.h"

using namespace reelproof::ledger;
using reelproof::ledger::tests::TempFolder;

namespace {

std::unique_ptr<VaultKeys> open(const std::filesystem::path& file, const Secret<32>& data_key) {
    auto opened = VaultKeys::open(file, data_key);
    REQUIRE(opened);
    return std::move(*opened);
}

}  // namespace

TEST_CASE("vault keys come back after a restart, and only under the same data key", "[vault]") {
    const TempFolder folder;
    const auto file = folder.path() / "vault.keys";
    const auto data_key = Secret<32>::random();
    const auto project = new_vault_id(), one = new_vault_id(), two = new_vault_id();
    const auto key = AgeFileKey::random();
    Bytes wrapped;
    {
        const auto keys = open(file, data_key);
        CHECK_FALSE(keys->has(project, one));
        keys->add(project, one);
        keys->add(project, two);
        wrapped = keys->wrap(project, one, key).value();
    }
    const auto keys = open(file, data_key);
    CHECK(keys->unwrap(project, one, wrapped).value() == key);
    CHECK(keys->unwrap(project, two, wrapped).error().kind == ErrorKind::invalid);
    CHECK(VaultKeys::open(file, Secret<32>::random()).error().kind == ErrorKind::invalid);
    auto content = read_file(file, 4096).value();
    content.back() ^= 1;
    write_file_durably(file, content, 0600);
    CHECK(VaultKeys::open(file, data_key).error().kind == ErrorKind::invalid);
    write_file_durably(file, as_bytes("hello"), 0600);
    CHECK(VaultKeys::open(file, data_key).error().kind == ErrorKind::malformed);
}

TEST_CASE("a destroyed key is gone, and those beside it are not", "[vault]") {
    const TempFolder folder;
    const auto file = folder.path() / "vault.keys";
    const auto data_key = Secret<32>::random();
    const auto project = new_vault_id(), other = new_vault_id();
    const auto one = new_vault_id(), two = new_vault_id(), three = new_vault_id();
    const auto key = AgeFileKey::random();
    Bytes first, second, third;
    {
        const auto keys = open(file, data_key);
        for (const auto& version : {one, two}) keys->add(project, version);
        keys->add(other, three);
        first = keys->wrap(project, one, key).value();
        second = keys->wrap(project, two, key).value();
        third = keys->wrap(other, three, key).value();
        keys->shred(project, {one, new_vault_id()});
        CHECK(keys->unwrap(project, one, first).error().kind == ErrorKind::not_found);
    }
    {
        const auto keys = open(file, data_key);
        CHECK(keys->unwrap(project, one, first).error().kind == ErrorKind::not_found);
        // A key made anew in its place opens nothing of what was.
        keys->add(project, one);
        CHECK(keys->unwrap(project, one, first).error().kind == ErrorKind::invalid);
        CHECK(keys->unwrap(project, two, second).value() == key);
        keys->shred(project, {two});
        CHECK(keys->unwrap(project, two, second).error().kind == ErrorKind::not_found);
    }
    CHECK(open(file, data_key)->unwrap(other, three, third).value() == key);
}

TEST_CASE("keys that were being written at a crash are destroyed at the next start", "[vault]") {
    const TempFolder folder;
    const auto file = folder.path() / "vault.keys";
    const auto left = folder.path() / ".vault.keys.0123456789abcdef.tmp";
    const auto other = folder.path() / ".other.0123456789abcdef.tmp";
    for (const auto& one : {left, other}) write_file_durably(one, as_bytes("keys"), 0600);
    const int descriptor = ::open(left.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(descriptor >= 0);
    open(file, Secret<32>::random());
    CHECK_FALSE(std::filesystem::exists(left));
    CHECK(std::filesystem::exists(other));
    char seen[4] = {'x', 'x', 'x', 'x'};
    CHECK(::read(descriptor, seen, sizeof seen) == 4);
    CHECK(std::string(seen, 4) == std::string(4, '\0'));
    ::close(descriptor);
}

TEST_CASE("the file of keys is overwritten where it lay before", "[vault]") {
    const TempFolder folder;
    const auto file = folder.path() / "vault.keys";
    const auto keys = open(file, Secret<32>::random());
    const auto project = new_vault_id(), version = new_vault_id();
    keys->add(project, version);
    // Who holds the old file open sees what is left of it on the disk.
    const int old = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(old >= 0);
    Bytes before(4096), after(4096);
    before.resize(static_cast<std::size_t>(::pread(old, before.data(), before.size(), 0)));
    keys->shred(project, {version});
    after.resize(static_cast<std::size_t>(::pread(old, after.data(), after.size(), 0)));
    ::close(old);
    CHECK(before.size() > 100);
    CHECK(after == Bytes(before.size()));
}
