#include "ledger/base/file.h"

#include <cerrno>
#include <system_error>

#include <sys/stat.h>

#include "ledger/base/clock.h"
#include "ledger/base/failed_write.h"
#include "tests/ledger/base/result_printer.h"

using namespace reelproof::ledger;
namespace fs = std::filesystem;

namespace {

struct TemporaryFolder {
    fs::path path;
    TemporaryFolder() {
        std::string pattern = (fs::temp_directory_path() / "reelproof-file-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("a file is written whole, replaced whole, and leaves nothing else behind", "[base]") {
    TemporaryFolder folder;
    fs::path path = folder.path / "anchor";
    write_file_durably(path, as_bytes("first"));
    CHECK(as_text(*read_file(path, 100)) == "first");
    write_file_durably(path, as_bytes("second, longer"), 0600);
    CHECK(as_text(*read_file(path, 100)) == "second, longer");
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("a file that can't be written is our own trouble, and says where", "[base]") {
    TemporaryFolder folder;
    CHECK_THROWS_WITH(write_file_durably(folder.path / "no" / "such", {}),
                      Catch::Contains("No such file or directory"));
    fs::create_directory(folder.path / "taken");
    CHECK_THROWS_AS(write_file_durably(folder.path / "taken", {}), EnvironmentError);
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("a full disk is told from other trouble", "[base]") {
    const auto is_full = [](int error) {
        try {
            throw_failed("/nowhere/file", "write", error);
        } catch (const EnvironmentError& trouble) {
            CHECK_THAT(trouble.what(), Catch::StartsWith("/nowhere/file: write: "));
            try {
                std::rethrow_if_nested(trouble);
            } catch (const std::system_error& cause) {
                return cause.code() == std::errc::no_space_on_device;
            }
        }
        return false;
    };
    CHECK(is_full(ENOSPC));
    CHECK(is_full(EDQUOT));
    CHECK_FALSE(is_full(EROFS));
}

TEST_CASE("reading is bounded, and a wrong path is an error that names it", "[base]") {
    TemporaryFolder folder;
    fs::path path = folder.path / "file";
    write_file_durably(path, as_bytes("12345"));
    CHECK(read_file(path, 5)->size() == 5);
    CHECK(read_file(path, 4).error().kind == ErrorKind::too_large);
    auto missing = read_file(folder.path / "missing", 5);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::not_found);
    CHECK(missing.error().message.find("missing") != std::string::npos);
    CHECK(read_file(folder.path, 5).error().kind == ErrorKind::not_found);
    write_file_durably(path, {});
    CHECK(read_file(path, 0)->empty());
}

TEST_CASE("times print as ISO 8601", "[base]") {
    CHECK(to_iso8601(0) == "1970-01-01T00:00:00Z");
    CHECK(to_iso8601(1763640000) == "2025-11-20T12:00:00Z");
    CHECK(to_iso8601(-1) == "1969-12-31T23:59:59Z");
    CHECK(to_iso8601(253402300799) == "9999-12-31T23:59:59Z");
    CHECK(to_iso8601(253402300800) == "@253402300800");
}

TEST_CASE("a secret that others can read is refused, with the way out", "[base]") {
    TemporaryFolder folder;
    const fs::path path = folder.path / "key";
    write_file_durably(path, as_bytes("secret"), 0600);
    CHECK(as_text(*read_secret_file(path, 100)) == "secret");
    for (const auto mode : {0640U, 0604U, 0660U}) {
        write_file_durably(path, as_bytes("secret"), mode);
        const auto open = read_secret_file(path, 100);
        REQUIRE_FALSE(open);
        CHECK(open.error().kind == ErrorKind::malformed);
        CHECK_THAT(open.error().message, Catch::Contains("chmod 600"));
    }
    CHECK(read_secret_file(folder.path / "none", 100).error().kind == ErrorKind::not_found);
}

TEST_CASE("an error of a full disk says where to free space, and others don't", "[base]") {
    TemporaryFolder folder;
    const auto path = folder.path / "file";
    CHECK_THAT(space_advice(path, ENOSPC),
               Catch::Contains("free space on the disk of " + folder.path.string()));
    CHECK_THAT(space_advice(path, EDQUOT), Catch::Contains("quota"));
    CHECK(space_advice(path, EACCES).empty());
    CHECK(space_advice(path, EIO).empty());  // there is space: the disk is broken, not full
}
