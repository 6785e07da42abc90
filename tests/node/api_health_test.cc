// What a node says of itself, to whom it lends its log, and what it never says.
#include <atomic>
#include <regex>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "ledger/base/file.h"
#include "ledger/format/public_statement.h"
#include "ledger/provenance/compose.h"
#include "tests/node/service_support.h"
#include "tests/paths.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// Everything that is logged while it lives, at the most talkative level.
class LogText {
  public:
    LogText() : before_(spdlog::default_logger()) {
        const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out_);
        spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
        spdlog::set_level(spdlog::level::trace);
    }
    ~LogText() {
        spdlog::set_default_logger(before_);
        spdlog::set_level(spdlog::level::off);
    }
    LogText(const LogText&) = delete;
    LogText& operator=(const LogText&) = delete;
    // Only while no node runs.
    [[nodiscard]] std::string text() const { return out_.str(); }

  private:
    std::ostringstream out_;
    std::shared_ptr<spdlog::logger> before_;
};

ledger::Bytes signed_by(const ledger::SecretKey& key, const std::string& org,
                        const ledger::PublicStatement& statement, std::string_view sub) {
    return ledger::compose_public(key, org, ledger::system_now(), sub,
                                  ledger::format_public(statement))
        .value();
}

Answer submit(const ServiceNode& node, const ledger::Bytes& statement) {
    return node.send(api::Method::post, "/v1/statements", ledger::as_text(statement),
                     "application/cose", {{"Authorization", "Bearer " + node.all_scopes()}});
}

}  // namespace

TEST_CASE("no answer and no log line holds a secret of a label or a token", "[service]") {
    const LogText log;
    std::string said;
    const auto reel = issued(), fresh = issued(), part = issued({.quantity = 100}), made = board();
    // A serial with one bad character still gives the seed away to who tries the others.
    auto damaged = issued();
    const auto at = damaged.text.find(damaged.serial);
    const auto rest_of_damaged = damaged.serial.substr(3);
    damaged.text[at + 2] = 'U';
    std::vector<std::string> secrets;
    for (const auto* label : {&reel, &fresh, &part, &made}) {
        secrets.push_back(label->serial);
        const auto key = ledger::issued_item_key(*ledger::seed_of_25s("LERPF" + label->serial));
        secrets.push_back(ledger::to_hex(key.expose()));
    }
    secrets.push_back(rest_of_damaged);
    {
        ServiceNode node("ems.example"), partner("maker.example", &node);
        secrets.push_back(node.all_scopes());
        secrets.push_back(partner.all_scopes());
        node.partner(partner);
        partner.partner(node);
        node.start();
        partner.start();
        REQUIRE(node.has_log_of(partner));
        REQUIRE(partner.has_log_of(node));
        const auto call = [&](const std::string& verb, const json::object& body) {
            const auto answer = node.post("/v1/" + verb, body, "key-" + verb);
            said += answer.text + "\n";
            for (const auto& [name, value] : answer.headers) said += name + ": " + value + "\n";
        };
        const auto one = with_label(reel.text);
        call("check", one);
        call("commission", with_labels({reel.text}));
        call("commission", with_labels({reel.text, reel.text}));
        call("commission", with_labels({reel.text, fresh.text, "x"}));
        call("check", one);
        call("check", with_label(reel.text + reel.text));
        call("check", with_label(reel.serial));
        call("check", with_label("25SLERPF" + reel.serial));
        call("check", with_label(damaged.text));
        call("commission", with_labels({damaged.text}));
        call("trace", one);
        call("load", with(one, "feeder", "F1"));
        call("consume", with(with(one, "quantity", 5), "boards", std::vector{made.text}));
        call("split", with(with(one, "new_symbols", part.text), "quantity", 100));
        call("quarantine", with(one, "reason", "x"));
        call("load", with(one, "feeder", "F1"));
        call("release", with(one, "reason", "x"));
        call("relabel", with(one, "new_symbols", fresh.text));
        call("relabel", with(one, "new_symbols", fresh.text));
        call("receive", one);
        call("ship", with(with_labels({fresh.text}), "to", "maker.example"));
        call("ship", with(with_labels({fresh.text}), "to", "nobody.example"));
        call("trace", with_label(made.text));
        call("trace", with_label(fresh.text));
        for (const auto* path : {"/v1/health", "/metrics", "/healthz", "/log/checkpoint"})
            said += node.get(path).text;
        // In a URL it does not belong, and is not repeated.
        said += node.get("/v1/check?symbols=" + reel.serial).text;
        CHECK(said.find(reel.item) != std::string::npos);
    }
    const auto logged = log.text();
    CHECK(logged.find("met maker.example") != std::string::npos);
    for (const auto& secret : secrets) {
        CHECK(said.find(secret) == std::string::npos);
        // The URL above was the caller's own doing.
        auto lines = std::istringstream(logged);
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            CHECK(line.find(secret) == std::string::npos);
        }
    }
}

