// Partners who leave: the clock, what they hold, what they confirm, and who is told when it is
// late.
#include <algorithm>
#include <atomic>

#include <catch2/catch.hpp>

#include "ledger/vault/objects.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

constexpr std::int64_t kHour = 3600;

json::object exit_of(const ServiceNode& node, const std::string& id) {
    return row_of(node, "exits", "exit", id);
}

bool step_done(const json::object& exit, std::string_view name) {
    for (const auto& one : exit.at("steps").as_array())
        if (one.at("step").as_string() == name) return one.at("done").as_bool();
    FAIL("no step " << name);
    return false;
}

std::string health(const ServiceNode& node) {
    return node.get("/v1/health").text;
}

}  // namespace

TEST_CASE("an exit ends when the partner has destroyed, signed, and all steps are done",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto off = maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "over"}});
    INFO(off.text);
    REQUIRE(off.status == 200);
    CHECK(off.body.at("until").to_number<std::int64_t>() -
              off.body.at("began").to_number<std::int64_t>() ==
          48 * kHour);
    const auto exit = off.member("exit");
    const auto path = "/v1/vault/exits/" + exit;
    REQUIRE(eventually([&] { return !exit_of(ems, exit).empty(); }));
    const auto asked = exit_of(ems, exit);
    CHECK_FALSE(asked.at("ours").as_bool());
    CHECK(asked.at("partner").as_string() == maker.org());
    CHECK(asked.at("reason").as_string() == "over");
    REQUIRE(asked.at("files").as_array().size() == 1);
    CHECK(asked.at("files").as_array()[0].at("name").as_string() == "board");
    CHECK(step_done(exit_of(ems, exit), "notice"));
    CHECK_FALSE(step_done(asked, "destruction"));
    REQUIRE(eventually([&] { return step_done(exit_of(maker, exit), "notice"); }));
    CHECK(ems.get("/v1/vault/duties").text.find("it ended the collaboration") != std::string::npos);

    // Not before all is done, but with a reason.
    const auto early = maker.post(path + "/close", {});
    CHECK(early.status == 409);
    CHECK(early.says("destruction"));
    // Each side does only what is its own.
    CHECK(maker.post(path + "/destroy", {}).status == 404);
    CHECK(ems.post(path + "/accounts", {}).status == 404);
    const auto destroyed = ems.post(path + "/destroy", {});
    INFO(destroyed.text);
    REQUIRE(destroyed.status == 200);
    CHECK(step_done(destroyed.body, "destruction"));
    CHECK(ems.get(Sharing::held_path(share, id, 1)).status == 409);
    REQUIRE(eventually([&] { return step_done(exit_of(maker, exit), "destruction"); }));
    REQUIRE(eventually([&] { return step_done(exit_of(ems, exit), "confirmation"); }));
    CHECK(exit_of(maker, exit).at("state").as_string() == "open");
    CHECK(maker.post(path + "/accounts", {}).member("state") == "done");
    const auto closed = maker.post(path + "/close", {});
    CHECK(closed.member("state") == "closed");
    CHECK(ems.post(path + "/close", {}).member("state") == "closed");
    CHECK(maker.get("/v1/vault/duties").body.at("duties").as_array().empty());
    // Both have it on paper, also after a restart.
    maker.stop();
    maker.start();
    for (const auto* node : {&maker, &ems}) {
        const auto report = node->get(path + "/report");
        CHECK(report.status == 200);
        CHECK(report.text.starts_with("%PDF-"));
        CHECK(report.text.size() > 5000);
    }
    CHECK(exit_of(maker, exit).at("state").as_string() == "closed");
}

