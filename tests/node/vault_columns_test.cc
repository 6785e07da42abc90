// Shares that show some columns of a table: what the recipient gets, what is never named to him,
// and copies that bear his mark.
#include <catch2/catch.hpp>

#include "ledger/leak/marks.h"
#include "ledger/vault/csv_view.h"
#include "tests/ledger/leak/leak_support.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

TEST_CASE("a share of some columns gives a table with these and no others", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const std::string bom = "Designator,MPN,Price,Qty\r\nR1,RC0402,0.002,1\r\nU1,NL52840,4.2,1\r\n";
    const auto id = put_document(maker, "atlas", "bom.csv", bom).member("document");
    const auto picture = put_document(maker, "atlas", "x.png", "\x89PNG").member("document");
    world.agree();
    auto body = world.share_body(id);
    body["columns"] = json::array{"designator", "Price of one"};
    const auto wrong = maker.post("/v1/vault/shares", body);
    CHECK(wrong.status == 400);
    CHECK(wrong.says("has no column Price of one; it has Designator, MPN, Price, Qty"));
    body["columns"] = json::array{"designator", "MPN", "qty"};
    const auto share = world.share(body);
    const auto row = row_of(maker, "shares", "share", share);
    CHECK(row.at("columns") == json::value{"Designator", "MPN", "Qty"});
    CHECK(row.at("document_name").as_string() == "bom.csv");
    CHECK_FALSE(row_of(ems, "shares", "share", share).contains("document_name"));
    const auto opened = world.open(share, id, 1);
    INFO(opened.text);
    REQUIRE(opened.status == 200);
    const std::string narrow = "Designator,MPN,Qty\r\nR1,RC0402,1\r\nU1,NL52840,1\r\n";
    CHECK(ems.get(Sharing::held_path(share, id, 1)).text == narrow);
    CHECK(row_of(ems, "shares", "share", share).at("document_name").as_string() == "bom.csv");
    body["document"] = picture;
    CHECK(maker.post("/v1/vault/shares", body).says("no table"));
    // A share of the whole project shows the tables in it that have all its columns: one must.
    body["document"] = "";
    body["columns"] = json::array{"designator", "Price of one"};
    const auto project = maker.post("/v1/vault/shares", body);
    CHECK(project.status == 400);
    CHECK(project.says("no document of the project has all these columns: document "));
    // Nor is that looked at which it would not show.
    put_document(maker, "atlas", "notes", "x", {{"classification", "internal"}});
    body["columns"] = json::array{"DESIGNATOR", "mpn"};
    const auto all = world.share(body);
    CHECK(row_of(maker, "shares", "share", all).at("columns") == json::value{"Designator", "MPN"});
    CHECK(world.open(all, id, 1).status == 200);
    CHECK(ems.get(Sharing::held_path(all, id, 1)).text ==
          "Designator,MPN\r\nR1,RC0402\r\nU1,NL52840\r\n");
    // What comes later and lacks them is not shown, and both sides are told.
    const auto late = put_document(maker, "atlas", "x.png", "\x89PNG");
    INFO(late.text);
    CHECK(late.text.find("share " + all + " to ems.example shows some columns only") !=
          std::string::npos);
    const auto refused = world.open(all, picture, late.body.at("version").to_number<int>());
    CHECK(refused.status == 409);
    CHECK(refused.says("share.columns: the document is no table"));
    const auto fewer = put_document(maker, "atlas", "bom.csv", "Designator,Qty\r\nR1,1\r\n");
    CHECK(fewer.text.find("the table has no column MPN") != std::string::npos);
    CHECK(world.open(all, id, 2).says("share.columns: the table has no column MPN"));
    CHECK_FALSE(put_document(maker, "atlas", "bom.csv", bom).body.contains("warnings"));
    // What it can't show it does not name.
    (void)put_document(maker, "atlas", "prices.csv", "Part,Price\nRC0402,0.002\n");
    (void)put_document(maker, "atlas", "long.csv",
                       "Qty,Designator,MPN\n" + std::string(200'000, 'x') + ",R9,y\n");
    const auto listed = ems.get("/v1/vault/shares/" + all + "/documents");
    CHECK(listed.body.at("documents").as_array().size() == 2);
    CHECK(listed.text.find("bom.csv") != std::string::npos);
    CHECK(listed.text.find("long.csv") != std::string::npos);
    // Destroyed with the version that it was made of.
    const auto copy = opened.member("body");
    CHECK(std::filesystem::exists(maker.config.store.folder / "vault" / copy));
    REQUIRE(maker.post("/v1/vault/documents/" + id + "/shred", {{"reason", "x"}}).status == 200);
    CHECK_FALSE(std::filesystem::exists(maker.config.store.folder / "vault" / copy));
}

TEST_CASE("a share of some columns can be marked for who gets it", "[service][vault][leak]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto bom = test::some_bom(5, 120);
    const auto id = put_document(maker, "atlas", "bom.csv", bom).member("document");
    world.agree();
    auto body = world.share_body(id);
    body["marked"] = true;
    CHECK(maker.post("/v1/vault/shares", body).says("named columns"));
    body["columns"] = json::array{"Designator", "Value", "Quantity"};
    const auto share = world.share(body);
    CHECK(row_of(maker, "shares", "share", share).contains("marked"));
    CHECK_FALSE(row_of(ems, "shares", "share", share).contains("marked"));
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto copy = ems.get(Sharing::held_path(share, id, 1)).text;
    const auto plain = ledger::with_columns(bom, {"Designator", "Value", "Quantity"}).value();
    CHECK(copy != plain);
    CHECK(ledger::check_same_build(plain, copy, "").has_value());
    const auto traced = maker.send(kPost, "/v1/vault/leaks/trace", copy, "application/octet-stream",
                                   api::Headers{{"Authorization", "Bearer " + maker.all_scopes()}});
    INFO(traced.text);
    CHECK(traced.text.find("\"recipient\":\"ems.example\",\"named\":true") != std::string::npos);
}

}  // namespace reelproof::node::tests
