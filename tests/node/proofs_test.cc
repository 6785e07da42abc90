// Receipts, transparent statements and tlog-proofs as a running node serves them, and as the
// command line gets and checks them.
#include <atomic>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/format/proof.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/format/tile.h"
#include "tests/node/cli_support.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;
using Catch::Matchers::Contains;
using ledger::Bytes;

namespace {

Bytes bytes_of(const Answer& answer) {
    return ledger::to_bytes(ledger::as_bytes(answer.text));
}

// In whichever form the problem is told.
bool tells(const Answer& answer, std::string_view words) {
    return answer.text.find(words) != std::string::npos;
}

std::string type_of(const Answer& answer) {
    return std::string(answer.headers.get("Content-Type").value_or(""));
}

// maker.example, mirrored by ems.example, with some entries.
struct Proving : Pair {
    Proving() {
        for (int i = 0; i < 5; ++i) maker.record("commission", with_labels({issued().text}));
        REQUIRE(ems.has_log_of(maker));
        size = maker.size();
        const ledger::TileId bundle{
            .level = 0, .entries = true, .index = 0, .width = static_cast<int>(size)};
        const auto rows = maker.get("/log/" + ledger::tile_path(bundle)).text;
        for (const auto row : ledger::parse_bundle(ledger::as_bytes(rows), bundle.width).value())
            entries.push_back(ledger::to_bytes(row));
        const auto genesis = std::get<ledger::OrgGenesis>(
            ledger::parse_public(ledger::as_text(ledger::parse_statement(entries.front())->payload))
                .value());
        receipt_key = *genesis.receipt_key;
        log_key = *genesis.log_key;
    }
    [[nodiscard]] Answer wrapped(const std::string& path) const {
        return maker.send(
            api::Method::get, path, {}, {},
            {{"Authorization", "Bearer " + maker.all_scopes()}, {"Accept", "application/json"}});
    }
    // The mirror is known to hold that entry.
    [[nodiscard]] bool is_kept(std::uint64_t index) const {
        return eventually([&] {
            const auto answer = wrapped("/log/proof/" + std::to_string(index));
            return answer.body.at("replicated").at("quorum").as_bool();
        });
    }

    std::uint64_t size = 0;
    std::vector<Bytes> entries;
    ledger::PublicKey receipt_key = ledger::SecretKey::generate().public_key();
    std::optional<ledger::NoteVerifier> log_key;
};

}  // namespace

TEST_CASE("a node serves a receipt, a transparent statement and a tlog-proof of each entry",
          "[service][proofs]") {
    Proving p;
    REQUIRE(p.is_kept(p.size - 1));
    for (std::uint64_t index = 0; index < p.size; ++index) {
        INFO(index);
        const Bytes& entry = p.entries[index];
        const auto at = std::to_string(index);
        const auto leaf = ledger::to_hex(ledger::leaf_hash(entry));

        const auto receipt = p.maker.get("/log/receipt/" + at);
        REQUIRE(receipt.status == 200);
        CHECK(type_of(receipt) == "application/scitt-receipt+cose");
        const auto parsed = ledger::parse_receipt(bytes_of(receipt)).value();
        CHECK(ledger::verify_receipt(parsed, p.receipt_key, entry));
        CHECK(parsed.index == index);
        CHECK(parsed.origin == "maker.example/ledger");
        CHECK(p.maker.get("/log/receipt/" + leaf).text == receipt.text);

        const auto transparent = p.maker.get("/log/transparent/" + at);
        REQUIRE(transparent.status == 200);
        CHECK(type_of(transparent) == "application/scitt-statement+cose");
        const auto parts = ledger::parse_transparent(bytes_of(transparent)).value();
        CHECK(parts.statement == entry);
        CHECK(parts.receipts == std::vector<Bytes>{bytes_of(receipt)});

        const auto proof = p.maker.get("/log/proof/" + at);
        REQUIRE(proof.status == 200);
        CHECK(type_of(proof) == "text/plain; charset=utf-8");
        const auto tlog = ledger::parse_tlog_proof(proof.text).value();
        const auto checkpoint = ledger::verify_tlog_proof(tlog, entry, *p.log_key);
        REQUIRE(checkpoint);
        CHECK(checkpoint->size == parsed.size);
        CHECK_THAT(tlog.checkpoint, Contains("\u2014 ems.example/mirror "));

        // Where SCRAPI looks for a receipt.
        const auto scrapi = p.maker.get("/entries/" + at);
        CHECK(scrapi.text == receipt.text);
        CHECK(type_of(scrapi) == "application/cose");
        for (const auto* one : {&receipt, &transparent, &proof, &scrapi}) {
            CHECK(one->headers.get("Reelproof-Replicated") == "on=1, of=1, quorum=?1");
            CHECK(one->headers.get("Cache-Control") == "private, no-cache");
        }
    }
}

