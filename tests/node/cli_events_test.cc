// The events from a terminal: the real program against real nodes.
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <signal.h>

#include "tests/node/cli_site.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace json = boost::json;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

// The help of every verb under `words`, as --help lists them, by its words.
std::map<std::string, Ran> helps(const WorkFolder& work, const std::vector<std::string>& words) {
    auto ask = words;
    ask.emplace_back("--help");
    const auto help = work.run(ask);
    std::map<std::string, Ran> out;
    bool in_list = false;
    for (const auto& line : lines_of(help.out)) {
        if (line == "Subcommands:") in_list = true;
        std::smatch match;
        if (!in_list || !std::regex_match(line, match, std::regex("  ([a-z]+)( .*)?"))) continue;
        auto deeper = words;
        deeper.push_back(match[1]);
        out.merge(helps(work, deeper));
    }
    if (out.empty()) {
        std::string name;
        for (const auto& word : words) name += " " + word;
        out.emplace(name, help);
    }
    return out;
}

}  // namespace

TEST_CASE("every verb's help has an example", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto all = helps(work, {});
    CHECK(all.size() > 30);
    for (const auto& [words, help] : all) {
        INFO(help.out);
        CHECK(help.code == 0);
        CHECK_THAT(help.out, Contains("Example:\n  reelproof" + words));
    }
}

TEST_CASE("an organisation is made once", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const Site site(work, "acme");
    std::ostringstream before, after;
    before << std::ifstream(site.config()).rdbuf();
    const auto again = work.run(
        {"org", "init", "--dir", site.folder().string(), "--org", "acme.example", "--json"});
    CHECK(again.code == 2);
    CHECK_THAT(again.err, Contains("not an empty folder"));
    CHECK(again.out.empty());
    after << std::ifstream(site.config()).rdbuf();
    CHECK(before.str() == after.str());
    const auto failed = work.run({"org", "init", "--dir", (work.path() / "b").string(), "--org",
                                  "b.example", "--listen", "nowhere"});
    CHECK(failed.code == 2);
    CHECK_THAT(failed.err, Contains("--listen must be ADDRESS:PORT"));
    CHECK_FALSE(fs::exists(work.path() / "b"));
    CHECK(work.run({"org", "init", "--dir", "x"}).code == 2);
}

TEST_CASE("partners and tokens are added to files that still load", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const Site acme(work, "acme"), maker(work, "maker");
    const auto added = acme.partner(maker);
    INFO(added.err);
    CHECK(added.code == 0);
    CHECK(added.json().at("added").as_bool());
    const auto twice = acme.partner(maker);
    CHECK(twice.code == 2);
    CHECK_THAT(twice.err, Contains("maker.example is a partner already, in " + acme.config()));
    CHECK_FALSE(fs::exists(acme.config() + ".new"));
    const auto self = acme.partner(acme);
    CHECK(self.code == 2);
    CHECK_THAT(self.err, Contains("acme.example is this organisation itself"));
    CHECK(acme.run({"partner", "add", "--org", "x.example", "--root", acme.root(), "--url",
                    "http://x"})
              .code == 2);
    const auto own_root = acme.run({"partner", "add", "--org", "far.example", "--root", acme.root(),
                                    "--url", "https://far.example"});
    CHECK(own_root.code == 2);
    CHECK_THAT(own_root.err, Contains("root: that is the root key of this node itself"));
    CHECK_THAT(acme.run({"partner", "add", "--org", "far.example", "--root", maker.root(), "--url",
                         "https://far.example"})
                   .err,
               Contains("that is the root key of maker.example, not of far.example"));
    CHECK(acme.run({"partner", "add", "--org", "far.example", "--root", std::string(64, 'a'),
                    "--url", "https://far.example", "--gzip"})
              .code == 0);
    CHECK(load_config(acme.config()).value().partners.back().gzip);
    CHECK(acme.run({"partner", "add", "--org", "x.example", "--root", acme.root(), "--unreachable",
                    "--gzip"})
              .code == 2);

    const auto token = acme.run({"org", "token", "--name", "line-1", "--scope", "read"});
    CHECK(token.code == 0);
    CHECK(token.json().at("token").as_string().starts_with("rpt_"));
    CHECK(acme.run({"org", "token", "--name", "line-1", "--scope", "read"}).code == 2);
    CHECK(acme.run({"org", "token", "--name", "x", "--scope", "root"}).code == 2);
    CHECK(acme.run({"org", "show"}).json().at("root").as_string() == acme.root());

    // What partners enter is shown though the store can't be read.
    const auto store = load_config(acme.config()).value().store.folder;
    std::filesystem::rename(store, store.string() + ".away");
    const auto shown = acme.run({"org", "show"});
    CHECK(shown.code == 0);
    CHECK(shown.json().at("root").as_string() == acme.root());
    CHECK_THAT(std::string(shown.json().at("missing").as_string()), Contains("no store in"));
}

