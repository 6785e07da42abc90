// What a person types of a label, at check and receive (api/service/typed_fields.h).
#include <catch2/catch.hpp>

#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

constexpr const char* kPolicy = R"(version = "1"
[[manufacturer]]
org = "maker.example"
mpns = ["NL*"]
)";

json::object typed(const std::string& label, json::object fields) {
    return with(with_label(label), "typed", fields);
}

// "label.typed:major identity.lot:critical", as they stand.
std::string rules_of(const Answer& answer) {
    std::string out;
    for (const auto& finding : answer.body.at("findings").as_array()) {
        const std::string rule(finding.at("rule").as_string()),
            severity(finding.at("severity").as_string());
        out.append(out.empty() ? "" : " ").append(rule + ":" + severity);
    }
    return out;
}

std::string without(std::string label, const std::string& identifier) {
    const auto start = label.find('\x1d' + identifier);
    REQUIRE(start != std::string::npos);
    return label.erase(start, label.find_first_of("\x1d\x1e", start + 1) - start);
}

struct Goods : Pair {
    Goods() : Pair(kPolicy) {}
    Label sent(const SomePart& part = {}) {
        auto out = issued(part);
        ship({out.text});
        return out;
    }
};

}  // namespace

TEST_CASE("no typing makes an altered label good", "[service][typed]") {
    Goods goods;
    const auto reel = goods.sent();
    auto altered = reel.text;
    altered.replace(altered.find("1T7AB123"), 8, "1T9ZZ999");
    CHECK(rules_of(goods.ems.post("/v1/check", with_label(altered))) == "identity.lot:critical");
    const auto body = typed(altered, {{"lot", "7AB123"}});
    const auto seen = goods.ems.post("/v1/check", body);
    CHECK(seen.member("verdict") == "REJECT");
    CHECK(rules_of(seen) == "identity.lot:critical label.typed:major");
    CHECK(seen.text.find("a person says lot 7AB123, the label says 9ZZ999") != std::string::npos);
    CHECK(seen.body.at("fields").at("lot").as_string() == "9ZZ999");
    CHECK(goods.ems.post("/v1/receive", body).body.at("received") == false);
}

TEST_CASE("what contradicts an intact label holds it", "[service][typed]") {
    Goods goods;
    const auto reel = goods.sent();
    const auto body = typed(reel.text, {{"lot", "7AB300"}, {"quantity", "3000"}});
    const auto held = goods.ems.post("/v1/receive", body);
    CHECK(held.member("verdict") == "HOLD");
    CHECK(rules_of(held) == "label.typed:major");
    CHECK(held.body.at("received") == false);
    const auto released =
        goods.ems.post("/v1/receive", with(body, "release_reason", "the print is worn"));
    CHECK(released.status == 201);
    const auto told = goods.ems.post("/v1/trace", with_label(reel.text));
    CHECK(told.text.find("typed by hand: lot 7AB300 (the label says 7AB123)\"") !=
          std::string::npos);
}

TEST_CASE("what the label leaves out can be typed, and is recorded as typed", "[service][typed]") {
    Goods goods;
    const auto reel = goods.sent();
    const auto torn = without(reel.text, "Q");
    const auto body = typed(torn, {{"quantity", "3000"}, {"lot", "7ab123"}});
    const auto seen = goods.ems.post("/v1/check", body);
    INFO(seen.text);
    CHECK(seen.member("verdict") == "ACCEPT");
    CHECK(rules_of(seen) == "label.typed:minor");
    CHECK(seen.text.find("quantity 3000 was typed by hand; the label does not say it") !=
          std::string::npos);
    CHECK(seen.body.at("fields").at("quantity").as_int64() == 3000);
    const auto received = goods.ems.post("/v1/receive", body, "once");
    REQUIRE(received.status == 201);
    const auto again = goods.ems.post("/v1/receive", body, "once");
    CHECK(again.status == 200);
    CHECK(again.body.at("findings") == received.body.at("findings"));
    const auto told = goods.ems.post("/v1/trace", with_label(reel.text));
    const auto& last = told.body.at("events").as_array().back().as_object();
    CHECK(last.at("what").as_string() == "receive");
    CHECK(last.at("quantity").as_int64() == 3000);
    CHECK(last.at("reason").as_string() == "typed by hand: quantity 3000");
    CHECK(eventually([&] {
        return goods.ems.get("/v1/audit?what=/v1/receive")
                   .text.find(reel.item + " typed: quantity lot") != std::string::npos;
    }));
}

TEST_CASE("a typed quantity that can't be is found like a printed one", "[service][typed]") {
    Goods goods;
    const auto torn = without(goods.sent().text, "Q");
    const auto seen = goods.ems.post("/v1/check", typed(torn, {{"quantity", "4000"}}));
    CHECK(seen.member("verdict") == "HOLD");
    CHECK(rules_of(seen) == "identity.quantity:major label.typed:minor");
}

