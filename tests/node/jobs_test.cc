// The line: set-up lists, reels against their slots, floor lives; and labels for the printer.
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

json::object slot(const std::string& position, const std::string& customer_pn,
                  std::vector<std::string> mpns) {
    return {{"position", position}, {"customer_pn", customer_pn}, {"mpns", json::value_from(mpns)}};
}

// A line with one job, and reels that are in stock.
struct Line {
    std::shared_ptr<std::atomic<ledger::UnixSeconds>> now =
        std::make_shared<std::atomic<ledger::UnixSeconds>>(ledger::system_now());
    ServiceNode node{"ems.example"};

    Line() {
        node.clock = [now = now] { return now->load(); };
        node.start();
        const auto made = node.post(
            "/v1/jobs", {{"job", "WO-4711"},
                         {"product", "KST-CTRL-04"},
                         {"slots", json::array{slot("1-07", "KST-C-0104", {"NL52840-QIAA-R"}),
                                               slot("1-12", "KST-R-0017", {"CRCW060310K0FKEA"}),
                                               slot("1-13", "KST-X-0001", {})}}});
        INFO(made.text);
        REQUIRE(made.status == 201);
    }
    Label reel(const SomePart& part = {}) const {
        auto out = issued(part);
        node.record("commission", with_labels({out.text}));
        return out;
    }
    // One whose label says more.
    Label reel_saying(const vision::Fields& more) const {
        vision::Fields fields{{"mpn", std::string("NL52840-QIAA-R")},
                              {"lot", std::string("L1")},
                              {"quantity", std::int64_t{100}}};
        for (const auto& [name, value] : more) fields.insert_or_assign(name, value);
        auto out = issued_with(fields);
        node.record("commission", with_labels({out.text}));
        return out;
    }
    Answer at(const std::string& verb, const std::string& position, const Label& label) const {
        return node.post("/v1/jobs/WO-4711/" + verb, at_slot(position, label));
    }
    static json::object at_slot(const std::string& position, const Label& label) {
        return with(with_label(label.text), "position", position);
    }
};

std::vector<std::string> rules_of(const Answer& answer) {
    std::vector<std::string> out;
    for (const auto& finding : answer.body.at("findings").as_array())
        if (finding.at("severity").as_string() != "minor")
            out.emplace_back(finding.at("rule").as_string());
    return out;
}

}  // namespace

TEST_CASE("the right reel is loaded, and the wrong one is not", "[service][jobs]") {
    const Line line;
    const auto right = line.reel(), wrong = line.reel({.mpn = "CRCW060310K0FKEA"}),
               foreign = line.reel({.mpn = "LM358DR"});
    const auto fits = line.at("check", "1-07", right);
    INFO(fits.text);
    CHECK(fits.member("verdict") == "ACCEPT");
    CHECK(fits.body.at("slot").at("fits").as_bool());
    CHECK(rules_of(line.at("check", "1-07", wrong)) == std::vector<std::string>{"slot.wrong-part"});
    CHECK(rules_of(line.at("check", "1-07", foreign)) ==
          std::vector<std::string>{"slot.not-in-setup"});
    const auto refused = line.at("load", "1-07", wrong);
    CHECK(refused.status == 200);
    CHECK(refused.member("verdict") == "REJECT");
    CHECK(!refused.body.at("loaded").as_bool());
    CHECK(refused.text.find("belongs on 1-12, and 1-07 takes NL52840-QIAA-R") != std::string::npos);

    const auto loaded = line.at("load", "1-07", right);
    CHECK(loaded.status == 201);
    CHECK(loaded.body.at("loaded").as_bool());
    const auto job = line.node.get("/v1/jobs/WO-4711");
    CHECK(job.body.at("slots_loaded").to_number<int>() == 1);
    CHECK(job.body.at("slots").at(0).at("loaded").at("item").as_string() == right.item);
    CHECK(job.text.find(right.serial) == std::string::npos);
    // The ledger knows where it is.
    const auto trace = line.node.post("/v1/trace", with_label(right.text));
    CHECK(trace.text.find("\"load\"") != std::string::npos);
    CHECK(trace.text.find("WO-4711") != std::string::npos);
}

