// Documents between two nodes: agreements signed by both, shares, keys that are released and
// refused, and what others learn of it.
#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "ledger/format/statement.h"
#include "ledger/format/tile.h"
#include "ledger/format/wire.h"
#include "ledger/vault/age.h"
#include "ledger/vault/objects.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "tests/node/person_support.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

TEST_CASE("a document goes to a partner under an agreement, with a receipt", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto from_maker = maker.size(), from_ems = ems.size();
    const auto text = document_text(9'000'000);
    const auto id = put_document(maker, "atlas", "board.zip", text).member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto shown = ems.get("/v1/vault/shares/" + share + "/documents");
    INFO(shown.text);
    REQUIRE(shown.body.at("documents").as_array().size() == 1);
    CHECK(ems.get(Sharing::held_path(share, id, 1)).status == 404);
    const auto opened = world.open(share, id, 1);
    INFO(opened.text);
    REQUIRE(opened.status == 200);
    CHECK(opened.body.at("complete").as_bool());
    CHECK(get_whole(ems, Sharing::held_path(share, id, 1), text.size()) == text);
    // Again is no second release.
    const auto again = world.open(share, id, 1);
    CHECK(again.member("release") == opened.member("release"));
    // Both keep request and release, the same bytes.
    const auto given = maker.get("/v1/vault/readings").body.at("readings").as_array();
    const auto taken = ems.get("/v1/vault/readings").body.at("readings").as_array();
    REQUIRE(given.size() == 1);
    REQUIRE(taken.size() == 1);
    for (const auto* member : {"request", "release", "reader", "version", "body"})
        CHECK(given[0].at(member) == taken[0].at(member));
    CHECK(given[0].at("partner").as_string() == ems.org());
    // The logs say that something was agreed, granted and read, and nothing more.
    std::string all;
    CHECK(published(maker, from_maker, &all) ==
          std::vector<std::string>{"agreement.sign", "share.grant", "key.release"});
    CHECK(published(ems, from_ems, &all) ==
          std::vector<std::string>{"agreement.sign", "read.receipt"});
    for (const auto* word : {"ems.example", "maker.example", "atlas", "board", "NDA", "pilot"})
        CHECK(all.find(word) == std::string::npos);
    const auto request =
        ledger::from_base64(std::string(given[0].at("request").as_string()), "request").value();
    CHECK(all.find(ledger::to_hex(ledger::sha256(request))) != std::string::npos);
    // What lies at the recipient is ciphertext, and opens again after a restart.
    CHECK(std::filesystem::exists(ems.config.store.folder / "vault" / "held" /
                                  opened.member("body")));
    CHECK_FALSE(is_in(ledger::as_bytes(text).first(200), ems.folder()));
    ems.stop();
    ems.start();
    CHECK(get_whole(ems, Sharing::held_path(share, id, 1), text.size()) == text);
    // Each version is a subject of its own: else nobody saw that a partner reads everything.
    CHECK(maker.get("/v1/audit?about=a+key+for+ems")
              .text.find("a key for ems.example: share " + share + " document " + id +
                         " version 1") != std::string::npos);
}

TEST_CASE("a partner is believed what it can have destroyed, and signs nothing unseen",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "plan", "what is to be built").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto opened = world.open(share, id, 1);
    REQUIRE(opened.status == 200);
    const auto keys = load_keyring(ems.config.keys, load_data_key(ems.config.keys).value()).value();
    const auto identity = identity_of(ems);
    const auto hand_in = [&](const std::string& payload) {
        const auto object =
            ledger::sign_vault_object(keys.statement, ems.org(), ledger::system_now(), payload);
        // What we would not sign ourselves, somebody else does.
        const auto statement =
            object ? object->statement
                   : ledger::sign_statement(keys.statement,
                                            {std::string(ledger::wire::kPublicContentType),
                                             {},
                                             ems.org(),
                                             "vault.destruction",
                                             ledger::system_now()},
                                            ledger::as_bytes(payload))
                         .value();
        return maker.send(api::Method::post, "/vault/objects", ledger::as_text(statement),
                          "application/cose", {}, &identity);
    };
    const auto destroyed = [&] {
        return row_of(maker, "shares", "share", share).contains("destroyed");
    };
    const auto unknown = hand_in(
        ledger::format_vault_object(ledger::Destruction{share, {std::string(64, 'a')}, "x"}));
    CHECK(unknown.status == 400);
    CHECK(unknown.says("was never released under this share"));
    // Of what it does not name it may hold all.
    CHECK(hand_in(ledger::format_vault_object(ledger::Destruction{share, {}, "x"})).status < 300);
    CHECK_FALSE(destroyed());
    CHECK(hand_in(ledger::format_vault_object(ledger::Destruction{share, {}, "y"})).status == 413);
    auto more = json::parse(ledger::format_vault_object(
                                ledger::Destruction{share, {opened.member("body")}, "x"}))
                    .as_object();
    more["penalty"] = "all of it";
    const auto unseen = hand_in(json::serialize(more));
    CHECK(unseen.status == 400);
    CHECK(unseen.says("has the member \"penalty\""));
}

