#include "ledger/vault/age.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <catch2/catch.hpp>

#include "ledger/vault/bech32.h"
#include "tests/ledger/store/store_support.h"

using namespace reelproof::ledger;

namespace {

std::string seal(const AgeFileKey& key, std::string_view plain) {
    AgeNonce nonce;
    fill_random(nonce);
    const AgeBody body(key, nonce);
    std::string out(as_text(nonce));
    std::size_t at = 0;
    for (std::uint64_t place = 0; place == 0 || at < plain.size(); ++place) {
        const auto chunk = plain.substr(at, kAgeChunk);
        at += chunk.size();
        Bytes sealed(chunk.size() + kAgeMac);
        body.seal(place, at == plain.size(), as_bytes(chunk), sealed);
        out += as_text(sealed);
    }
    return out;
}

std::optional<std::string> open(const AgeFileKey& key, std::string_view body) {
    AgeNonce nonce;
    if (body.size() < nonce.size()) return std::nullopt;
    std::copy_n(body.begin(), nonce.size(), nonce.begin());
    const AgeBody opener(key, nonce);
    body.remove_prefix(nonce.size());
    std::string out;
    for (std::uint64_t place = 0; place == 0 || !body.empty(); ++place) {
        const auto chunk = body.substr(0, kAgeChunk + kAgeMac);
        if (chunk.size() < kAgeMac) return std::nullopt;
        body.remove_prefix(chunk.size());
        Bytes plain(chunk.size() - kAgeMac);
        if (!opener.open(place, body.empty(), as_bytes(chunk), plain)) return std::nullopt;
        out += as_text(plain);
    }
    return out;
}

std::string text_of(std::size_t size) {
    std::string out(size, ' ');
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + i * 7 % 23);
    return out;
}