TEST_CASE("health and metrics show a partner that was caught", "[service]") {
    ServiceNode node("ems.example");
    TestNode maker("maker.example");
    node.config.partners.push_back(maker.as_partner());
    node.start();
    maker.replicate({{node.org(), node.root(), node.config.url}});
    maker.write("honest", 3);
    const auto partner = [&] {
        return node.get("/v1/health").body.at("partners").at(0).as_object();
    };
    REQUIRE(eventually([&] { return partner().at("size").to_number<int>() == 4; }));
    auto health = node.get("/v1/health");
    CHECK(health.member("status") == "ok");
    CHECK(health.member("org") == "ems.example");
    CHECK(health.body.at("log").at("size") == 1);
    CHECK(health.body.at("log").at("root").as_string().size() == 64);
    CHECK(health.body.at("alarms").as_array().empty());

    maker.stop();
    maker.forget();
    maker.start();
    maker.write("another past", 5);
    maker.replicate({{node.org(), node.root(), node.config.url}});
    REQUIRE(eventually([&] { return partner().contains("frozen"); }));
    health = node.get("/v1/health");
    INFO(health.text);
    CHECK(health.member("status") == "alarm");
    CHECK(health.body.at("alarms").as_array().size() == 1);
    // A node that saw a crime is itself well.
    CHECK(node.get("/healthz").status == 200);

    const auto metrics = node.get("/metrics");
    CHECK(metrics.headers.get("Content-Type").value_or("").starts_with("text/plain"));
    CHECK(metrics.text.find("reelproof_mirror_frozen{partner=\"maker.example\"} 1\n") !=
          std::string::npos);
    // Prometheus text: each sample belongs to the type above it, and every type is there once.
    std::istringstream lines(metrics.text);
    std::string current;
    std::set<std::string> types;
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        if (line.starts_with("# HELP ")) continue;
        if (line.starts_with("# TYPE ")) {
            current = line.substr(7, line.find(' ', 7) - 7);
            CHECK(types.insert(current).second);
            continue;
        }
        const auto name = line.substr(0, line.find_first_of(" {"));
        CHECK(name == current);
        CHECK_NOTHROW(std::stod(line.substr(line.rfind(' ') + 1)));
    }
    CHECK(types.size() > 25);
    CHECK(metrics.text.find("reelproof_partner_alarm{partner=\"maker.example\"} 1\n") !=
          std::string::npos);
    CHECK(metrics.text.find("reelproof_mirrors_paused 0\n") != std::string::npos);
    const auto& store = health.body.at("store").as_object();
    CHECK(store.at("used_bytes").to_number<std::uint64_t>() > 0);
    CHECK(store.at("map_bytes").to_number<std::uint64_t>() >
          store.at("used_bytes").to_number<std::uint64_t>());
    CHECK(health.body.at("log").at("time").as_string().ends_with("Z"));
}

TEST_CASE("an alarm about a log holds every verdict that rests on it, until it is settled",
          "[service]") {
    ServiceNode node("ems.example");
    TestNode maker("maker.example"), oem("oem.example");
    node.config.partners.push_back(maker.as_partner());
    node.start();
    maker.write("a", 3);
    const std::string older = maker.store().head(ledger::kOwnLog)->note;
    maker.write("b", 3);
    maker.replicate({{node.org(), node.root(), node.config.url}});
    const auto partner = [&] {
        return node.get("/v1/health").body.at("partners").at(0).as_object();
    };
    REQUIRE(eventually([&] { return partner().at("size").to_number<int>() == 7; }));
    const auto held_by = [&](const std::string& manufacturer) {
        const auto verdict =
            node.post("/v1/check", with_label(issued({.manufacturer = manufacturer}).text));
        INFO(verdict.text);
        for (const auto& finding : verdict.body.at("findings").as_array())
            if (finding.at("rule").as_string() == "ledger.evidence") {
                CHECK(finding.at("severity").as_string() == "major");
                return std::string(finding.at("text").as_string());
            }
        return std::string();
    };
    CHECK(held_by("maker.example") == "");
    maker.lie([=](const api::Request& request) -> std::optional<api::Response> {
        if (request.path != "/log/checkpoint") return std::nullopt;
        return api::Response::text(200, older);
    });
    REQUIRE(eventually([&] { return partner().contains("alarm"); }));
    CHECK(node.get("/v1/health").member("status") == "alarm");
    CHECK(
        node.get("/metrics").text.find("reelproof_partner_alarm{partner=\"maker.example\"} 1\n") !=
        std::string::npos);
    CHECK(held_by("maker.example").find("went back from 7 entries to 4") != std::string::npos);
    CHECK(held_by("oem.example") == "");
    // A restart forgets nothing, and neither does being cut off.
    maker.stop();
    node.stop();
    node.start();
    CHECK(partner().contains("alarm"));
    CHECK(held_by("maker.example").find("went back from 7 entries to 4") != std::string::npos);
    maker.lie({});
    maker.start();
    maker.replicate({{node.org(), node.root(), node.config.url}});
    CHECK(eventually([&] { return !partner().contains("alarm"); }));
    CHECK(held_by("maker.example") == "");
    // A partner that can't be reached is no alarm.
    maker.stop();
    REQUIRE(eventually([&] { return partner().contains("error"); }));
    CHECK(held_by("maker.example") == "");
}