TEST_CASE("the file that a partner gets is a plain age file for its key", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const std::string text = "what the EMS is to build";
    const auto id = put_document(maker, "atlas", "plan", text).member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    // As the recipient's node asks, by its own certificate, with the request that it had signed.
    const auto reading = ems.get("/v1/vault/readings").body.at("readings").as_array()[0];
    const auto identity = identity_of(ems);
    const auto request =
        ledger::from_base64(std::string(reading.at("request").as_string()), "request").value();
    const auto answer = maker.send(api::Method::post, "/vault/releases", ledger::as_text(request),
                                   "application/cose", {}, &identity);
    INFO(answer.text);
    REQUIRE(answer.status == 200);
    const auto body = maker.send(
        api::Method::get,
        "/vault/shares/" + share + "/bodies/" + std::string(reading.at("body").as_string()), {}, {},
        {}, &identity);
    REQUIRE(body.status == 200);
    const auto file = answer.member("header") + body.text;
    const auto keys = load_keyring(ems.config.keys, load_data_key(ems.config.keys).value()).value();
    CHECK(ledger::open_age_header(ledger::as_bytes(file), keys.sealing).has_value());
    if (std::system("command -v age > /dev/null") != 0) {
        WARN("SKIPPED: age is not installed");
        return;
    }
    const auto key_file = ems.folder() / "key.txt", age = ems.folder() / "plan.age",
               out = ems.folder() / "plan";
    ledger::write_file_durably(
        key_file, ledger::as_bytes(ledger::age_identity_text(keys.sealing.front())), 0600);
    ledger::write_file_durably(age, ledger::as_bytes(file));
    CHECK(
        std::system(("age -d -i " + key_file.string() + " -o " + out.string() + " " + age.string())
                        .c_str()) == 0);
    const auto plain = ledger::read_file(out, 1024).value();
    CHECK(ledger::as_text(plain) == text);
}

TEST_CASE("nothing is shared or released against the rules, and the reason is told",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "x").member("document");
    const auto internal =
        put_document(maker, "atlas", "notes", "x", {{"classification", "internal"}})
            .member("document");
    const auto restricted =
        put_document(maker, "atlas", "firmware", "x", {{"classification", "restricted"}})
            .member("document");
    const auto refused = [&](const json::object& body, const std::string& rule) {
        const auto answer = maker.post("/v1/vault/shares", body);
        INFO(answer.text);
        CHECK(answer.status == 409);
        CHECK(answer.says(rule + ": "));
    };
    refused(world.share_body(id), "agreement.missing");
    const auto draft = maker.post("/v1/vault/agreements",
                                  {{"partner", ems.org()}, {"scope", "NDA"}, {"end", kFar}});
    world.agreement = draft.member("agreement");
    refused(world.share_body(id), "agreement.unsigned");
    world.agree();
    refused(world.share_body(internal), "classification.internal");
    refused(world.share_body(restricted), "classification.view-only");
    auto past = world.share_body(id);
    past["end"] = 1'000'000'000;
    refused(past, "share.expired");
    auto stranger = world.share_body(id);
    stranger["recipient"] = "nobody.example";
    CHECK(maker.post("/v1/vault/shares", stranger).status == 404);

    // Released is what the share covers, in versions that are there, to whom it is for.
    const auto share = world.share(world.share_body(id));
    const auto not_opened = [&](const Answer& answer, const std::string& words) {
        INFO(answer.text);
        CHECK(answer.status >= 400);
        CHECK(answer.status < 500);
        CHECK(answer.says(words));
    };
    not_opened(world.open(share, internal, 1), "share.other-document");
    not_opened(world.open(share, id, 2), "version.missing");
    not_opened(world.open(std::string(32, '0'), id, 1), "nobody granted us");
    REQUIRE(maker.post("/v1/vault/documents/" + id + "/shred", {{"version", 1}, {"reason", "old"}})
                .status == 200);
    REQUIRE(put_document(maker, "atlas", "board", "y").status == 201);
    not_opened(world.open(share, id, 1), "version.destroyed");
    REQUIRE(world.open(share, id, 2).status == 200);

    // A project's share shows no document that is classified higher than it may.
    const auto all = world.share(world.share_body(""));
    const auto shown = ems.get("/v1/vault/shares/" + all + "/documents");
    CHECK(shown.body.at("documents").as_array().size() == 1);
    not_opened(world.open(all, restricted, 1), "classification.view-only");
    not_opened(world.open(all, internal, 1), "classification.internal");

    // View only: no file leaves the recipient's node.
    const auto view = world.share(world.share_body(restricted, "view"));
    REQUIRE(world.open(view, restricted, 1).status == 200);
    not_opened(ems.get(Sharing::held_path(view, restricted, 1)), "share.view-only");
}