void write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
}
std::string read(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

bool have_age() {
    if (std::system("age --version >/dev/null 2>&1") == 0) return true;
    WARN("SKIPPED: Debian's age is not installed");
    return false;
}

constexpr std::size_t kSizes[] = {0, 1, 65'535, 65'536, 65'537, 131'072, 200'001};

}  // namespace

TEST_CASE("a key is written and read as the age specification shows it") {
    const std::string text =
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    const auto identity = parse_age_identity(text);
    REQUIRE(identity.has_value());
    CHECK(identity->secret == Secret<32>(Bytes(32, 0x42)));
    CHECK(age_identity_text(*identity) == text);
    const auto shown = age_recipient_text(identity->public_key);
    CHECK(shown == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj");
    CHECK(parse_age_recipient(shown).value() == identity->public_key);
}

TEST_CASE("a mistyped recipient is refused with the reason") {
    const std::string good = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    const auto why = [](const std::string& text) {
        const auto read = parse_age_recipient(text);
        return read ? std::string("taken") : read.error().message;
    };
    for (std::size_t i = 4; i < good.size(); ++i) {
        auto changed = good;
        changed[i] = changed[i] == 'q' ? 'p' : 'q';
        CHECK(why(changed).find("mistyped") != std::string::npos);
    }
    CHECK(why("").find("does not start with age1") != std::string::npos);
    CHECK(why("age1").find("cut short") != std::string::npos);
    CHECK(why("bge1" + good.substr(4)).find("does not start with age1") != std::string::npos);
    CHECK(why("Age1" + good.substr(4)).find("upper and lower") != std::string::npos);
    CHECK(why("age1b" + good.substr(5)).find("place 5") != std::string::npos);
    CHECK(why(to_bech32("age", Bytes(31, 7))).find("31 bytes") != std::string::npos);
    CHECK(why(to_bech32("age", Bytes(32, 0))).find("is no key") != std::string::npos);
}

TEST_CASE("a secret that is refused does not appear in the reason") {
    auto text =
        std::string("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEQ");
    CHECK(parse_age_identity(text).error().message.find("GFPY") == std::string::npos);
    CHECK(parse_age_identity("x" + text).error().message.find("GFPY") == std::string::npos);
}

TEST_CASE("each recipient opens the header, others do not") {
    const auto key = AgeFileKey::random();
    const SealingKey people[] = {SealingKey::generate(), SealingKey::generate(),
                                 SealingKey::generate()};
    const AgeRecipient to[] = {people[0].public_key, people[1].public_key};
    const auto header = age_header(key, to);
    for (int i = 0; i < 2; ++i) {
        const auto opened = open_age_header(as_bytes(header + "body"), {&people[i], 1});
        REQUIRE(opened.has_value());
        CHECK(opened->key == key);
        CHECK(opened->size == header.size());
    }
    CHECK(open_age_header(as_bytes(header), {&people[2], 1}).error().kind == ErrorKind::untrusted);
    CHECK(open_age_header(as_bytes(header), people)->key == key);
}

TEST_CASE("a header with any one bit changed is refused") {
    const auto identity = SealingKey::generate();
    const auto key = AgeFileKey::random();
    const auto header = age_header(key, std::span(&identity.public_key, 1));
    for (std::size_t i = 0; i < header.size() * 8; ++i) {
        auto changed = header;
        changed[i / 8] = static_cast<char>(changed[i / 8] ^ 1 << i % 8);
        if (open_age_header(as_bytes(changed), {&identity, 1}).has_value()) FAIL("bit " << i);
    }
    for (std::size_t size = 0; size < header.size(); ++size)
        if (open_age_header(as_bytes(header.substr(0, size)), {&identity, 1}).has_value())
            FAIL("cut to " << size);
}

TEST_CASE("a header with more recipients than anyone needs is refused before the work") {
    const auto identity = SealingKey::generate();
    std::string header = "age-encryption.org/v1\n";
    for (std::size_t i = 0; i <= kMaxAgeStanzas; ++i) header += "-> X25519 AAAA\n\n";
    CHECK(open_age_header(as_bytes(header), {&identity, 1}).error().kind == ErrorKind::too_large);
    const std::string endless = "age-encryption.org/v1\n-> a\n" + std::string(kMaxAgeHeader, 'A');
    CHECK_FALSE(open_age_header(as_bytes(endless), {&identity, 1}).has_value());
}

TEST_CASE("a body comes back, and its sizes are told beforehand") {
    const auto key = AgeFileKey::random();
    for (const auto size : kSizes) {
        const auto plain = text_of(size);
        const auto body = seal(key, plain);
        CHECK(body.size() == age_body_size(size));
        CHECK(age_plain_size(body.size()).value() == size);
        CHECK(open(key, body) == plain);
    }
    CHECK(!age_plain_size(0));
    CHECK(!age_plain_size(31));
    CHECK(!age_plain_size(age_body_size(65'536) + 16));
}

TEST_CASE("a body that was cut, turned round or changed does not open") {
    const auto key = AgeFileKey::random();
    const auto body = seal(key, text_of(200'001));
    constexpr std::size_t sealed = kAgeChunk + kAgeMac;
    CHECK(!open(key, body.substr(0, 16 + sealed)));
    CHECK(!open(key, body.substr(0, 16 + 3 * sealed)));
    CHECK(!open(key, body.substr(0, body.size() - 1)));
    CHECK(!open(AgeFileKey::random(), body));
    auto turned = body.substr(0, 16) + body.substr(16 + sealed, sealed) + body.substr(16, sealed) +
                  body.substr(16 + 2 * sealed);
    CHECK(!open(key, turned));
    for (const auto at : {std::size_t{0}, std::size_t{16}, std::size_t{70'000}, body.size() - 1}) {
        auto changed = body;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        CHECK(!open(key, changed));
    }
}

TEST_CASE("the stock age opens what we seal, and we open what it seals") {
    if (!have_age()) return;
    const tests::TempFolder temporary;
    const auto folder = temporary.path();
    const auto identity = SealingKey::generate(), other = SealingKey::generate();
    write((folder / "key.txt").string(), age_identity_text(identity) + "\n");
    const AgeRecipient to[] = {other.public_key, identity.public_key};
    for (const auto size : kSizes) {
        const auto plain = text_of(size);
        const auto key = AgeFileKey::random();
        write((folder / "ours.age").string(), age_header(key, to) + seal(key, plain));
        REQUIRE(std::system(("age -d -i " + (folder / "key.txt").string() + " -o " +
                             (folder / "opened").string() + " " + (folder / "ours.age").string())
                                .c_str()) == 0);
        CHECK(read((folder / "opened").string()) == plain);

        write((folder / "plain").string(), plain);
        REQUIRE(std::system(("age -r " + age_recipient_text(identity.public_key) + " -r " +
                             age_recipient_text(other.public_key) + " -o " +
                             (folder / "theirs.age").string() + " " + (folder / "plain").string())
                                .c_str()) == 0);
        const auto theirs = read((folder / "theirs.age").string());
        const auto header = open_age_header(as_bytes(theirs), {&identity, 1});
        REQUIRE(header.has_value());
        CHECK(open(header->key, theirs.substr(header->size)) == plain);
        std::filesystem::remove(folder / "theirs.age");
    }
}