TEST_CASE("a store without room for partners' logs is an alarm that says what to do", "[service]") {
    ServiceNode node("ems.example");
    node.start();
    node.record("commission", with_labels({issued().text}));
    node.stop();
    node.config.store.map_size = node.config.store.max_map_size = 64 << 10;  // all but used up
    node.start();
    const auto health = node.get("/v1/health");
    INFO(health.text);
    CHECK(health.member("status") == "alarm");
    CHECK(health.text.find("raise store.max_map_size") != std::string::npos);
    CHECK(node.get("/metrics").text.find("reelproof_mirrors_paused 1\n") != std::string::npos);
    CHECK(node.get("/healthz").status == 200);
}

TEST_CASE("no cache may keep what a node answers about goods", "[service]") {
    ServiceNode node("ems.example");
    node.start();
    const auto reel = issued();
    const auto kept = [](const Answer& answer) {
        INFO(answer.text);
        return answer.headers.get("Cache-Control").value_or("");
    };
    CHECK(kept(node.post("/v1/commission", with_labels({reel.text}))) == "no-store");
    CHECK(kept(node.post("/v1/check", with_label(reel.text))) == "no-store");
    CHECK(kept(node.post("/v1/trace", with_label(reel.text))) == "no-store");
    CHECK(kept(node.post("/v1/trace", {})) == "no-store");  // a problem
    CHECK(kept(node.get("/v1/health")) == "no-store");
    const api::Headers token{{"Authorization", "Bearer " + node.all_scopes()}};
    CHECK(kept(node.send(api::Method::post, "/v1/read", "no picture", "image/png", token)) ==
          "no-store");
    // Public, and asked for again and again.
    CHECK(kept(node.get("/.well-known/reelproof/genesis")) == "no-cache");
}

TEST_CASE("statements of guests are admitted where the configuration says so", "[service]") {
    const auto root = ledger::SecretKey::generate();
    const auto key = ledger::SecretKey::generate();
    const std::string guest = "guest.example";
    const auto genesis =
        signed_by(root, guest,
                  ledger::OrgGenesis{guest,
                                     root.public_key(),
                                     {},
                                     {},
                                     {},
                                     {},
                                     {},
                                     {},
                                     {},
                                     {ledger::KeyGrant{key.public_key(), "person", {"*"}, {}, {}}}},
                  "org.genesis");
    const auto recall = signed_by(key, guest, ledger::Recall{"G1", {}, {}, "crack"}, "recall");

    ServiceNode node("ems.example");
    SECTION("not otherwise") {
        node.start();
        for (const auto& statement : {genesis, recall}) {
            const auto answer = submit(node, statement);
            CHECK(answer.status == 403);
            CHECK(answer.says("guest.example is not a guest of this log"));
        }
        CHECK(node.size() == 1);
    }
    SECTION("with the root key that it names") {
        node.config.guests = {{guest, ledger::thumbprint(root.public_key())}};
        node.start();
        CHECK(submit(node, recall).status == 403);  // its genesis comes first
        REQUIRE(submit(node, genesis).status == 201);
        const auto placed = submit(node, recall);
        REQUIRE(placed.status == 201);
        CHECK(placed.body.at("index") == 2);
        // Sent again it is where it was.
        CHECK(submit(node, recall).body.at("index") == 2);
        auto damaged = signed_by(key, guest, ledger::Recall{"G2", {}, {}, "x"}, "recall");
        damaged.back() ^= 1;
        CHECK(submit(node, damaged).status == 422);
        CHECK(submit(node, signed_by(ledger::SecretKey::generate(), guest,
                                     ledger::Recall{"G3", {}, {}, "x"}, "recall"))
                  .status == 403);
        CHECK(node.size() == 3);
        node.record("commission", with_labels({issued().text}));
    }
    SECTION("and with no other root") {
        node.config.guests = {{guest, ledger::thumbprint(key.public_key())}};
        node.start();
        CHECK(submit(node, genesis).status == 403);
        CHECK(node.size() == 1);
    }
}

