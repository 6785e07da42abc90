// Partners who don't play by the rules: keys that were kept, requests that are sent again or are
// another's, ids that are taken, words that nobody signed.
#include <catch2/catch.hpp>

#include "api/http/server.h"
#include "ledger/base/sha256.h"
#include "ledger/format/statement.h"
#include "ledger/vault/age.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

ledger::Bytes request_of(const ServiceNode& node, std::size_t at = 0) {
    const auto all = node.get("/v1/vault/readings").body.at("readings").as_array();
    REQUIRE(all.size() > at);
    return ledger::from_base64(std::string(all[at].at("request").as_string()), "request").value();
}

std::size_t readings_of(const ServiceNode& node) {
    return node.get("/v1/vault/readings").body.at("readings").as_array().size();
}

Answer body_of(const ServiceNode& asker, const ServiceNode& owner, const std::string& share,
               const std::string& body) {
    const auto identity = identity_of(asker);
    return owner.send(kGet, "/vault/shares/" + share + "/bodies/" + body, {}, {}, {}, &identity);
}

ledger::Share share_of(const std::string& id, const ServiceNode& recipient) {
    ledger::Share out;
    out.id = id;
    out.recipient = recipient.org();
    out.project = "atlas";
    out.purpose = "x";
    out.mode = ledger::ShareMode::download;
    out.end = kFar;
    return out;
}

// In the name of another: what sign_vault_object would make of it, with a key that is not his.
ledger::Bytes forged(const ServiceNode& by, const std::string& as,
                     const ledger::VaultObject& object) {
    auto bytes = signed_by(by, object);
    const auto view = ledger::parse_statement(bytes).value();
    auto header = view.header;
    header.iss = as;
    return ledger::sign_statement(ledger::SecretKey::generate(), header, view.payload).value();
}

bool step_done(const ServiceNode& node, const std::string& exit, std::string_view name) {
    const auto row = row_of(node, "exits", "exit", exit);
    for (const auto& one : row.at("steps").as_array())
        if (one.at("step").as_string() == name) return one.at("done").as_bool();
    return false;
}

// Answers in a node's place, with its certificate, while that is stopped.
class Impostor {
  public:
    std::function<api::Response(const api::Request&)> release, body;

    explicit Impostor(const ServiceNode& node) {
        const std::string access(api::kPublicAccess);
        api::Router router;
        router.add(kPost, "/vault/releases", access,
                   [this](const api::Request& request) { return release(request); });
        router.add(kGet, "/vault/shares/{share}/bodies/{body}", access,
                   [this](const api::Request& request) { return body(request); });
        const auto identity = identity_of(node);
        api::ServerOptions options;
        options.listen = {{.address = "127.0.0.1", .port = node.port()}};
        options.certificate_pem = identity.certificate_pem;
        options.private_key_pem = identity.private_key_pem;
        server_ = std::make_unique<api::HttpServer>(std::move(options), std::move(router));
        REQUIRE(server_->start().has_value());
    }

  private:
    std::unique_ptr<api::HttpServer> server_;
};

}  // namespace

