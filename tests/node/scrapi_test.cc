// SCITT's door of a running node (draft-ietf-scitt-scrapi-09): who may register, what is answered,
// and what others' clients find there.
#include <atomic>
#include <set>

#include <catch2/catch.hpp>

#include "api/http/problem.h"
#include "api/service/registration.h"
#include "ledger/format/cbor.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "tests/ledger/store/store_support.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;
using ledger::Bytes;
using ledger::tests::random_tag;
using ledger::tests::TestOrg;

namespace {

Answer registered(const ServiceNode& node, const Bytes& statement,
                  std::string_view type = "application/cose") {
    return node.send(kPost, "/entries", ledger::as_text(statement), type, {});
}

// As a stranger does.
Answer looked_up(const ServiceNode& node, const std::string& path) {
    return node.send(kGet, path, {}, {}, {});
}

std::string locator_of(const Bytes& statement) {
    return "/entries/" + ledger::to_hex(ledger::leaf_hash(statement));
}

Bytes bytes_of(const Answer& answer) {
    return ledger::to_bytes(ledger::as_bytes(answer.text));
}

// Title and detail of Concise Problem Details.
std::pair<std::string, std::string> problem_of(const Answer& answer) {
    REQUIRE(answer.headers.get("Content-Type") == api::kConciseProblemContentType);
    std::pair<std::string, std::string> out;
    const auto body = bytes_of(answer);
    CHECK(ledger::check_cbor(body, "problem"));
    ledger::CborReader reader(body);
    const auto pairs = reader.map("problem", 8).value();
    for (std::size_t i = 0; i < pairs; ++i) {
        const auto key = reader.integer("key").value();
        if (key == -1) out.first = reader.text("title").value();
        if (key == -2) out.second = reader.text("detail").value();
        if (key == -4) CHECK(reader.uint("code").value() == unsigned(answer.status));
    }
    return out;
}

bool tells(const Answer& answer, std::string_view words) {
    return problem_of(answer).second.find(words) != std::string::npos;
}

// ems.example, and a supplier that has a key and no node.
struct Door {
    Door() { node.start(); }

    [[nodiscard]] Answer admit(std::vector<std::string> may = {"sealed"}, std::int64_t until = 0) {
        json::object body{{"org", supplier.name},
                          {"root", ledger::thumbprint(supplier.root.public_key())},
                          {"may", json::value_from(may)}};
        if (until != 0) body["not_after"] = until;
        return node.post("/v1/guests", body);
    }
    [[nodiscard]] Bytes sealed() const { return supplier.sealed({random_tag()}); }
    [[nodiscard]] ledger::PublicKey receipt_key() const {
        const auto genesis = ledger::to_bytes(
            ledger::as_bytes(looked_up(node, "/.well-known/reelproof/genesis").text));
        return *std::get<ledger::OrgGenesis>(
                    ledger::parse_public(ledger::as_text(ledger::parse_statement(genesis)->payload))
                        .value())
                    .receipt_key;
    }

    ServiceNode node{"ems.example"};
    TestOrg supplier{"small.example"};
};

}  // namespace

TEST_CASE("who is admitted registers what it signed and gets the receipt", "[service][scrapi]") {
    Door door;
    const auto genesis = door.supplier.guest_genesis();
    const auto shipment = door.sealed();
    // Nobody was admitted yet.
    auto refused = registered(door.node, genesis);
    CHECK(refused.status == 400);
    CHECK(problem_of(refused).first == "Rejected");
    CHECK(tells(refused, "small.example is not admitted to this log"));
    CHECK(looked_up(door.node, locator_of(genesis)).status == 404);
    CHECK(door.node.size() == 1);

    REQUIRE(door.admit().status == 201);
    CHECK(tells(registered(door.node, shipment), "has no org.genesis"));
    REQUIRE(registered(door.node, genesis).status == 201);
    const auto answer = registered(door.node, shipment);
    INFO(answer.text);
    REQUIRE(answer.status == 201);
    CHECK(answer.headers.get("Content-Type") == "application/cose");
    CHECK(answer.headers.get("Location") == locator_of(shipment));
    const auto receipt = ledger::parse_receipt(bytes_of(answer)).value();
    CHECK(ledger::verify_receipt(receipt, door.receipt_key(), shipment));
    CHECK(receipt.origin == "ems.example/ledger");
    CHECK(receipt.index == 3);

    // The same again, as after a lost answer: no second entry, and the same place.
    const auto again = registered(door.node, shipment);
    REQUIRE(again.status == 201);
    CHECK(ledger::parse_receipt(bytes_of(again))->index == 3);
    CHECK(door.node.size() == 4);

    // Whoever has the statement finds its receipt, without telling who he is.
    const auto found = looked_up(door.node, locator_of(shipment));
    REQUIRE(found.status == 200);
    CHECK(found.headers.get("Content-Type") == "application/cose");
    CHECK(ledger::verify_receipt(ledger::parse_receipt(bytes_of(found)).value(), door.receipt_key(),
                                 shipment));
}

