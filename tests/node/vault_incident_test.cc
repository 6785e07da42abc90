// Incidents with documents: contained, told in time, and noticed.
#include <catch2/catch.hpp>

#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

json::object clock_of(const json::object& incident, std::string_view name) {
    for (const auto& one : incident.at("clocks").as_array())
        if (one.at("clock").as_string() == name) return one.get_object();
    return {};
}

bool has_moment(const json::object& incident, std::string_view what) {
    const auto& all = incident.at("timeline").as_array();
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& one) { return one.at("what").as_string() == what; });
}

}  // namespace

TEST_CASE("an incident freezes what it is about, tells partners, and ends when no clock runs",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(kFar, {{"breach_notice_hours", 12}});
    const auto share = world.share(world.share_body(id));
    const auto open = [&](json::object body) { return maker.post("/v1/vault/incidents", body); };
    CHECK(open({{"kind", "fire"}, {"text", "x"}}).status == 400);
    CHECK(open({{"kind", "leak"}, {"text", "x"}, {"partner", "no.example"}}).status == 404);
    CHECK(open({{"kind", "leak"}, {"text", "x"}, {"known", kFar}}).status == 400);
    const auto opened = open({{"kind", "leak"}, {"text", "BOM on a forum"}, {"project", "atlas"}});
    INFO(opened.text);
    REQUIRE(opened.status == 201);
    const auto path = "/v1/vault/incidents/" + opened.member("incident");
    CHECK(opened.body.at("affected").as_array().size() == 1);
    const auto known = opened.body.at("known").to_number<std::int64_t>();
    const auto notice = "notice " + ems.org();
    CHECK(clock_of(opened.body, notice).at("due").to_number<std::int64_t>() == known + 12 * 3600);
    CHECK(clock_of(opened.body, "early-warning").at("due").to_number<std::int64_t>() ==
          known + 24 * 3600);
    CHECK(clock_of(opened.body, "notification").at("due").to_number<std::int64_t>() ==
          known + 72 * 3600);

    CHECK(maker.post(path + "/freeze", {}).body.at("frozen").as_array().size() == 1);
    const auto refused = world.open(share, id, 1);
    CHECK(refused.status == 409);
    CHECK(refused.says("share.frozen"));
    CHECK_FALSE(refused.says("forum"));
    // It is frozen after a restart, too.
    maker.stop();
    maker.start();
    CHECK(world.open(share, id, 1).status == 409);
    CHECK(maker.post(path + "/thaw", {}).status == 200);
    CHECK(world.open(share, id, 1).status == 200);
    CHECK(maker.post(path + "/freeze", {}).status == 200);

    const auto send = [&](const std::string& words) {
        return maker.post(path + "/notice", {{"partner", ems.org()}, {"template", words}});
    };
    CHECK(send("{who} {text}").says("{who}"));
    CHECK(send("{text").status == 400);
    CHECK(send("\n\n").status == 400);
    const auto told = send("From {org} to {partner}:\r\n{text}, project {project}\n");
    INFO(told.text);
    REQUIRE(told.status == 200);
    CHECK(eventually([&] { return clock_of(maker.get(path).body, notice).at("done").as_bool(); }));
    json::object theirs;
    REQUIRE(eventually([&] {
        const auto answer = ems.get("/v1/vault/incidents");
        const auto& all = answer.body.at("incidents").as_array();
        if (all.empty()) return false;
        theirs = all[0].get_object();
        return true;
    }));
    CHECK(theirs.at("kind").as_string() == "notice");
    CHECK(theirs.at("text").as_string() ==
          "From maker.example to ems.example:\nBOM on a forum, project atlas");
    CHECK(ems.get("/v1/vault/duties").text.find("it tells of an incident") != std::string::npos);

    CHECK(maker.post(path + "/close", {{"outcome", "x"}}).says("early-warning"));
    CHECK(maker.post(path + "/note", {{"text", "x"}, {"clock", "no"}}).status == 404);
    for (const auto* clock : {"early-warning", "notification"})
        CHECK(maker.post(path + "/note", {{"text", "reported"}, {"clock", clock}}).status == 200);
    const auto closed = maker.post(path + "/close", {{"outcome", "an old copy"}});
    INFO(closed.text);
    REQUIRE(closed.status == 200);
    CHECK(world.open(share, id, 1).status == 200);
    CHECK(maker.post(path + "/freeze", {}).status == 409);
    for (const auto& what : {"opened", "freeze", "thaw", notice.c_str(), "notification", "closed",
                             "POST /vault/releases"})
        CHECK(has_moment(closed.body, what));
}