TEST_CASE("ending a share or its agreement stops the release of keys at once", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    for (const auto* text : {"two", "three", "four"})
        REQUIRE(put_document(maker, "atlas", "board", text).status == 201);
    world.agree();
    const auto first = world.share(world.share_body(id));
    const auto second = world.share(world.share_body(id));
    REQUIRE(world.open(first, id, 1).status == 200);
    REQUIRE(maker.post("/v1/vault/shares/" + first + "/end", {{"reason", "done"}}).status == 200);
    // Whether or not its node has heard of it by now.
    const auto late = world.open(first, id, 2);
    CHECK(late.status == 409);
    CHECK(late.says("share.ended"));
    REQUIRE(knows_share(ems, first, true));
    CHECK(ems.get(Sharing::held_path(first, id, 1)).says("share.ended"));
    REQUIRE(world.open(second, id, 2).status == 200);
    // Either party may end the agreement.
    REQUIRE(
        ems.post("/v1/vault/agreements/" + world.agreement + "/end", {{"reason", "project over"}})
            .status == 200);
    REQUIRE(has_state(maker, world.agreement, "ended"));
    const auto third = world.open(second, id, 3);
    CHECK(third.status == 409);
    CHECK(third.says("agreement.ended"));
    CHECK(maker.post("/v1/vault/shares", world.share_body(id)).says("agreement.ended"));
    CHECK(ems.post("/v1/vault/agreements/" + world.agreement + "/sign", {}).status == 200);
    CHECK(has_state(maker, world.agreement, "ended"));
}

TEST_CASE("a partner who leaves holds no key any more, and has signed that", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto opened = world.open(share, id, 1);
    REQUIRE(opened.status == 200);
    CHECK(maker.post("/v1/vault/offboard", {{"org", "x.example"}, {"reason", "x"}}).status == 404);
    const auto off =
        maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "contract over"}});
    INFO(off.text);
    REQUIRE(off.status == 200);
    CHECK(off.body.at("agreements").as_array().size() == 1);
    CHECK(off.body.at("shares").as_array().size() == 1);
    REQUIRE(off.body.at("files").as_array().size() == 1);
    CHECK(off.body.at("files").as_array()[0].at("name").as_string() == "board");
    REQUIRE(knows_share(ems, share, true));
    REQUIRE(has_state(ems, world.agreement, "ended"));

    const auto body = ems.config.store.folder / "vault" / "held" / opened.member("body");
    CHECK(std::filesystem::exists(body));
    const auto size = ems.size();
    const auto destroy = "/v1/vault/shares/" + share + "/destroy";
    const auto done = ems.post(destroy, {{"reason", "asked to"}});
    INFO(done.text);
    REQUIRE(done.status == 200);
    CHECK_FALSE(std::filesystem::exists(body));
    CHECK(ems.get(Sharing::held_path(share, id, 1)).status == 409);
    CHECK(ems.post(destroy, {{"reason", "x"}}).status == 200);
    CHECK(published(ems, size) == std::vector<std::string>{"destruction.confirm"});
    REQUIRE(
        eventually([&] { return row_of(maker, "shares", "share", share).contains("destroyed"); }));
    const auto row = row_of(maker, "shares", "share", share);
    const auto text = std::string(row.at("destructions").as_array()[0].as_string());
    const auto word =
        ledger::read_signed_object(ledger::from_base64(text, "statement").value()).value();
    CHECK(word.iss == ems.org());
    CHECK(std::get<ledger::Destruction>(word.object).bodies ==
          std::vector<std::string>{opened.member("body")});
    const auto again = maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "again"}});
    CHECK(again.member("exit") == off.member("exit"));
    CHECK(again.body.at("files").as_array()[0].as_object().contains("destroyed"));
}

TEST_CASE("what is signed while the partner is away gets there when it is back",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    ems.stop();
    const auto draft = maker.post("/v1/vault/agreements",
                                  {{"partner", ems.org()}, {"scope", "NDA"}, {"end", kFar}});
    REQUIRE(draft.status == 201);
    // And after our own restart.
    maker.stop();
    maker.start();
    ems.start();
    CHECK(has_state(ems, draft.member("agreement"), "to be signed by us"));
}

TEST_CASE("a share that outlasts its agreement says so", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "text").member("document");
    world.agree(kFar - 86'400);
    const auto granted = maker.post("/v1/vault/shares", world.share_body(id));
    INFO(granted.text);
    REQUIRE(granted.status == 201);
    CHECK(granted.member("warning").starts_with("the agreement ends on "));
    auto shorter = world.share_body(id);
    shorter["end"] = kFar - 2 * 86'400;
    CHECK_FALSE(maker.post("/v1/vault/shares", shorter).body.contains("warning"));
}