TEST_CASE("a slot that holds a reel takes the next one spliced or after it", "[service][jobs]") {
    const Line line;
    const auto first = line.reel(), second = line.reel(), third = line.reel();
    REQUIRE(line.at("load", "1-07", first).status == 201);
    const auto full = line.at("load", "1-07", second);
    CHECK(full.status == 409);
    CHECK(full.says("unload it first, or splice"));
    CHECK(
        line.node.post("/v1/jobs/WO-4711/load", with(Line::at_slot("1-07", second), "splice", true))
            .status == 201);
    CHECK(line.at("unload", "1-07", third).status == 409);
    CHECK(line.at("unload", "1-07", second).status == 201);
    CHECK(line.at("load", "1-07", third).status == 201);
    // One reel is not in two places.
    const auto twice = line.at("check", "1-12", third);
    CHECK(twice.member("verdict") == "REJECT");
    CHECK(twice.text.find("it is on 1-07 of this job") != std::string::npos);
    // It stays after a restart.
    const Line& after = line;
    CHECK(after.node.get("/v1/jobs/WO-4711").text.find(third.item) != std::string::npos);
}

TEST_CASE("a load and an unload that are sent again are carried out once", "[service][jobs]") {
    const Line line;
    const auto first = line.reel(), second = line.reel();
    const auto again = [&](const std::string& verb, const Label& label, const std::string& key) {
        return line.node.post("/v1/jobs/WO-4711/" + verb, Line::at_slot("1-07", label), key);
    };
    const auto slot = [&] { return line.node.get("/v1/jobs/WO-4711").text; };
    REQUIRE(again("load", first, "load 1").status == 201);
    const auto retried = again("load", first, "load 1");
    CHECK(retried.status == 200);
    CHECK(retried.body.at("loaded").as_bool());
    REQUIRE(again("unload", first, "unload 1").status == 201);
    const auto size = line.node.size();
    const auto off = again("unload", first, "unload 1");
    INFO(off.text);
    CHECK(off.status == 200);
    CHECK(off.body.at("repeated").as_bool());
    CHECK(off.body.at("items") == json::array{json::value(first.item)});
    // A late retry does not bring the old reel back.
    REQUIRE(again("load", second, "load 2").status == 201);
    CHECK(again("load", first, "load 1").status == 200);
    CHECK(slot().find(second.item) != std::string::npos);
    CHECK(slot().find(first.item) == std::string::npos);
    CHECK(again("unload", first, "unload 1").status == 200);
    CHECK(slot().find(second.item) != std::string::npos);
    CHECK(line.node.size() == size + 1);
    CHECK(again("load", second, "load 1").status == 409);  // another request under the same key
}

TEST_CASE("of stations that load one empty slot at once the first does, and the others see what",
          "[service][jobs]") {
    const Line line;
    std::vector<Label> reels;
    for (int i = 0; i < 4; ++i) reels.push_back(line.reel());
    std::vector<Answer> answers(reels.size());
    std::vector<std::thread> stations;
    for (std::size_t i = 0; i < reels.size(); ++i)
        stations.emplace_back([&, i] { answers[i] = line.at("load", "1-07", reels[i]); });
    for (auto& station : stations) station.join();
    const Label* loaded = nullptr;
    for (std::size_t i = 0; i < reels.size(); ++i)
        if (answers[i].status == 201) {
            CHECK(loaded == nullptr);
            loaded = &reels[i];
        }
    REQUIRE(loaded != nullptr);
    for (const auto& answer : answers) {
        if (answer.status == 201) continue;
        INFO(answer.text);
        CHECK(answer.status == 409);
        CHECK(answer.says("1-07 holds item " + loaded->item + " (NL52840-QIAA-R)"));
        CHECK(answer.says("loaded by token cli"));
        const auto& on = answer.body.at("slot").at("loaded").as_object();
        CHECK(on.at("item").as_string() == loaded->item);
    }
    // Nothing else was recorded.
    for (const auto& reel : reels)
        if (&reel != loaded)
            CHECK(line.node.post("/v1/trace", with_label(reel.text)).text.find("\"load\"") ==
                  std::string::npos);
}

