// Wrong usage: exit 2, with the option or file that is wrong and what to do next.
#include "ledger/base/file.h"
#include "node/cli/suggest.h"
#include "node/config.h"
#include "node/config_edit.h"
#include "tests/node/cli_site.h"

namespace reelproof::node::tests {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

std::string content_of(const fs::path& file) {
    return std::string(ledger::as_text(ledger::read_file(file, 1 << 20).value()));
}

}  // namespace

TEST_CASE("a mistyped command is told from the one that was meant", "[cli]") {
    CHECK(nearest("chek", {"check", "export", "stats"}) == "check");
    CHECK(nearest("sttas", {"check", "export", "stats"}) == "stats");
    CHECK(nearest("exp", {"check", "export", "stats"}) == "export");
    CHECK(nearest("xx", {"check", "export", "stats"}).empty());
    CHECK(nearest("lab", {"label", "labels"}).empty());  // either
    CHECK(nearest(std::string(10'000, 'x'), {"check"}).empty());

    if (!have_program()) return;
    const WorkFolder work;
    const auto ledger = work.run({"ledger", "chek", "--config", "x"});
    CHECK(ledger.code == 2);
    CHECK_THAT(ledger.err, Contains("there is no command ledger chek: did you mean `reelproof "
                                    "ledger check`?"));
    CHECK_THAT(work.run({"lable"}).err, Contains("did you mean `reelproof label`?"));
    CHECK_THAT(work.run({"ledger", "frobnicate"}).err,
               !Contains("did you mean") && Contains("`reelproof ledger --help` lists all"));
}

TEST_CASE("output that can't be written is no success", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    for (const auto* command : {"label parse --json Q5", "label profiles", "--help", "--version"}) {
        const auto ran = work.shell("reelproof " + std::string(command) + " >/dev/full");
        INFO(command << ": " << ran.err);
        CHECK(ran.code == 3);
        CHECK_THAT(ran.err, Contains("standard output could not be written"));
    }
}

TEST_CASE("bad input exits 2 wherever it is found", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const Site acme(work, "acme");
    const auto expect = [&](const std::vector<std::string>& arguments, const std::string& said) {
        const auto ran = work.run(arguments);
        CAPTURE(arguments, ran.out, ran.err);
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, Contains(said));
    };
    const auto& config = acme.config();
    expect({"org", "init", "--dir", work.path() / "b", "--org", "b.example", "--listen", ":99999"},
           "--listen must be ADDRESS:PORT, like 127.0.0.1:8443, not :99999");
    expect({"ledger", "check", "http://127.0.0.1:1/log"}, "is no https URL");
    expect({"ledger", "recover", "--config", config, "--from", "http://127.0.0.1:1"},
           "--from: http://127.0.0.1:1 is no https URL");
    expect({"check", "x", "--node", "http://127.0.0.1:1", "--token-file",
            acme.folder() / "cli.token", "--pin", std::string(64, 'a')},
           "--node: http://127.0.0.1:1 is no https URL");
    expect({"ledger", "rewrap", "--config", config, "--to",
            "file=" + (acme.folder() / "keys/root.key").string()},
           "is a file of the node itself");
    expect(
        {"partner", "add", "--config", config, "--org", "b.example", "--root", std::string(64, 'a'),
         "--url", "https://b.example:1", "--gzp", "what", "ever"},
        "partner add does not take --gzp (did you mean --gzip?) what ever; `reelproof partner add "
        "--help`");
    expect({"partner", "add", "--config", config, "--org", "b.example", "--root",
            std::string(64, 'a'), "--url", "http://b.example:1"},
           "--url must begin with https://");
    const auto salt = acme.folder() / "network.salt";
    fs::permissions(salt, fs::perms::group_read, fs::perm_options::add);
    expect(
        {"org", "init", "--dir", work.path() / "b", "--org", "b.example", "--network-salt", salt},
        "chmod 600");
    fs::permissions(salt, fs::perms::owner_read);
    expect({"org", "key", "add", "--config", config, "--out", work.path() / "none/k"},
           "there is no folder");
    expect({"trace", "--config", config, "x", "--bundle", work.path() / "none/b"},
           "there is no folder");
}

TEST_CASE("a partner is removed, and nothing else", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const Site acme(work, "acme"), maker(work, "maker"), dist(work, "dist");
    const auto before = content_of(acme.config());
    REQUIRE(acme.partner(maker).code == 0);
    REQUIRE(acme.partner(dist).code == 0);
    const auto both = content_of(acme.config());
    const std::vector<std::string> remove{"partner", "remove", "--org", "maker.example"};

    const auto asked = acme.run(remove);
    CHECK(asked.code == 2);  // nobody read what stays
    CHECK_THAT(asked.err, Contains("stays in the store") && Contains("--yes"));
    CHECK(content_of(acme.config()) == both);
    auto yes = remove;
    yes.emplace_back("--yes");
    CHECK(acme.run(yes).code == 0);
    const auto left = load_config(acme.config()).value();
    REQUIRE(left.partners.size() == 1);
    CHECK(left.partners[0].org == "dist.example");
    CHECK(acme.run(yes).code == 2);
    CHECK(acme.run({"partner", "remove", "--org", "dist.example", "--yes"}).code == 0);
    CHECK(content_of(acme.config()) == before);
}

TEST_CASE("what was mirrored of a partner that is removed is kept", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    Site acme(work, "acme"), maker(work, "maker", (work.path() / "acme/network.salt").string());
    REQUIRE(acme.partner(maker).code == 0);
    REQUIRE(maker.partner(acme).code == 0);
    maker.start();
    acme.start();
    REQUIRE(acme.has_log_of(maker));
    CHECK(acme.stop() == 0);
    REQUIRE(acme.run({"partner", "remove", "--org", "maker.example", "--yes"}).code == 0);
    acme.start();
    CHECK(acme.stop() == 0);
    const auto checked = acme.run({"ledger", "check"});
    CAPTURE(checked.out, checked.err);
    CHECK(checked.code == 0);
    CHECK(checked.json().at("logs") == 2);
    REQUIRE(acme.partner(maker).code == 0);
    acme.start();
    CHECK(acme.has_log_of(maker));
}

TEST_CASE("a partner's table is found in what a person wrote", "[cli]") {
    const std::string rest =
        "# ours\norg = \"acme.example\"\n\n[[partner]] # first\norg = \"a.example\"\nurl = \"x\"\n";
    const std::string b =
        "\n[[ partner ]]\n# the distributor\norg = 'b.example'\nurl = \"y\" # [z]\n";
    const std::string tail = "\n# Salt\n[store]\nfolder = \"store\"";
    CHECK(without_partner(rest + b + tail, "b.example").value() == rest + tail);
    CHECK(without_partner(rest + b, "b.example").value() == rest);
    CHECK_FALSE(without_partner(rest + b + tail, "c.example"));
    CHECK_FALSE(without_partner("", "c.example"));
    CHECK_FALSE(without_partner("partner = [{org = \"c.example\"}]\n", "c.example"));
}

}  // namespace reelproof::node::tests
