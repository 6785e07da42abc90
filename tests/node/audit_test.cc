// The audit log: what is in it, that it can't be changed unseen, and who reads it.
#include <sstream>

#include <catch2/catch.hpp>

#include "api/people/audit_row.h"
#include "ledger/base/sha256.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "tests/node/cli_support.h"
#include "tests/node/person_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;

namespace {

// The newest entries, once that many are there: they are written after the answer.
json::array entries(const ServiceNode& node, const std::string& query, std::size_t count) {
    json::array out;
    CHECK(eventually([&] {
        out = node.get("/v1/audit?" + query).body.at("entries").as_array();
        return out.size() >= count;
    }));
    return out;
}

std::string text_in(const json::value& entry, const char* name) {
    return std::string(entry.at(name).as_string());
}

}  // namespace

TEST_CASE("every look at an item and every change is in the audit log, allowed or not", "[audit]") {
    ServiceNode node("ems.example");
    node.start();
    Person anna(node, "anna", {"warehouse"}), auditor(node, "otto", {"auditor"});
    const auto label = issued();
    REQUIRE(anna.post("/v1/check", with_label(label.text)).status == 200);
    REQUIRE(anna.post("/v1/trace", with_label(label.text)).status == 403);
    REQUIRE(anna.get("/v1/audit").status == 403);
    REQUIRE(node.post("/v1/commission", with_labels({label.text})).status == 201);
    anna.cookies.clear();
    anna.password = "a wrong one, long enough";
    REQUIRE(anna.sign_in("").status == 401);

    const auto of_anna = entries(node, "who=person+anna", 3);
    REQUIRE(of_anna.size() == 3);
    CHECK(text_in(of_anna[0], "what") == "GET /v1/audit");
    CHECK(text_in(of_anna[1], "what") == "POST /v1/trace");
    CHECK(!of_anna[1].at("allowed").as_bool());
    CHECK(text_in(of_anna[2], "what") == "POST /v1/check");
    CHECK(text_in(of_anna[2], "about") == label.item);
    CHECK(text_in(of_anna[2], "address") == "127.0.0.1");
    CHECK(of_anna[2].at("allowed").as_bool());
    CHECK(entries(node, "about=" + label.item, 2).size() == 2);
    CHECK(text_in(entries(node, "about=" + label.item, 2)[0], "who") == "token cli");
    const auto strangers = entries(node, "who=stranger&allowed=false", 1);
    CHECK(text_in(strangers[0], "about") == "user anna");
    // Health and logs are not worth an entry.
    CHECK(entries(node, "what=/v1/health", 0).empty());

    const auto all = auditor.get("/v1/audit");
    REQUIRE(all.status == 200);
    for (const auto& secret : {label.serial, label.text, anna.password, std::string("rpt_")})
        CHECK(all.text.find(secret) == std::string::npos);
    CHECK(auditor.get("/v1/audit?whom=anna").says("whom"));
    CHECK(auditor.get("/v1/audit?from=yesterday").says("from must be a whole number"));
}

TEST_CASE("what was refused or went wrong says what it was about", "[audit]") {
    ServiceNode node("ems.example");
    node.start();
    Person auditor(node, "otto", {"auditor"});
    const auto label = issued();
    const auto about = [&](const std::string& what, const std::string& wanted) {
        INFO(what << " about " << wanted);
        const auto found = entries(node, "what=" + what + "&about=" + wanted, 1);
        CHECK(!found.empty());
    };
    node.record("commission", with_labels({label.text}));
    REQUIRE(node.post("/v1/unload", with_label(label.text)).status == 409);
    about("POST+/v1/unload", label.item);
    REQUIRE(node.post("/v1/commission", with_labels({label.text})).status == 409);
    about("POST+/v1/commission", label.item);
    REQUIRE(node.post("/v1/users/nobody/invite", {}).status == 404);
    about("POST+/v1/users/%7Buser%7D/invite", "user+nobody");
    REQUIRE(auditor.get("/v1/jobs/WO-1").status == 403);
    about("GET+/v1/jobs/%7Bjob%7D", "job+WO-1");
    REQUIRE(node.post("/v1/jobs/WO-1/load", {{"position", "1"}, {"symbols", "x"}}).status == 404);
    about("POST+/v1/jobs/%7Bjob%7D/load", "job+WO-1");
    REQUIRE(node.post("/v1/recall", {{"mpn", "NL1"}, {"lots", json::array{1}}}).status == 400);
    REQUIRE(node.post("/v1/recall", {{"mpn", "NL1"}, {"lots", "7AB124"}}).status < 500);
    about("POST+/v1/recall", "recall+of+NL1+7AB124");
    const auto bad = node.send(api::Method::post, "/v1/statements", "x", "application/cose",
                               {{"Authorization", "Bearer " + node.all_scopes()}});
    REQUIRE(bad.status == 400);
    about("POST+/v1/statements", "statement+");
    // Set-ups that fail, too.
    Person guesser(node);
    REQUIRE(guesser.post("/v1/setup", {{"link", "0123"}}).status == 404);
    about("POST+/v1/setup", "a+set-up+link");
    REQUIRE(guesser
                .post("/v1/setup/finish", {{"link", secret_of(node.first_link())},
                                           {"password", "four blue reels on a shelf"},
                                           {"code", "000000"}})
                .status >= 400);
    about("POST+/v1/setup/finish", "user+admin");
}