TEST_CASE("an exit that is late raises an alarm on both sides until it is closed",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    CHECK(maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "x"}, {"hours", 0}})
              .status == 400);
    const auto exit =
        maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "over"}, {"hours", 1}})
            .member("exit");
    REQUIRE(eventually([&] { return !exit_of(ems, exit).empty(); }));
    CHECK(health(maker).find("its exit") == std::string::npos);
    for (auto* node : {&maker, &ems}) {
        node->stop();
        node->clock = [] { return ledger::system_now() + 2 * kHour; };
        node->start();
    }
    CHECK(eventually([&] {
        return health(maker).find("ems.example: its exit, step destruction") != std::string::npos;
    }));
    CHECK(eventually([&] {
        return health(ems).find("maker.example: it ended the collaboration") != std::string::npos;
    }));
    CHECK(exit_of(maker, exit).at("state").as_string() == "overdue");
    const auto closed =
        maker.post("/v1/vault/exits/" + exit + "/close", {{"reason", "the company is gone"}});
    CHECK(closed.member("closed_reason") == "the company is gone");
}

TEST_CASE("a partner's agreement whose retention is over is to be followed by its destruction",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(ledger::system_now() + 10 * kHour, {{"retention_days", 1}});
    auto body = world.share_body(id);
    body["end"] = ledger::system_now() + 5 * kHour;
    const auto share = world.share(body);
    REQUIRE(world.open(share, id, 1).status == 200);
    CHECK(maker.get("/v1/vault/duties").text.find("no key is released under it") !=
          std::string::npos);
    maker.stop();
    maker.clock = [] { return ledger::system_now() + 40 * kHour; };
    maker.start();
    CHECK(eventually([&] {
        return health(maker).find("has not confirmed the destruction of 1 file") !=
               std::string::npos;
    }));
}

TEST_CASE("what is classified goes only to partners with the certificates that it needs",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    REQUIRE(put_document(maker, "atlas", "board", "two").status == 201);
    world.agree();
    const auto needs = [&](json::array standards) {
        return maker.post("/v1/vault/needs", {{"classification", "confidential"},
                                              {"standards", std::move(standards)}});
    };
    CHECK(needs({"ISO/IEC 27001"}).status == 200);
    const auto refused = maker.post("/v1/vault/shares", world.share_body(id));
    CHECK(refused.status == 409);
    CHECK(refused.says("partner.certificate"));
    CHECK(maker.get("/v1/vault/partners/" + ems.org()).text.find("has shown no such certificate") !=
          std::string::npos);
    const json::object certificate{{"partner", ems.org()},
                                   {"standard", "ISO/IEC 27001"},
                                   {"number", "C-1"},
                                   {"scope", "assembly"},
                                   {"issuer", "TUV"},
                                   {"checked_how", "register of the issuer"},
                                   {"until", ledger::system_now() + 30 * 24 * kHour}};
    CHECK(maker.post("/v1/vault/certificates", with(certificate, "until", 5)).status == 400);
    // A slip in a name would be kept of nobody.
    CHECK(
        maker.post("/v1/vault/certificates", with(certificate, "partner", "esm.example")).status ==
        404);
    CHECK(maker.post("/v1/vault/certificates", with(certificate, "document", "atlas/no")).status ==
          404);
    const auto added =
        maker.post("/v1/vault/certificates", with(certificate, "document", "atlas/board"));
    INFO(added.text);
    REQUIRE(added.status == 201);
    CHECK(added.member("checked_by").starts_with("token"));
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    // It ends in a month: a reminder. Withdrawn: no key any more, and an alarm.
    CHECK(maker.get("/v1/vault/duties").text.find("ask for the next one") != std::string::npos);
    const auto withdraw = "/v1/vault/certificates/" + added.member("certificate") + "/withdraw";
    CHECK(maker.post(withdraw, {}).status == 400);
    CHECK(maker.post(withdraw, {{"reason", "suspended"}}).member("withdrawn_by") != "");
    const auto second = world.open(share, id, 2);
    CHECK(second.status == 409);
    CHECK(second.says("partner.certificate"));
    CHECK(maker.get("/v1/vault/duties").text.find("releases nothing") != std::string::npos);
    CHECK(needs(json::array()).status == 200);
    CHECK(world.open(share, id, 2).status == 200);
}

