// What an OEM sees of the production of its products at its EMS: nothing before the EMS says so, of
// its own products alone, and boards one by one only in the roles that were named. maker.example
// owns the BOM; ems.example builds.
#include <catch2/catch.hpp>

#include "tests/node/bom_support.h"
#include "tests/node/person_support.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

const std::string kMpn = "NL52840-QIAA-R";

struct Producing : Sharing {
    std::string bom;

    Producing() {
        const auto made = import_bom(maker, "Reference,Qty,MPN\nU1,1," + kMpn + "\n");
        REQUIRE(made.status == 201);
        bom = made.member("bom");
        release_bom(maker, bom, "A");
        agree();
        share(share_body(""));
        REQUIRE(
            maker.post("/v1/boms/" + bom + "/give", {{"number", 1}, {"to", ems.org()}}).status ==
            200);
        REQUIRE(eventually([&] { return ems.get("/v1/boms/" + bom).status == 200; }));
        REQUIRE(ems.post("/v1/boms/" + bom + "/revisions/1/open", {}).status == 200);
    }
    void add_job(const std::string& job, bool of_maker) const {
        json::object body{
            {"job", job},
            {"slots", json::array{json::object{
                          {"position", "1-01"}, {"mpns", json::array{kMpn}}, {"quantity", 10}}}}};
        if (of_maker) body.insert({{"bom", bom}, {"revision", "A"}});
        const auto made = ems.post("/v1/jobs", body);
        INFO(made.text);
        REQUIRE(made.status == 201);
    }
    void show(json::array roles) const {
        const auto shown =
            ems.post("/v1/production",
                     {{"partner", maker.org()}, {"roles", std::move(roles)}, {"shown", true}});
        INFO(shown.text);
        REQUIRE(shown.status == 200);
    }
};

}  // namespace

TEST_CASE("an OEM sees the production of its products once the EMS shows it",
          "[service][production]") {
    Producing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.add_job("WO-1", true);
    world.add_job("WO-OTHER", false);
    const auto reel = issued({.mpn = kMpn});
    ems.record("commission", with_labels({reel.text}));
    REQUIRE(
        ems.post("/v1/jobs/WO-1/load", with(with_label(reel.text), "position", "1-01")).status ==
        201);
    const auto made = board();
    const auto placed = with(with_label(reel.text), "quantity", 3);
    REQUIRE(ems.post("/v1/consume",
                     with(with(placed, "work_order", "WO-1"), "boards", std::vector{made.text}))
                .status == 201);
    REQUIRE(
        ems.post("/v1/quarantine", with(with_label(made.text), "reason", "U1 tombstoned")).status ==
        201);

    Person quality(maker, "quinn", {"quality"}), auditor(maker, "aud", {"auditor"});
    const auto path = "/v1/production/" + ems.org();
    const auto before = quality.get(path);
    CHECK(before.status == 409);
    CHECK(before.says("production.not-shared"));
    // A program has no second factor.
    CHECK(maker.get(path).status == 403);
    CHECK(ems.post("/v1/production",
                   {{"partner", maker.org()}, {"roles", json::array{"boss"}}, {"shown", true}})
              .status == 400);

    world.show({"quality"});
    const auto seen = quality.get(path);
    INFO(seen.text);
    REQUIRE(seen.status == 200);
    const auto& jobs = seen.body.at("jobs").as_array();
    REQUIRE(jobs.size() == 1);
    const auto& job = jobs.front().as_object();
    CHECK(job.at("job").as_string() == "WO-1");
    CHECK(job.at("bom").as_string() == "atlas/main");
    CHECK(job.at("counts").as_bool());
    CHECK(job.at("slots_loaded").as_int64() == 1);
    CHECK(job.at("parts_placed").as_int64() == 3);
    CHECK(job.at("parts_needed").as_int64() == 10);
    CHECK(job.at("boards").as_int64() == 1);
    CHECK(job.at("held").as_int64() == 1);
    CHECK(job.at("verdicts").at("ACCEPT").as_int64() == 1);
    CHECK(job.at("tests").at(0).at("findings").at(0).at("reason").as_string() == "U1 tombstoned");
    CHECK(seen.text.find("WO-OTHER") == std::string::npos);
    CHECK(job.at("tests").at(0).at("results").as_array().empty());
    // Who has none of the roles sees sums.
    const auto sums = auditor.get(path);
    REQUIRE(sums.status == 200);
    CHECK(sums.body.at("jobs").at(0).at("held").as_int64() == 1);
    CHECK_FALSE(sums.body.at("jobs").at(0).as_object().contains("tests"));
    CHECK(sums.text.find("tombstoned") == std::string::npos);
    // With no roles named boards don't leave the EMS at all.
    world.show({});
    CHECK(quality.get(path).text.find("tombstoned") == std::string::npos);

    REQUIRE(ems.post("/v1/production", {{"partner", maker.org()}, {"shown", false}}).status == 200);
    CHECK(quality.get(path).says("production.not-shared"));
    // Without an agreement in force nothing is shown either.
    world.show({"quality"});
    REQUIRE(
        ems.post("/v1/vault/agreements/" + world.agreement + "/end", {{"reason", "over"}}).status ==
        200);
    CHECK(quality.get(path).says("agreement.missing"));
    CHECK(ems.post("/v1/production", {{"partner", maker.org()}, {"shown", true}}).status == 409);
    const auto listed = ems.get("/v1/production");
    CHECK(listed.body.at("partners").as_array().empty());
    CHECK(listed.body.at("grants").as_array().size() == 1);
}