TEST_CASE("what is wrong in its place alone is put back, and nothing worse is said of it",
          "[service][jobs]") {
    const Line line;
    const auto wrong = line.reel({.mpn = "CRCW060310K0FKEA"}),
               foreign = line.reel({.mpn = "LM358DR"}),
               bad = line.reel({.mpn = "CRCW060310K0FKEA"});
    const auto there = line.at("check", "1-07", wrong);
    CHECK(there.member("verdict") == "REJECT");
    CHECK(there.member("next") == "put-back");
    CHECK(there.body.at("belongs") == json::array{"1-12"});
    CHECK(there.text.find("put it where it belongs") != std::string::npos);
    const auto nowhere = line.at("check", "1-07", foreign);
    CHECK(nowhere.member("next") == "put-back");
    CHECK(nowhere.body.at("belongs").as_array().empty());
    CHECK(line.at("check", "1-12", wrong).member("next") == "use");
    line.node.record("quarantine", with(with_label(bad.text), "reason", "dented"));
    CHECK(line.at("check", "1-07", bad).member("next") != "put-back");
    line.node.record("scrap", with(with_label(bad.text), "reason", "dented"));
    CHECK(line.at("check", "1-07", bad).member("next") == "quarantine");
}

TEST_CASE("labels are made for one at a time, and the others are told when to come back",
          "[service][jobs]") {
    const Line line;
    const json::object body{{"mpn", "NL52840-QIAA-R"}, {"lot", "7AB123"}, {"date_code", "2617"},
                            {"quantity", 3000},        {"count", 4},      {"dpi", 203}};
    // Whoever comes while labels are made; so often that it happens.
    bool turned_away = false;
    for (int round = 0; round < 20 && !turned_away; ++round) {
        std::vector<Answer> answers(3);
        std::vector<std::thread> printers;
        for (auto& answer : answers)
            printers.emplace_back([&] { answer = line.node.post("/v1/labels", body); });
        for (auto& printer : printers) printer.join();
        int made = 0;
        for (const auto& answer : answers) {
            INFO(answer.text.substr(0, 300));
            made += answer.status == 201 ? 1 : 0;
            if (answer.status == 201) continue;
            CHECK(answer.status == 503);
            CHECK(answer.says("other labels are being made"));
            CHECK(answer.headers.has("Retry-After"));
            turned_away = true;
        }
        CHECK(made >= 1);
    }
    CHECK(turned_away);
    // The turn is given back.
    CHECK(line.node.post("/v1/labels", with(body, "count", 1)).status == 201);
}

TEST_CASE("a part that is not approved for the customer's number says so", "[service][jobs]") {
    const Line line;
    const auto label = line.reel_saying(
        {{"mpn", std::string("GRM188R71H104KA93D")}, {"customer_pn", std::string("KST-C-0104")}});
    const auto answer = line.at("check", "1-07", label);
    INFO(answer.text);
    CHECK(rules_of(answer) == std::vector<std::string>{"approval.avl"});
    CHECK(answer.member("next") == "ask");
    // A slot without a list takes whatever bears its number.
    const auto free = line.reel_saying({{"mpn", std::string("ANY-1")},
                                        {"lot", std::string("L2")},
                                        {"customer_pn", std::string("KST-X-0001")}});
    CHECK(line.at("check", "1-13", free).member("verdict") == "ACCEPT");
    CHECK(rules_of(line.at("check", "1-13", line.reel())) ==
          std::vector<std::string>{"slot.wrong-part"});
}