TEST_CASE("an owner's node that answers wrongly gives nothing that is believed",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    maker.stop();
    Impostor impostor(maker);
    const auto key = ledger::AgeFileKey::random();
    const ledger::AgeNonce nonce{};
    auto file = ledger::to_bytes(nonce);
    file.resize(nonce.size() + 3 + ledger::kAgeMac);
    ledger::AgeBody(key, nonce)
        .seal(0, true, ledger::as_bytes("one"), std::span(file).subspan(nonce.size()));
    const auto sealing = load_keyring(ems.config.keys, load_data_key(ems.config.keys).value())
                             .value()
                             .sealing.front();
    const auto header_for = [&](const ledger::AgeRecipient& recipient) {
        const std::array<ledger::AgeRecipient, 1> to{recipient};
        return ledger::age_header(key, to);
    };
    const auto good_header = header_for(sealing.public_key);
    using Change = std::function<void(ledger::KeyRelease&)>;
    const auto answer_with = [&](const ServiceNode& signer, const std::string& header,
                                 const Change& change) {
        impostor.release = [&, header, change](const api::Request& request) {
            const auto asked = ledger::read_signed_object(ledger::as_bytes(request.body)).value();
            ledger::KeyRelease release{.request = asked.commitment,
                                       .share = share,
                                       .document = id,
                                       .name = "board",
                                       .version = 1,
                                       .classification = ledger::Classification::confidential,
                                       .body = ledger::sha256(file),
                                       .size = 3};
            if (change) change(release);
            return api::Response::json(
                200, json::serialize(
                         json::object{{"release", ledger::to_base64(signed_by(signer, release))},
                                      {"header", header}}));
        };
        return world.open(share, id, 1);
    };
    const auto refused = [&](const Answer& answer, const char* words) {
        INFO(answer.text);
        CHECK(answer.status == 422);
        CHECK(answer.says(words));
        CHECK(ems.get(Sharing::held_path(share, id, 1)).status == 404);
    };
    const auto changed = [&](const Change& change, const char* words) {
        refused(answer_with(maker, good_header, change), words);
    };
    changed([](auto& release) { release.request[0] ^= 1; }, "names another request");
    changed([](auto& release) { release.version = 2; }, "names another request");
    changed([](auto& release) { release.share = std::string(32, 'b'); }, "names another request");
    changed([](auto& release) { release.document = std::string(32, 'b'); },
            "names another request");
    changed([](auto& release) { release.size = std::uint64_t{1} << 50; }, "more than a terabyte");
    refused(answer_with(ems, good_header, {}), "none of the owner's");
    refused(answer_with(maker, header_for(ledger::SealingKey::generate().public_key), {}),
            "not for what was asked");
    // As a partner does that has not heard of our newest key, when the one before is discarded.
    refused(answer_with(maker, header_for(ledger::SealingKey::generate().public_key), {}),
            "may not know the newest yet");
    refused(answer_with(maker, "age", {}), "not for what was asked");
    impostor.release = [](const api::Request&) { return api::Response::json(200, "[1"); };
    refused(world.open(share, id, 1), "not for what was asked");

    // The release holds, and another file than the one that it names comes.
    ledger::Bytes sent;
    impostor.body = [&](const api::Request&) {
        return api::Response::bytes(206, "application/octet-stream",
                                    std::string(ledger::as_text(sent)));
    };
    refused(answer_with(maker, good_header, {}), "of another size");
    sent = file;
    sent.push_back(0);
    refused(world.open(share, id, 1), "of another size");
    sent = file;
    sent.back() ^= 1;
    refused(world.open(share, id, 1), "another file than the one it signed for");
    sent = file;
    REQUIRE(world.open(share, id, 1).status == 200);
    CHECK(ems.get(Sharing::held_path(share, id, 1)).text == "one");
}

TEST_CASE("a partner who left keeps its keys, and gets nothing with them", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    REQUIRE(put_document(maker, "atlas", "board", "two").status == 201);
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto opened = world.open(share, id, 1);
    REQUIRE(opened.status == 200);
    const auto request = request_of(ems);
    const auto ask = [&](const ledger::Bytes& statement) {
        return hand_in_as(ems, maker, statement, "/vault/releases");
    };
    REQUIRE(ask(request).status == 200);
    REQUIRE(body_of(ems, maker, share, opened.member("body")).status == 200);
    const auto fresh = [&] {
        return signed_by(ems, ledger::ReadRequest{share, id, 2, "person bo"});
    };
    REQUIRE(maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "over"}}).status ==
            200);
    const auto size = maker.size();
    CHECK(ask(request).says("share.ended"));
    CHECK(ask(fresh()).says("share.ended"));
    CHECK(body_of(ems, maker, share, opened.member("body")).says("share.ended"));
    // Nor as somebody who is no partner any more.
    maker.stop();
    maker.config.partners.clear();
    maker.start();
    for (const auto& answer :
         {ask(request), ask(fresh()), body_of(ems, maker, share, opened.member("body"))}) {
        INFO(answer.text);
        CHECK((answer.status == 401 || answer.status == 403));
    }
    CHECK(readings_of(maker) == 1);
    CHECK(maker.size() == size);
}