TEST_CASE("a clock set back stops signing, says why, and goes on once it is right", "[service]") {
    std::atomic<std::int64_t> back{0};
    ServiceNode node("ems.example");
    node.clock = [&] { return ledger::system_now() - back; };
    node.start();
    const auto reel = issued();
    node.record("commission", with_labels({reel.text}));
    const auto size = node.size();

    back = 3600;
    const auto refused =
        node.post("/v1/consume", with(with_label(reel.text), "quantity", 1), "k-1");
    INFO(refused.text);
    CHECK(refused.status == 503);
    CHECK(refused.headers.has("Retry-After"));
    CHECK(refused.says("clock"));
    CHECK(node.get("/healthz").status == 503);
    const auto unready = node.send(api::Method::get, "/readyz", {}, {}, {});
    CHECK(unready.status == 503);
    CHECK(unready.body.at("ready") == false);
    CHECK(unready.body.at("reasons") == json::value({"refusing-to-sign"}));
    CHECK(unready.headers.has("Retry-After"));
    const auto health = node.get("/v1/health");
    CHECK(health.member("status") == "refusing");
    CHECK(health.member("refusing").find("clock") != std::string::npos);
    CHECK(node.get("/metrics").text.find("reelproof_refusing 1\n") != std::string::npos);
    // Looking is always possible.
    CHECK(node.post("/v1/check", with_label(reel.text)).status == 200);
    CHECK(node.size() == size);

    back = 0;
    CHECK(node.post("/v1/consume", with(with_label(reel.text), "quantity", 1), "k-1").status ==
          201);
    CHECK(node.get("/healthz").status == 200);
    const auto ready = node.send(api::Method::get, "/readyz", {}, {}, {});
    CHECK(ready.status == 200);
    CHECK(ready.body == json::object{{"ready", true}, {"reasons", json::array()}});
}

TEST_CASE("the dashboard of the samples asks for metrics that a node has", "[service]") {
    ServiceNode node("ems.example");
    node.start();
    const auto metrics = node.get("/metrics").text;
    const auto file = ledger::read_file(
        reelproof::tests::source_dir() / "samples" / "monitoring" / "grafana.json", 1 << 20);
    REQUIRE(file);
    const auto dashboard = json::parse(ledger::as_text(*file));
    std::set<std::string> asked;
    const std::regex name("reelproof_[a-z_]+");
    const auto note = [&](std::string_view text) {
        const std::string expression(text);
        for (std::sregex_iterator at(expression.begin(), expression.end(), name), end; at != end;
             ++at)
            asked.insert(at->str());
    };
    for (const auto& panel : dashboard.at("panels").as_array())
        if (const auto* targets = panel.as_object().if_contains("targets"))
            for (const auto& target : targets->as_array()) note(target.at("expr").as_string());
    for (const auto& variable : dashboard.at("templating").at("list").as_array())
        note(json::serialize(variable));
    CHECK(asked.size() > 30);
    for (const auto& one : asked) {
        INFO(one);
        CHECK(metrics.find("# TYPE " + one + " ") != std::string::npos);
    }
}

TEST_CASE("one store has one node", "[service]") {
    ServiceNode node("ems.example");
    node.start();
    auto config = node.config;
    config.listen.port = 0;
    const auto second = Runtime::start(config);
    REQUIRE_FALSE(second);
    INFO(second.error().message);
    CHECK(second.error().message.find("process") != std::string::npos);
}

TEST_CASE("a node that can't start says what is missing", "[service]") {
    ServiceNode node("ems.example");
    const auto refuses = [&](const std::string& why) {
        const auto started = Runtime::start(node.config);
        REQUIRE_FALSE(started);
        INFO(started.error().message);
        CHECK(started.error().message.find(why) != std::string::npos);
    };
    SECTION("a key that others can read") {
        std::filesystem::permissions(node.config.keys / "log.key",
                                     std::filesystem::perms::others_read,
                                     std::filesystem::perm_options::add);
        refuses("log.key is a secret that others can read");
    }
    SECTION("no key") {
        std::filesystem::remove(node.config.keys / "node.key");
        refuses("node.key");
    }
    SECTION("no policy") {
        std::filesystem::remove(node.config.policy_file);
        refuses("policy.toml");
    }
    SECTION("no store") {
        std::filesystem::remove_all(node.config.store.folder);
        refuses("");
    }
    SECTION("an address that is not ours") {
        node.config.listen.address = "192.0.2.1";
        refuses("listen");
    }
}

}  // namespace reelproof::node::tests