TEST_CASE("a proof in its wrapping says what it proves and who keeps the entry",
          "[service][proofs]") {
    Proving p;
    REQUIRE(p.is_kept(3));
    const auto leaf = ledger::to_hex(ledger::leaf_hash(p.entries[3]));
    for (const auto& [form, path] : {std::pair<std::string, std::string>{"receipt", "receipt"},
                                     {"transparent", "transparent"},
                                     {"tlog-proof", "proof"}}) {
        const auto answer = p.wrapped("/log/" + path + "/" + leaf);
        INFO(answer.text);
        REQUIRE(answer.status == 200);
        CHECK(answer.member("log") == "maker.example/ledger");
        CHECK(answer.body.at("index").to_number<std::uint64_t>() == 3);
        CHECK(answer.member("leaf") == leaf);
        CHECK(answer.member("form") == form);
        CHECK(answer.body.at("replicated") ==
              json::value({{"on", {"ems.example"}}, {"of", 1}, {"quorum", true}}));
        // A newer checkpoint may come to be kept between the two.
        CHECK(eventually([&] {
            const auto again = p.wrapped("/log/" + path + "/" + leaf);
            const auto bare = p.maker.get("/log/" + path + "/3");
            return ledger::from_base64(again.member("bytes"), "bytes").value() == bytes_of(bare);
        }));
        CHECK(answer.member("key") == (form == "tlog-proof"
                                           ? p.log_key->vkey()
                                           : ledger::to_hex(p.receipt_key.compressed())));
    }
}

TEST_CASE("who holds a proof already is told so, until a better one is there",
          "[service][proofs]") {
    Proving p;
    REQUIRE(p.is_kept(p.size - 1));
    const auto path = "/log/receipt/1";
    const auto first = p.maker.get(path);
    const api::Headers again{{"Authorization", "Bearer " + p.maker.all_scopes()},
                             {"If-None-Match", std::string(first.headers.get("ETag").value())}};
    const auto same = p.maker.send(api::Method::get, path, {}, {}, again);
    CHECK(same.status == 304);
    CHECK(same.headers.get("Reelproof-Replicated") == "on=1, of=1, quorum=?1");
    p.maker.record("commission", with_labels({issued().text}));
    REQUIRE(p.is_kept(p.size));
    CHECK(p.maker.send(api::Method::get, path, {}, {}, again).status == 200);
}

TEST_CASE("an entry that nobody else keeps is proved as local", "[service][proofs]") {
    ServiceNode node("maker.example");
    node.start();
    // Its genesis alone: no receipt can be written for a tree of one.
    for (const auto* path : {"/log/receipt/0", "/log/transparent/0", "/entries/0"}) {
        const auto none = node.get(path);
        CHECK(none.status == 404);
        CHECK(tells(none, "a receipt can't say so"));
    }
    const auto genesis = node.get("/log/proof/0");
    REQUIRE(genesis.status == 200);
    CHECK(ledger::parse_tlog_proof(genesis.text)->path.empty());
    CHECK(genesis.headers.get("Reelproof-Replicated") == "on=0, of=0, quorum=?0");

    node.record("commission", with_labels({issued().text}));
    CHECK(node.get("/log/receipt/0").status == 200);
    const auto receipt = node.get("/log/receipt/1");
    CHECK(receipt.status == 200);
    CHECK(receipt.headers.get("Reelproof-Replicated") == "on=0, of=0, quorum=?0");
}

TEST_CASE("an entry that is not there, or is named by nonsense, has no proof",
          "[service][proofs]") {
    ServiceNode node("maker.example");
    node.start();
    node.record("commission", with_labels({issued().text}));
    for (const std::string path :
         {"/log/receipt/", "/log/transparent/", "/log/proof/", "/entries/"}) {
        INFO(path);
        for (const auto* none : {"2", "18446744073709551615"}) {
            CHECK(node.get(path + none).status == 404);
            CHECK(tells(node.get(path + none), "yet: it has 2"));
        }
        CHECK(node.get(path + std::string(64, 'f')).status == 404);
        for (const auto* bad : {"18446744073709551616", "01", "-1", "+1", "1.0", "x", "0x1", "ff"})
            CHECK(node.get(path + bad).status == 400);
        CHECK(node.get(path + std::string(64, 'g')).status == 400);
    }
}

