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

}  // namespace reelproof::node::tests
