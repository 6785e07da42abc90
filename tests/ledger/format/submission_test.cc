#include "ledger/format/submission.h"

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "tests/ledger/base/result_printer.h"

using namespace reelproof::ledger;

namespace {

const Hash kHash = sha256(as_bytes("a hash"));

// Entries [start, end) are their numbers.
Bytes upload(std::uint64_t start, std::uint64_t end, const Bytes& ticket = {}) {
    Bytes body = format_upload_head({"maker.example/ledger", start, end, ticket});
    for (std::uint64_t at = start; at < end;) {
        std::vector<Bytes> entries;
        do entries.push_back(to_bytes(as_bytes(std::to_string(at++))));
        while (at < end && at % 256 != 0);
        append_package(body, entries, {kHash, kHash});
    }
    return body;
}

}  // namespace

TEST_CASE("the example of the C2SP text is read, and written the same way", "[format]") {
    const std::string body =
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "\n"
        "example.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq==\n";
    const auto read = parse_checkpoint_submission(body);
    REQUIRE(read);
    CHECK(read->old_size == 20852014);
    CHECK(read->proof.size() == 2);
    CHECK(read->note.starts_with("example.com/behind-the-sofa\n"));
    CHECK(format_checkpoint_submission(*read) == body);
}

TEST_CASE("a checkpoint submission of another form is refused", "[format]") {
    const std::string hash = to_base64(kHash) + "\n";
    std::string many = "old 5\n";
    for (int i = 0; i < 63; ++i) many += hash;
    CHECK(parse_checkpoint_submission(many + "\nnote"));
    for (const std::string& bad :
         {std::string(), std::string("old 5"), std::string("old 5\n"), "old 5\n" + hash,
          std::string("old 05\n\nnote"), std::string("old -5\n\nnote"),
          std::string("old  5\n\nnote"), std::string("old\n\nnote"), std::string("Old 5\n\nnote"),
          std::string("5\n\nnote"), std::string("old 18446744073709551616\n\nnote"),
          std::string("old 5\r\n\r\nnote"), std::string("old 5\nAAAA\n\nnote"),
          std::string("old 5\n!\n\nnote"), many + hash + "\nnote",
          "old 5\n\n" + std::string(std::size_t{1} << 21, 'x')}) {
        CAPTURE(bad.substr(0, 40));
        CHECK_FALSE(parse_checkpoint_submission(bad));
    }
}

TEST_CASE("sizes and positions are read as they are written, and no other way", "[format]") {
    CHECK(parse_tree_size(format_tree_size(0)).value() == 0);
    CHECK(parse_tree_size("20852014\n").value() == 20852014);
    for (const char* bad : {"", "1", "01\n", "1\n\n", " 1\n", "x\n"})
        CHECK_FALSE(parse_tree_size(bad));
    const MirrorInfo info{42, 17, {1, 2, 3}};
    CHECK(format_mirror_info(info) == "42\n17\nAQID\n");
    const auto read = parse_mirror_info("42\n17\nAQID\n");
    REQUIRE(read);
    CHECK(read->pending == 42);
    CHECK(read->next == 17);
    CHECK(read->ticket == Bytes{1, 2, 3});
    CHECK(parse_mirror_info("42\n17\n\n")->ticket.empty());
    for (const char* bad :
         {"", "42\n17\n", "42\n17\nAQID", "42\n17\nAQID\n\n", "42\n017\n\n", "42\n17\nA\n"})
        CHECK_FALSE(parse_mirror_info(bad));
}

TEST_CASE("an upload is cut at multiples of 256", "[format]") {
    const auto body = upload(250, 700, {9, 8});
    auto reader = UploadReader::open(body);
    REQUIRE(reader);
    CHECK(reader->head().origin == "maker.example/ledger");
    CHECK(reader->head().ticket == Bytes{9, 8});
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    while (const auto package = reader->next()) {
        ranges.emplace_back(package->start, package->end());
        CHECK(package->bundle() == package->start / 256 * 256);
        CHECK(as_text(package->entries.front()) == std::to_string(package->start));
        CHECK(package->proof == std::vector<Hash>{kHash, kHash});
    }
    CHECK(ranges ==
          std::vector<std::pair<std::uint64_t, std::uint64_t>>{{250, 256}, {256, 512}, {512, 700}});
}

TEST_CASE("an upload that breaks off gives the packages before that", "[format]") {
    const auto body = upload(0, 300);
    auto whole = UploadReader::open(body);
    REQUIRE(whole->next());
    REQUIRE(whole->next());
    CHECK_FALSE(whole->next());
    const std::size_t head = format_upload_head({"maker.example/ledger", 0, 300, {}}).size();
    for (std::size_t size = 0; size < body.size(); ++size) {
        const Bytes part(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
        auto reader = UploadReader::open(part);
        CHECK(reader.has_value() == (size >= head));
        if (!reader) continue;
        int packages = 0;
        while (reader->next()) ++packages;
        CHECK(packages <= 1);
    }
}

TEST_CASE("an upload that promises what can't be is refused without taking room", "[format]") {
    CHECK_FALSE(UploadReader::open(format_upload_head({"x", 5, 4, {}})));
    // No end of entries, and no byte of them.
    const Bytes endless = format_upload_head({"x", 0, ~std::uint64_t{0}, {}});
    auto reader = UploadReader::open(endless);
    REQUIRE(reader);
    CHECK_FALSE(reader->next());
    const Bytes last = format_upload_head({"x", ~std::uint64_t{0} - 1, ~std::uint64_t{0}, {}});
    auto edge = UploadReader::open(last);
    REQUIRE(edge);
    CHECK_FALSE(edge->next());
    // 64 hashes.
    Bytes proof = format_upload_head({"x", 0, 1, {}});
    append_package(proof, {Bytes{1}}, std::vector<Hash>(64, kHash));
    auto too_long = UploadReader::open(proof);
    REQUIRE(too_long);
    CHECK_FALSE(too_long->next());
}