TEST_CASE("a stranger learns from a leaf hash its receipt and nothing else", "[service][scrapi]") {
    Door door;
    door.node.record("commission", with_labels({issued().text}));
    // The log's size and its entries are for partners.
    const auto by_index = looked_up(door.node, "/entries/1");
    CHECK(by_index.status == 404);
    CHECK(problem_of(by_index).first == "Not Found");
    CHECK(door.node.get("/entries/1").status == 200);
    for (const auto* bad : {"x", "-1", "0x1", "ffff"}) {
        const auto answer = looked_up(door.node, std::string("/entries/") + bad);
        CHECK(answer.status == 400);
        CHECK(problem_of(answer).first == "Invalid locator");
    }
    const auto malformed = looked_up(door.node, "/entries/" + std::string(64, 'g'));
    CHECK(malformed.status == 400);
    const auto genesis = bytes_of(looked_up(door.node, "/.well-known/reelproof/genesis"));
    const auto bare =
        door.node.send(kGet, locator_of(genesis), {}, {}, {{"Accept", "application/json"}});
    CHECK(bare.status == 200);
    CHECK(bare.headers.get("Content-Type") == "application/cose");
}

TEST_CASE("the policy says what a guest may register, and until when", "[service][scrapi]") {
    Door door;
    std::atomic<std::int64_t> ahead = 0;
    door.node.stop();
    door.node.clock = [&] { return ledger::system_now() + ahead; };
    door.node.start();
    const auto& supplier = door.supplier;
    const auto now = ledger::system_now();
    REQUIRE(door.admit({"sealed"}, now + 3600).status == 201);
    REQUIRE(registered(door.node, supplier.guest_genesis()).status == 201);
    const auto recall = supplier.public_statement(supplier.node, ledger::Recall{"X1", {}, {}, "x"});
    CHECK(tells(registered(door.node, recall), "may not register recall"));
    // Not for a time that has yet to come: mirrors would take our log for one of the future.
    CHECK(registered(door.node, supplier.sealed({random_tag()}, now + 2 * 3600)).status == 400);
    // Signed by somebody else, or changed on the way.
    CHECK(tells(
        registered(door.node, supplier.sealed_by(ledger::SecretKey::generate(), {random_tag()})),
        "was never granted"));
    auto changed = door.sealed();
    changed.back() ^= 1;
    const auto bad = registered(door.node, changed);
    CHECK(bad.status == 400);
    CHECK(problem_of(bad).first == "Bad Signature");
    CHECK(door.node.size() == 3);

    const auto in_time = door.sealed();
    REQUIRE(registered(door.node, in_time).status == 201);
    ahead = 2 * 3600;
    CHECK(tells(registered(door.node, door.sealed()), "was admitted to this log until"));
    // What is there already is answered as it was.
    CHECK(registered(door.node, in_time).status == 201);
    // The newest word counts.
    REQUIRE(door.admit({"sealed", "recall"}).status == 201);
    CHECK(registered(door.node, recall).status == 201);

    const auto dismissed =
        door.node.post("/v1/guests/small.example/dismiss", {{"reason", "key stolen"}});
    REQUIRE(dismissed.status == 201);
    CHECK(tells(registered(door.node, door.sealed()), "no longer admitted"));
    CHECK(registered(door.node, in_time).status == 201);
    const auto guests = door.node.get("/v1/guests").body.at("guests").as_array();
    REQUIRE(guests.size() == 1);
    CHECK(guests[0].at("known").as_bool());
    CHECK(guests[0].as_object().contains("dismissed_at"));
    // A restart forgets none of it.
    door.node.stop();
    door.node.start();
    CHECK(tells(registered(door.node, door.sealed()), "no longer admitted"));
    CHECK(registered(door.node, in_time).status == 201);
}

