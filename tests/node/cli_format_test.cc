#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/format/keys.h"
#include "tests/node/cli_support.h"
#include "tests/shared_data.h"

using namespace reelproof;
using Catch::Matchers::Contains;
using node::tests::have_program;
using node::tests::Ran;
using node::tests::WorkFolder;

namespace {

namespace json = boost::json;

// The vectors of a file of the shared folder; none, with a message, where it is not there.
json::array vectors(const std::string& name) {
    const auto path = tests::shared_data("vectors/" + name);
    if (!path || !have_program()) return {};
    const auto bytes = ledger::read_file(*path, std::size_t{64} << 20).value();
    return json::parse(ledger::as_text(bytes)).at("vectors").as_array();
}

std::string text(const json::value& vector, const char* name) {
    return std::string(vector.at(name).as_string());
}
ledger::Bytes bytes(const json::value& vector, const char* name) {
    return ledger::from_hex(text(vector, name), name).value();
}
std::string number(const json::value& vector, const char* name) {
    return json::serialize(vector.at(name));
}

// Exactly these members, in any order.
void check_object(const Ran& ran, const json::object& expected) {
    CAPTURE(ran.out, ran.err);
    CHECK(ran.code == 0);
    const auto got = ran.json();
    REQUIRE(got.is_object());
    CHECK(got == json::value(expected));
}

}  // namespace

TEST_CASE("format statement prints each statement of the vectors", "[cli]") {
    WorkFolder folder;
    for (const auto& vector : vectors("statements.json")) {
        const auto file = folder.file("statement", bytes(vector, "statement"));
        const auto key =
            ledger::PublicKey::parse(bytes(vector, "public_key"), "public_key").value();
        const json::object expected{
            {"iss", vector.at("iss")},          {"sub", vector.at("sub")},
            {"iat", vector.at("iat")},          {"content_type", vector.at("content_type")},
            {"kid", ledger::to_hex(key.kid())}, {"leaf_hash", vector.at("leaf_hash")}};
        check_object(folder.run({"format", "statement", "--key", text(vector, "public_key"), file}),
                     expected);
    }
}

TEST_CASE("format statement refuses each rejected statement with a reason", "[cli]") {
    WorkFolder folder;
    std::size_t refused = 0;
    for (const auto& vector : vectors("statements-rejected.json")) {
        const auto file = folder.file("statement", bytes(vector, "statement"));
        const auto ran =
            folder.run({"format", "statement", "--key", text(vector, "public_key"), file});
        CAPTURE(text(vector, "why"), ran.out, ran.err);
        CHECK(ran.code == 1);
        CHECK_THAT(ran.err, Contains("reelproof: "));
        refused += ran.code == 1 ? 1 : 0;
    }
    if (have_program() && tests::shared_data("vectors")) CHECK(refused > 30);
}

TEST_CASE("format item derives keys and ids", "[cli]") {
    WorkFolder folder;
    for (const auto& vector : vectors("items.json")) {
        std::vector<std::string> arguments{"format", "item"};
        if (text(vector, "kind") == "issued")
            arguments.insert(arguments.end(), {"--seed", text(vector, "seed")});
        else
            arguments.insert(arguments.end(), {"--identity", text(vector, "identity"), "--salt",
                                               text(vector, "network_salt")});
        check_object(folder.run(arguments),
                     {{"item_key", vector.at("item_key")}, {"id", vector.at("id")}});
    }
}

TEST_CASE("format envelope opens envelopes, and nothing under another key", "[cli]") {
    WorkFolder folder;
    for (const auto& vector : vectors("envelopes.json")) {
        const auto file = folder.file("envelope", bytes(vector, "envelope"));
        const auto arguments = [&](const std::string& key) {
            return std::vector<std::string>{
                "format", "envelope",          "--item-key", key, "--iss", text(vector, "iss"),
                "--n",    number(vector, "n"), file};
        };
        const auto opened = folder.run(arguments(text(vector, "item_key")));
        CAPTURE(opened.out, opened.err);
        CHECK(opened.code == 0);
        const auto got = opened.json();
        REQUIRE(got.is_object());
        CHECK(got.as_object().size() == 3);
        CHECK(got.at("hash") == vector.at("hash"));
        CHECK(got.at("body") == vector.at("body"));
        CHECK(got.at("tag").as_string().size() == 32);
        if (text(vector, "body") != "{}") continue;
        const auto closed = folder.run(arguments(std::string(64, '0')));
        CHECK(closed.code == 1);
        CHECK_THAT(closed.err, Contains("reelproof: "));
        CHECK_THAT(closed.out, !Contains("event"));
    }
}

