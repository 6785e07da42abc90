// Whose logs are mirrored, and when an event counts as replicated, by a replication policy.
#include <fstream>

#include <catch2/catch.hpp>

#include "node/keyring.h"
#include "tests/node/cli_support.h"
#include "tests/node/replication_support.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;
using Catch::Matchers::Contains;
using Names = std::vector<std::string>;

namespace {

ledger::TlogPolicy policy(const std::string& text) {
    return ledger::TlogPolicy::parse(text).value();
}

std::string log_line(const TestNode& node) {
    return "log " + node.keys().log.verifier().vkey() + "\n";
}

// Three nodes that all know each other.
struct Network {
    TestNode maker{"maker.example"}, ems{"ems.example"}, oem{"oem.example"};
    void begin() {
        maker.replicate({ems.as_partner(), oem.as_partner()});
        ems.replicate({maker.as_partner(), oem.as_partner()});
        oem.replicate({maker.as_partner(), ems.as_partner()});
    }
    bool kept_by(TestNode& at, std::uint64_t index, const Names& names) {
        return eventually([&] { return at.keepers().of(maker.origin(), index).by == names; });
    }
};

std::string mirror_key(const ServiceNode& node) {
    return load_keyring(node.config.keys).value().mirror_signer(node.org()).verifier().vkey();
}
std::string log_key(const ServiceNode& node) {
    return load_keyring(node.config.keys).value().log_signer(node.org()).verifier().vkey();
}

void set_policy(ServiceNode& node, const std::string& text) {
    node.config.replication_policy_file = node.folder() / "replication.policy";
    std::ofstream(node.config.replication_policy_file) << text;
}

json::object replicated(const json::value& event) {
    return event.at("replicated").as_object();
}

}  // namespace

TEST_CASE("only logs that the policy names are mirrored, and the others still mirror ours",
          "[replication][policy]") {
    Network all;
    all.ems.policy = policy(log_line(all.oem) + log_line(all.ems) + "quorum none\n");
    all.begin();
    REQUIRE(eventually([&] {
        return all.ems.copy_of(all.oem) == 1 && all.maker.copy_of(all.ems) == 1 &&
               all.ems.status_of(all.maker).cosigned == 1;
    }));
    all.ems.take_requests();
    all.maker.take_requests();
    all.ems.write("a", 3);
    all.maker.write("b", 3);
    REQUIRE(eventually([&] {
        return all.ems.status_of(all.maker).cosigned == 4 && all.oem.copy_of(all.maker) == 4;
    }));
    CHECK(all.ems.copy_of(all.maker) == 0);
    CHECK_FALSE(all.ems.store().log_by_origin(all.maker.origin()));
    const auto status = all.ems.status_of(all.maker);
    CHECK(status.not_mirrored == "the replication policy does not name its log");
    CHECK(status.last_checked == 0);  // nothing of its log is known
    CHECK(status.error.empty());
    CHECK(status.alarm.empty());
    CHECK(all.ems.status_of(all.oem).not_mirrored.empty());

    // Nor is it taken when it is delivered.
    all.maker.replicate({all.ems.as_receiver(), all.oem.as_partner()});
    REQUIRE(eventually(
        [&] { return all.maker.status_of(all.ems).error.find("404") != std::string::npos; }));
    CHECK(all.ems.copy_of(all.maker) == 0);

    // From when the policy names it, it is.
    all.ems.policy = policy(log_line(all.oem) + log_line(all.maker) + "quorum none\n");
    all.ems.replicate({all.maker.as_partner(), all.oem.as_partner()});
    CHECK(eventually([&] { return all.ems.copy_of(all.maker) == 4; }));
}

TEST_CASE("a log is not mirrored under another key than its policy line has",
          "[replication][policy]") {
    TestNode maker("maker.example"), ems("ems.example");
    const ledger::NoteSigner other("maker.example/ledger", 1, ledger::Secret<32>::random());
    const ledger::NoteSigner mirror("maker.example/mirror", 4, ledger::Secret<32>::random());
    ems.policy = policy("log " + other.verifier().vkey() + "\nwitness m " +
                        mirror.verifier().vkey() + "\nquorum m\n");
    std::mutex mutex;
    std::string said;
    ems.log = [&](api::LogLevel, const std::string& text) {
        const std::lock_guard lock(mutex);
        said += text + "\n";
    };
    maker.replicate({ems.as_partner()});
    ems.replicate({maker.as_partner()});
    REQUIRE(eventually([&] { return ems.status_of(maker).cosigned == 1; }));
    CHECK(ems.status_of(maker).not_mirrored ==
          "the replication policy names another key for its log");
    CHECK(ems.copy_of(maker) == 0);
    // It mirrors our log, but not with the key that counts.
    CHECK(ems.keepers().of(ems.origin(), 0).by.empty());
    ems.stop_replicating();
    CHECK_THAT(said, Contains("has another key for maker.example/mirror"));
}

