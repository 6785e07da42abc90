#include "ledger/vault/bodies.h"

#include <csignal>
#include <fstream>
#include <system_error>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "tests/ledger/store/store_support.h"

using namespace reelproof::ledger;
using reelproof::ledger::tests::TempFolder;

namespace {

Bytes text_of(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 131 + i / 251);
    return out;
}

// As an uploader does: from where the writer says on, in parts.
void send(BodyWriter& writer, ByteView text, std::size_t part) {
    for (auto before = writer.taken(); !writer.done(); before = writer.taken()) {
        const auto at = static_cast<std::size_t>(writer.taken());
        REQUIRE(writer.take(text.subspan(at, std::min(part, text.size() - at))).has_value());
        REQUIRE((writer.done() || writer.taken() > before));
    }
}

Hash stored(const BodyFolder& folder, const AgeFileKey& key, ByteView text) {
    BodyWriter writer(folder, "up", key, text.size());
    send(writer, text, 300'000);
    const auto hash = writer.finish();
    folder.keep("up", hash);
    return hash;
}

std::filesystem::path part(const BodyFolder& folder) {
    return folder.path() / "up.part";
}

}  // namespace

TEST_CASE("a part that finds no room on the disk says so", "[vault]") {
    const TempFolder temp;
    std::filesystem::create_symlink("/dev/full", temp.path() / "up.part");
    PartFile part(temp.path(), "up");
    bool full = false;
    try {
        part.append(text_of(10));
    } catch (const EnvironmentError& trouble) {
        try {
            std::rethrow_if_nested(trouble);
        } catch (const std::system_error& cause) {
            full = cause.code() == std::errc::no_space_on_device;
        }
    }
    CHECK(full);
}

TEST_CASE("what a full disk did not take is not told as taken", "[vault]") {
    const TempFolder temporary;
    const BodyFolder folder(temporary.path() / "vault");
    const auto key = AgeFileKey::random();
    const auto text = text_of(5'000'000);
    // A limit on files stands for the disk's end.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto was = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{2'500'000, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    std::uint64_t told = 0;
    {
        BodyWriter writer(folder, "up", key, text.size());
        CHECK_THROWS_AS(writer.take(text), EnvironmentError);
        told = writer.taken();
        CHECK_FALSE(writer.done());
        CHECK(age_body_size(told) <= std::filesystem::file_size(part(folder)) + kAgeMac);
    }
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, was);
    CHECK(told < text.size());
    const auto hash = stored(folder, key, text);
    auto reader = BodyReader::open(folder.file_of(hash));
    REQUIRE(reader);
    CHECK(reader->read(key, 0, text.size()).value() == text);
}

