// Bills of materials at a node: import, drafts that two people edit, revisions, and what stock and
// jobs say of them.
#include <catch2/catch.hpp>

#include "ledger/format/statement.h"
#include "ledger/format/tile.h"
#include "tests/node/bom_support.h"
#include "tests/node/person_support.h"
#include "tests/zip_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;
using reelproof::tests::xlsx_parts, reelproof::tests::xlsx_row, reelproof::tests::zip_of;

namespace {

const std::string kBoard =
    "Reference,Qty,MPN,Alternates,Customer PN,Price\n"
    "\"C1,C2,C5-C8\",6,GRM188,CL10B,10-0001,0.01\n"
    "\"R1-R4\",4,RC0603,,10-0003,0.003\n"
    "U1,1,NL52840-QIAA-R,,10-0004,3.90\n";

struct Bench {
    ServiceNode node{"ems.example"};
    std::string bom;

    explicit Bench(const std::string& csv = kBoard) {
        node.start();
        add_project(node, "atlas");
        if (csv.empty()) return;
        const auto made = import_bom(node, csv);
        INFO(made.text);
        REQUIRE(made.status == 201);
        bom = made.member("bom");
    }
    [[nodiscard]] Answer get(const std::string& what) const {
        return node.get("/v1/boms/" + bom + what);
    }
    [[nodiscard]] json::object line(std::size_t at) const {
        return get("/draft").body.at("lines").at(at).as_object();
    }
};

std::string said(const Answer& answer, const char* list, const char* member) {
    std::string out;
    for (const auto& one : answer.body.at(list).as_array())
        out += std::string(out.empty() ? "" : "; ") + std::string(one.at(member).as_string());
    return out;
}

}  // namespace

TEST_CASE("a BOM is imported, and a wrong file changes nothing", "[service][bom]") {
    Bench bench("");
    const auto wrong = import_bom(bench.node, "Ref,MPN,Qty\nR1 R2,A,3\nR2,B,1\n");
    CHECK(wrong.status == 400);
    CHECK(said(wrong, "problems", "text") ==
          "it is 3 for 2 designators: R1, R2; "
          "R2 is on line 2 as well: one place takes one part");
    CHECK(bench.node.get("/v1/boms").body.at("boms").as_array().empty());
    const auto checked = import_bom(bench.node, "Ref,MPN,Qty\nR1 R2,A,3\n", "&check=true");
    CHECK(checked.status == 200);
    CHECK(checked.body.at("errors").to_number<int>() == 1);
    CHECK(import_bom(bench.node, "Ref,MPN\nR1,\xb5\n").says("line 2: it is not UTF-8"));
    CHECK(import_bom(bench.node, kBoard, "&mapping=%7B%22mpn%22%3A%22None%22%7D")
              .says("the file has no column \"None\""));
    CHECK(bench.node.post("/v1/boms?project=atlas&name=main", {}).status == 415);
    CHECK(import_bom(bench.node, kBoard, "", "a%2Fb").status == 400);

    const auto made = import_bom(bench.node, kBoard);
    INFO(made.text);
    REQUIRE(made.status == 201);
    CHECK(made.body.at("draft").at("lines").to_number<int>() == 3);
    CHECK(made.body.at("mapping").at("mpn").at(0).as_string() == "MPN");
    CHECK(made.member("owner") == bench.node.org());
    // It is there after a restart.
    bench.node.stop();
    bench.node.start();
    bench.bom = made.member("bom");
    CHECK(bench.line(0).at("designators").as_string() == "C1,C2,C5,C6,C7,C8");
}