TEST_CASE("what lay open too long or is past its day is held", "[service][jobs]") {
    const Line line;
    const auto wet = line.reel_saying({{"msl", std::string("3")}});
    CHECK(line.at("check", "1-07", wet).member("verdict") == "ACCEPT");
    const auto life = [&](const char* state) {
        return line.node.post("/v1/floor-life", with(with_label(wet.text), "state", state));
    };
    REQUIRE(line.at("load", "1-07", wet).status == 201);
    *line.now += 100 * 3600;
    CHECK(life("dry").body.at("used_seconds").to_number<int>() == 100 * 3600);
    *line.now += 1000 * 3600;
    CHECK(line.at("check", "1-07", wet).member("verdict") == "ACCEPT");
    CHECK(life("open").body.at("of_seconds").to_number<int>() == 168 * 3600);
    *line.now += 60 * 3600;
    CHECK(line.at("check", "1-07", wet).text.find("only 8 h are left") != std::string::npos);
    *line.now += 9 * 3600;
    const auto over = line.at("check", "1-07", wet);
    CHECK(over.member("verdict") == "HOLD");
    CHECK(rules_of(over) == std::vector<std::string>{"msl.floor-life"});
    CHECK(life("baked").status == 200);
    CHECK(line.at("check", "1-07", wet).member("verdict") == "ACCEPT");
    CHECK(life("wet").says("open, dry or baked"));

    const auto old =
        line.reel_saying({{"lot", std::string("L3")}, {"expiry", std::string("20250331")}});
    const auto past = line.at("load", "1-07", old);
    CHECK(past.member("verdict") == "HOLD");
    CHECK(rules_of(past) == std::vector<std::string>{"age.shelf-life"});
    CHECK(!past.body.at("loaded").as_bool());
}

TEST_CASE("a reel past its day is held wherever it is looked at, until quality releases it",
          "[service][jobs]") {
    const Line line;
    const auto old =
        line.reel_saying({{"lot", std::string("L3")}, {"expiry", std::string("20250331")}});
    for (const auto* place : {"stock", "receiving", "line"}) {
        const auto seen = line.node.post("/v1/check", with(with_label(old.text), "place", place));
        CHECK(seen.member("verdict") == "HOLD");
        CHECK(rules_of(seen) == std::vector<std::string>{"age.shelf-life"});
    }
    const auto load = with(with_label(old.text), "feeder", "1-07");
    const auto refused = line.node.post("/v1/load", load);
    CHECK(refused.status == 409);
    CHECK(refused.says("HOLD age.shelf-life: it was good until 2025-03-31"));
    line.node.record("quarantine", with(with_label(old.text), "reason", "too old"));
    line.node.record("release", with(with_label(old.text), "reason", "wets well, J-STD-002"));
    CHECK(line.node.post("/v1/check", with_label(old.text)).member("verdict") == "ACCEPT");
    line.node.record("load", load);
}

TEST_CASE("a shelf life that was imported counts from the date code", "[service][jobs]") {
    const Line line;
    const auto reel = line.reel({.date_code = "1801"});
    CHECK(line.node.post("/v1/check", with_label(reel.text)).member("verdict") == "ACCEPT");
    const auto imported = line.node.post(
        "/v1/parts", {{"parts", json::array{json::object{{"mpn", "NL52840-QIAA-R"},
                                                         {"shelf_life_days", 730}}}}});
    INFO(imported.text);
    REQUIRE(imported.status == 200);
    const auto held = line.node.post("/v1/check", with_label(reel.text));
    INFO(held.text);
    CHECK(held.member("verdict") == "HOLD");
    CHECK(held.text.find("by the shelf life of 730 days that was imported for NL52840-QIAA-R") !=
          std::string::npos);
}

TEST_CASE("of parts without a date a shelf life counts from when they came", "[service][jobs]") {
    const Line line;
    const auto reel = line.reel_saying({});
    REQUIRE(line.node
                .post("/v1/parts", {{"parts", json::array{json::object{{"mpn", "NL52840-QIAA-R"},
                                                                       {"shelf_life_days", 30}}}}})
                .status == 200);
    CHECK(line.node.post("/v1/check", with_label(reel.text)).member("verdict") == "ACCEPT");
    *line.now += 32 * 86400;
    CHECK(rules_of(line.node.post("/v1/check", with_label(reel.text))) ==
          std::vector<std::string>{"age.shelf-life"});
}