TEST_CASE("the audit log is exported with its chain, and read page by page", "[audit]") {
    ServiceNode node("ems.example");
    node.start();
    Person anna(node, "anna", {"warehouse"});
    for (int i = 0; i < 250; ++i) REQUIRE(anna.post("/v1/check", with_label("=1+1")).status < 500);
    CHECK(entries(node, "who=anna", 200).size() == 200);
    std::size_t seen = 0, pages = 0;
    CHECK(eventually([&] {
        seen = pages = 0;
        for (std::string before; pages < 10; ++pages) {
            const auto page = node.get("/v1/audit?what=/v1/check" + before);
            seen += page.body.at("entries").as_array().size();
            if (!page.body.contains("next")) break;
            before = "&before=" + json::serialize(page.body.at("next"));
        }
        return seen == 250;
    }));
    CHECK(pages >= 1);
    const auto csv =
        node.send(api::Method::get, "/v1/audit", "", "",
                  {{"Authorization", "Bearer " + node.all_scopes()}, {"Accept", "text/csv"}});
    CHECK(csv.headers.get("Content-Type") == "text/csv");
    CHECK(csv.text.starts_with("number,time,who,address,what,about,status,allowed,hash\r\n"));
    const auto lines = node.send(
        api::Method::get, "/v1/audit", "", "",
        {{"Authorization", "Bearer " + node.all_scopes()}, {"Accept", "application/x-ndjson"}});
    CHECK(std::count(lines.text.begin(), lines.text.end(), '\n') >= 250);
    // Whoever has the file hashes it again, without trust in the node.
    std::istringstream exported(lines.text);
    std::string below;
    for (std::string line; std::getline(exported, line);) {
        const auto entry = json::parse(line);
        const auto previous = ledger::from_hex(text_in(entry, "previous"), "previous").value();
        ledger::Bytes both(previous);
        const auto text = text_in(entry, "text");
        both.insert(both.end(), text.begin(), text.end());
        CHECK(ledger::to_hex(ledger::sha256(both)) == text_in(entry, "hash"));
        if (!below.empty()) CHECK(text_in(entry, "hash") == below);
        below = text_in(entry, "previous");
    }
    CHECK(below == std::string(64, '0'));
    const auto syslog = node.get("/v1/audit?format=syslog&what=/v1/check");
    CHECK(syslog.text.starts_with("<110>1 20"));
    CHECK(syslog.text.find(" ems.example reelproof - audit [reelproof@32473 number=\"") !=
          std::string::npos);
    CHECK(syslog.text.find("who=\"person anna\"") < syslog.text.find('\n'));
    CHECK(node.get("/v1/audit?format=xml").says("json, csv, jsonl or syslog"));
}

TEST_CASE("ledger check holds the audit log to its chain, for nobody to read", "[audit]") {
    ServiceNode node("ems.example");
    node.start();
    for (int i = 0; i < 5; ++i)
        REQUIRE(node.post("/v1/check", with_label(issued().text)).status == 200);
    node.stop();
    const WorkFolder work;
    const auto check = [&] {
        return work.run({"ledger", "check", "--config", node.config.file.string()});
    };
    const auto well = check();
    INFO(well.out << well.err);
    CHECK(well.code == 0);
    CHECK(well.out.find("5 entries of the audit log (0 under a head in our log)") !=
          std::string::npos);
    {
        auto options = node.config.store;
        options.data_key = load_data_key(node.config.keys).value();
        const auto store = ledger::Store::open(options).value();
        const auto keys = load_keyring(node.config.keys, options.data_key).value();
        ledger::SequencerOptions how;
        how.origin = node.config.origin;
        how.org = node.config.org;
        how.trusted_roots = node.config.trusted_roots();
        const auto sequencer =
            ledger::Sequencer::start(*store, how, keys.log_signer(node.config.org)).value();
        auto row = store->get(ledger::Table::audit, api::audit_key(2)).value();
        const auto text = std::string(ledger::as_text(row));
        row[text.find("/v1/check") + 4] = 'r';
        REQUIRE(sequencer
                    ->write([&](ledger::WriteTransaction& writing) {
                        writing.put(ledger::Table::audit, api::audit_key(2), row);
                    })
                    .get());
    }
    const auto changed = check();
    INFO(changed.out << changed.err);
    CHECK(changed.code == 1);
    CHECK(changed.out.find("audit: 1 bad, the first: entry 2 does not have the hash") !=
          std::string::npos);
    CHECK(changed.out.find("/v1/check") == std::string::npos);
}

}  // namespace reelproof::node::tests