TEST_CASE("a label that was typed in whole is looked up, and held", "[service][typed]") {
    Goods goods;
    // As a maker's own label, whose lot its maker recorded, would be read.
    const json::object fields{{"mpn", "NL52840-QIAA-R"}, {"lot", "7AB123"}, {"quantity", "3000"}};
    const json::object body{{"typed", fields}, {"place", "receiving"}};
    const auto seen = goods.ems.post("/v1/check", body);
    INFO(seen.text);
    REQUIRE(seen.status == 200);
    const auto read = goods.ems.post("/v1/check", with_label(makers_label()));
    CHECK(seen.member("item") == read.member("item"));
    CHECK(seen.member("verdict") == "HOLD");
    CHECK(rules_of(seen).find("label.typed:major label.typed:major label.typed:minor") !=
          std::string::npos);
    CHECK(
        seen.text.find("lot 7AB123 was typed by hand, and nothing that was read names the item") !=
        std::string::npos);
    CHECK(seen.body.at("fields").at("quantity").as_int64() == 3000);
    // Without what names an item there is none, and nothing typed is a secret.
    CHECK(
        goods.ems.post("/v1/check", {{"typed", json::object{{"mpn", "NL52840-QIAA-R"}}}}).status ==
        400);
    CHECK(goods.ems.post("/v1/check", {{"typed", json::object()}}).status == 400);
    CHECK(goods.ems
              .post("/v1/check", {{"typed", json::object{{"lot",
                                                          "a\x1d"
                                                          "b"}}}})
              .status == 400);
}

TEST_CASE("a lot that an issued label leaves out stays left out", "[service][typed]") {
    Goods goods;
    const auto torn = without(goods.sent().text, "1T");
    CHECK(rules_of(goods.ems.post("/v1/check", with_label(torn))) == "label.incomplete:major");
    CHECK(rules_of(goods.ems.post("/v1/check", typed(torn, {{"lot", "7AB123"}}))) ==
          "label.incomplete:major label.typed:minor");
    CHECK(rules_of(goods.ems.post("/v1/check", typed(torn, {{"lot", "7AB300"}}))) ==
          "identity.lot:critical label.incomplete:major label.typed:minor");
}

TEST_CASE("a typed day does not make old goods good", "[service][typed]") {
    Goods goods;
    const auto reel = goods.sent({.date_code = "1801"});
    REQUIRE(goods.ems
                .post("/v1/parts", {{"parts", json::array{json::object{{"mpn", "NL52840-QIAA-R"},
                                                                       {"shelf_life_days", 730}}}}})
                .status == 200);
    const auto torn = without(reel.text, "9D");
    CHECK(rules_of(goods.ems.post("/v1/check", with_label(torn))) ==
          "label.incomplete:major age.shelf-life:major");
    CHECK(rules_of(goods.ems.post("/v1/check",
                                  typed(torn, {{"date_code", "2617"}, {"expiry", "20991231"}}))) ==
          "identity.date:critical label.incomplete:major age.shelf-life:major label.typed:minor "
          "label.typed:minor");
}

TEST_CASE("nothing typed names the item of a maker's label", "[service][typed]") {
    Goods goods;
    const auto label = makers_label();
    const auto seen = goods.ems.post("/v1/check", with_label(label));
    REQUIRE(seen.status == 200);
    for (const auto& [field, text] : {std::pair{"lot", without(label, "1T")},
                                      {"mpn", without(label, "1P")},
                                      {"serial", label},
                                      {"package_id", label}}) {
        const auto refused = goods.ems.post("/v1/check", typed(text, {{field, "7AB123"}}));
        INFO(refused.text);
        CHECK(refused.status == 400);
        CHECK(refused.says("typed." + std::string(field)));
        CHECK(refused.says("print a label of your own"));
    }
    const auto other = goods.ems.post("/v1/check", typed(label, {{"lot", "7AB300"}}));
    CHECK(other.member("item") == seen.member("item"));
    CHECK(rules_of(other).find("label.typed:major") != std::string::npos);
}

TEST_CASE("what can't be typed is refused, and says which field", "[service][typed]") {
    Goods goods;
    const auto reel = goods.sent();
    const auto refuse = [&](const json::value& fields, const std::string& why) {
        const auto answer =
            goods.ems.post("/v1/check", with(with_label(reel.text), "typed", fields));
        INFO(answer.text);
        CHECK(answer.status == 400);
        CHECK(answer.says(why));
    };
    refuse("lot", "typed is not an object");
    refuse(json::object{{"lots", "x"}}, "typed: \"lots\" is not known");
    refuse(json::object{{"lot", 7}}, "typed: lot is not a text");
    refuse(json::object{{"lot", " "}}, "typed.lot is empty");
    refuse(json::object{{"lot", std::string(101, 'x')}}, "typed.lot has more than 100 bytes");
    refuse(json::object{{"lot", "a\nb"}}, "typed.lot has a control character");
    refuse(json::object{{"quantity", "3,000"}}, "typed.quantity is not a whole number");
    refuse(json::object{{"po", "25SLERPF" + reel.serial}}, "typed.po holds the secret of a label");
    const auto in_query =
        goods.ems.post("/v1/check?typed=%7B%22lot%22:%22X%22%7D", with_label(reel.text));
    CHECK(in_query.status == 400);
    CHECK(in_query.says("typed goes into the body"));
}

}  // namespace reelproof::node::tests