TEST_CASE("format note says which signature is good, bad or unknown", "[cli]") {
    WorkFolder folder;
    for (const auto& vector : vectors("notes.json")) {
        auto note = text(vector, "note");
        const auto file = folder.file("note", ledger::as_bytes(note));
        const json::object log{
            {"name", vector.at("origin")}, {"type", 1}, {"ok", true}, {"time", nullptr}};
        const json::object mirror{
            {"name", vector.at("mirror")}, {"type", 4}, {"ok", true}, {"time", vector.at("time")}};
        const json::object unknown{
            {"name", vector.at("mirror")}, {"type", nullptr}, {"ok", nullptr}, {"time", nullptr}};
        const auto expected = [&](const json::object& second) {
            return json::object{{"origin", vector.at("origin")},
                                {"size", vector.at("size")},
                                {"root", vector.at("root")},
                                {"signatures", json::array{log, second}}};
        };
        const auto log_key = text(vector, "log_vkey");
        check_object(folder.run({"format", "note", "--vkey", log_key, "--vkey",
                                 text(vector, "mirror_vkey"), file}),
                     expected(mirror));
        if (number(vector, "size") != "0") continue;  // the rest once: a run costs 0.1 s
        check_object(
            folder.run({"format", "note", "--vkey", log_key, text(vector, "mirror_vkey"), file}),
            expected(mirror));
        check_object(folder.run({"format", "note", file, "--vkey", log_key}), expected(unknown));
        check_object(folder.run({"format", "note", "-", "--vkey", log_key}, note),
                     expected(unknown));

        note[note.find('\n') + 1] = '9';  // another size than was signed
        const auto bad = folder.run(
            {"format", "note", "--vkey", log_key, folder.file("bad", ledger::as_bytes(note))});
        CHECK(bad.code == 1);
        CHECK_THAT(bad.err, Contains("does not hold"));
        CHECK(bad.json().at("signatures").at(0).at("ok") == json::value(false));
    }
    const auto notes = vectors("notes.json");
    if (notes.size() > 1) {
        const auto file = folder.file("note", ledger::as_bytes(text(notes[0], "note")));
        const auto ran = folder.run({"format", "note", "--vkey", text(notes[1], "log_vkey"), file});
        CHECK(ran.code == 1);
        CHECK_THAT(ran.err, Contains("no signature by any of the keys"));
        CHECK(ran.json().at("signatures").at(0).at("ok").is_null());
    }
}

TEST_CASE("format receipt checks the path and the log's signature", "[cli]") {
    WorkFolder folder;
    for (const auto& vector : vectors("receipts.json")) {
        const auto receipt = folder.file("receipt", bytes(vector, "receipt"));
        const auto statement = folder.file("statement", bytes(vector, "statement"));
        const auto ran = folder.run({"format", "receipt", "--key", text(vector, "log_public_key"),
                                     "--statement", statement, receipt});
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == 0);
        const auto got = ran.json();
        REQUIRE(got.is_object());
        CHECK(got.as_object().size() == 5);
        for (const auto* name : {"origin", "size", "index", "root"})
            CHECK(got.at(name) == vector.at(name));

        if (number(vector, "index") != "0") continue;
        auto other = bytes(vector, "statement");
        other.back() ^= 1;
        const auto bad = folder.run({"format", "receipt", "--key", text(vector, "log_public_key"),
                                     "--statement", folder.file("other", other), receipt});
        CHECK(bad.code == 1);
        CHECK_THAT(bad.err, Contains("does not hold"));

        const auto transparent = folder.file("transparent", bytes(vector, "transparent_statement"));
        const auto verified = folder.run(
            {"proof", "verify", transparent, "--key", text(vector, "log_public_key"), "--json"});
        CAPTURE(verified.err);
        CHECK(verified.code == 0);
        CHECK(verified.json().at("receipts").at(0).at("root") == vector.at("root"));
    }
}

TEST_CASE("bad usage of format exits 2 and says what is wrong", "[cli]") {
    if (!have_program()) return;
    WorkFolder folder;
    const auto file = folder.file("empty", {});
    const auto usage = [&](const std::vector<std::string>& arguments, const std::string& reason) {
        const auto ran = folder.run(arguments);
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, Contains(reason));
        CHECK(ran.out.empty());
    };
    usage({"format", "statement", "--key", "02xx", file}, "--key");
    usage({"format", "statement", "--key", "", file}, "--key");
    usage({"format", "statement", "--key", std::string(66, '0'), file}, "--key");
    usage({"format", "statement", "/nowhere/at/all"}, "/nowhere/at/all");
    usage({"format", "statement"}, "FILE");
    usage({"format", "item", "--seed", "00"}, "--seed is 1 byte, not 16");
    usage({"format", "item"}, "--seed");
    usage({"format", "item", "--identity", "P:A|L:B"}, "--salt");
    usage({"format", "envelope", "--item-key", "zz", "--iss", "a", "--n", "0", file}, "--item-key");
    usage(
        {"format", "envelope", "--item-key", std::string(64, '0'), "--iss", "a", "--n", "-1", file},
        "--n");
    usage({"format", "note", "--vkey", "nonsense", file}, "--vkey");
    usage({"format", "receipt", "--key", "02", "--statement", file, file}, "--key");
    usage({"format", "nonsense"}, "there is no command format nonsense");
    for (const auto* verb : {"statement", "note"}) {
        const auto help = folder.run({"format", verb, "--help"});
        CHECK(help.code == 0);
        CHECK_THAT(help.out, Contains("Example"));
    }
}