TEST_CASE("a BOM is imported from a spreadsheet, of the sheet that is asked for",
          "[service][bom]") {
    Bench bench("");
    const auto file = zip_of(
        xlsx_parts({{"Cover", xlsx_row(1, {"Atlas", "rev C"})},
                    {"BOM", xlsx_row(1, {"Atlas"}) + xlsx_row(3, {"Reference", "Qty", "MPN"}) +
                                xlsx_row(4, {"R1, R2", "2", "RC0603"}) +
                                xlsx_row(5, {"C1", "3", "GRM188"})}}));
    CHECK(import_bom(bench.node, file).status == 400);
    const auto missing = import_bom(bench.node, file, "&sheet=Board");
    CHECK(missing.status == 422);
    CHECK(missing.says("it has Cover, BOM"));
    CHECK(import_bom(bench.node, kBoard, "&sheet=BOM").says("of a spreadsheet (.xlsx) alone"));
    // Lines are told by the numbers of their rows.
    const auto wrong = import_bom(bench.node, file, "&sheet=BOM");
    INFO(wrong.text);
    CHECK(wrong.status == 400);
    CHECK(wrong.body.at("problems").at(0).at("line").to_number<int>() == 5);
    const auto good = zip_of(xlsx_parts({{"BOM", xlsx_row(1, {"Reference", "Qty", "MPN"}) +
                                                     xlsx_row(2, {"R1, R2", "2", "=1+1"})}}));
    const auto made = import_bom(bench.node, good);
    INFO(made.text);
    REQUIRE(made.status == 201);
    CHECK(made.member("sheet") == "BOM");
    CHECK(made.body.at("sheets") == json::value{"BOM"});
    bench.bom = made.member("bom");
    CHECK(bench.line(0).at("designators").as_string() == "R1,R2");
    CHECK(import_bom(bench.node, good.substr(0, good.size() - 9)).status == 422);
    CHECK(import_bom(bench.node, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old").says("save it as .xlsx"));
}

TEST_CASE("columns are remembered for the project", "[service][bom]") {
    const Bench bench("");
    const std::string told = "&mapping=%7B%22customer_pn%22%3A%22Our%20number%22%7D";
    const std::string csv = "Ref,MPN,Our number\nR1,A,10-7\n";
    REQUIRE(import_bom(bench.node, csv, told).status == 201);
    const auto again = import_bom(bench.node, csv, "", "other");
    REQUIRE(again.status == 201);
    CHECK(again.body.at("mapping").at("customer_pn").at(0).as_string() == "Our number");
}

TEST_CASE("two people edit one draft, and nobody's edit is lost", "[service][bom]") {
    const Bench bench;
    Person anna(bench.node, "anna", {"quality"}), bert(bench.node, "bert", {"quality"});
    const auto edits = "/v1/boms/" + bench.bom + "/edits";
    const auto mine =
        anna.post(edits, {{"edits", json::array{set_cell(1, "mpn", "GRM188", "GRM189")}}});
    INFO(mine.text);
    REQUIRE(mine.status == 200);
    // Another cell of the same line is nobody's conflict.
    CHECK(bert.post(edits, {{"edits", json::array{set_cell(1, "price", "0.01", "0.02")}}}).status ==
          200);
    // The same cell is: he is told whose edit it is, and nothing of his is taken.
    const auto late =
        bert.post(edits, {{"edits", json::array{set_cell(2, "mpn", "RC0603", "RC0604"),
                                                set_cell(1, "mpn", "GRM188", "GRM200")}}});
    CHECK(late.status == 409);
    const auto& conflict = late.body.at("conflicts").at(0);
    CHECK(conflict.at("edit").to_number<int>() == 1);
    CHECK(conflict.at("now").as_string() == "GRM189");
    CHECK(conflict.at("by").at("by").as_string() == "person anna");
    CHECK(bench.line(1).at("mpn").as_string() == "RC0603");
    // Who wants the same as is there already has it.
    CHECK(bert.post(edits, {{"edits", json::array{set_cell(1, "mpn", "GRM188", "GRM189")}}})
              .body.at("edits")
              .as_array()
              .empty());
    // A line goes only with all that was edited of it seen.
    const json::object remove{{"action", "remove"}, {"line", 1}, {"seen", 1}};
    CHECK(bert.post(edits, {{"edits", json::array{remove}}}).status == 409);
    CHECK(bert.post(edits, {{"edits", json::array{with(remove, "seen", 3)}}}).status == 200);
    CHECK(anna.post(edits, {{"edits", json::array{set_cell(1, "mpn", "GRM189", "X")}}})
              .says("line 1 is not in the draft any more"));
    const json::object added{
        {"action", "add"},
        {"cells", json::object{{"designators", "C1 C2"}, {"quantity", "2"}, {"mpn", "NEW"}}}};
    CHECK(anna.post(edits, {{"edits", json::array{added}}}).status == 200);

    const auto log = bench.get("/edits").body.at("edits").as_array();
    REQUIRE(log.size() == 5);
    CHECK(log[0].at("action").as_string() == "import");
    CHECK(log[1].at("by").as_string() == "person anna");
    CHECK(log[1].at("field").as_string() == "mpn");
    CHECK(log[1].at("was").as_string() == "GRM188");
    CHECK(log[1].at("value").as_string() == "GRM189");
    CHECK(log[2].at("by").as_string() == "person bert");
    CHECK(log[3].at("action").as_string() == "remove");
    CHECK(log[4].at("line").to_number<int>() == 4);
    CHECK(bench.get("/edits?after=4").body.at("edits").as_array().size() == 1);
    // What is no part number is refused with its place.
    CHECK(edit_bom(bench.node, bench.bom, {set_cell(2, "quantity", "4", "many")})
              .says("edits[0].quantity: \"many\" is no number"));
    CHECK(edit_bom(bench.node, bench.bom, {set_cell(2, "colour", "", "red")}).status == 400);
}

TEST_CASE("an import over edits keeps the lines, and asks who has not seen the edits",
          "[service][bom]") {
    const Bench bench;
    REQUIRE(
        edit_bom(bench.node, bench.bom, {set_cell(2, "note", "", "check the footprint")}).status ==
        200);
    const std::string next =
        "Reference,Qty,MPN\n\"C1,C2,C5-C7\",5,GRM188\nR1-R4,4,RC0604\nD1,1,LED\n";
    const auto unseen = import_bom(bench.node, next);
    CHECK(unseen.status == 409);
    CHECK(unseen.says("the last by token"));
    const auto done = import_bom(bench.node, next, "&seen=2");
    INFO(done.text);
    REQUIRE(done.status == 201);
    const auto lines = bench.get("/draft").body.at("lines").as_array();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].at("designators").as_string() == "C1,C2,C5,C6,C7");
    CHECK(lines[0].at("alternates").as_string() == "CL10B");
    CHECK(lines[1].at("mpn").as_string() == "RC0604");
    CHECK(lines[1].at("note").as_string() == "check the footprint");
    CHECK(lines[2].at("designators").as_string() == "D1");
    CHECK(bench.get("/edits").text.find("NL52840-QIAA-R") != std::string::npos);
}