TEST_CASE("what testers measured is taken once and shown with the boards, by role",
          "[service][production]") {
    Producing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    world.add_job("WO-1", true);
    world.add_job("WO-OTHER", false);
    const auto take = [&](const std::string& job, const std::string& csv,
                          const char* type = "application/octet-stream") {
        return ems.send(kPost, "/v1/jobs/" + job + "/tests", csv, type,
                        {{"Authorization", "Bearer " + ems.all_scopes()}});
    };
    const std::string head = "serial,test,result,value,limits,time,station\n";
    const std::string failed = "B1,ICT,fail,2.94,3.2..3.4,2027-03-01T10:00:00Z,T2\n";
    const std::string passed = "B1,ICT,pass,3.30,3.2..3.4,2027-03-01T10:30:00Z,T2\n";
    const auto first = take("WO-1", head + failed);
    INFO(first.text);
    REQUIRE(first.status == 200);
    CHECK(first.body.at("taken").as_int64() == 1);
    // The same export grows.
    const auto second = take("WO-1", head + failed + passed);
    CHECK(second.body.at("taken").as_int64() == 1);
    CHECK(second.body.at("known").as_int64() == 1);
    // One that contradicts is refused as a whole.
    const auto other = take("WO-1", head + "B2,ICT,pass,,,2027-03-01T10:00:00Z,T2\n" +
                                        "B1,ICT,pass,3.3,,2027-03-01T10:00:00Z,T2\n");
    CHECK(other.status == 409);
    CHECK(other.says("board B1, test ICT"));
    CHECK(take("WO-1", head + "B1,ICT,maybe,,,,\n").says("row 2: "));
    CHECK(take("WO-1", head + failed, "text/plain").status == 415);
    CHECK(take("WO-2", head + failed).status == 404);
    REQUIRE(take("WO-OTHER", head + "SECRET-1,ICT,pass,,,2027-03-01T10:00:00Z,T2\n").status == 200);

    Person quality(maker, "quinn", {"quality"}), auditor(maker, "aud", {"auditor"});
    const auto path = "/v1/production/" + ems.org();
    world.show({"quality"});
    const auto boards = [&] {
        return quality.get(path).body.at("jobs").at(0).at("tests").as_array();
    };
    ems.stop();
    ems.start();
    REQUIRE(eventually([&] { return quality.get(path).status == 200; }));
    REQUIRE(boards().size() == 1);
    const auto board = boards()[0].as_object();
    CHECK(board.at("board").as_string() == "B1");
    CHECK(board.at("state").as_string() == "not-recorded");
    const auto& results = board.at("results").as_array();
    REQUIRE(results.size() == 2);
    CHECK(results[0].at("passed").as_bool());
    CHECK(results[0].at("value").as_string() == "3.30");
    CHECK_FALSE(results[1].at("passed").as_bool());
    CHECK(results[1].at("limits").as_string() == "3.2..3.4");
    CHECK(quality.get(path).text.find("SECRET-1") == std::string::npos);
    CHECK(auditor.get(path).text.find("ICT") == std::string::npos);
    world.show({});
    CHECK(quality.get(path).text.find("ICT") == std::string::npos);
    // A job that is made anew begins without.
    world.show({"quality"});
    ems.stop();
    ems.clock = [] { return ledger::system_now() + 60; };
    ems.start();
    REQUIRE(ems.send(kDelete, "/v1/jobs/WO-1", {}, {},
                     {{"Authorization", "Bearer " + ems.all_scopes()}})
                .status == 204);
    world.add_job("WO-1", true);
    REQUIRE(eventually([&] { return quality.get(path).status == 200; }));
    CHECK(boards().empty());
}

}  // namespace reelproof::node::tests