TEST_CASE("a guest's keys are its own, and no way into the node", "[service][scrapi]") {
    Door door;
    const auto& supplier = door.supplier;
    REQUIRE(door.admit().status == 201);
    // Of a node: with a TLS key of its own it would pass for a partner's.
    CHECK(registered(door.node, supplier.genesis()).status == 400);
    const TestOrg impostor(supplier.name);
    CHECK(tells(registered(door.node, impostor.guest_genesis()), "but the one that was admitted"));
    REQUIRE(registered(door.node, supplier.guest_genesis()).status == 201);
    CHECK(tells(
        registered(door.node,
                   supplier.public_statement(
                       supplier.root, ledger::TlsGrant{ledger::Hash{1}, "https://small.example"})),
        "a guest has no node"));
    const auto station = ledger::SecretKey::generate();
    REQUIRE(registered(door.node, supplier.grant(station.public_key(), {"sealed"})).status == 201);
    CHECK(registered(door.node, supplier.sealed_by(station, {random_tag()})).status == 201);
    REQUIRE(registered(door.node, supplier.revoke(station.public_key())).status == 201);
    CHECK(tells(registered(door.node, supplier.sealed_by(station, {random_tag()})), "was revoked"));
    // Its keys are kept in memory, here and by every mirror: so there is an end to them.
    int taken = 0;
    for (int i = 0; i < 70; ++i)
        taken += registered(door.node,
                            supplier.grant(ledger::SecretKey::generate().public_key(), {"sealed"}))
                             .status == 201
                     ? 1
                     : 0;
    CHECK(taken == 61);
    const ledger::KeyGrant large{station.public_key(),
                                 std::string(200, 'r'),
                                 std::vector<std::string>(400, std::string(60, 'x')),
                                 {},
                                 {}};
    CHECK(registered(door.node, supplier.public_statement(supplier.root, large)).status == 413);
}

TEST_CASE("who can't be a guest is not admitted as one", "[service][scrapi]") {
    ServiceNode node("ems.example"), partner("maker.example", &node);
    node.partner(partner);
    partner.partner(node);
    const std::string root(64, 'a');
    // One that was never met.
    node.config.partners.push_back({"far.example", root, "https://127.0.0.1:1"});
    node.start();
    partner.start();
    REQUIRE(node.has_log_of(partner));
    const auto admit = [&](const std::string& org, const std::string& with_root,
                           json::array may = {"sealed"}) {
        return node.post("/v1/guests", {{"org", org}, {"root", with_root}, {"may", may}}).status;
    };
    CHECK(admit("maker.example", root) == 409);
    CHECK(admit("far.example", root) == 409);
    CHECK(admit("ems.example", root) == 400);
    CHECK(admit("Not A Name", root) == 400);
    CHECK(admit("small.example", "aa") == 400);
    CHECK(admit("small.example", root, {"*"}) == 400);
    CHECK(admit("small.example", root, {"key.grant"}) == 400);
    CHECK(admit("small.example", root) == 201);
    CHECK(admit("small.example", std::string(64, 'b')) == 409);
    CHECK(node.post("/v1/guests/nobody.example/dismiss", {{"reason", "x"}}).status == 404);
    CHECK(node.post("/v1/guests/small.example/dismiss", {}).status == 400);
}

