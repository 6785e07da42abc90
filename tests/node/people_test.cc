// Signing in: set-up links, second factors, sessions, and who may not.
#include <atomic>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// A node whose clock the test sets.
struct Dock {
    std::shared_ptr<std::atomic<ledger::UnixSeconds>> now =
        std::make_shared<std::atomic<ledger::UnixSeconds>>(ledger::system_now());
    ServiceNode node{"ems.example"};

    Dock() {
        node.clock = [now = now] { return now->load(); };
        node.start();
    }
    void later(ledger::UnixSeconds seconds) const { *now += seconds; }
};

bool signed_in(Person& person) {
    return person.get("/v1/session").status == 200;
}

}  // namespace

TEST_CASE("the first administrator comes in by the link of org init, and once", "[people]") {
    Dock dock;
    const auto& link = dock.node.first_link();
    CHECK(link.starts_with(dock.node.config.url + "/setup#"));
    Person first(dock.node), second(dock.node);
    const auto done = first.enrol(link, "four blue reels on a shelf");
    INFO(done.text);
    REQUIRE(done.status == 200);
    CHECK(done.body.at("roles") == json::array{"administrator"});
    CHECK(first.recovery_codes.size() == 10);
    CHECK(signed_in(first));
    CHECK(first.get("/v1/users").status == 200);
    // It shows no item's history, and what it may not see it is told.
    CHECK(first.post("/v1/trace", with_label("x")).says("those who have it: quality, auditor"));
    const auto again = second.enrol(link, "five blue reels on a shelf");
    CHECK(again.status == 404);
    CHECK(again.says("used up, expired"));
    CHECK(first.cookies.contains("__Host-reelproof"));
    CHECK(first.cookies.size() == 2);
    for (const auto& [name, value] : done.headers)
        if (api::iequals(name, "Set-Cookie"))
            for (const auto* rule : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"})
                CHECK(value.find(rule) != std::string::npos);
}

TEST_CASE("a set-up link ends after three days and with a newer one", "[people]") {
    Dock dock;
    dock.later(3 * 86400 + 1);
    Person late(dock.node);
    CHECK(late.enrol(dock.node.first_link(), "four blue reels on a shelf").status == 404);
    const auto newer = dock.node.post("/v1/users/admin/invite", {});
    REQUIRE(newer.status == 200);
    const auto newest = dock.node.post("/v1/users/admin/invite", {});
    CHECK(late.enrol(newer.member("link"), "four blue reels on a shelf").status == 404);
    CHECK(late.enrol(newest.member("link"), "four blue reels on a shelf").status == 200);
}

TEST_CASE("password and code are both needed, and no code holds twice", "[people]") {
    Dock dock;
    Person anna(dock.node, "anna", {"warehouse"});
    Person browser = anna;
    browser.cookies.clear();
    CHECK(browser.sign_in(anna.code(*dock.now)).status == 401);  // used to enrol
    dock.later(30);
    const auto needed = browser.sign_in("");
    CHECK(needed.status == 401);
    CHECK(needed.member("type") == "urn:reelproof:problem:code-needed");
    browser.password = "not it, but as long";
    const auto wrong = browser.sign_in("");
    CHECK(wrong.member("type") == "urn:reelproof:problem:not-signed-in");
    browser.password = anna.password;
    CHECK(browser.sign_in("000000").member("type") == wrong.member("type"));
    CHECK(browser.cookies.empty());
    CHECK(browser.sign_in(anna.code(*dock.now)).status == 200);
    CHECK(signed_in(browser));
    // The session is another one than before, and both hold.
    CHECK(browser.cookies.at("__Host-reelproof") != anna.cookies.at("__Host-reelproof"));
    CHECK(signed_in(anna));
    Person copy = browser;
    copy.cookies.clear();
    CHECK(copy.sign_in(anna.code(*dock.now)).status == 401);
    // A recovery code does for the app, once.
    CHECK(copy.sign_in(anna.recovery_codes.front()).status == 200);
    CHECK(copy.sign_in(anna.recovery_codes.front()).status == 401);
    // Nobody learns who is there.
    Person nobody = browser;
    nobody.user = "nobody";
    CHECK(nobody.sign_in("").text == wrong.text);
}

TEST_CASE("guessing makes the guesser wait, and not the one who is known", "[people]") {
    Dock dock;
    Person anna(dock.node, "anna", {"warehouse"});
    Person guesser(dock.node);
    guesser.user = "anna";
    guesser.password = "a guess that is long enough";
    int status = 0, tries = 0;
    for (; status != 429 && tries < 20; ++tries) status = guesser.sign_in("123456").status;
    CHECK(status == 429);
    CHECK(tries == 7);
    guesser.password = anna.password;
    dock.later(1);
    const auto refused = guesser.sign_in("");
    dock.later(29);
    CHECK(anna.sign_in(anna.code(*dock.now)).status == 200);
    dock.later(3600);
    CHECK(guesser.sign_in(anna.code(*dock.now)).status == 200);
}

TEST_CASE("people who share a station don't make each other strangers", "[people]") {
    Dock dock;
    Person anna(dock.node, "anna", {"warehouse"});
    Person bob(dock.node, "bob", {"warehouse"});
    for (const auto& [name, value] : bob.cookies) anna.cookies.emplace(name, value);
    Person guesser(dock.node);
    guesser.user = "anna";
    guesser.password = "a guess that is long enough";
    for (int i = 0; i < 10; ++i) guesser.sign_in("123456");
    dock.later(30);
    CHECK(anna.sign_in(anna.code(*dock.now)).status == 200);
}

TEST_CASE("signing in takes JSON with a name that may be one", "[people]") {
    Dock dock;
    const auto form =
        dock.node.send(kPost, "/v1/session", R"({"user":"anna","password":"x"})", "text/plain", {});
    CHECK(form.status == 415);
    Person nobody(dock.node);
    nobody.user = std::string(10'000, 'a');
    nobody.password = "something long enough";
    const auto refused = nobody.sign_in("");
    CHECK(refused.status == 400);
    CHECK(refused.says("1 to 64"));
}

TEST_CASE("an ordinary person can be renamed while no administrator is enrolled", "[people]") {
    Dock dock;
    const Person anna(dock.node, "anna", {"warehouse"});
    const api::Headers caller{{"Authorization", "Bearer " + dock.node.all_scopes()}};
    CHECK(dock.node
              .send(kPatch, "/v1/users/anna", R"({"name":"Anna B."})", "application/json", caller)
              .status == 200);
    CHECK(dock.node.send(kDelete, "/v1/users/anna", "", "", caller).status == 204);
}

TEST_CASE("a change needs the page's token, and a session ends", "[people]") {
    Dock dock;
    Person anna(dock.node, "anna", {"warehouse"});
    const auto label = issued();
    const auto body = with_label(label.text);
    CHECK(anna.post("/v1/check", body).status == 200);
    Person forged = anna;
    forged.csrf = "";
    const auto refused = forged.post("/v1/check", body);
    CHECK(refused.status == 403);
    CHECK(refused.member("type") == "urn:reelproof:problem:csrf");
    forged.csrf = Person(dock.node, "berta", {"warehouse"}).csrf;
    CHECK(forged.post("/v1/check", body).status == 403);
    // A session that somebody else chose is none.
    Person fixed(dock.node);
    fixed.cookies["__Host-reelproof"] = std::string(64, 'a');
    CHECK(fixed.get("/v1/session").status == 401);

    Person other = anna;
    REQUIRE(anna.send(kDelete, "/v1/session").status == 204);
    CHECK(!signed_in(other));

    dock.later(30);
    other.cookies.erase("__Host-reelproof");
    REQUIRE(other.sign_in(other.code(*dock.now)).status == 200);
    for (int i = 0; i < 11; ++i) {
        dock.later(3599);
        CHECK(signed_in(other));
    }
    dock.later(3700);  // twelve hours in all
    CHECK(!signed_in(other));
    REQUIRE(other.sign_in(other.code(*dock.now)).status == 200);
    dock.later(3601);
    CHECK(!signed_in(other));
}

TEST_CASE("sessions and people outlive the node's restart", "[people]") {
    Dock dock;
    Person anna(dock.node, "anna", {"warehouse"});
    Person gone(dock.node, "gone", {"warehouse"});
    REQUIRE(gone.send(kDelete, "/v1/session").status == 204);
    dock.node.stop();
    dock.node.start();
    CHECK(signed_in(anna));
    CHECK(!signed_in(gone));
    CHECK(anna.sign_in(anna.code(*dock.now)).status == 401);  // the code was used before
    dock.later(30);
    CHECK(anna.sign_in(anna.code(*dock.now)).status == 200);
}

TEST_CASE("an administrator changes people at once", "[people]") {
    Dock dock;
    Person boss(dock.node, "boss", {"administrator"});
    Person anna(dock.node, "anna", {"warehouse"});
    const auto label = with_label(issued().text);
    CHECK(anna.post("/v1/trace", label).status == 403);
    REQUIRE(boss.send(kPatch, "/v1/users/anna", {{"roles", json::array{"quality"}}}).status == 200);
    CHECK(anna.post("/v1/trace", label).status == 200);
    REQUIRE(boss.send(kPatch, "/v1/users/anna", {{"disabled", true}}).status == 200);
    CHECK(anna.get("/v1/session").status == 401);
    dock.later(30);
    CHECK(anna.sign_in(anna.code(*dock.now)).status == 401);
    REQUIRE(boss.send(kPatch, "/v1/users/anna", {{"disabled", false}}).status == 200);
    CHECK(anna.sign_in(anna.code(*dock.now)).status == 200);
    // A lost phone: a new link, and whoever has the old one is out.
    const auto again = boss.post("/v1/users/anna/invite");
    REQUIRE(again.status == 200);
    Person fresh(dock.node);
    REQUIRE(fresh.enrol(again.member("link"), "six quiet reels for anna").status == 200);
    CHECK(!signed_in(anna));
    CHECK(signed_in(fresh));
    // Somebody must be left.
    for (const auto& body :
         {json::object{{"disabled", true}}, json::object{{"roles", json::array{"quality"}}}}) {
        const auto refused = boss.send(kPatch, "/v1/users/boss", body);
        CHECK(refused.status == 409);
        CHECK(refused.says("nobody would be left"));
    }
    CHECK(boss.send(kDelete, "/v1/users/boss").status == 409);
    CHECK(boss.send(kDelete, "/v1/users/anna").status == 204);
    CHECK(!signed_in(fresh));
    CHECK(boss.send(kDelete, "/v1/users/anna").status == 404);
}

TEST_CASE("a person changes password and recovery codes by proving who he is", "[people]") {
    Dock dock;
    Person anna(dock.node, "anna", {"warehouse"});
    Person elsewhere = anna;
    dock.later(30);
    REQUIRE(elsewhere.sign_in(anna.code(*dock.now)).status == 200);
    dock.later(30);
    json::object body{{"password", "wrong but long"},
                      {"code", anna.code(*dock.now)},
                      {"new_password", "seven quiet reels in a row"}};
    CHECK(anna.post("/v1/session/password", body).status == 401);
    body["password"] = anna.password;
    body["new_password"] = "short";
    CHECK(anna.post("/v1/session/password", body).status == 400);
    dock.later(30);
    body["code"] = anna.code(*dock.now);
    body["new_password"] = "seven quiet reels in a row";
    CHECK(anna.post("/v1/session/password", body).status == 204);
    CHECK(signed_in(anna));
    CHECK(!signed_in(elsewhere));
    dock.later(30);
    anna.password = "seven quiet reels in a row";
    const auto codes = anna.post("/v1/session/recovery-codes",
                                 {{"password", anna.password}, {"code", anna.code(*dock.now)}});
    REQUIRE(codes.status == 200);
    CHECK(anna.sign_in(anna.recovery_codes.front()).status == 401);
    CHECK(anna.sign_in(std::string(codes.body.at("recovery_codes").at(0).as_string())).status ==
          200);
}

TEST_CASE("tokens are given, used, expire and are revoked", "[people]") {
    Dock dock;
    Person boss(dock.node, "boss", {"administrator"});
    const auto given = boss.post(
        "/v1/tokens",
        {{"name", "line-1"}, {"scopes", json::array{"line"}}, {"until", *dock.now + 1000}});
    REQUIRE(given.status == 201);
    const auto call = [&](const std::string& path) {
        return dock.node
            .send(kPost, path, json::serialize(with_label(issued().text)), "application/json",
                  {{"Authorization", "Bearer " + given.member("token")}})
            .status;
    };
    CHECK(call("/v1/check") == 200);
    CHECK(call("/v1/trace") == 403);
    const auto listed = boss.get("/v1/tokens");
    CHECK(listed.text.find(given.member("token")) == std::string::npos);
    CHECK(listed.text.find("\"line-1\"") != std::string::npos);
    CHECK(boss.post("/v1/tokens", {{"name", "line-1"}, {"scopes", json::array{"line"}}}).status ==
          409);
    CHECK(boss.post("/v1/tokens", {{"name", "x"}, {"scopes", json::array{"everything"}}})
              .says("there are read, write"));
    dock.later(1001);
    CHECK(call("/v1/check") == 401);
    const auto second =
        boss.post("/v1/tokens", {{"name", "line-2"}, {"scopes", json::array{"line"}}});
    REQUIRE(second.status == 201);
    CHECK(boss.send(kDelete, "/v1/tokens/line-2").status == 204);
    CHECK(dock.node
              .send(kGet, "/v1/session", "", "",
                    {{"Authorization", "Bearer " + second.member("token")}})
              .status == 401);
    CHECK(boss.send(kDelete, "/v1/tokens/cli").status == 409);
    // It stays revoked.
    dock.node.stop();
    dock.node.start();
    CHECK(dock.node
              .send(kGet, "/v1/health", "", "",
                    {{"Authorization", "Bearer " + second.member("token")}})
              .status == 401);
}

TEST_CASE("no secret of a person lies in the store or its log", "[people]") {
    Dock dock;
    Person anna(dock.node, "anna", {"warehouse"});
    dock.node.stop();
    std::string all;
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(dock.node.config.store.folder))
        if (file.is_regular_file() && file.file_size() > 0 && file.path().extension() == ".mdb") {
            std::ifstream in(file.path(), std::ios::binary);
            all.append(std::istreambuf_iterator<char>(in), {});
        }
    REQUIRE(all.size() > 10000);
    for (const auto& secret : {anna.password, std::string("$argon2id$"),
                               anna.cookies.at("__Host-reelproof"), anna.recovery_codes.front(),
                               std::string("Person anna"), secret_of(dock.node.first_link())})
        CHECK(all.find(secret) == std::string::npos);
}

}  // namespace reelproof::node::tests