TEST_CASE("a reel goes from maker to EMS on the command line", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site maker(work, "maker"), ems(work, "ems", (work.path() / "maker/network.salt").string());
    REQUIRE(maker.partner(ems).code == 0);
    REQUIRE(ems.partner(maker).code == 0);

    const auto early = ems.run({"check", issued().text});
    CHECK(early.code == 3);
    CHECK_THAT(early.err, Contains("is the node up and the port open? Start it with"));

    maker.start();
    ems.start();
    REQUIRE(maker.has_log_of(ems));  // its sealing key, for the order number
    const auto labels = (work.path() / "labels").string();
    const auto made =
        maker.run({"label", "issue", "--mpn", "NL52840", "--lot", "7AB1", "--date-code", "2617",
                   "--quantity", "3000", "--count", "2", "--out", labels, "--commission"});
    INFO(made.err);
    REQUIRE(made.code == 0);
    const auto reels = lines_of(made.out);
    REQUIRE(reels.size() == 2);
    const auto first = json::parse(reels[0]), second = json::parse(reels[1]);
    const auto at = [](const json::value& reel, const char* what) {
        return "@" + std::string(reel.at(what).as_string());
    };
    std::ifstream text(std::string(first.at("text").as_string()));
    std::string secret;
    std::getline(text, secret);
    const auto csv =
        work.file("truck.csv", ledger::as_bytes("label,to,po\n" + secret + ",ems.example,4711\n"));
    auto shipped = maker.run({"ship", "--csv", csv});
    INFO(shipped.err);
    REQUIRE(shipped.code == 0);
    CHECK_FALSE(shipped.json().at("repeated").as_bool());
    // Rubbish is bad input and no verdict, and the message says which of it.
    const auto rubbish = work.file("rubbish.txt", ledger::as_bytes("nothing\nof the kind\n"));
    const auto no_label = ems.run({"check", "@" + rubbish});
    CHECK(no_label.code == 2);
    CHECK_THAT(no_label.err, Contains(rubbish + ": no line of it is a label's text"));
    const auto torn = work.file("torn.png", ledger::as_bytes("\x89PNG\r\n\x1a\n and no more"));
    const auto no_picture = ems.run({"check", "--image", torn});
    CHECK(no_picture.code == 2);
    CHECK_THAT(no_picture.err, Contains(torn));
    const auto last_year = maker.run({"authorise", "--org", "ems.example", "--to", "2020-12-31"});
    CHECK(last_year.code == 0);
    CHECK_THAT(last_year.err, Contains("its last day is past"));
    CHECK(maker
              .run({"authorise", "--org", "ems.example", "--from", "2021-01-01", "--to",
                    "2020-12-31"})
              .code == 2);
    // The same file again ships nothing twice.
    shipped = maker.run({"ship", "--csv", csv});
    CHECK(shipped.code == 0);
    CHECK(shipped.json().at("repeated").as_bool());
    CHECK(maker.run({"ship", "--csv", csv, at(first, "text")}).code == 2);
    REQUIRE(ems.has_log_of(maker));

    const auto picture = std::string(first.at("png").as_string());
    const auto checked = ems.run({"check", "--image", picture});
    INFO(checked.out << checked.err);
    CHECK(checked.code == 0);
    CHECK(checked.json().at("verdict") == "ACCEPT");
    CHECK(checked.json().at("item") == first.at("item"));
    CHECK(ems.run({"receive", "--image", picture}).code == 0);
    const auto twice = ems.run({"receive", at(first, "text")});
    // The same package scanned again, or a copy of its label: a person must look.
    CHECK(twice.code == 1);
    CHECK(twice.json().at("verdict") == "HOLD");
    CHECK(twice.json().at("already").as_bool());

    // HOLD and REJECT are 1, a conflict is 1, nonsense is 2.
    CHECK(ems.run({"check", issued().text}).json().at("verdict") == "HOLD");
    CHECK(ems.run({"check", issued().text}).code == 1);
    CHECK(ems.run({"receive", at(second, "text")}).code == 1);  // never shipped here
    CHECK(maker.run({"load", "--feeder", "F1", at(first, "text")}).code == 1);
    CHECK(ems.run({"check", "hello"}).code == 2);
    CHECK(ems.run({"check"}).code == 2);
    CHECK(ems.run({"check", "@" + labels + "/none.txt"}).code == 2);
    CHECK(ems.run({"check", "--place"}).code == 2);
    CHECK(ems.run({"deplete", at(first, "text")}).code == 2);  // asks first: say --yes
    CHECK(work.run({"check", "x", "--config", "/none.toml"}).code == 2);

    // A wrong number names its option, and why it is wrong.
    for (const auto* wrong : {"-4", "0", "4.5", "many", "99999999999999999999", "9999999999"}) {
        const auto refused = ems.run({"consume", "--quantity", wrong, at(first, "text")});
        INFO(refused.err);
        CHECK(refused.code == 2);
        CHECK_THAT(refused.err,
                   Contains("--quantity must be a whole number from 1 to 1000000000") &&
                       Contains(std::string("not ") + wrong));
    }
    // A label that names a lot, or that nobody recorded: what to do, in order; a release is no way.
    for (const auto& label : {makers_label(), issued().text}) {
        const auto held = work.run({"receive", label, "--config", ems.config()});
        INFO(held.out << held.err);
        CHECK(held.code == 1);
        CHECK_THAT(held.out,
                   Contains("1. reelproof label issue") && Contains("3. reelproof relabel"));
        CHECK_THAT(held.out, !Contains("--release"));
    }

    CHECK(ems.run({"load", "--feeder", "F1", at(first, "text")}).code == 0);
    const auto used = ems.run({"consume", "--quantity", "40", at(first, "text")});
    CHECK(used.code == 0);
    CHECK(used.json().at("items").as_array().size() == 1);
    // The secret from standard input, with a line end as Windows writes it.
    const auto piped =
        work.run({"check", "-", "--config", ems.config(), "--json"}, secret + "\r\n");
    CHECK(piped.code == 0);

    const auto bundle = (work.path() / "reel.reelproof").string();
    const auto graph = (work.path() / "reel.svg").string();
    const auto traced = ems.run({"trace", at(first, "text"), "--bundle", bundle, "--graph", graph});
    INFO(traced.err);
    CHECK(traced.code == 0);
    CHECK(traced.json().at("events").as_array().size() == 5);
    CHECK(fs::file_size(graph) > 500);

    // A reel that is here and recalled since: a second scan is no success.
    CHECK(maker.run({"recall", "--mpn", "NL52840", "--reason", "crack"}).code == 2);
    const auto recall = work.run(
        {"recall", "--mpn", "NL52840", "--reason", "crack", "--yes", "--config", maker.config()});
    CHECK(recall.code == 0);
    CHECK_THAT(recall.out, Contains("recalled: NL52840, EVERY lot of it"));
    REQUIRE(ems.has_log_of(maker));
    const auto recalled = ems.run({"receive", at(first, "text")});
    CHECK(recalled.code == 1);
    CHECK(recalled.json().at("verdict") == "REJECT");

    // A token without the scope, or an unknown one, is not a verdict.
    const auto token = work.file("token", ledger::as_bytes("rpt_0000\n"));
    const auto open = ems.run({"check", at(first, "text"), "--token-file", token});
    CHECK(open.code == 2);
    CHECK_THAT(open.err, Contains("chmod 600"));
    fs::permissions(token, fs::perms::owner_read);
    const auto stranger = ems.run({"check", at(first, "text"), "--token-file", token});
    INFO(stranger.err);
    CHECK(stranger.code == 2);
    CHECK_THAT(stranger.err, Contains("token"));

    CHECK(maker.stop() == 0);
    CHECK(ems.stop() == 0);
    const auto verified = work.run({"proof", "verify", bundle, "--trust", ems.config(), "--json"});
    INFO(verified.err);
    CHECK(verified.code == 0);
    CHECK(ems.run({"ledger", "check"}).code == 0);

    // Nothing of it told the secret.
    const auto serial = secret.substr(secret.find("LERPF") + 5, 28);
    std::string all = traced.out + traced.err + checked.out + shipped.err + used.out;
    for (const auto& site : {&maker, &ems}) {
        std::ostringstream log;
        log << std::ifstream(site->folder() / "log").rdbuf();
        all += log.str();
    }
    CHECK(all.find(serial) == std::string::npos);
}

