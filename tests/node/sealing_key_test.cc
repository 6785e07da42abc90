// The key that partners seal to, and another in its place: between two running nodes.
#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/provenance/compose.h"
#include "ledger/vault/age.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "node/scitt_client.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

std::vector<ledger::SealingKey> keys_of(const ServiceNode& node) {
    return load_keyring(node.config.keys, load_data_key(node.config.keys).value()).value().sealing;
}

// "next", "current", ...; empty: not told.
std::string use_of(const ServiceNode& node, const std::string& key) {
    const auto told = node.get("/v1/sealing-keys");
    for (const auto& one : told.body.at("keys").as_array())
        if (one.at("key").as_string() == key) return std::string(one.at("use").as_string());
    return {};
}

Answer submit(const ServiceNode& node, const ledger::SecretKey& key,
              const ledger::PublicStatement& what) {
    const auto statement = ledger::compose_public(key, node.org(), ledger::system_now(),
                                                  "key.grant", ledger::format_public(what))
                               .value();
    return node.send(kPost, "/v1/statements", ledger::as_text(statement), "application/cose",
                     {{"Authorization", "Bearer " + node.all_scopes()}});
}

ledger::SecretKey root_of(const ServiceNode& node) {
    return load_secret_key(node.config.keys / "root.key").value();
}

// As `reelproof org sealing-key rotate` does it; gives the new key.
std::string rotate(const ServiceNode& node) {
    const auto prepared = node.post("/v1/sealing-keys", {});
    INFO(prepared.text);
    REQUIRE((prepared.status == 201 || prepared.status == 200));
    const auto key = prepared.member("key");
    const auto granted = submit(
        node, root_of(node), ledger::SealingGrant{ledger::array_from_hex<32>(key, "key").value()});
    INFO(granted.text);
    REQUIRE(granted.status == 201);
    return key;
}

Answer discard(const ServiceNode& node, const std::string& key) {
    return node.post("/v1/sealing-keys/" + key + "/discard", {});
}

std::string first_key(const ServiceNode& node) {
    return ledger::to_hex(keys_of(node).front().public_key);
}

std::string read_held(const ServiceNode& node, const std::string& share,
                      const std::string& document) {
    return node.get(Sharing::held_path(share, document, 1)).text;
}

void ship(const ServiceNode& maker, const Label& label, const std::string& po) {
    maker.record("commission", with_labels({label.text}));
    auto body = with_labels({label.text});
    body["to"] = "ems.example";
    body["po"] = po;
    maker.record("ship", body);
}

}  // namespace

TEST_CASE("partners seal to the newest key, and what came before still opens",
          "[service][vault][sealing]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto old = first_key(ems);
    const auto before = put_document(maker, "atlas", "before", "one").member("document");
    const auto after = put_document(maker, "atlas", "after", "two").member("document");
    const auto late = put_document(maker, "atlas", "late", "three").member("document");
    world.agree();
    const auto share = world.share(world.share_body(""));
    REQUIRE(world.open(share, before, 1).status == 200);
    const auto first_reel = issued(), second_reel = issued();
    ship(maker, first_reel, "PO-1");
    CHECK(sealed_in(ems, first_reel) == R"({"po":"PO-1"})");

    const auto fresh = rotate(ems);
    CHECK(fresh != old);
    CHECK(use_of(ems, fresh) == "current");
    CHECK(use_of(ems, old) == "earlier");
    // A partner that does not know it yet seals to the old one: the owner's copy is behind.
    REQUIRE(world.open(share, after, 1).status == 200);
    CHECK(read_held(ems, share, after) == "two");
    REQUIRE(maker.has_log_of(ems));

    // From then on the maker seals to the new one alone.
    REQUIRE(world.open(share, late, 1).status == 200);
    CHECK(read_held(ems, share, late) == "three");
    const auto readings = ems.get("/v1/vault/readings").body.at("readings").as_array();
    const auto identity = identity_of(ems);
    for (const auto& reading : readings) {
        const auto request =
            ledger::from_base64(std::string(reading.at("request").as_string()), "request").value();
        const auto answer = maker.send(kPost, "/vault/releases", ledger::as_text(request),
                                       "application/cose", {}, &identity);
        REQUIRE(answer.status == 200);
        const auto header = answer.member("header");
        for (const auto& key : keys_of(ems)) {
            const std::array<ledger::SealingKey, 1> one{key};
            CHECK(ledger::open_age_header(ledger::as_bytes(header), one).has_value() ==
                  (ledger::to_hex(key.public_key) == fresh));
        }
    }
    ship(maker, second_reel, "PO-2");
    CHECK(sealed_in(ems, second_reel) == R"({"po":"PO-2"})");
    CHECK(sealed_in(ems, first_reel) == R"({"po":"PO-1"})");
    CHECK(read_held(ems, share, before) == "one");
    // Its own exports too.
    add_project(ems, "own");
    const auto own = put_document(ems, "own", "plan", "four").member("document");
    const auto exported = ems.get("/v1/vault/documents/" + own + "/versions/1/header");
    INFO(exported.text);
    const std::array<ledger::SealingKey, 1> newest{keys_of(ems).back()};
    CHECK(ledger::open_age_header(ledger::as_bytes(exported.member("header")), newest).has_value());
    // A supplier without a node learns of it from the node itself.
    const auto met = ScittClient::meet(ems.config.url, ems.root(), [](const std::string&) {});
    REQUIRE(met.has_value());
    CHECK(ledger::to_hex((*met)->host().sealing_key.value()) == fresh);

    // Discarded: what partners sealed to it is gone, what was released to us is not.
    REQUIRE(discard(ems, old).status == 200);
    CHECK(use_of(ems, old) == "discarded");
    CHECK(discard(ems, old).status == 200);
    CHECK(sealed_in(ems, first_reel) == "null");
    CHECK(sealed_in(ems, second_reel) == R"({"po":"PO-2"})");
    for (const auto* document : {&before, &after, &late})
        CHECK_FALSE(read_held(ems, share, *document).empty());
    CHECK(read_held(ems, share, before) == "one");
    // Nor after a restart.
    ems.stop();
    ems.start();
    CHECK(keys_of(ems).size() == 1);
    CHECK(sealed_in(ems, first_reel) == "null");
    CHECK(read_held(ems, share, before) == "one");
    CHECK(discard(ems, fresh).says("partners seal to that key"));
    CHECK(discard(ems, std::string(64, 'a')).status == 404);
    CHECK(discard(ems, "x").status == 404);
}