TEST_CASE("a slot whose reel is used up can be emptied, and says what it holds",
          "[service][jobs]") {
    const Line line;
    const auto first = line.reel(), second = line.reel();
    REQUIRE(line.at("load", "1-07", first).status == 201);
    const auto on_slot = [&] {
        return line.node.get("/v1/jobs/WO-4711").body.at("slots").at(0).at("loaded").at("now");
    };
    CHECK(on_slot().at("verdict").as_string() == "ACCEPT");
    CHECK(line.node
              .send(kDelete, "/v1/jobs/WO-4711", "", "",
                    {{"Authorization", "Bearer " + line.node.all_scopes()}})
              .status == 409);
    line.node.record("quarantine", with(with_label(first.text), "reason", "dented"));
    CHECK(on_slot().at("verdict").as_string() == "REJECT");
    CHECK(on_slot().at("rule").as_string() == "status.quarantined");
    line.node.record("release", with(with_label(first.text), "reason", "fine"));
    line.node.record("consume", with(with_label(first.text), "quantity", 3000));
    line.node.record("deplete", with_label(first.text));
    CHECK(on_slot().at("rule").as_string() == "status.consumed");
    const auto emptied = line.at("unload", "1-07", first);
    INFO(emptied.text);
    CHECK(emptied.status == 200);
    CHECK(emptied.text.find("the slot is empty now; nothing was recorded of the reel") !=
          std::string::npos);
    CHECK(line.at("load", "1-07", second).status == 201);
    CHECK(line.at("unload", "1-07", second).status == 201);
    CHECK(line.node
              .send(kDelete, "/v1/jobs/WO-4711", "", "",
                    {{"Authorization", "Bearer " + line.node.all_scopes()}})
              .status == 204);
}

TEST_CASE("a slot is emptied without a scan only when its reel is gone", "[service][jobs]") {
    const Line line;
    const auto reel = line.reel();
    REQUIRE(line.at("load", "1-07", reel).status == 201);
    const auto by_id = [&] {
        return line.node.post("/v1/jobs/WO-4711/unload",
                              {{"position", "1-07"}, {"item", reel.item}});
    };
    const auto here = by_id();
    CHECK(here.status == 409);
    CHECK(here.says("scan the reel that is taken off"));
    line.node.record("scrap", with(with_label(reel.text), "reason", "dented"));
    const auto gone = by_id();
    INFO(gone.text);
    CHECK(gone.status == 200);
    CHECK(gone.text.find("the slot is empty now") != std::string::npos);
    CHECK(by_id().says("1-07 is empty"));
}

TEST_CASE("a floor life is told of an item by its id, too", "[service][jobs]") {
    const Line line;
    const auto wet = line.reel_saying({{"msl", std::string("3")}});
    Answer told;
    CHECK(eventually([&] {
        told = line.node.post("/v1/floor-life", {{"item", wet.item}, {"state", "open"}});
        return told.status == 200;
    }));
    INFO(told.text);
    CHECK(told.body.at("level").as_string() == "3");
    CHECK(line.node.post("/v1/floor-life", {{"item", "NOBODY"}, {"state", "open"}}).status == 404);
}

TEST_CASE("only quality lowers a moisture level", "[service][jobs]") {
    const Line line;
    const auto wet = line.reel_saying({{"msl", std::string("3")}});
    const auto open = [&](Person& person, const char* level) {
        return person.post("/v1/floor-life",
                           with(with(with_label(wet.text), "state", "open"), "level", level));
    };
    Person operator_(line.node, "olga", {"line"}), quality(line.node, "quinn", {"quality"});
    CHECK(open(operator_, "1").status == 409);
    CHECK(open(operator_, "2a").says("only quality can lower a level"));
    CHECK(open(operator_, "5").status == 200);
    CHECK(open(operator_, "4").status == 409);
    CHECK(open(quality, "4").status == 200);
}

