// Documents as pages: by the same rules as reading, and where a share lets no file leave the node.
#include <filesystem>
#include <iostream>

#include <catch2/catch.hpp>

#include "tests/node/person_support.h"
#include "tests/node/replication_support.h"
#include "tests/node/sharing_support.h"
#include "tests/zip_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;
using reelproof::tests::zip_of;

namespace {

const std::string kPng = "\x89PNG";
const std::string kTable = "Designator,MPN\r\nR1,RC0402-4K7\r\n";
const std::string kGerber =
    "G04 a*\n%FSLAX46Y46*%\n%MOMM*%\n%ADD10C,1.0*%\nD10*\nX0Y0D02*\nX20000000Y9000000D01*\nM02*\n";

bool is_page(const Answer& answer) {
    INFO(answer.text.substr(0, 300));
    return answer.status == 200 && answer.headers.get("Content-Type") == "image/png" &&
           answer.headers.get("Cache-Control") == "no-store" && answer.text.starts_with(kPng);
}

}  // namespace

TEST_CASE("a view-only share shows pages, after a receipt, and gives no file",
          "[service][vault][view]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto table = put_document(maker, "atlas", "bom.csv", kTable).member("document");
    const auto zip =
        put_document(maker, "atlas", "x.zip", zip_of({{"x.txt", "text"}})).member("document");
    world.agree();
    const auto share = world.share(world.share_body("", "view"));
    const auto path = Sharing::held_path(share, table, 1);
    // Nothing was released yet: no receipt, no page.
    CHECK(ems.get(path + "/pages").status == 404);
    REQUIRE(world.open(share, table, 1).status == 200);
    const auto pages = ems.get(path + "/pages");
    INFO(pages.text);
    REQUIRE(pages.status == 200);
    CHECK(pages.member("kind") == "table");
    CHECK(pages.body.at("pages").as_int64() == 1);
    CHECK(is_page(ems.get(path + "/pages/1")));
    CHECK(ems.get(path + "/pages/2").status == 404);
    CHECK(ems.get(path + "/pages/x").status == 400);
    CHECK(ems.get(path).says("share.view-only"));
    CHECK(maker.get("/v1/vault/readings").body.at("readings").as_array().size() == 1);
    // What can't be shown says what can.
    REQUIRE(world.open(share, zip, 1).status == 200);
    const auto no = ems.get(Sharing::held_path(share, zip, 1) + "/pages/1");
    CHECK(no.status == 422);
    CHECK(no.says("Gerber"));
    // The layers of a board are pages.
    const auto board =
        put_document(maker, "atlas", "board.zip", zip_of({{"b.gbr", kGerber}, {"a.gbr", kGerber}}))
            .member("document");
    REQUIRE(world.open(share, board, 1).status == 200);
    const auto layers = ems.get(Sharing::held_path(share, board, 1) + "/pages");
    CHECK(layers.member("kind") == "layers");
    CHECK(layers.body.at("layers") == json::value{"a.gbr", "b.gbr"});
    CHECK(layers.body.at("pages").as_int64() == 2);
    // Who looks is in the audit log.
    CHECK(eventually(
        [&] { return ems.get("/v1/audit").text.find("version 1 page 1") != std::string::npos; }));

    REQUIRE(maker.post("/v1/vault/shares/" + share + "/end", {{"reason", "over"}}).status == 200);
    REQUIRE(knows_share(ems, share, true));
    CHECK(ems.get(path + "/pages/1").says("share.ended"));
}

TEST_CASE("our own people look where a share lets them look, and take where it lets them take",
          "[service][vault][view]") {
    Sharing world;
    auto& maker = world.maker;
    const auto id = put_document(maker, "atlas", "top.gbr", kGerber).member("document");
    Person line(maker, "lina", {"line"}), warehouse(maker, "wanda", {"warehouse"});
    json::object body{{"project", "atlas"},  {"recipient", maker.org()}, {"role", "line"},
                      {"purpose", "set-up"}, {"mode", "view"},           {"end", kFar}};
    REQUIRE(maker.post("/v1/vault/shares", body).status == 201);
    const auto path = version_path(id, 1);
    CHECK(line.get(path).says("share.view-only"));
    CHECK(line.get("/v1/vault/documents").text.find("top.gbr") != std::string::npos);
    CHECK(warehouse.get(path + "/pages").status == 404);
    CHECK(warehouse.get(path + "/pages/1").status == 404);
    CHECK(line.get(path + "/pages").member("kind") == "gerber");
    if (std::filesystem::exists("/usr/bin/gerbv"))
        CHECK(is_page(line.get(path + "/pages/1")));
    else
        std::cout << "SKIPPED: gerbv is not installed\n";
    CHECK(line.get(path + "/pages/2").status == 404);
    CHECK(line.get(version_path(id, 2) + "/pages/1").status == 404);
    body["mode"] = "download";
    REQUIRE(maker.post("/v1/vault/shares", body).status == 201);
    CHECK(line.get(path).text == kGerber);
}

}  // namespace reelproof::node::tests