TEST_CASE("labels that our own reader would refuse are not issued", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto out = (work.path() / "labels").string();
    const auto refused = [&](const std::string& option, const std::string& value,
                             const std::string& why) {
        std::vector<std::string> arguments{"label", "issue", "--mpn", "NL52840", "--out", out};
        arguments.insert(arguments.end(), {option, value});
        const auto ran = work.run(arguments);
        INFO(value << ": " << ran.err);
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, Contains(why));
        CHECK_FALSE(fs::exists(out));
    };
    refused("--date-code", "9999", "date_code \"9999\" names no day");
    refused("--country", "XXX", "country \"XXX\" is no code of ISO 3166");
    refused("--lot", "7A{GS}Q9", "lot \"7A{GS}Q9\"");
    refused("--quantity", "1000000000", "quantity");
    refused("--lot", std::string(500, 'X'), "has 500 characters, EIGP 114 allows 20");
    const auto twins = work.run({"label", "issue", "--serial", "7", "--count", "2", "--out", out});
    CHECK(twins.code == 2);
    CHECK_THAT(twins.err, Contains("serial is of one item"));
    CHECK_FALSE(fs::exists(out));
    // No file system takes folders there, whoever asks: our own trouble, not theirs.
    CHECK(work.run({"label", "issue", "--mpn", "NL52840", "--out", "/proc/labels"}).code == 3);
    // A configuration that is not there costs no labels.
    CHECK(work.run({"label", "issue", "--mpn", "NL52840", "--out", out, "--commission", "--config",
                    "/none.toml"})
              .code == 2);
    CHECK_FALSE(fs::exists(out));
    const auto bare = work.run({"label", "issue", "--quantity", "5", "--out", out});
    CHECK(bare.code == 2);
    CHECK_THAT(bare.err, Contains("reelproof: the label would not say what it is for"));
    CHECK_FALSE(fs::exists(out));
    CHECK_THAT(work.run({"label", "issue", "--help"}).out, Contains("YYWW (2617 is week 17"));
    CHECK(work.run({"label", "issue", "--mpn", "NL52840", "--out", out}).code == 0);
    CHECK(work.run({"label", "issue", "--mpn", "NL52840", "--out", out}).code == 2);
}