TEST_CASE("a statement that is registered is answered with where its receipt is",
          "[service][proofs]") {
    Proving p;
    // The same again is no second entry, and has the same receipt.
    const auto answer =
        p.maker.send(api::Method::post, "/v1/statements", ledger::as_text(p.entries[2]),
                     "application/cose", {{"Authorization", "Bearer " + p.maker.all_scopes()}});
    INFO(answer.text);
    REQUIRE(answer.status == 201);
    CHECK(answer.headers.get("Location") == "/entries/2");
    CHECK(answer.member("receipt") == "/entries/2");
    const auto receipt = ledger::parse_receipt(bytes_of(p.maker.get("/entries/2"))).value();
    CHECK(ledger::verify_receipt(receipt, p.receipt_key, p.entries[2]));
}

TEST_CASE("a node that refuses to sign signs no receipts, and serves proofs all the same",
          "[service][proofs]") {
    ServiceNode node("maker.example");
    std::atomic<ledger::UnixSeconds> back = 0;
    node.clock = [&] { return ledger::system_now() - back; };
    node.start();
    node.record("commission", with_labels({issued().text}));
    back = 24 * 3600;
    CHECK(node.post("/v1/commission", with_labels({issued().text})).status == 503);
    CHECK(node.get("/log/receipt/1").status == 503);
    CHECK(node.get("/log/transparent/1").status == 503);
    CHECK(node.get("/log/proof/1").status == 200);
}

TEST_CASE("proof get writes what proof verify takes", "[service][proofs][cli]") {
    if (!have_program()) return;
    Proving p;
    REQUIRE(p.is_kept(p.size - 1));
    WorkFolder folder;
    const auto config = p.maker.config.file.string();
    const auto receipt_key = ledger::to_hex(p.receipt_key.compressed());
    const auto get = [&](const std::string& form, const std::vector<std::string>& more) {
        std::vector<std::string> arguments{
            "proof",  "get", "--config", config,
            "--form", form,  "--out",    (folder.path() / form).string(),
            "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return folder.run(arguments);
    };
    const auto leaf = ledger::to_hex(ledger::leaf_hash(p.entries[4]));
    for (const auto* form : {"receipt", "transparent", "tlog-proof"}) {
        const auto got =
            get(form, std::string(form) == "receipt" ? std::vector<std::string>{"--leaf", leaf}
                                                     : std::vector<std::string>{"--index", "4"});
        INFO(got.err);
        REQUIRE(got.code == 0);
        CHECK(got.json().at("index").to_number<int>() == 4);
        CHECK(got.json().at("leaf").as_string() == leaf);
        CHECK(got.json().at("replicated").at("quorum").as_bool());
        CHECK(got.json().as_object().if_contains("bytes") == nullptr);
    }
    const auto transparent = (folder.path() / "transparent").string();
    const auto verify = [&](const std::string& file, std::vector<std::string> more) {
        more.insert(more.begin(), {"proof", "verify", file});
        more.emplace_back("--json");
        return folder.run(more);
    };
    const std::vector<std::pair<std::string, std::vector<std::string>>> good = {
        {"receipt", {"--statement", transparent, "--key", receipt_key}},
        {"transparent", {"--key", receipt_key}},
        {"tlog-proof", {"--statement", transparent, "--vkey", p.log_key->vkey()}}};
    const auto other = folder.file("other", p.entries[3]);
    for (const auto& [form, options] : good) {
        const auto file = (folder.path() / form).string();
        const auto ran = verify(file, options);
        INFO(form << ": " << ran.err);
        CHECK(ran.code == 0);
        CHECK(ran.json().at("kind").as_string() == form);
        CHECK(ran.json().at("verified").as_bool());
        // And refuses what was changed.
        auto bytes = ledger::read_file(file, 1 << 20).value();
        // Of a receipt the signature; of a tlog-proof, whose end is a stranger's, the path.
        bytes[form == "tlog-proof" ? 35 : bytes.size() - 5] ^= 1;
        CHECK(verify(folder.file("changed", bytes), options).code != 0);
        if (form == "transparent") continue;
        auto of_another = options;
        of_another[1] = other;
        CHECK(verify(file, of_another).code == 1);
        CHECK(verify(file, {}).code == 2);
    }
    // As a person reads it.
    const auto text = folder.run({"proof", "get", "--config", config, "--index", "4", "--form",
                                  "transparent", "--force", "--out", transparent});
    CHECK_THAT(text.out, Contains("entry 4 of maker.example/ledger"));
    CHECK_THAT(text.out, Contains("kept: on 1 of 1 mirror (ems.example)"));
    CHECK_THAT(text.out, Contains("proof verify " + transparent + " --key " + receipt_key));

    CHECK(get("receipt", {"--index", "999"}).code == 2);
    CHECK(get("receipt", {"--leaf", "zz"}).code == 2);
    CHECK(get("receipt", {}).code == 2);
    CHECK(get("receipt", {"--index", "1", "--leaf", leaf}).code == 2);
    CHECK(get("nonsense", {"--index", "1"}).code == 2);
}

}  // namespace reelproof::node::tests