TEST_CASE("a new sealing key is safe on the disk before anybody can grant it",
          "[service][sealing]") {
    const bool sealed_files = GENERATE(false, true);
    ServiceNode node("ems.example");
    if (sealed_files)
        REQUIRE(rewrap_data_key(node.config.keys,
                                {WrapSource::Kind::file, (node.folder() / "unlock").string()})
                    .has_value());
    node.start();
    const auto old = first_key(node);
    const auto prepared = node.post("/v1/sealing-keys", {});
    CHECK(prepared.status == 201);
    const auto key = prepared.member("key");
    CHECK(use_of(node, key) == "next");
    CHECK(use_of(node, old) == "current");
    CHECK(keys_of(node).size() == 2);
    const auto file = node.config.keys / "sealing.key";
    CHECK(std::filesystem::status(file).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(is_sealed(ledger::read_file(file, 65536).value()) == sealed_files);
    // Cut off here, the node goes on with the old one, and the same key is granted next time.
    node.stop();
    node.start();
    CHECK(node.post("/v1/sealing-keys", {}).status == 200);
    CHECK(discard(node, key).says("waits for its grant"));
    CHECK(use_of(node, old) == "current");
    CHECK(rotate(node) == key);
    CHECK(use_of(node, key) == "current");
    // Once granted it is done: the next is another one.
    CHECK(rotate(node) != key);
    CHECK(keys_of(node).size() == 3);
    CHECK(is_sealed(ledger::read_file(file, 65536).value()) == sealed_files);
}

TEST_CASE("only the root key grants a sealing key, and one that the node holds",
          "[service][sealing]") {
    ServiceNode node("ems.example");
    node.start();
    const auto key =
        ledger::array_from_hex<32>(node.post("/v1/sealing-keys", {}).member("key"), "key").value();
    const auto statement_key =
        load_keyring(node.config.keys, load_data_key(node.config.keys).value()).value().statement;
    CHECK(submit(node, statement_key, ledger::SealingGrant{key}).status == 403);
    CHECK(submit(node, ledger::SecretKey::generate(), ledger::SealingGrant{key}).status == 403);
    const auto foreign = submit(node, root_of(node),
                                ledger::SealingGrant{ledger::SealingKey::generate().public_key});
    CHECK(foreign.status == 409);
    CHECK(foreign.says("does not hold the secret"));
    const auto old = keys_of(node).front().public_key;
    CHECK(submit(node, root_of(node), ledger::SealingGrant{old}).says("can't be granted again"));
    CHECK(use_of(node, ledger::to_hex(old)) == "current");
    CHECK(submit(node, root_of(node), ledger::SealingGrant{key}).status == 201);
    CHECK(use_of(node, ledger::to_hex(key)) == "current");
}

TEST_CASE("a node whose newest sealing key was lost says so, and can have another",
          "[service][sealing]") {
    ServiceNode node("ems.example");
    node.start();
    const auto kept = ledger::read_file(node.config.keys / "sealing.key", 65536).value();
    const auto lost = rotate(node);
    node.stop();
    // A copy of the keys folder from before is put back.
    ledger::write_file_durably(node.config.keys / "sealing.key", kept, 0600);
    node.start();
    CHECK(use_of(node, lost) == "missing");
    add_project(node, "atlas");
    const auto id = put_document(node, "atlas", "plan", "one").member("document");
    const auto header = version_path(id, 1) + "/header";
    CHECK(node.get(header).says("is not in keys/sealing.key"));
    CHECK(discard(node, lost).status == 409);
    const auto fresh = rotate(node);
    CHECK(use_of(node, fresh) == "current");
    CHECK(use_of(node, lost) == "discarded");
    CHECK(node.get(header).status == 200);
}

}  // namespace reelproof::node::tests
