// A BOM that two nodes build by, and a change of it: maker.example owns, ems.example builds. For
// the test's one thread.
#pragma once

#include <catch2/catch.hpp>

#include "tests/node/bom_support.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

inline const std::string kMpn = "NL52840-QIAA-R";
inline const std::string kBoard =
    "Reference,Qty,MPN,Customer PN,Price\n\"R1,R2\",2,RC0603,10-0003,0.003\nU1,1," + kMpn +
    ",10-0004,3.90\n";

// A BOM of the maker, "atlas/main", in two revisions: B has another part at U1.
struct Changing : Sharing {
    std::string bom, shared;

    Changing() {
        const auto made = import_bom(maker, kBoard);
        REQUIRE(made.status == 201);
        bom = made.member("bom");
        release_bom(maker, bom, "A");
        REQUIRE(edit_bom(maker, bom, {set_cell(2, "mpn", kMpn, "NL52840-QIAB-R")}).status == 200);
        release_bom(maker, bom, "B");
    }
    void grant(const std::string& mode = "download", const boost::json::object& more = {}) {
        auto body = share_body("", mode);
        for (const auto& member : more) body[member.key()] = member.value();
        shared = share(body);
    }
    [[nodiscard]] boost::json::object proposal(const std::string& number = "ECO-1") const {
        return {{"bom", "atlas/main"},
                {"number", number},
                {"partner", ems.org()},
                {"from", "A"},
                {"to", "B"},
                {"reason", "U1 is not recommended for new designs"},
                {"effect", "date"},
                {"effect_value", "2020-01-01"}};
    }
    // Proposed, and at the EMS; its id.
    std::string propose(const boost::json::object& body) {
        const auto proposed = maker.post("/v1/changes", body);
        INFO(proposed.text);
        REQUIRE(proposed.status == 201);
        const auto id = proposed.member("change");
        REQUIRE(eventually([&] { return ems.get("/v1/changes/" + id).status == 200; }));
        return id;
    }
    void open_all() const {
        for (const auto* number : {"1", "2"}) {
            const auto opened = ems.post("/v1/boms/" + bom + "/revisions/" + number + "/open", {});
            INFO(opened.text);
            REQUIRE(opened.status == 200);
        }
    }
    static Answer answer(const ServiceNode& node, const std::string& change,
                         const std::string& what = "approve", boost::json::object more = {}) {
        if (!more.contains("digest"))
            more["digest"] = node.get("/v1/changes/" + change).member("digest");
        return node.send(kPost, "/v1/changes/" + change + "/" + what, boost::json::serialize(more),
                         "application/json", {{"Authorization", "Bearer " + node.quality()}});
    }
    static bool stands(const ServiceNode& node, const std::string& change,
                       const std::string& state) {
        return eventually(
            [&] { return node.get("/v1/changes/" + change).member("state") == state; });
    }
    // A job of the EMS by that revision, with one slot for U1.
    Answer add_job(const std::string& job, const std::string& revision,
                   boost::json::object more = {}) const {
        more["job"] = job;
        more["bom"] = bom;
        more["revision"] = revision;
        more["slots"] = boost::json::array{
            boost::json::object{{"position", "1-01"}, {"customer_pn", "10-0004"}}};
        const auto made = ems.post("/v1/jobs", more);
        INFO(made.text);
        CHECK(made.status == 201);
        return made;
    }
    [[nodiscard]] Answer check(const std::string& job, const Label& reel,
                               const std::string& verb = "check") const {
        return ems.post("/v1/jobs/" + job + "/" + verb,
                        with(with_label(reel.text), "position", "1-01"));
    }
    [[nodiscard]] Label reel(const std::string& mpn) const {
        auto out = issued({.mpn = mpn});
        ems.record("commission", with_labels({out.text}));
        return out;
    }
};

// What that rule told; empty where it told nothing.
inline std::string text_of_rule(const Answer& answer, const std::string& rule) {
    for (const auto& finding : answer.body.at("findings").as_array())
        if (finding.at("rule").as_string() == rule)
            return std::string(finding.at("text").as_string());
    return {};
}

}  // namespace reelproof::node::tests