TEST_CASE("labels come in the size and the formats that were asked for", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto out = (work.path() / "labels").string();
    const auto issue = [&](std::vector<std::string> options) {
        options.insert(options.begin(),
                       {"label", "issue", "--mpn", "NL52840", "--out", out, "--json"});
        return work.run(options);
    };
    const auto refused = [&](const std::vector<std::string>& options, const std::string& why) {
        const auto ran = issue(options);
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, Contains(why));
        CHECK_FALSE(fs::exists(out));
    };
    refused({"--size", "100by50"}, "--size: \"100by50\" is not width x height");
    refused({"--size", "1000x50"}, "25 to 300 mm");
    refused({"--size", "-5x50"}, "25 to 300 mm");
    refused({"--size", "nanx50"}, "a label is 25 to 300 mm");
    refused({"--format", "png,jpg"}, "--format: \"jpg\" is none of");
    refused({"--format", ""}, "--format");
    refused({"--size", "25x15", "--po", std::string(25, '7')}, "does not fit on 25 x 15 mm: ");
    refused({"--manufacturer", std::string(90, 'W'), "--size", "50x25"}, "print manufacturer");
    refused({"--lot", std::string(21, '7')}, "has 21 characters, EIGP 114 allows 20");

    const auto made =
        issue({"--lot", "7AB1", "--size", "4x6in", "--dpi", "203", "--format", "pdf,zpl"});
    REQUIRE(made.code == 0);
    CHECK_THAT(made.err, Contains("these lack: quantity, date_code, country"));
    const auto line = made.json();
    CHECK_FALSE(line.as_object().contains("png"));
    std::ostringstream pdf, zpl;
    pdf << std::ifstream(std::string(line.at("pdf").as_string())).rdbuf();
    zpl << std::ifstream(std::string(line.at("zpl").as_string())).rdbuf();
    CHECK(pdf.str().starts_with("%PDF-"));
    CHECK_THAT(zpl.str(), Contains("^PW812\n^LL1218\n"));
    const auto again = issue({"--format", "pdf"});
    CHECK(again.code == 2);
    CHECK_THAT(again.err, Contains("never overwritten"));
    std::ostringstream same;
    same << std::ifstream(std::string(line.at("zpl").as_string())).rdbuf();
    CHECK(same.str() == zpl.str());
}