TEST_CASE("a revision is signed, never changes, and tells the log nothing", "[service][bom]") {
    const Bench bench;
    const auto before = bench.node.size();
    const auto released = release_bom(bench.node, bench.bom, "A");
    CHECK(released.body.at("number").to_number<int>() == 1);
    const ledger::TileId tile{
        .level = 0, .entries = true, .index = 0, .width = static_cast<int>(bench.node.size())};
    const auto text = bench.node.get("/log/" + ledger::tile_path(tile)).text;
    const auto entries = ledger::parse_bundle(ledger::as_bytes(text), tile.width).value();
    REQUIRE(entries.size() == before + 1);
    const auto statement = ledger::parse_statement(entries.back()).value();
    CHECK(statement.header.sub == "bom.release");
    const std::string said_there(ledger::as_text(statement.payload));
    for (const auto* word : {"atlas", "main", "GRM188", "\"A\""})
        CHECK(said_there.find(word) == std::string::npos);
    CHECK(said_there.find(released.member("content")) == std::string::npos);

    const auto release = [&](const std::string& name) {
        return bench.node.post("/v1/boms/" + bench.bom + "/release", {{"revision", name}});
    };
    CHECK(release("A").says("none is ever changed"));
    CHECK(release("B").says("nothing has changed since revision A"));
    CHECK(release("draft").status == 400);
    REQUIRE(edit_bom(bench.node, bench.bom,
                     {set_cell(2, "mpn", "RC0603", "RC0604"), set_cell(3, "quantity", "1", "2")})
                .status == 200);
    CHECK(release("B").says("the draft has 1 error"));
    CHECK(said(bench.get("/check"), "problems", "text") == "it is 2 for 1 designator: U1");
    REQUIRE(edit_bom(bench.node, bench.bom, {set_cell(3, "quantity", "2", "1")}).status == 200);
    release_bom(bench.node, bench.bom, "B");
    // The first is as it was.
    const auto first = bench.get("/revisions/1");
    CHECK(first.body.at("lines").at(1).at("mpn").as_string() == "RC0603");
    const auto changes = bench.get("/difference?from=1&to=2").body.at("changes").as_array();
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].at("designators").as_string() == "R1-R4");
    CHECK(changes[0].at("before").at("mpn").as_string() == "RC0603");
    CHECK(changes[0].at("after").at("mpn").as_string() == "RC0604");
    // It is a document of the vault as well, and what is shredded there can't be read here.
    const auto document = released.member("document");
    CHECK(bench.node
              .post("/v1/vault/documents/" + document + "/shred",
                    {{"version", 1}, {"reason", "wrong customer"}})
              .status == 200);
    CHECK(bench.get("/revisions/1").status == 404);
    CHECK(bench.get("/revisions/2").status == 200);
    CHECK(bench.get("/revisions/3").status == 404);
    CHECK(bench.get("/revisions/x").status == 400);
}

