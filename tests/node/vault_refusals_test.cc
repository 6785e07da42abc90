// Code, documents and tests have the same refusals, and those that no other test provokes are
// provoked here.
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include <catch2/catch.hpp>

#include "ledger/provenance/compose.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "tests/node/sharing_support.h"
#include "tests/paths.h"

namespace reelproof::node::tests {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> found_in(const std::string& text, const std::regex& pattern) {
    std::set<std::string> out;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern);
         at != std::sregex_iterator(); ++at)
        out.insert((*at)[1]);
    return out;
}

// Rule by rule: in which file. "pages." are no rules, but what can't be drawn.
std::map<std::string, std::string> refused_by_code() {
    const std::regex pattern(
        R"re((?:refuse\(|Refusal\{|refused\(\s*\{|return \{)\s*"(?!pages\.)([a-z]+\.[a-z-]+)")re");
    std::map<std::string, std::string> out;
    for (const auto* folder : {"ledger/vault", "api/service", "api/routes"})
        for (const auto& entry : fs::directory_iterator(reelproof::tests::source_dir() / folder)) {
            const auto kind = entry.path().extension();
            if (kind != ".cc" && kind != ".h") continue;
            for (const auto& rule : found_in(text_of(entry.path()), pattern))
                out.emplace(rule, entry.path().filename().string());
        }
    return out;
}

// Once this names no sealing key, as one of before there were any. Before it starts.
void forget_sealing_key(const ServiceNode& node) {
    const auto& config = node.config;
    auto options = config.store;
    options.data_key = load_data_key(config.keys).value();
    const auto ring = load_keyring(config.keys, options.data_key).value();
    const auto root = load_secret_key(config.keys / "root.key").value();
    auto genesis = [&] {
        const auto store = ledger::Store::open(options).value();
        const auto entry = store->entry(ledger::kOwnLog, 0).value();
        const auto statement = ledger::parse_statement(entry).value();
        return std::get<ledger::OrgGenesis>(
            ledger::parse_public(ledger::as_text(statement.payload)).value());
    }();
    genesis.sealing_key.reset();
    fs::remove_all(options.folder);
    fs::remove(options.anchor);
    const auto store = ledger::Store::open(options).value();
    ledger::SequencerOptions how;
    how.origin = config.origin;
    how.org = config.org;
    how.trusted_roots = config.trusted_roots();
    const auto sequencer =
        ledger::Sequencer::start(*store, how, ring.log_signer(config.org)).value();
    REQUIRE(sequencer
                ->submit(ledger::compose_public(root, config.org, ledger::system_now(),
                                                "org.genesis", ledger::format_public(genesis))
                             .value())
                .get());
}

}  // namespace

TEST_CASE("each refusal of the vault is in the documents, and a test provokes it", "[vault]") {
    const auto code = refused_by_code();
    REQUIRE(code.size() > 25);
    const std::regex quoted("`([a-z]+\\.[a-z-]+)`");
    const auto docs = reelproof::tests::source_dir() / "docs";
    // The first column of the table of rules.
    std::set<std::string> explained;
    const auto vault = text_of(docs / "VAULT.md");
    const auto begin = vault.find("\n## Rules\n");
    REQUIRE(begin != std::string::npos);
    std::istringstream lines(vault.substr(begin, vault.find("\n## ", begin + 1) - begin));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("| `"))
            explained.merge(found_in(line.substr(0, line.find('|', 1)), quoted));
    for (const auto& rule : explained) {
        INFO(rule << " is in docs/VAULT.md");
        CHECK(code.contains(rule));
    }
    explained.merge(found_in(text_of(docs / "BOM.md"), quoted));

    std::string tests;
    for (const auto* folder :
         {"tests/node", "tests/ledger/vault", "tests/portal/flows", "tests/portal/life"})
        for (const auto& entry : fs::directory_iterator(reelproof::tests::source_dir() / folder))
            tests += text_of(entry.path());
    for (const auto& [rule, file] : code) {
        INFO(rule << ", of " << file);
        CHECK(explained.contains(rule));
        CHECK(std::regex_search(tests, std::regex("[\"' ]" + rule + "[\"':]")));
    }
}

TEST_CASE("the key of one version is released eight times under a share, and not again",
          "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree();
    const auto share = world.share(world.share_body(id));
    const auto ask = [&] {
        return hand_in(ems, maker, ledger::ReadRequest{share, id, 1, "person bo"},
                       "/vault/releases");
    };
    for (int i = 0; i < 8; ++i) REQUIRE(ask().status == 200);
    const auto size = maker.size();
    const auto ninth = ask();
    CHECK(ninth.status == 409);
    CHECK(ninth.says("share.too-often"));
    CHECK(maker.size() == size);
    // Of another version, and under another share, it is.
    put_document(maker, "atlas", "board", "two");
    CHECK(world.open(share, id, 2).status == 200);
    CHECK(world.open(world.share(world.share_body(id)), id, 1).status == 200);
}

TEST_CASE("who has no sealing key is granted nothing, first or second hand", "[service][vault]") {
    Sharing world;
    auto& [maker, ems] = static_cast<Pair&>(world);
    ServiceNode sub("sub.example", &maker);
    forget_sealing_key(sub);
    ems.stop();
    ems.partner(sub);
    sub.partner(ems);
    sub.policy("version = \"1\"\n");
    ems.start();
    sub.start();
    REQUIRE(ems.has_log_of(sub));
    const auto id = put_document(maker, "atlas", "board", "one").member("document");
    world.agree(kFar, {{"sub_tiers", true}});
    const auto share = world.share(world.share_body(id));
    REQUIRE(world.open(share, id, 1).status == 200);
    const auto size = ems.size();
    const auto passed = ems.post(
        "/v1/vault/shares",
        {{"of", share}, {"recipient", sub.org()}, {"purpose", "coating"}, {"end", kFar - 1}});
    CHECK(passed.status == 409);
    CHECK(passed.says("recipient.key"));
    add_project(ems, "own");
    CHECK(ems.post("/v1/vault/shares", {{"project", "own"},
                                        {"recipient", sub.org()},
                                        {"purpose", "coating"},
                                        {"end", kFar}})
              .says("recipient.key"));
    // Nobody was told of a share that there is not.
    CHECK(ems.size() == size);
    CHECK_FALSE(row_of(maker, "shares", "share", share).contains("passed"));
}

}  // namespace reelproof::node::tests