TEST_CASE("whatever shows a label's secret says what it opens", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto out = (work.path() / "labels").string();
    const std::string words = "is the key to its item's history";
    const auto issued = work.run({"label", "issue", "--mpn", "NL52840", "--out", out, "--json"});
    CHECK_THAT(issued.err, Contains(words));
    const std::string item(issued.json().at("item").as_string());
    const auto read = work.run({"label", "read", out + "/" + item + ".png", "--json"});
    CHECK(read.json().at("fields").at("item").as_string() == item);
    CHECK_THAT(read.err, Contains(words));
    std::ostringstream text;
    text << std::ifstream(out + "/" + item + ".txt").rdbuf();
    const auto parsed = work.run({"label", "parse", text.str(), "--json"});
    CHECK(parsed.json().at("fields").at("item").as_string() == item);
    for (const auto& from : {"@" + out + "/" + item + ".txt", std::string("-")}) {
        const auto same = work.run({"label", "parse", from, "--json"}, text.str());
        CHECK(same.json() == parsed.json());
    }
    CHECK(work.run({"label", "parse", "@" + out + "/none.txt"}).code == 2);
    const auto medicine =
        work.run({"label", "parse", "]d20109501101530003{GS}21SER1{GS}10LOT42", "--json"});
    CHECK(medicine.err.empty());
}

TEST_CASE("bad usage is told like all else, with what to do next", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto bad = [&](const std::vector<std::string>& arguments, const std::string& hint) {
        const auto ran = work.run(arguments);
        INFO(ran.err);
        CHECK(ran.code == 2);
        CHECK(ran.err.starts_with("reelproof: "));
        CHECK_THAT(ran.err, Contains("`reelproof " + hint + "`"));
        CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
    };
    bad({}, "--help");
    bad({"nothing"}, "--help");
    bad({"help", "nothing"}, "--help");
    bad({"label"}, "label --help");
    bad({"label", "issue", "--nothing"}, "label issue --help");
    bad({"label", "issue", "--count", "many"}, "label issue --help");
    bad({"label", "issue", "--count", std::string(400, '9')}, "label issue --help");
    bad({"scrap", "x"}, "scrap --help");
    const auto help = work.run({"help", "label", "issue"});
    CHECK(help.code == 0);
    CHECK(help.out == work.run({"label", "issue", "--help"}).out);
}

TEST_CASE("the floor life of a reel is told on the command line", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "acme");
    site.start();
    const auto reel = issued_with({{"mpn", std::string("NL52840-QIAA-R")},
                                   {"lot", std::string("L1")},
                                   {"msl", std::string("3")},
                                   {"quantity", std::int64_t{100}}});
    const auto label = "@" + work.file("reel.txt", ledger::as_bytes(reel.text + "\n"));
    REQUIRE(site.run({"commission", label}).code == 0);
    const auto opened = site.run({"floor-life", "open", label});
    INFO(opened.err);
    REQUIRE(opened.code == 0);
    CHECK(opened.json().at("open").as_bool());
    CHECK(opened.json().at("of_seconds").to_number<int>() == 168 * 3600);
    const auto told = work.run({"floor-life", "dry", label, "--config", site.config()});
    CHECK_THAT(told.out, Contains("level 3, dry, 0.0 hours of 168.0 hours used"));
    CHECK(site.run({"floor-life", "bake", label, "--level", "5"}).json().at("level") == "5");
    CHECK(site.run({"floor-life", "open", label, "--level", "9"}).code == 2);
    CHECK(site.run({"floor-life", label}).code == 2);
    CHECK(site.run({"floor-life", "open"}).code == 2);
}