TEST_CASE("what is no statement is told in the draft's words", "[service][scrapi]") {
    Door door;
    const auto whole = door.sealed();
    const auto view = ledger::parse_statement(whole).value();
    const auto rebuilt = [&](ledger::ByteView header, bool payload) {
        ledger::CborWriter out;
        out.tag(18);
        out.array(4);
        out.bytes(header);
        out.map(0);
        if (payload)
            out.bytes(view.payload);
        else
            out.null();
        out.bytes(view.signature);
        return out.take();
    };
    const auto title = [&](const Bytes& statement) {
        const auto answer = registered(door.node, statement);
        CHECK(answer.status == 400);
        return problem_of(answer).first;
    };
    ledger::CborWriter es384;
    es384.map(1);
    es384.integer(1);
    es384.integer(-35);
    ledger::CborWriter no_kid;
    no_kid.map(1);
    no_kid.integer(1);
    no_kid.integer(-47);
    CHECK(title(rebuilt(es384.view(), true)) == "Bad Signature Algorithm");
    CHECK(title(rebuilt(view.protected_header, false)) == "Payload Missing");
    CHECK(title(rebuilt(no_kid.view(), true)) == "Confirmation Missing");
    CHECK(title({}) == "Malformed request");
    CHECK(title({0x01}) == "Malformed request");
    const auto other = registered(door.node, whole, "application/json");
    CHECK(other.status == 415);
    CHECK(problem_of(other).first == "Malformed request");
    // The server's own refusals at this door are told in the same way.
    const auto large = registered(door.node, Bytes(70'000, 0));
    CHECK(large.status == 413);
    CHECK_FALSE(problem_of(large).first.empty());
}

TEST_CASE("what guests register is in the audit log", "[service][scrapi]") {
    Door door;
    REQUIRE(door.admit().status == 201);
    REQUIRE(registered(door.node, door.supplier.guest_genesis()).status == 201);
    CHECK(registered(door.node, TestOrg("other.example").guest_genesis()).status == 400);
    std::set<std::string> seen;
    REQUIRE(eventually([&] {
        const auto log = door.node.get("/v1/audit");
        for (const auto& entry : log.body.at("entries").as_array())
            seen.insert(std::string(entry.at("what").as_string()) + " " +
                        std::string(entry.at("about").as_string()));
        return seen.contains("POST /entries other.example");
    }));
    CHECK(seen.contains("POST /v1/guests small.example"));
    CHECK(seen.contains("POST /entries small.example entry 2"));
}

TEST_CASE("the keys of a node's receipts are served as a COSE Key Set", "[service][scrapi]") {
    Door door;
    const auto answer = looked_up(door.node, "/.well-known/scitt-keys");
    REQUIRE(answer.status == 200);
    CHECK(answer.headers.get("Content-Type") == "application/cbor");
    const auto body = bytes_of(answer);
    REQUIRE(ledger::check_cbor(body, "keys"));
    const auto key = door.receipt_key();
    ledger::CborReader reader(body);
    REQUIRE(reader.array("keys", 8).value() == 1);
    REQUIRE(reader.map("key", 8).value() == 6);
    const auto member = [&](std::int64_t label) {
        CHECK(reader.integer("label").value() == label);
    };
    member(1);
    CHECK(reader.uint("kty").value() == 2);
    member(2);
    const auto kid = ledger::to_bytes(reader.bytes("kid").value());
    CHECK(kid == Bytes(key.kid().begin(), key.kid().end()));
    member(3);
    CHECK(reader.integer("alg").value() == -47);
    member(-1);
    CHECK(reader.uint("crv").value() == 8);
    member(-2);
    const auto x = ledger::to_bytes(reader.bytes("x").value());
    member(-3);
    const auto y = ledger::to_bytes(reader.bytes("y").value());
    Bytes compressed{static_cast<std::uint8_t>(y.back() % 2 == 0 ? 2 : 3)};
    compressed.insert(compressed.end(), x.begin(), x.end());
    CHECK(ledger::PublicKey::parse(compressed).value() == key);

    // One of them by its kid, as a receipt has it, in base64url.
    auto name = ledger::to_base64(kid);
    std::replace(name.begin(), name.end(), '+', '-');
    std::replace(name.begin(), name.end(), '/', '_');
    name.erase(name.find('='));
    const auto one = looked_up(door.node, "/.well-known/scitt-keys/" + name);
    REQUIRE(one.status == 200);
    CHECK(bytes_of(one) == Bytes(body.begin() + 1, body.end()));
    const auto none = looked_up(door.node, "/.well-known/scitt-keys/AAAA");
    CHECK(none.status == 404);
    CHECK(problem_of(none).first == "No such key");
}

}  // namespace reelproof::node::tests