TEST_CASE("who else mirrors a partner's log is known from its checkpoints, also after a restart",
          "[replication][policy]") {
    Network all;
    all.begin();
    all.maker.write("a", 4);
    REQUIRE(all.kept_by(all.maker, 4, {"ems.example", "oem.example"}));
    REQUIRE(all.kept_by(all.ems, 4, {"oem.example", "ems.example"}));
    CHECK(all.ems.keepers().of(all.maker.origin(), 4).of == 2);
    CHECK(all.ems.keepers().quorum_size(all.maker.origin()) == 5);

    // Whoever asks us for our copy sees it as well.
    const auto signed_by = [&](const ledger::NoteVerifier& key) {
        const auto row =
            all.ems.store().get(ledger::Table::mirrors, ledger::as_bytes(all.maker.origin()));
        return row && ledger::verify_note(ledger::parse_note(ledger::as_text(*row)).value(), key);
    };
    CHECK(eventually([&] { return signed_by(all.oem.keys().mirror.verifier()); }));
    CHECK(signed_by(all.ems.keys().mirror.verifier()));
    CHECK(signed_by(all.maker.keys().log.verifier()));

    const auto ours_kept_by = [&] { return all.ems.keepers().of(all.ems.origin(), 0).by; };
    const Names both{"maker.example", "oem.example"};
    REQUIRE(eventually([&] { return ours_kept_by() == both; }));
    all.maker.stop();
    all.oem.stop();
    all.ems.stop_replicating();
    all.ems.stop();
    all.ems.start();
    all.ems.replicate({all.maker.as_partner(), all.oem.as_partner()});
    CHECK(all.ems.keepers().of(all.maker.origin(), 4).by == Names{"oem.example", "ems.example"});
    CHECK(ours_kept_by() == both);
}

TEST_CASE("a delivered log is known to be kept where it was taken", "[push][policy]") {
    TestNode maker("maker.example"), ems("ems.example");
    ems.replicate({maker.as_caller()});
    maker.replicate({ems.as_receiver()});
    maker.write("a", 4);
    CHECK(eventually([&] { return maker.keepers().quorum_size(maker.origin()) == 5; }));
    CHECK(
        eventually([&] { return ems.keepers().of(maker.origin(), 4).by == Names{"ems.example"}; }));
}

