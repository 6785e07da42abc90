// Live updates: who sees what, for how long, and how many.
#include <catch2/catch.hpp>

#include "tests/api/http_support.h"
#include "tests/node/bom_support.h"
#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// A page that listens, as a browser does.
class Listener {
  public:
    Listener(const ServiceNode& node, const Person& person) : client_(node.port()) {
        REQUIRE(client_.send("GET /v1/live HTTP/1.1\r\nHost: a\r\nCookie: __Host-reelproof=" +
                             person.cookies.at("__Host-reelproof") + "\r\n\r\n"));
        head = client_.read_until("\r\n\r\n");
    }
    // What comes up to the next event of that kind, with its data.
    json::object next(const std::string& kind) {
        if (client_.read_until("event: " + kind + "\ndata: ").empty()) return {};
        const auto text = client_.read_until("\n");
        return text.empty() ? json::object() : json::parse(text).as_object();
    }
    std::string rest() { return client_.read_to_end(); }

    std::string head;

  private:
    reelproof::tests::RawTls client_;
};

}  // namespace

TEST_CASE("pages are told what happens, as far as their person may see it", "[live]") {
    ServiceNode node("ems.example");
    node.start();
    Person quality(node, "quinn", {"quality"}), line(node, "lena", {"line"}),
        supplier(node, "sam", {"supplier"});
    Listener sees_all(node, quality), sees_line(node, line), sees_nothing(node, supplier);
    CHECK(sees_all.head.find("Content-Type: text/event-stream") != std::string::npos);
    for (auto* one : {&sees_all, &sees_line, &sees_nothing})
        CHECK(one->next("hello").contains("at"));
    CHECK(sees_all.next("alarm").at("status").as_string() == "ok");

    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto event = sees_all.next("event");
    CHECK(event.at("what").as_string() == "commission");
    CHECK(event.at("items") == json::array{json::value(reel.item)});
    REQUIRE(node.post("/v1/check", with_label(reel.text)).status == 200);
    const auto verdict = sees_all.next("verdict");
    CHECK(verdict.at("verdict").as_string() == "ACCEPT");
    CHECK(verdict.at("place").as_string() == "stock");

    REQUIRE(
        node.post("/v1/jobs",
                  {{"job", "WO-1"},
                   {"slots", json::array{json::object{{"position", "1-07"},
                                                      {"customer_pn", "C1"},
                                                      {"mpns", json::array{"NL52840-QIAA-R"}}}}}})
            .status == 201);
    const auto load = with(with_label(reel.text), "position", "1-07");
    REQUIRE(node.post("/v1/jobs/WO-1/load", load).status == 201);
    // The check in stock was none of the line's business.
    const auto at_line = sees_line.next("verdict");
    CHECK(at_line.at("place").as_string() == "line");
    CHECK(at_line.at("position").as_string() == "1-07");
    const auto slot = sees_line.next("line");
    CHECK(slot.at("loaded").at("item").as_string() == reel.item);
    REQUIRE(node.post("/v1/jobs/WO-1/unload", load).status == 201);
    CHECK(sees_line.next("line").at("loaded").is_null());

    // A draft, to who may edit it.
    add_project(node, "atlas");
    const auto made = import_bom(node, "Ref,Qty,MPN\nR1,1,RC0603\n");
    REQUIRE(made.status == 201);
    CHECK(sees_all.next("bom").at("edits").as_array().empty());
    REQUIRE(edit_bom(node, made.member("bom"), {set_cell(1, "mpn", "RC0603", "RC0402")}).status ==
            200);
    const auto edited = sees_all.next("bom");
    CHECK(edited.at("bom").as_string() == made.member("bom"));
    CHECK(edited.at("in_all").as_int64() == 2);
    CHECK(edited.at("edits").at(0).at("value").as_string() == "RC0402");

    // Streams end with their sessions; a supplier was told nothing in all that time.
    REQUIRE(supplier.send(api::Method::delete_, "/v1/session").status == 204);
    node.stop();
    CHECK(sees_line.rest().find("event: bom") == std::string::npos);
    CHECK(sees_nothing.rest().find("event:") == std::string::npos);
}

TEST_CASE("a stream ends with its session, its person or its roles", "[live]") {
    ServiceNode node("ems.example");
    node.start();
    Person quality(node, "quinn", {"quality"}), other(node, "olga", {"quality"}),
        third(node, "theo", {"quality"});
    Listener first(node, quality), second(node, other), fourth(node, third);
    for (auto* one : {&first, &second, &fourth}) CHECK(one->next("hello").contains("at"));
    REQUIRE(quality.send(api::Method::delete_, "/v1/session").status == 204);
    const api::Headers caller{{"Authorization", "Bearer " + node.all_scopes()}};
    REQUIRE(node.send(api::Method::patch, "/v1/users/olga", R"({"disabled":true})",
                      "application/json", caller)
                .status == 200);
    REQUIRE(node.send(api::Method::patch, "/v1/users/theo", R"({"roles":["supplier"]})",
                      "application/json", caller)
                .status == 200);
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    for (auto* one : {&first, &second, &fourth})
        CHECK(one->rest().find(reel.item) == std::string::npos);
}

TEST_CASE("one person has no more than eight streams, and a closed one makes room", "[live]") {
    ServiceNode node("ems.example");
    node.start();
    Person quality(node, "quinn", {"quality"}), other(node, "olga", {"quality"});
    std::vector<std::unique_ptr<Listener>> listeners;
    for (int i = 0; i < 8; ++i) {
        listeners.push_back(std::make_unique<Listener>(node, quality));
        CHECK(listeners.back()->next("hello").contains("at"));
    }
    CHECK(Listener(node, quality).head.starts_with("HTTP/1.1 429"));
    CHECK(Listener(node, other).head.starts_with("HTTP/1.1 200"));
    listeners.pop_back();
    CHECK(eventually([&] { return Listener(node, quality).head.starts_with("HTTP/1.1 200"); }));
    CHECK(node.get("/v1/live").status == 403);  // not for programs
}

}  // namespace reelproof::node::tests