TEST_CASE("a request that is sent again gets the same release, and none once it is over",
          "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub;
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto request = request_of(ems);
    const auto size = maker.size();
    const auto ask = [&] { return hand_in_as(ems, maker, request, "/vault/releases"); };
    const auto first = ask(), second = ask();
    CHECK(first.status == 200);
    CHECK(first.member("release") == second.member("release"));
    CHECK(readings_of(maker) == 1);
    CHECK(maker.size() == size);

    // Another's request is his, whoever brings it, and whoever signs in his name.
    const auto below = world.agree_below();
    const auto passed = ems.post("/v1/vault/shares", world.pass_body(share, below)).member("share");
    REQUIRE(knows_share(sub, passed));
    REQUIRE(world.open_below(passed, id).status == 200);
    const auto of_sub = request_of(sub);
    const auto brought = hand_in_as(maker, ems, of_sub, "/vault/releases");
    CHECK(brought.status == 403);
    CHECK(brought.says("not for maker.example"));
    const ledger::ReadRequest wanted{share, id, 1, "person bo"};
    const auto in_its_name =
        hand_in_as(ems, maker, forged(ems, ems.org(), wanted), "/vault/releases");
    INFO(in_its_name.text);
    CHECK(in_its_name.status >= 400);
    CHECK(in_its_name.status < 500);
    CHECK(hand_in_as(sub, maker, signed_by(sub, wanted), "/vault/releases").status < 500);
    CHECK(readings_of(maker) == 1);
    CHECK(readings_of(ems) == 2);

    REQUIRE(sub.post("/v1/vault/shares/" + passed + "/destroy", {{"reason", "x"}}).status == 200);
    REQUIRE(
        eventually([&] { return row_of(ems, "shares", "share", passed).contains("destroyed"); }));
    CHECK(hand_in_as(sub, ems, of_sub, "/vault/releases").says("share.destroyed"));
    REQUIRE(maker.post("/v1/vault/documents/" + id + "/shred", {{"reason", "x"}}).status == 200);
    CHECK(ask().says("version.destroyed"));
}

TEST_CASE("after its agreement's end nothing is shared or released, whatever was signed",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    REQUIRE(put_document(maker, "atlas", "board", "two").status == 201);
    const auto end = ledger::system_now() + 3600;
    world.agree(end);
    const auto share = world.share(world.share_body(id));
    const auto opened = world.open(share, id, 1);
    REQUIRE(opened.status == 200);
    maker.stop();
    maker.clock = [] { return ledger::system_now() + 2 * 3600; };
    maker.start();
    CHECK(maker.post("/v1/vault/shares", world.share_body(id)).says("agreement.expired"));
    CHECK(world.open(share, id, 2).says("agreement.expired"));
    CHECK(body_of(ems, maker, share, opened.member("body")).says("agreement.expired"));
    // The same agreement with another end is another agreement, of that id there is one.
    ledger::Agreement terms{.id = world.agreement,
                            .drafter = maker.org(),
                            .partner = ems.org(),
                            .scope = "NDA 7",
                            .systems = {},
                            .roles = {},
                            .start = 1,
                            .end = kFar};
    CHECK(hand_in(ems, maker, terms).status == 409);
    terms.drafter = ems.org();
    terms.partner = maker.org();
    CHECK(hand_in(ems, maker, terms).status == 409);
    CHECK(world.open(share, id, 2).says("agreement.expired"));
}

TEST_CASE("a narrow share opens nothing that is wider", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const std::string bom = "Designator,MPN,Price\r\nR1,RC0402,0.002\r\n";
    const auto id = put_document(maker, "atlas", "bom.csv", bom).member("document");
    const auto other = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    auto body = world.share_body(id);
    body["columns"] = json::array{"Designator", "MPN"};
    const auto share = world.share(body);
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto document = maker.get("/v1/vault/documents/" + id).body;
    const auto whole = std::string(document.at("versions").as_array()[0].at("body").as_string());
    CHECK(body_of(ems, maker, share, whole).status == 404);
    const auto ask = [&](const std::string& of, std::uint64_t version) {
        return hand_in(ems, maker, ledger::ReadRequest{share, of, version, "person bo"},
                       "/vault/releases");
    };
    CHECK(ask(other, 1).says("share.other-document"));
    CHECK(ask(id, 2).says("version.missing"));
    CHECK(ask(id, ~std::uint64_t{0}).status < 500);
    // Nor is it widened on its way to others: its owner is asked first, and refuses.
    auto passed = share_of(std::string(32, 'd'), ems);
    passed.recipient = "sub.example";
    passed.document = id;
    passed.of = share;
    passed.columns = {"Designator", "MPN", "Price"};
    const auto tell = [&] {
        return hand_in(ems, maker,
                       ledger::Passed{share, ledger::to_base64(signed_by(ems, passed))});
    };
    CHECK(tell().says("subtier.widens"));
    passed.columns.pop_back();
    passed.document = other;
    CHECK(tell().says("subtier.widens"));
    passed.document = id;
    passed.end = kFar + 1;
    CHECK(tell().says("subtier.widens"));
    passed.end = kFar;
    CHECK(tell().status == 204);
}