TEST_CASE("a drill freezes, and tells and ends nothing", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto opened =
        maker.post("/v1/vault/incidents",
                   {{"kind", "loss"}, {"text", "laptop"}, {"partner", ems.org()}, {"drill", true}});
    REQUIRE(opened.status == 201);
    const auto path = "/v1/vault/incidents/" + opened.member("incident");
    CHECK(maker.post(path + "/freeze", {}).status == 200);
    CHECK(world.open(share, id, 1).says("share.frozen"));
    CHECK(maker.post(path + "/revoke", {}).text.find("not done: a drill") != std::string::npos);
    CHECK(maker.post(path + "/notice", {{"partner", ems.org()}, {"template", "{text}"}})
              .text.find("not sent, a drill") != std::string::npos);
    CHECK(maker.post(path + "/thaw", {}).status == 200);
    CHECK(world.open(share, id, 1).status == 200);
    CHECK(ems.get("/v1/vault/incidents").body.at("incidents").as_array().empty());
    // Not a drill: it is ended, and the partner knows.
    const auto real = maker.post("/v1/vault/incidents",
                                 {{"kind", "loss"}, {"text", "laptop"}, {"partner", ems.org()}});
    CHECK(maker.post("/v1/vault/incidents/" + real.member("incident") + "/revoke", {}).status ==
          200);
    CHECK(knows_share(ems, share, true));
}

TEST_CASE("an incident about nobody freezes and ends nothing", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto opened = maker.post(
        "/v1/vault/incidents", {{"kind", "access"}, {"text", "person bo was refused 30 times"}});
    const auto path = "/v1/vault/incidents/" + opened.member("incident");
    for (const auto* verb : {"/freeze", "/revoke"}) {
        const auto refused = maker.post(path + verb, {});
        CHECK(refused.status == 409);
        CHECK(refused.says("name a partner or project"));
    }
    CHECK(world.open(share, id, 1).status == 200);
    CHECK(maker.post(path + "/thaw", {}).status == 200);
}

TEST_CASE("an incident in which much was done can always be thawed and closed",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(kFar, {{"breach_notice_hours", 12}});
    const auto share = world.share(world.share_body(id));
    const auto opened = maker.post("/v1/vault/incidents",
                                   {{"kind", "leak"}, {"text", "x"}, {"partner", ems.org()}});
    const auto path = "/v1/vault/incidents/" + opened.member("incident");
    REQUIRE(maker.post(path + "/freeze", {}).status == 200);
    for (int i = 0; i < 998; ++i)
        REQUIRE(maker.post(path + "/note", {{"text", "looked again"}}).status == 200);
    CHECK(maker.post(path + "/note", {{"text", "once more"}}).status == 413);
    CHECK(maker.post(path + "/freeze", {}).status == 413);
    CHECK(maker.post(path + "/thaw", {}).status == 200);
    CHECK(world.open(share, id, 1).status == 200);
    CHECK(maker.post(path + "/thaw", {}).status == 413);
    const auto stopped = [&](const char* clock) {
        return maker.post(path + "/note", {{"text", "done"}, {"clock", clock}}).status;
    };
    CHECK(stopped("early-warning") == 200);
    CHECK(stopped("early-warning") == 413);
    CHECK(stopped("notification") == 200);
    REQUIRE(maker.post(path + "/notice", {{"partner", ems.org()}, {"template", "{text}"}}).status ==
            200);
    CHECK(eventually([&] {
        return maker.post(path + "/close", {{"outcome", "an old copy"}}).status == 200;
    }));
}

TEST_CASE("what two incidents hold frozen is thawed with the last of them", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto open = [&] {
        const auto opened = maker.post("/v1/vault/incidents",
                                       {{"kind", "leak"}, {"text", "x"}, {"partner", ems.org()}});
        const auto path = "/v1/vault/incidents/" + opened.member("incident");
        CHECK(maker.post(path + "/freeze", {}).body.at("frozen").as_array().size() == 1);
        return path;
    };
    const auto first = open(), second = open();
    CHECK(maker.post(first + "/thaw", {}).status == 200);
    CHECK(world.open(share, id, 1).says("share.frozen"));
    CHECK(maker.post(second + "/thaw", {}).status == 200);
    CHECK(world.open(share, id, 1).status == 200);
    CHECK(maker.post(first + "/note", {{"text", "a\u0001b"}}).status == 400);
}

}  // namespace reelproof::node::tests