TEST_CASE("what is stored is read back, whole and by ranges", "[vault]") {
    const TempFolder temporary;
    const BodyFolder folder(temporary.path() / "vault");
    const auto key = AgeFileKey::random();
    for (const std::size_t size : {0UL, 1UL, 65535UL, 65536UL, 65537UL, 131072UL, 1'200'000UL}) {
        INFO(size);
        const auto text = text_of(size);
        const auto hash = stored(folder, key, text);
        CHECK(sha256(read_file(folder.file_of(hash), 2 << 20).value()) == hash);
        auto reader = BodyReader::open(folder.file_of(hash));
        REQUIRE(reader);
        CHECK(reader->size() == size);
        CHECK(reader->read(key, 0, size + 1).value() == text);
        for (const std::size_t offset : {0UL, 1UL, 65530UL, 65536UL, 1'199'999UL, 1'200'000UL}) {
            const auto range = reader->read(key, offset, 70'000).value();
            const auto from = std::min(offset, size);
            CHECK(equal(range, ByteView(text).subspan(from, std::min(70'000UL, size - from))));
        }
        CHECK(reader->read(AgeFileKey::random(), 0, 1).error().kind == ErrorKind::invalid);
        CHECK(reader->raw(0, 1 << 21).value() == read_file(folder.file_of(hash), 2 << 20).value());
    }
}

TEST_CASE("a changed, cut or exchanged body is not read", "[vault]") {
    const TempFolder temporary;
    const BodyFolder folder(temporary.path() / "vault");
    const auto key = AgeFileKey::random();
    const auto hash = stored(folder, key, text_of(200'000));
    const auto file = folder.file_of(hash);
    const auto good = read_file(file, 1 << 20).value();
    const auto refused = [&](const Bytes& content) {
        write_file_durably(file, content);
        auto reader = BodyReader::open(file);
        return !reader || reader->read(key, 0, 200'000).has_error();
    };
    for (const std::size_t at : {0UL, 15UL, 16UL, 70'000UL, good.size() - 1}) {
        auto bad = good;
        bad[at] ^= 1;
        CHECK(refused(bad));
    }
    for (const std::size_t size : {0UL, 16UL, 40UL, 16UL + 65'552, good.size() - 1})
        CHECK(refused(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))));
    CHECK_FALSE(refused(good));
}

TEST_CASE("an upload goes on where the file on disk ends", "[vault]") {
    const TempFolder temporary;
    const BodyFolder folder(temporary.path() / "vault");
    const auto key = AgeFileKey::random();
    const auto text = text_of(500'000);
    {
        BodyWriter writer(folder, "up", key, text.size());
        REQUIRE(writer.take(ByteView(text).first(150'000)).has_value());
        CHECK(writer.taken() == 131'072);
        CHECK(writer.take(Bytes(text.size())).error().kind == ErrorKind::too_large);
    }
    // Cut in the middle of a chunk, followed by what never got to the disk, or damaged.
    const auto whole = read_file(part(folder), 1 << 20).value();
    auto longer = whole, damaged = whole;
    longer.resize(longer.size() + 100'000);
    damaged[70'000] ^= 1;
    const auto goes_on_from = [&](const Bytes& content) {
        write_file_durably(part(folder), content);
        BodyWriter writer(folder, "up", key, text.size());
        const auto from = writer.taken();
        send(writer, text, 1 << 20);
        const auto hash = writer.finish();
        folder.keep("up", hash);
        CHECK(BodyReader::open(folder.file_of(hash))->read(key, 0, text.size()).value() == text);
        return from;
    };
    CHECK(goes_on_from(whole) == 131'072);
    CHECK(goes_on_from(longer) == 131'072);
    CHECK(goes_on_from(damaged) == 65'536);
    CHECK(goes_on_from(Bytes(whole.begin(), whole.begin() + 80'000)) == 65'536);
    CHECK(goes_on_from(Bytes(10)) == 0);
}

TEST_CASE("an upload whose process is killed anywhere is finished by the next", "[vault][fork]") {
    const TempFolder temporary;
    const BodyFolder folder(temporary.path() / "vault");
    const auto key = AgeFileKey::random();
    const auto text = text_of(900'000);
    int killed = 0;
    std::uint64_t before = 0;
    for (int round = 1; round <= 4; ++round) {
        const auto child = ::fork();
        if (child == 0) {
            BodyWriter writer(folder, "up", key, text.size());
            const auto at = static_cast<std::size_t>(writer.taken());
            (void)writer.take(ByteView(text).subspan(at, 200'000));
            ::kill(::getpid(), SIGKILL);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        killed += WIFSIGNALED(status) ? 1 : 0;
        const BodyWriter writer(folder, "up", key, text.size());
        CHECK(writer.taken() >= before + 196'608);
        before = writer.taken();
    }
    CHECK(killed == 4);
    BodyWriter writer(folder, "up", key, text.size());
    send(writer, text, 1 << 20);
    const auto hash = writer.finish();
    folder.keep("up", hash);
    folder.keep("up", hash);  // who dies before it is noted does it again
    CHECK(BodyReader::open(folder.file_of(hash))->read(key, 0, text.size()).value() == text);
    CHECK_FALSE(folder.parts().contains("up"));
    folder.remove(hash);
    CHECK_FALSE(folder.has(hash));
}

TEST_CASE("parts that nobody wants are swept away", "[vault]") {
    const TempFolder temporary;
    const BodyFolder folder(temporary.path() / "vault");
    for (const auto* name : {"wanted", "other"}) BodyWriter(folder, name, AgeFileKey::random(), 5);
    folder.sweep_parts([](const std::string& name) { return name == "wanted"; });
    CHECK(folder.parts().contains("wanted"));
    CHECK_FALSE(folder.parts().contains("other"));
}
