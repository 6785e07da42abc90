// Nodes that are killed while they settle something with a partner: nothing that was answered is
// lost, and nothing is there twice.
#include <set>
#include <thread>

#include <catch2/catch.hpp>
#include <signal.h>

#include "ledger/base/sha256.h"
#include "tests/node/bom_support.h"
#include "tests/node/cli_support.h"
#include "tests/node/node_process.h"
#include "tests/node/sharing_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// A node of this process becomes a program of its own, is killed in the middle of what is asked of
// it, and is here again.
class Killed {
  public:
    Killed(ServiceNode& node, const ServiceNode& partner) : node_(node) {
        const auto added =
            work_.run({"partner", "add", "--config", config(), "--org", partner.org(), "--root",
                       partner.root(), "--url", partner.config.url, "--json"});
        INFO(added.err);
        REQUIRE(added.code == 0);
    }
    void during(const std::function<void()>& asked, std::chrono::milliseconds after) {
        node_.stop();
        {
            Process program({"node", "run", "--config", config(), "--json"}, work_.path() / "log");
            REQUIRE(program.line().find("\"ready\":true") != std::string::npos);
            std::thread asking([&] {
                try {
                    asked();
                } catch (const std::runtime_error&) {
                    // Its connection is cut off.
                }
            });
            std::this_thread::sleep_for(after);
            program.signal(SIGKILL);
            program.wait();
            asking.join();
        }
        node_.start();
    }

  private:
    [[nodiscard]] std::string config() const {
        return (node_.folder() / "node" / "node.toml").string();
    }
    ServiceNode& node_;
    WorkFolder work_;
};

std::string hash_of(const json::value& reading, const char* member) {
    const auto text = std::string(reading.at(member).as_string());
    return ledger::to_hex(ledger::sha256(ledger::from_base64(text, member).value()));
}

}  // namespace

TEST_CASE("a key's release that a kill cut off is given once, and told on both sides alike",
          "[service][vault]") {
    if (!have_program()) return;
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    constexpr std::uint64_t kRounds = 10;
    std::string id;
    for (std::uint64_t version = 1; version <= kRounds; ++version)
        id = put_document(maker, "atlas", "board", "text " + std::to_string(version))
                 .member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    Killed owner(maker, ems), reader(ems, maker);
    for (std::uint64_t version = 1; version <= kRounds; ++version) {
        auto& victim = version % 2 == 0 ? owner : reader;
        victim.during([&] { (void)world.open(share, id, version); },
                      std::chrono::milliseconds(version * 4));
        Answer opened;
        REQUIRE(eventually([&] {
            opened = world.open(share, id, version);
            return opened.status == 200;
        }));
        CHECK(opened.body.at("complete").as_bool());
        CHECK(ems.get(Sharing::held_path(share, id, version)).text ==
              "text " + std::to_string(version));
    }
    const auto given = maker.get("/v1/vault/readings").body.at("readings").as_array();
    const auto taken = ems.get("/v1/vault/readings").body.at("readings").as_array();
    REQUIRE(given.size() == kRounds);
    REQUIRE(taken.size() == kRounds);
    std::string of_maker, of_ems;
    (void)published(maker, 0, &of_maker);
    (void)published(ems, 0, &of_ems);
    std::set<std::string> releases, same;
    for (const auto& one : given) {
        CHECK(of_ems.find(hash_of(one, "request")) != std::string::npos);
        CHECK(of_maker.find(hash_of(one, "release")) != std::string::npos);
        releases.insert(hash_of(one, "release"));
    }
    for (const auto& one : taken) same.insert(hash_of(one, "release"));
    CHECK(releases.size() == kRounds);
    CHECK(releases == same);
}

TEST_CASE("a change's approval that a kill cut off is given once, and known to both",
          "[service][vault][bom]") {
    if (!have_program()) return;
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    constexpr int kRounds = 6;
    const auto part = [](int at) {
        return "NL52840-QIA" + std::string(1, static_cast<char>('A' + at));
    };
    const auto called = [](int at) { return std::string(1, static_cast<char>('A' + at)); };
    const auto bom = import_bom(maker, "Reference,Qty,MPN\nU1,1," + part(0) + "\n").member("bom");
    release_bom(maker, bom, called(0));
    world.agree();
    (void)world.share(world.share_body(""));
    const auto approve = [&](const ServiceNode& node, const std::string& id) {
        const auto digest = node.get("/v1/changes/" + id).member("digest");
        return node
            .send(kPost, "/v1/changes/" + id + "/approve",
                  json::serialize(json::object{{"digest", digest}}), "application/json",
                  {{"Authorization", "Bearer " + node.quality()}})
            .status;
    };
    Killed owner(maker, ems), builder(ems, maker);
    for (int round = 1; round <= kRounds; ++round) {
        REQUIRE(edit_bom(maker, bom, {set_cell(1, "mpn", part(round - 1), part(round))}).status ==
                200);
        release_bom(maker, bom, called(round));
        const auto proposed = maker.post("/v1/changes", {{"bom", "atlas/main"},
                                                         {"number", "ECO-" + called(round)},
                                                         {"partner", ems.org()},
                                                         {"from", called(round - 1)},
                                                         {"to", called(round)},
                                                         {"reason", "x"},
                                                         {"effect", "date"},
                                                         {"effect_value", "2020-01-01"}});
        INFO(proposed.text);
        REQUIRE(proposed.status == 201);
        const auto id = proposed.member("change");
        REQUIRE(eventually([&] { return ems.get("/v1/changes/" + id).status == 200; }));
        for (const auto number : {round, round + 1})
            REQUIRE(
                ems.post("/v1/boms/" + bom + "/revisions/" + std::to_string(number) + "/open", {})
                    .status == 200);
        const bool of_owner = round % 2 == 0;
        auto& first = of_owner ? maker : ems;
        int answered = 0;
        (of_owner ? owner : builder)
            .during([&] { answered = approve(first, id); }, std::chrono::milliseconds(round * 6));
        const auto* mine = of_owner ? "approved_by_owner" : "approved_by_partner";
        // What was answered is there; what was not is there as a whole or can be given again.
        const bool given = first.get("/v1/changes/" + id).body.contains(mine);
        CHECK((answered != 200 || given));
        CHECK(approve(first, id) == (given ? 409 : 200));
        REQUIRE(approve(of_owner ? ems : maker, id) == 200);
        for (const auto* node : {&maker, &ems})
            REQUIRE(eventually(
                [&] { return node->get("/v1/changes/" + id).member("state") == "approved"; }));
        const auto here = maker.get("/v1/changes/" + id).body,
                   there = ems.get("/v1/changes/" + id).body;
        for (const auto* member : {"approved_by_owner", "approved_by_partner"})
            CHECK(here.at(member).at("statement") == there.at(member).at("statement"));
    }
    CHECK(maker.get("/v1/vault/refused").body.at("refused").as_array().empty());
    CHECK(ems.get("/v1/vault/refused").body.at("refused").as_array().empty());
}

}  // namespace reelproof::node::tests