TEST_CASE("only who held a file confirms that it is destroyed", "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub;
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto opened = world.open(share, id, 1);
    REQUIRE(opened.status == 200);
    const auto exit =
        maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "over"}}).member("exit");
    const ledger::Destruction word{share, {opened.member("body")}, "done"};
    const auto refused = [&](const Answer& answer) {
        INFO(answer.text);
        CHECK(answer.status >= 400);
        CHECK(answer.status < 500);
        CHECK_FALSE(step_done(maker, exit, "destruction"));
    };
    refused(hand_in_as(ems, maker, forged(ems, ems.org(), word)));
    refused(hand_in_as(ems, maker, signed_by(sub, word)));
    refused(hand_in(sub, maker, word));
    refused(hand_in_as(sub, maker, signed_by(ems, word)));
    auto changed = signed_by(ems, word);
    changed[changed.size() / 2] ^= 1;
    refused(hand_in_as(ems, maker, changed));
    // A confirmation of nothing is none of the file.
    CHECK(hand_in(ems, maker, ledger::Destruction{share, {}, "done"}).status == 204);
    CHECK_FALSE(step_done(maker, exit, "destruction"));
    CHECK(hand_in(ems, maker, word).status == 413);
    CHECK_FALSE(step_done(maker, exit, "destruction"));
}

TEST_CASE("a partner takes no id of another's", "[service][vault]") {
    Chain world;
    auto &maker = world.maker, &ems = world.ems, &sub = world.sub;
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    // What comes later has a longer name, and what becomes of it touches nothing else.
    CHECK(hand_in(sub, ems, share_of(share, ems)).status == 204);
    CHECK(row_of(ems, "shares", "share", share).at("owner").as_string() == maker.org());
    const auto longer = "sub.example:" + share;
    CHECK(row_of(ems, "shares", "share", longer).at("owner").as_string() == sub.org());
    CHECK(hand_in(sub, ems, ledger::VaultEnd{"share", share, "x"}).status == 204);
    CHECK(row_of(ems, "shares", "share", longer).contains("ended"));
    CHECK(ems.get(Sharing::held_path(share, id, 1)).text == "one");
    CHECK(ems.get(Sharing::held_path(longer, id, 1)).says("share.ended"));
    ledger::Agreement terms{.id = world.agreement,
                            .drafter = sub.org(),
                            .partner = ems.org(),
                            .scope = "all",
                            .systems = {},
                            .roles = {},
                            .start = 1,
                            .end = kFar};
    CHECK(hand_in(sub, ems, terms).status == 204);
    CHECK(hand_in(sub, ems, ledger::VaultEnd{"agreement", world.agreement, "x"}).status == 204);
    CHECK(has_state(ems, world.agreement, "in force"));
    CHECK(has_state(ems, "sub.example:" + world.agreement, "ended"));

    // Nor does who comes first keep the other out.
    const auto taken = std::string(32, 'e');
    const auto notice = [&] {
        return ledger::ExitNotice{
            .id = taken, .reason = "x", .until = kFar, .share = {}, .bodies = {}};
    };
    CHECK(hand_in(sub, ems, share_of(taken, ems)).status == 204);
    CHECK(hand_in(maker, ems, share_of(taken, ems)).status == 204);
    CHECK(hand_in(sub, ems, notice()).status == 204);
    CHECK(hand_in(maker, ems, notice()).status == 204);
    for (int restarts = 0; restarts < 2; ++restarts) {
        CHECK(row_of(ems, "shares", "share", taken).at("owner").as_string() == sub.org());
        CHECK(row_of(ems, "exits", "exit", taken).at("partner").as_string() == sub.org());
        for (const auto* list : {"share", "exit"})
            CHECK_FALSE(
                row_of(ems, list + std::string("s"), list, "maker.example:" + taken).empty());
        CHECK_FALSE(row_of(ems, "shares", "share", share).contains("ended"));
        ems.stop();
        ems.start();
    }
    CHECK(ems.post("/v1/vault/exits/maker.example:" + taken + "/destroy", {}).member("partner") ==
          maker.org());
    CHECK(row_of(ems, "shares", "share", taken).contains("destroyed") == false);
}

}  // namespace reelproof::node::tests