TEST_CASE("a node ends in order when its terminal goes away", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "acme");
    const auto before = ::signal(SIGHUP, SIG_DFL);  // these tests may run under nohup themselves
    site.start();
    ::signal(SIGHUP, before);
    CHECK(site.stop(SIGHUP) == 0);
    std::ostringstream log;
    log << std::ifstream(site.folder() / "log").rdbuf();
    CHECK_THAT(log.str(), Contains("stopping"));
}

TEST_CASE("a node that nohup started outlives its terminal", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "acme");
    const auto before = ::signal(SIGHUP, SIG_IGN);  // as nohup does; the node inherits it
    site.start();
    ::signal(SIGHUP, before);
    site.tell(SIGHUP);
    CHECK(site.run({"check", issued().text}).code == 1);
    std::ostringstream log;
    log << std::ifstream(site.folder() / "log").rdbuf();
    CHECK_THAT(log.str(), !Contains("stopping"));
    CHECK(site.stop(SIGTERM) == 0);
}

TEST_CASE("keys are granted and revoked with the root key", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "acme");
    const auto key_file = (work.path() / "line1.key").string();
    CHECK(site.run({"org", "key", "add", "--out", key_file}).code == 3);
    CHECK_FALSE(fs::exists(key_file));  // nothing was granted: no key
    site.start();
    const auto added = site.run({"org", "key", "add", "--out", key_file});
    INFO(added.err);
    REQUIRE(added.code == 0);
    const std::string key(added.json().at("key").as_string());
    CHECK(key.size() == 66);
    CHECK((fs::status(key_file).permissions() & fs::perms::others_all) == fs::perms::none);
    CHECK(site.run({"org", "key", "add", "--out", key_file}).code == 2);
    CHECK(site.run({"org", "key", "add", "--out", key_file + "2", "--root-key", key_file}).code ==
          1);
    CHECK(site.run({"org", "key", "revoke", "--key", key, "--reason", "lost"}).code == 2);
    CHECK(site.run({"org", "key", "revoke", "--key", "00", "--reason", "lost", "--yes"}).code == 2);
    const auto revoked =
        site.run({"org", "key", "revoke", "--key", key, "--reason", "lost", "--yes"});
    INFO(revoked.err);
    CHECK(revoked.code == 0);
    CHECK(revoked.json().at("index") == 2);
    CHECK(site.stop() == 0);
}

TEST_CASE("what was acknowledged on the command line survives kill -9", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site site(work, "acme");
    site.start();
    const auto reel = issued();
    const auto label = "@" + work.file("reel.txt", ledger::as_bytes(reel.text + "\n"));
    REQUIRE(site.run({"commission", label}).code == 0);
    int acknowledged = 0, unknown = 0;
    for (int round = 0; round < 3; ++round) {
        std::thread killer([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(60 + 37 * round));
            site.kill_node();
        });
        // One after the other until the node is gone.
        for (int i = 0; i < 100; ++i) {
            const auto ran = work.run(
                {"consume", "--quantity", "1", label, "--config", site.config(), "--json"});
            if (ran.code == 0) {
                ++acknowledged;
                continue;
            }
            INFO(ran.err);
            CHECK(ran.code == 3);
            ++unknown;
            break;
        }
        killer.join();
        site.start();
    }
    const auto state = site.run({"trace", label}).json().at("state");
    const auto taken = 3000 - state.at("remaining").as_int64();
    INFO(acknowledged << " acknowledged, " << unknown << " unknown");
    CHECK(taken >= acknowledged);
    CHECK(taken <= acknowledged + unknown);
    CHECK(site.stop() == 0);
    CHECK(site.run({"ledger", "check"}).code == 0);
}

}  // namespace reelproof::node::tests