TEST_CASE("parts are flagged, with stock and second sources", "[service][bom]") {
    const Bench bench;
    REQUIRE(
        bench.node
            .post("/v1/parts",
                  {{"parts",
                    json::array{json::object{{"mpn", "GRM188"}, {"lifecycle", "obsolete"}},
                                json::object{{"mpn", "CL10B"}, {"lifecycle", "active"}},
                                json::object{{"mpn", "RC0603"}, {"lifecycle", "nrnd"}},
                                json::object{{"mpn", "NL52840-QIAA-R"}, {"reorder_point", 5000}}}}})
            .status == 200);
    bench.node.record("commission", with_labels({issued().text}));
    REQUIRE(eventually([&] { return bench.get("/parts").text.find("3000") != std::string::npos; }));
    const auto parts = bench.get("/parts");
    CHECK(parts.body.at("flagged").to_number<int>() == 2);
    CHECK(parts.body.at("low").to_number<int>() == 1);
    const auto& lines = parts.body.at("lines").as_array();
    CHECK(lines[0].at("advice").as_string() == "obsolete; approved instead: CL10B");
    CHECK(lines[1].at("advice").as_string() ==
          "not recommended for new designs, and no second source is approved");
    const auto used = bench.node.get("/v1/where-used?part=cl10b").body.at("used").as_array();
    REQUIRE(used.size() == 1);
    CHECK(used[0].at("as").as_string() == "second source");
    CHECK(used[0].at("designators").as_string() == "C1,C2,C5,C6,C7,C8");
    CHECK(bench.node.get("/v1/where-used?part=10-0004").body.at("used").as_array().size() == 1);
    CHECK(bench.node.get("/v1/where-used?part=LM358").body.at("used").as_array().empty());
    CHECK(bench.node.get("/v1/where-used").status == 400);
}