TEST_CASE("a set-up list that can't be right is refused with its slot", "[service][jobs]") {
    const Line line;
    const auto refuse = [&](json::object body, const std::string& why) {
        const auto answer = line.node.post("/v1/jobs", body);
        INFO(answer.text);
        CHECK(answer.status >= 400);
        CHECK(answer.says(why));
    };
    refuse({{"job", "A"}}, "slots must be 1 to 1,000");
    refuse({{"job", ""}, {"slots", json::array{slot("1", "x", {})}}}, "job is missing");
    refuse({{"job", "a/b"}, {"slots", json::array{slot("1", "x", {})}}}, "slash");
    refuse({{"job", "A"}, {"slots", json::array{slot("", "x", {})}}}, "slots[0]: position");
    refuse({{"job", "A"}, {"slots", json::array{slot("1", "", {})}}}, "no part would fit");
    refuse({{"job", "A"}, {"slots", json::array{slot("1", "x", {}), slot("1", "y", {})}}},
           "slots[1].position 1 is there twice");
    for (const auto* pattern : {"*", "NL52*"})
        refuse({{"job", "A"}, {"slots", json::array{slot("1", "x", {pattern})}}},
               "slots[0].mpns: * stands for no part here");
    refuse({{"job", "A"}, {"slots", json::array{1}}}, "slots holds something");
    refuse({{"job", "A"}, {"slots", json::array{json::object{{"place", "1"}}}}}, "\"place\"");
    refuse({{"job", "WO-4711"}, {"slots", json::array{slot("1", "x", {})}}}, "already");
    CHECK(line.node.get("/v1/jobs").body.at("jobs").as_array().size() == 1);
    const api::Headers caller{{"Authorization", "Bearer " + line.node.all_scopes()}};
    CHECK(line.node.send(kDelete, "/v1/jobs/WO-4711", "", "", caller).status == 204);
    CHECK(line.node.send(kDelete, "/v1/jobs/WO-4711", "", "", caller).status == 404);
    CHECK(line.at("check", "1-07", line.reel()).says("there is no job WO-4711"));
}

TEST_CASE("labels for the printer are new, read back, and work", "[service][jobs]") {
    const Line line;
    const json::object body{
        {"mpn", "NL52840-QIAA-R"}, {"lot", "7AB123"}, {"date_code", "2617"}, {"quantity", 3000},
        {"format", "zpl"},         {"count", 2},      {"dpi", 203}};
    const auto made = line.node.post("/v1/labels", body);
    INFO(made.text);
    REQUIRE(made.status == 201);
    CHECK(made.member("type") == "application/vnd.zebra.zpl");
    const auto& labels = made.body.at("labels").as_array();
    REQUIRE(labels.size() == 2);
    CHECK(labels[0].at("item") != labels[1].at("item"));
    const auto zpl = ledger::from_base64(std::string(labels[0].at("file").as_string()), "file");
    REQUIRE(zpl.has_value());
    CHECK(ledger::as_text(*zpl).starts_with("^XA"));
    const auto file_of = [](const json::value& of) {
        const auto bytes = ledger::from_base64(std::string(of.at("file").as_string()), "file");
        return bytes ? std::string(ledger::as_text(*bytes)) : std::string();
    };
    CHECK(file_of(made.body) == file_of(labels[0]) + file_of(labels[1]));
    const auto paper = line.node.post("/v1/labels", with(body, "format", "pdf"));
    CHECK(file_of(paper.body).starts_with("%PDF-"));
    const std::string text(labels[0].at("symbols").at(0).as_string());
    line.node.record("commission", with_labels({text}));
    CHECK(line.node.post("/v1/check", with_label(text)).member("item") ==
          labels[0].at("item").as_string());
    CHECK(line.node.post("/v1/labels", {{"lot", "x"}}).says("would not say what it is for"));
    CHECK(line.node.post("/v1/labels", with(body, "format", "bmp")).says("pdf, zpl, png or svg"));
    CHECK(line.node.post("/v1/labels", with(body, "count", 51)).says("1 to 50"));
    CHECK(line.node.post("/v1/labels", with(body, "width_mm", 5)).says("25 to 300 mm"));
    CHECK(line.node.post("/v1/labels", with(body, "date_code", "9999")).status == 400);
}

}  // namespace reelproof::node::tests