TEST_CASE("a partner's lists of what is to be destroyed are bounded, and are its own",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree();
    const auto keys = load_keyring(ems.config.keys, load_data_key(ems.config.keys).value()).value();
    const auto of_ems = identity_of(ems);
    const auto hand_in = [&](const ledger::ExitNotice& notice) {
        const auto object =
            ledger::sign_vault_object(keys.statement, ems.org(), ledger::system_now(),
                                      ledger::format_vault_object(notice))
                .value();
        return maker
            .send(kPost, "/vault/objects", ledger::as_text(object.statement), "application/cose",
                  {}, &of_ems)
            .status;
    };
    ledger::ExitNotice notice{.id = std::string(32, 'a'),
                              .reason = "over",
                              .until = kFar,
                              .part = 1,
                              .parts = 200,
                              .share = std::string(32, 'b'),
                              .bodies = {}};
    for (const auto& [part, parts] : {std::pair(0, 1), std::pair(2, 1), std::pair(1, 201)}) {
        auto wrong = notice;
        wrong.part = static_cast<std::uint64_t>(part);
        wrong.parts = static_cast<std::uint64_t>(parts);
        CHECK(hand_in(wrong) == 400);
    }
    CHECK(hand_in(notice) == 204);
    CHECK(hand_in(notice) == 204);
    auto other = notice;
    other.parts = 7;
    CHECK(hand_in(other) == 409);
    notice.bodies.assign(ledger::kMostDestroyed, std::string(64, 'c'));
    int taken = 1;
    for (notice.part = 2; notice.part <= 200; ++notice.part) {
        const auto status = hand_in(notice);
        if (status == 413) break;
        REQUIRE(status == 204);
        ++taken;
    }
    CHECK(taken > 100);
    CHECK(taken < 200);
    // Nothing of it can be destroyed here that was never released to us.
    CHECK(maker.post("/v1/vault/exits/" + notice.id + "/destroy", {}).status == 200);
    CHECK(exit_of(maker, notice.id).at("files").as_array().empty());
}

TEST_CASE("what a partner refuses is not taken for delivered, and can be sent again",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.agree(kFar, {{"breach_notice_hours", 12}});
    // As many exits and notices of one partner as a node keeps.
    for (int i = 10; i < 30; ++i)
        REQUIRE(hand_in(maker, ems,
                        ledger::ExitNotice{.id = std::string(30, 'e') + std::to_string(i),
                                           .reason = "x",
                                           .until = kFar,
                                           .share = {},
                                           .bodies = {}})
                    .status == 204);
    for (int i = 100; i < 200; ++i)
        REQUIRE(hand_in(maker, ems,
                        ledger::IncidentNotice{
                            std::string(29, 'e') + std::to_string(i), 1, {std::to_string(i)}})
                    .status == 204);
    const auto incident = maker.post("/v1/vault/incidents",
                                     {{"kind", "leak"}, {"text", "x"}, {"partner", ems.org()}});
    const auto path = "/v1/vault/incidents/" + incident.member("incident");
    REQUIRE(maker.post(path + "/notice", {{"partner", ems.org()}, {"template", "{text}"}}).status ==
            200);
    const auto refused = [&](std::size_t count) {
        return eventually([&] {
            return maker.get("/v1/vault/refused").body.at("refused").as_array().size() == count;
        });
    };
    REQUIRE(refused(1));
    const auto clocks = maker.get(path).body.at("clocks").as_array();
    const auto notice = std::find_if(clocks.begin(), clocks.end(), [&](const auto& one) {
        return one.at("clock").as_string() == "notice " + ems.org();
    });
    REQUIRE(notice != clocks.end());
    CHECK_FALSE(notice->at("done").as_bool());
    CHECK(json::serialize(*notice).find("more notices than we keep") != std::string::npos);

    const auto exit =
        maker.post("/v1/vault/offboard", {{"org", ems.org()}, {"reason", "over"}}).member("exit");
    REQUIRE(refused(2));
    const auto open = exit_of(maker, exit);
    CHECK_FALSE(step_done(open, "notice"));
    CHECK(json::serialize(open.at("steps")).find("more than we keep of one partner: 20 exits") !=
          std::string::npos);
    CHECK(maker.get("/v1/vault/duties").text.find("its node refused") != std::string::npos);
    const auto row = maker.get("/v1/vault/refused").body.at("refused").as_array()[1].as_object();
    CHECK(row.at("what").as_string() == "vault.exit");
    CHECK(row.at("partner").as_string() == ems.org());
    // It is kept over a restart. Sent again it waits for the partner's node, and is refused again.
    maker.stop();
    maker.start();
    ems.stop();
    const auto again = "/v1/vault/refused/" + std::string(row.at("refused").as_string()) + "/send";
    CHECK(maker.post(again, {}).status == 200);
    CHECK(maker.post(again, {}).status == 404);
    CHECK(refused(1));
    CHECK_FALSE(step_done(exit_of(maker, exit), "notice"));
    CHECK(json::serialize(exit_of(maker, exit).at("steps")).find("can be reached") !=
          std::string::npos);
    ems.start();
    CHECK(refused(2));
    CHECK_FALSE(step_done(exit_of(maker, exit), "notice"));
}