TEST_CASE("a set-up takes its parts from a released revision, and is held against what was used",
          "[service][bom]") {
    const Bench bench;
    const auto slot = [](const char* position, const char* customer_pn) {
        return json::object{{"position", position}, {"customer_pn", customer_pn}};
    };
    const json::object job{
        {"job", "WO-1"},
        {"bom", "atlas/main"},
        {"revision", "A"},
        {"slots", json::array{slot("1-01", "10-0001"), slot("1-02", "10-0004")}}};
    const auto early = bench.node.post("/v1/jobs", job);
    CHECK(early.status == 404);
    CHECK(early.says("has no released revision A"));
    release_bom(bench.node, bench.bom, "A");
    auto wrong = job;
    wrong["slots"] = json::array{slot("1-01", "10-9999")};
    CHECK(bench.node.post("/v1/jobs", wrong).says("no fitted line of the revision has it"));
    wrong["slots"] = json::array{with(slot("1-01", "10-0001"), "mpns", std::vector{"LM358"})};
    CHECK(bench.node.post("/v1/jobs", wrong).says("LM358 is not approved in the revision"));
    const auto made = bench.node.post("/v1/jobs", job);
    INFO(made.text);
    REQUIRE(made.status == 201);
    CHECK(made.body.at("slots").at(0).at("mpns").as_array().size() == 2);
    CHECK(made.body.at("built_by").at("counts").as_bool());
    CHECK(made.body.at("built_by").at("released").at("revision").as_string() == "A");

    const auto reel = issued();
    bench.node.record("commission", with_labels({reel.text}));
    const auto loaded =
        bench.node.post("/v1/jobs/WO-1/load", with(with_label(reel.text), "position", "1-02"));
    INFO(loaded.text);
    REQUIRE(loaded.status == 201);
    const auto one = board(), other = board();
    bench.node.record("consume", with(with(with(with_label(reel.text), "quantity", 3), "boards",
                                           std::vector{one.text, other.text}),
                                      "work_order", "WO-1"));
    Answer compared;
    REQUIRE(eventually([&] {
        compared = bench.get("/consumption?job=WO-1");
        return compared.body.at("boards").to_number<int>() == 2;
    }));
    INFO(compared.text);
    const auto& lines = compared.body.at("lines").as_array();
    CHECK(lines[0].at("consumed").to_number<int>() == 0);
    CHECK(lines[0].at("over").to_number<double>() == -12);
    CHECK(lines[2].at("consumed").to_number<int>() == 3);
    CHECK(lines[2].at("over").to_number<double>() == 1);
    CHECK(compared.body.at("differ").to_number<int>() == 3);
    CHECK(bench.get("/consumption?job=WO-1&boards=3")
              .body.at("lines")
              .at(2)
              .at("over")
              .to_number<double>() == 0);
}

TEST_CASE("who may not see a BOM is not told of it", "[service][bom]") {
    const Bench bench;
    release_bom(bench.node, bench.bom, "A");
    Person line(bench.node, "lina", {"line"});
    CHECK(line.get("/v1/boms").body.at("boms").as_array().empty());
    CHECK(line.get("/v1/boms/" + bench.bom).status == 404);
    CHECK(line.get("/v1/boms/" + bench.bom + "/difference?from=1").status == 404);
    CHECK(line.get("/v1/where-used?part=GRM188").body.at("used").as_array().empty());
    REQUIRE(bench.node
                .post("/v1/vault/shares", {{"project", "atlas"},
                                           {"recipient", bench.node.org()},
                                           {"role", "line"},
                                           {"purpose", "set-up"},
                                           {"mode", "download"},
                                           {"end", 4'000'000'000}})
                .status == 201);
    CHECK(line.get("/v1/boms/" + bench.bom + "/revisions/1").status == 200);
    // Drafts are for who manages the vault.
    CHECK(line.get("/v1/boms/" + bench.bom + "/difference?from=1&to=0").status == 409);
    CHECK(line.get("/v1/boms/" + bench.bom + "/draft").status == 403);
    // Nor is who sees a BOM told of what jobs consumed that were not set up by it.
    REQUIRE(bench.node
                .post("/v1/vault/shares", {{"project", "atlas"},
                                           {"recipient", bench.node.org()},
                                           {"role", "warehouse"},
                                           {"purpose", "kitting"},
                                           {"mode", "download"},
                                           {"end", 4'000'000'000}})
                .status == 201);
    Person store(bench.node, "wanda", {"warehouse"});
    CHECK(store.get("/v1/boms/" + bench.bom + "/revisions/1").status == 200);
    const auto consumption = "/v1/boms/" + bench.bom + "/consumption?job=OTHER";
    CHECK(store.get(consumption).says("no job OTHER is set up by this BOM"));
    CHECK(line.get(consumption).status == 200);
}

}  // namespace reelproof::node::tests