TEST_CASE("a role or person that a share names is held to by the recipient's node",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "text").member("document");
    world.agree();
    auto body = world.share_body(id);
    body["role"] = "line";
    const auto share = world.share(body);
    Person line(ems, "lina", {"line"}), warehouse(ems, "wanda", {"warehouse"});
    const auto path = "/v1/vault/shares/" + share + "/open";
    const json::object wanted{{"document", id}, {"version", 1}};
    const auto no = warehouse.post(path, wanted);
    CHECK(no.status == 409);
    CHECK(no.says("share.role"));
    const auto yes = line.post(path, wanted);
    INFO(yes.text);
    REQUIRE(yes.status == 200);
    CHECK(yes.member("reader") == "person lina");
    CHECK(line.get(Sharing::held_path(share, id, 1)).text == "text");
    CHECK(warehouse.get(Sharing::held_path(share, id, 1)).says("share.role"));
}

TEST_CASE("a share that names nobody is for the roles of its agreement, and for who manages",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "text", {{"classification", "public"}})
                        .member("document");
    Person line(ems, "lina", {"line"}), quality(ems, "quinn", {"quality"});
    const auto sees = [&](Person& person, const std::string& share) {
        return person.get("/v1/vault/shares").text.find(share) != std::string::npos;
    };
    const auto nobody = world.share(world.share_body(id));
    const auto path = "/v1/vault/shares/" + nobody;
    const json::object wanted{{"document", id}, {"version", 1}};
    CHECK_FALSE(sees(line, nobody));
    CHECK(line.post(path + "/open", wanted).says("share.role"));
    CHECK(line.get(path + "/documents").says("share.role"));
    CHECK(sees(quality, nobody));
    REQUIRE(quality.post(path + "/open", wanted).status == 200);
    CHECK(line.get(Sharing::held_path(nobody, id, 1)).says("share.role"));
    CHECK(quality.get(Sharing::held_path(nobody, id, 1)).text == "text");
}

TEST_CASE("what one partner grants is bounded in bytes, and what it ends is always taken",
          "[service][vault][.slow]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    json::array columns;
    std::string heading;
    for (int i = 0; i < 50; ++i) {
        const auto name = std::string(900, 'c') + std::to_string(i);
        heading += (i == 0 ? "" : ",") + name;
        columns.emplace_back(name);
    }
    const auto id = put_document(maker, "atlas", "board", heading, {{"classification", "public"}})
                        .member("document");
    auto body = world.share_body(id);
    body["columns"] = columns;
    const auto first = world.share(body);
    for (int i = 0; i < 400; ++i) REQUIRE(maker.post("/v1/vault/shares", body).status == 201);
    REQUIRE(maker.post("/v1/vault/shares/" + first + "/end", {{"reason", "enough"}}).status == 200);
    REQUIRE(knows_share(ems, first, true));
    const auto held = ems.get("/v1/vault/shares").body.at("shares").as_array().size();
    CHECK(held > 300);
    CHECK(held < 380);
}

TEST_CASE("nobody signs for another, and nothing signed is taken when it was changed",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "text").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto of_ems = identity_of(ems);
    const auto text =
        ems.get("/v1/vault/readings").body.at("readings").as_array()[0].at("request").as_string();
    const auto request = ledger::from_base64(std::string(text), "request").value();
    const auto hand_in = [&](const std::string& path, const ledger::Bytes& statement) {
        return maker.send(api::Method::post, path, ledger::as_text(statement), "application/cose",
                          {}, &of_ems);
    };
    CHECK(hand_in("/vault/releases", request).status == 200);
    for (std::size_t at = 3; at < request.size(); at += 7) {
        auto bad = request;
        bad[at] ^= 1;
        const auto answer = hand_in("/vault/releases", bad);
        CHECK(answer.status >= 400);
        CHECK(answer.status < 500);
    }
    // What the maker signed is no word of the EMS.
    const auto ours =
        maker.get("/v1/vault/readings").body.at("readings").as_array()[0].at("release").as_string();
    const auto release = ledger::from_base64(std::string(ours), "release").value();
    CHECK(hand_in("/vault/objects", release).status == 403);
    CHECK(hand_in("/vault/releases", release).status == 403);
    CHECK(hand_in("/vault/objects", request).status == 400);
    // Nor does a token open what is between nodes.
    CHECK(maker.get("/vault/shares/" + share + "/documents").status == 400);
    CHECK(maker.get("/v1/vault/readings").body.at("readings").as_array().size() == 1);
}

}  // namespace reelproof::node::tests