TEST_CASE("an agreement asks for no more than a hundred years and a year", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto draft = [&](const char* member, std::int64_t value) {
        return maker.post(
            "/v1/vault/agreements",
            {{"partner", ems.org()}, {"scope", "NDA"}, {"end", kFar}, {member, value}});
    };
    CHECK(draft("retention_days", 36'526).says("retention_days must be at most 36525"));
    CHECK(draft("breach_notice_hours", 8'785).says("breach_notice_hours must be at most 8784"));
    CHECK(draft("retention_days", 36'525).status == 201);
    ledger::Agreement terms{.id = std::string(32, 'a'),
                            .drafter = ems.org(),
                            .partner = maker.org(),
                            .scope = "NDA",
                            .systems = {},
                            .roles = {},
                            .retention_days = ~std::uint64_t{0},
                            .start = 1,
                            .end = kFar};
    CHECK(hand_in(ems, maker, terms).status == 400);
    terms.retention_days = 1;
    CHECK(hand_in(ems, maker, terms).status == 204);
}

TEST_CASE("a partner's record says what its on-boarding lacks", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto path = "/v1/vault/partners/" + ems.org();
    CHECK(maker.get("/v1/vault/partners/nobody.example").status == 404);
    CHECK(maker.get(path).body.at("open").as_array().size() == 3);
    CHECK(maker.post(path + "/stewards", {{"steward", "anna"}}).status == 400);
    REQUIRE(
        maker.post(path + "/stewards", {{"steward", "anna"}, {"their_steward", "Bo Li"}}).status ==
        200);
    const auto answer = [](int points, const char* evidence) {
        return json::object{{"question", "Second factor?"},
                            {"answer", "yes"},
                            {"evidence", evidence},
                            {"points", points},
                            {"of", 5}};
    };
    const auto survey = [&](json::array answers) {
        return maker.post(path + "/survey", {{"answers", std::move(answers)}});
    };
    CHECK(survey({}).status == 400);
    CHECK(survey({answer(6, "policy")}).says("answers[0].points"));
    CHECK(survey({answer(5, "")}).says("answers[0].evidence"));
    const auto done = survey({answer(4, "policy"), answer(0, "")});
    INFO(done.text);
    CHECK(done.body.at("points").to_number<int>() == 4);
    CHECK(done.body.at("of").to_number<int>() == 10);
    world.agree();
    maker.stop();
    maker.start();
    const auto shown = maker.get(path);
    CHECK(shown.member("their_steward") == "Bo Li");
    CHECK(shown.body.at("open").as_array().empty());
}

}  // namespace reelproof::node::tests