TEST_CASE("an event counts as replicated once the policy's quorum keeps it", "[service][policy]") {
    ServiceNode maker("maker.example"), ems("ems.example", &maker), oem("oem.example", &maker);
    for (auto* node : {&maker, &ems, &oem})
        for (const auto* other : {&maker, &ems, &oem})
            if (node != other) node->partner(*other);
    // The file is shared: it names a log that is no partner's here.
    const ledger::NoteSigner far("far.example/ledger", 1, ledger::Secret<32>::random());
    const std::string logs = "log " + log_key(maker) + "\nlog " + log_key(ems) + "\nlog " +
                             log_key(oem) + "\nlog " + far.verifier().vkey() + "\n";
    const std::string mirrors =
        "witness e " + mirror_key(ems) + "\nwitness o " + mirror_key(oem) + "\n";
    set_policy(maker, logs + mirrors + "group both all e o\nquorum both\n");
    maker.start();
    ems.start();
    REQUIRE(ems.has_log_of(maker));
    const auto reel = issued();
    const auto body = with_labels({reel.text});
    const auto made = maker.post("/v1/commission", body, "once");
    REQUIRE(made.status == 201);
    CHECK(replicated(made.body.at("statements").as_array().at(0)).at("of") == 2);

    const auto event = [&](const ServiceNode& node) {
        return node.post("/v1/trace", with_label(reel.text)).body.at("events").as_array().at(0);
    };
    REQUIRE(eventually([&] { return event(maker).at("mirrors") == 1; }));
    auto kept = replicated(event(maker));
    CHECK(kept.at("on") == json::array{"ems.example"});
    CHECK(kept.at("of") == 2);
    CHECK(kept.at("quorum") == false);
    auto log = maker.get("/v1/health").body.at("log");
    CHECK(log.at("quorum_size") == 0);
    CHECK(log.at("quorum_lag") == log.at("size"));
    CHECK(log.at("mirror_key").as_string() == mirror_key(maker));
    // By the other's configuration, which has no policy, one mirror is enough: its own.
    CHECK(replicated(event(ems)).at("quorum") == true);

    WorkFolder work;
    const auto label = work.file("label.txt", ledger::as_bytes(reel.text));
    const auto config = maker.config.file.string();
    auto told = work.run({"check", "--config", config, "@" + label});
    CHECK_THAT(told.out, Contains("replicated: 0 of 1 event") &&
                             Contains("on 1 of 2 mirrors (ems.example), no quorum"));
    const auto bundle = (work.path() / "reel.reelproof").string();
    const auto verify = [&] {
        const auto traced =
            work.run({"trace", "--config", config, "--force", "--bundle", bundle, "@" + label});
        REQUIRE(traced.code == 0);
        return work.run({"proof", "verify", bundle, "--json", "--policy",
                         maker.config.replication_policy_file.string()});
    };
    auto verified = verify();
    CHECK(verified.code == 1);
    CHECK_THAT(verified.err, Contains("are no quorum of the policy"));
    CHECK(replicated(verified.json().at("history").at("events").at(0)).at("quorum") == false);

    oem.start();
    REQUIRE(eventually([&] { return replicated(event(maker)).at("quorum").as_bool(); }));
    kept = replicated(event(maker));
    CHECK(kept.at("on") == (json::array{"ems.example", "oem.example"}));
    log = maker.get("/v1/health").body.at("log");
    CHECK(log.at("quorum_size") == log.at("size"));
    CHECK(log.at("quorum_lag") == 0);
    const auto metrics = maker.get("/metrics").text;
    CHECK_THAT(metrics, Contains("\nreelproof_log_quorum_lag_entries 0\n"));
    CHECK_THAT(metrics, Contains("\nreelproof_log_quorum_entries " +
                                 std::to_string(log.at("size").to_number<int>()) + "\n"));
    // A retry gives the first answer, and how far the event has come meanwhile.
    const auto again = maker.post("/v1/commission", body, "once");
    CHECK(again.body.at("repeated") == true);
    CHECK(replicated(again.body.at("statements").as_array().at(0)).at("quorum") == true);

    told = work.run({"check", "--config", config, "@" + label});
    CHECK_THAT(told.out, Contains("replicated: 1 of 1 event"));
    told = work.run({"trace", "--config", config, "@" + label});
    CHECK_THAT(told.out, Contains("on 2 of 2 mirrors (ems.example, oem.example)"));
    REQUIRE(maker.has_log_of(oem));
    verified = verify();
    INFO(verified.err);
    CHECK(verified.code == 0);
    CHECK(replicated(verified.json().at("history").at("events").at(0)).at("quorum") == true);

    // A proof of its statement alone has the quorum's cosignatures too.
    const auto index = made.body.at("statements").at(0).at("index").to_number<std::uint64_t>();
    const auto get = [&](const std::string& form) {
        const auto file = (work.path() / form).string();
        const auto got = work.run({"proof", "get", "--config", config, "--index",
                                   std::to_string(index), "--form", form, "--out", file});
        INFO(got.err);
        CHECK_THAT(got.out, Contains("kept: on 2 of 2 mirrors (ems.example, oem.example)"));
        return file;
    };
    const auto statement = get("transparent");
    verified = work.run({"proof", "verify", get("tlog-proof"), "--statement", statement, "--policy",
                         maker.config.replication_policy_file.string()});
    INFO(verified.err);
    CHECK(verified.code == 0);

    // What the node knows makes a policy that it takes.
    told = work.run({"partner", "policy", "--config", config});
    CHECK(told.code == 0);
    const auto first = ledger::TlogPolicy::parse(told.out).value();
    CHECK(first.logs().size() == 3);
    CHECK(first.witnesses().size() == 3);
    CHECK(first.quorum_met({false, true, false}));
}

TEST_CASE("a node refuses a replication policy that can't be read or names other keys of its own",
          "[service][policy]") {
    ServiceNode node("acme.example"), other("acme.example");
    set_policy(node, "log x\nquorum none\n");
    CHECK_THROWS_WITH(node.start(), Contains("replication.policy: line 1: note key"));
    set_policy(node, "log " + log_key(other) + "\nquorum none\n");
    CHECK_THROWS_WITH(node.start(),
                      Contains("names another key for acme.example/ledger than ours"));
    set_policy(node, "witness us " + mirror_key(other) + "\nquorum us\n");
    CHECK_THROWS_WITH(node.start(),
                      Contains("names another key for acme.example/mirror than ours"));
    std::filesystem::remove(node.config.replication_policy_file);
    CHECK_THROWS_WITH(node.start(), Contains("replication.policy"));
    set_policy(node,
               "log " + log_key(node) + "\nwitness us " + mirror_key(node) + "\nquorum none\n");
    node.start();
    CHECK(node.get("/v1/health").body.at("log").at("quorum_lag") == 0);
}

}  // namespace reelproof::node::tests
