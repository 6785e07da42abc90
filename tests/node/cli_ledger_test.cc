#include <cstdio>
#include <fstream>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "ledger/base/sha256.h"
#include "ledger/format/bundle.h"
#include "ledger/format/merkle.h"
#include "ledger/format/proof.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "ledger/provenance/bundle_build.h"
#include "ledger/provenance/compose.h"
#include "ledger/store/anchor.h"
#include "ledger/store/evidence_rows.h"
#include "ledger/store/sequencer.h"
#include "node/config.h"
#include "node/data_key.h"
#include "node/keyring.h"
#include "node/setup.h"
#include "tests/ledger/base/result_printer.h"
#include "tests/node/cli_support.h"

using namespace reelproof;
using Catch::Matchers::Contains;
using node::tests::have_program;
using node::tests::WorkFolder;

namespace {

constexpr ledger::UnixSeconds kTime = 1'767'225'600;

// An organisation as `org init` makes it, with two events about one reel and a recall of its lot.
struct Site {
    Site() {
        node::NewOrg wanted;
        wanted.folder = folder.path() / "nordsemi";
        wanted.org = "nordsemi.example";
        wanted.url = "https://nordsemi.example";
        made = node::make_org(wanted).value();
        config = made.config.string();
        const auto loaded = node::load_config(config).value();
        const auto keys = node::load_keyring(loaded.keys).value();
        vkey = keys.log_signer(loaded.org).verifier().vkey();
        node_key = ledger::to_hex(keys.statement.public_key().compressed());

        auto store = ledger::Store::open(loaded.store).value();
        ledger::SequencerOptions options;
        options.origin = loaded.origin;
        options.org = loaded.org;
        options.trusted_roots = loaded.trusted_roots();
        auto sequencer =
            ledger::Sequencer::start(*store, options, keys.log_signer(loaded.org)).value();
        std::vector<ledger::EnvelopeDraft> drafts;
        for (const auto kind : {ledger::EventKind::commission, ledger::EventKind::ship}) {
            ledger::EnvelopeDraft draft{item, drafts.size(), {}, {}};
            draft.body.event.kind = kind;
            draft.body.event.time = kTime + static_cast<ledger::UnixSeconds>(drafts.size());
            draft.body.event.item = ledger::item_uri(loaded.org, ledger::public_item_id(item));
            drafts.push_back(std::move(draft));
        }
        drafts[0].body.event.facts.manufacturer = loaded.org;
        drafts[0].body.event.facts.mpn = "NRF52832";
        drafts[0].body.event.facts.lot = "2538CC";
        drafts[0].body.event.quantity = 3000;
        drafts[1].body.event.from = loaded.org;
        drafts[1].body.event.to = "acme-ems.example";
        const auto sealed = ledger::compose_sealed(keys.statement, loaded.org, kTime, drafts);
        sequencer->submit(sealed.value()).get().value();
        const auto recall =
            ledger::format_public(ledger::Recall{"NRF52832", {"2538CC"}, {}, "solder \u202eballs"});
        sequencer
            ->submit(
                ledger::compose_public(keys.statement, loaded.org, kTime, "recall", recall).value())
            .get()
            .value();
        const auto lineage = ledger::collect_lineage(
            item, {{loaded.org}, {}}, [&](const ledger::Tag& tag, const std::string& iss) {
                return store->find_tag(tag, iss);
            });
        bundle = ledger::encode_bundle(
            ledger::build_bundle(*store, lineage, {}, loaded.org, kTime).value());
        const auto head = store->head(ledger::kOwnLog).value();
        statement = store->entry(ledger::kOwnLog, 1).value();
        proof = ledger::format_tlog_proof(
            {1, ledger::inclusion_proof(1, head.checkpoint.size, store->subtree(ledger::kOwnLog)),
             std::nullopt, head.note});
    }

    WorkFolder folder;
    node::MadeOrg made;
    std::string config, vkey, node_key, proof;
    ledger::ItemKey item = ledger::issued_item_key(ledger::ItemSeed(ledger::Bytes(16, 5)));
    ledger::Bytes bundle, statement;
};

// Made once: it takes a second. Nothing below changes it.
const Site& site() {
    static const Site made;
    return made;
}

}  // namespace

TEST_CASE("proof verify reads a bundle and says what it proves", "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    const auto file = folder.file("reel.reelproof", site().bundle);
    const auto key = ledger::to_hex(site().item.expose());

    SECTION("with the roots of a node's configuration") {
        const auto ran = folder.run({"proof", "verify", file, "--trust", site().config, "--json"});
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == 0);
        const auto got = ran.json();
        REQUIRE(got.is_object());
        CHECK(got.at("kind") == "bundle");
        CHECK(got.at("trusted") == boost::json::value(true));
        CHECK(got.at("item") == boost::json::value(ledger::public_item_id(site().item)));
        CHECK(got.at("logs").at(0).at("size") == boost::json::value(3));
        const auto& events = got.at("history").at("events").as_array();
        REQUIRE(events.size() == 2);
        CHECK(events[0].at("what") == "commission");
        CHECK(events[0].at("quantity") == boost::json::value(3000));
        CHECK(events[1].at("to") == "acme-ems.example");
        CHECK(events[1].at("index") == boost::json::value(1));
        CHECK(got.at("history").at("state").at("in_transit_to") == "acme-ems.example");
        CHECK(got.at("recalls").at(0).at("by_manufacturer") == boost::json::value(true));
        CHECK(ran.out.find(key) == std::string::npos);
    }
    SECTION("for people, without roots to compare with") {
        const auto ran = folder.run({"proof", "verify", file});
        CAPTURE(ran.out);
        CHECK(ran.code == 0);
        CHECK_THAT(ran.out, Contains("Compare each thumbprint above by hand") &&
                                Contains(site().made.root) && Contains("NRF52832") &&
                                Contains("ship") && Contains("to acme-ems.example") &&
                                Contains("hit by a recall"));
        CHECK_THAT(ran.err, Contains("compare the root thumbprints by hand"));
        CHECK(ran.out.find("\u202e") == std::string::npos);  // would turn the line around
        CHECK(ran.out.find(key) == std::string::npos);
    }
    SECTION("with the root given in upper case, on standard input") {
        std::string upper = site().made.root;
        for (auto& c : upper) c = static_cast<char>(toupper(c));
        const auto ran =
            folder.run({"proof", "verify", "-", "--trust", "nordsemi.example=" + upper},
                       std::string(ledger::as_text(site().bundle)));
        CAPTURE(ran.err);
        CHECK(ran.code == 0);
        CHECK_THAT(ran.out, Contains("trusted"));
    }
    SECTION("with another root") {
        const auto list = folder.file(
            "roots", ledger::as_bytes("# partners\nnordsemi.example = " + std::string(64, 'a')));
        const auto ran = folder.run({"proof", "verify", file, "--trust", list});
        CHECK(ran.code == 1);
        CHECK(ran.out.empty());
        CHECK_THAT(ran.err, Contains("the root key of nordsemi.example is"));
    }
    SECTION("with the roots of others only") {
        const auto ran = folder.run({"proof", "verify", file, "--trust",
                                     "other.example=" + std::string(64, 'a'), "--json"});
        CHECK(ran.code == 1);
        CHECK(ran.json().at("trusted") == boost::json::value(false));
        CHECK_THAT(ran.err, Contains("not among the trusted: nordsemi.example"));
    }
    SECTION("changed") {
        auto changed = site().bundle;
        changed[changed.size() - 40] ^= 1;  // in the path of its last entry
        const auto ran = folder.run({"proof", "verify", folder.file("changed", changed)});
        CHECK(ran.code == 1);
        CHECK_THAT(ran.err, Contains("nordsemi.example/ledger entry 2: the inclusion path"));
    }
    SECTION("cut off, and no proof at all") {
        auto cut = site().bundle;
        cut.resize(cut.size() / 2);
        CHECK(folder.run({"proof", "verify", folder.file("cut", cut)}).code == 2);
        const auto ran =
            folder.run({"proof", "verify", folder.file("text", ledger::as_bytes("just a text\n"))});
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, Contains("neither a provenance bundle"));
    }
    SECTION("bad usage") {
        CHECK(folder.run({"proof", "verify", "/nowhere/at/all"}).code == 2);
        CHECK(folder.run({"proof", "verify", file, "--trust", "nordsemi.example=12"}).code == 2);
        const auto ran = folder.run(
            {"proof", "verify", file, "--trust", folder.file("t", ledger::as_bytes("x = 1\n"))});
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, Contains("[[partner]]"));
    }
}

TEST_CASE("proof verify checks a tlog-proof", "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    const auto file = folder.file("entry.tlog-proof", ledger::as_bytes(site().proof));
    const auto statement = folder.file("entry.cose", site().statement);
    const auto ran = folder.run({"proof", "verify", file, "--statement", statement, "--vkey",
                                 site().vkey, "--signer", site().node_key, "--json"});
    CAPTURE(ran.out, ran.err);
    CHECK(ran.code == 0);
    CHECK(ran.json().at("index") == boost::json::value(1));
    CHECK(ran.json().at("statement").at("sub") == "sealed");
    CHECK(ran.json().at("signature_checked") == boost::json::value(true));

    auto other = site().statement;
    other.back() ^= 1;
    const auto bad = folder.run({"proof", "verify", file, "--statement",
                                 folder.file("other.cose", other), "--vkey", site().vkey});
    CHECK(bad.code == 1);
    CHECK_THAT(bad.err, Contains("does not lead"));
    const auto usage = folder.run({"proof", "verify", file, "--statement", statement});
    CHECK(usage.code == 2);
    CHECK_THAT(usage.err, Contains("--vkey"));
}

TEST_CASE("proof verify says which cosignatures it checked, and whether they are a quorum",
          "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    const auto statement = folder.file("entry.cose", site().statement);
    const auto mirror = [](const std::string& org) {
        return ledger::NoteSigner(org + "/mirror", ledger::wire::kNoteCosignatureV1,
                                  ledger::Secret<32>(ledger::sha256(ledger::as_bytes(org))));
    };
    const auto dist = mirror("dist.example"), ems = mirror("ems.example");
    auto proof = ledger::parse_tlog_proof(site().proof).value();
    const auto text = ledger::parse_note(proof.checkpoint).value().text;
    proof.checkpoint += dist.sign(text, kTime) + ems.sign(text, kTime);
    const auto verify = [&](const std::string& checkpoint, std::vector<std::string> more) {
        auto changed = proof;
        changed.checkpoint = checkpoint;
        const auto file = folder.file("cosigned.tlog-proof",
                                      ledger::as_bytes(ledger::format_tlog_proof(changed)));
        more.insert(more.begin(), {"proof", "verify", file, "--statement", statement});
        return folder.run(more);
    };
    const auto policy = [&](const std::string& quorum) {
        return folder.file("a.policy", ledger::as_bytes("log " + site().vkey + "\nwitness Dist " +
                                                        dist.verifier().vkey() + "\nwitness Ems " +
                                                        ems.verifier().vkey() + "\n" + quorum));
    };
    const std::string both = "group both 2 Dist Ems\nquorum both\n";
    auto broken = proof.checkpoint;
    broken[broken.size() - 6] = broken[broken.size() - 6] == 'A' ? 'B' : 'A';  // of ems.example

    // By the log's key alone nothing is known of the others, whatever they are.
    for (const auto& checkpoint : {proof.checkpoint, broken}) {
        const auto ran = verify(checkpoint, {"--vkey", site().vkey});
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == 0);
        CHECK_THAT(ran.out, Contains("! not checked: signatures by keys that were not given") &&
                                Contains("dist.example/mirror, ems.example/mirror"));
    }
    const auto one = verify(broken, {"--vkey", site().vkey, "--vkey", dist.verifier().vkey()});
    CHECK(one.code == 0);
    CHECK_THAT(one.out, Contains("cosigned by dist.example/mirror at 2026-01-01") &&
                            Contains("of ems.example/mirror\n"));
    const auto bad = verify(broken, {"--vkey", site().vkey, "--vkey", ems.verifier().vkey()});
    CHECK(bad.code == 1);
    CHECK_THAT(bad.err, Contains("does not hold: that of ems.example/mirror"));

    const auto met = verify(proof.checkpoint, {"--policy", policy(both)});
    CAPTURE(met.out, met.err);
    CHECK(met.code == 0);
    CHECK_THAT(met.out, Contains("a quorum of the policy, by Dist, Ems") &&
                            !Contains("not checked: signatures"));
    CHECK_THAT(verify(proof.checkpoint, {"--policy", policy("quorum none\n")}).out,
               Contains("the policy asks for no cosignature"));
    const auto unmet =
        verify(ledger::parse_tlog_proof(site().proof).value().checkpoint + dist.sign(text, kTime),
               {"--policy", policy(both)});
    CHECK(unmet.code == 1);
    CHECK_THAT(unmet.err, Contains("no quorum of the policy") && Contains("only Dist"));
    CHECK(verify(broken, {"--policy", policy(both)}).code == 1);
}

TEST_CASE("who made a bundle is told as what it says", "[cli]") {
    if (!have_program()) return;
    auto bundle = ledger::parse_bundle_file(site().bundle).value();
    bundle.made_by = "mordsemi.example";
    const auto ran = site().folder.run(
        {"proof", "verify", site().folder.file("renamed", ledger::encode_bundle(bundle))});
    CAPTURE(ran.out, ran.err);
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, Contains("It says that it was made by mordsemi.example") &&
                            Contains("(nothing signs this)"));
}

TEST_CASE("ledger check, stats, export and backup work on a store", "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    const auto store = (std::filesystem::path(site().config).parent_path() / "store").string();

    const auto checked = folder.run({"ledger", "check", "--config", site().config, "--json"});
    CAPTURE(checked.out, checked.err);
    CHECK(checked.code == 0);
    CHECK(checked.json().at("ok") == boost::json::value(true));
    CHECK(checked.json().at("entries") == boost::json::value(3));
    CHECK(checked.json().at("envelopes") == boost::json::value(2));

    const auto stats = folder.run({"ledger", "stats", "--store", store});
    CHECK(stats.code == 0);
    CHECK_THAT(stats.out, Contains("nordsemi.example/ledger: 3 entries, our own"));
    // As many as ledger check counts, whether they are merged into the index or not.
    CHECK_THAT(stats.out, Contains("\n2 envelopes indexed"));

    const auto lines = folder.run({"ledger", "export", "--config", site().config, "--from", "1"});
    CHECK(lines.code == 0);
    const auto split = lines.out.find('\n');
    const auto sealed = boost::json::parse(lines.out.substr(0, split));
    const auto recall = boost::json::parse(lines.out.substr(split + 1));
    CHECK(sealed.at("index") == boost::json::value(1));
    CHECK(sealed.at("envelopes") == boost::json::value(2));
    CHECK(sealed.at("payload").is_null());
    CHECK(sealed.at("leaf_hash") ==
          boost::json::value(ledger::to_hex(ledger::leaf_hash(site().statement))));
    CHECK(recall.at("payload").at("lots").at(0) == "2538CC");

    const auto raw = (folder.path() / "raw").string();
    const auto tiles = folder.run({"ledger", "export", "--store", store, "--raw", raw, "--json"});
    CAPTURE(tiles.err);
    CHECK(tiles.code == 0);
    CHECK(tiles.json().at("files") == boost::json::value(3));
    CHECK(std::filesystem::file_size(raw + "/tile/0/000.p/3") == 96);
    CHECK(std::filesystem::exists(raw + "/tile/entries/000.p/3"));
    const auto note = folder.run({"format", "note", "--vkey", site().vkey, raw + "/checkpoint"});
    CHECK(note.code == 0);
    CHECK(note.json().at("size") == boost::json::value(3));
    const auto again = folder.run({"ledger", "export", "--store", store, "--raw", raw});
    CHECK(again.code == 2);
    CHECK_THAT(again.err, Contains("not an empty folder"));

    const auto copy = (folder.path() / "copy").string();
    CHECK(folder.run({"ledger", "backup", "--store", store, copy}).code == 0);
    const auto of_copy = folder.run({"ledger", "check", "--store", copy});
    CHECK(of_copy.code == 0);
    CHECK_THAT(of_copy.out, !Contains("rollback anchor"));  // a backup has none
    CHECK(folder.run({"ledger", "backup", "--store", store, copy}).code == 2);

    const auto anchor = folder.run({"ledger", "anchor", "--config", site().config, "--json"});
    CAPTURE(anchor.out, anchor.err);
    CHECK(anchor.code == 0);
    CHECK(anchor.json().at("size") == boost::json::value(3));

    const auto damaged = copy + "/log/data.mdb";
    {
        std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
        auto bytes = ledger::read_file(damaged, std::size_t{64} << 20).value();
        const auto text = ledger::as_text(bytes);
        const auto at = text.find(ledger::as_text(site().statement).substr(200, 40));
        REQUIRE(at != std::string_view::npos);
        file.seekp(static_cast<std::streamoff>(at));
        file.put(static_cast<char>(~text[at]));
    }
    const auto broken = folder.run({"ledger", "check", "--store", copy});
    CAPTURE(broken.out, broken.err);
    CHECK(broken.code == 1);
    CHECK_THAT(broken.out, Contains("DAMAGED") && Contains("\nNext: where this is a backup"));
}

TEST_CASE("the encrypted rows of a backup are checked under its node's keys", "[cli]") {
    if (!have_program()) return;
    const WorkFolder work;
    const auto config = (work.path() / "acme/node.toml").string();
    REQUIRE(
        work.run({"org", "init", "--dir", work.path() / "acme", "--org", "acme.example"}).code ==
        0);
    {
        auto loaded = node::load_config(config).value();
        loaded.store.data_key = *node::load_data_key(loaded.keys, {}).value();
        const auto keys = node::load_keyring(loaded.keys, loaded.store.data_key).value();
        const auto store = ledger::Store::open(loaded.store).value();
        ledger::SequencerOptions options;
        options.origin = loaded.origin;
        options.org = loaded.org;
        options.trusted_roots = loaded.trusted_roots();
        const auto sequencer =
            ledger::Sequencer::start(*store, options, keys.log_signer(loaded.org)).value();
        const auto row = [](ledger::WriteTransaction& transaction) {
            transaction.put(ledger::Table::observations, ledger::as_bytes("a"),
                            ledger::as_bytes("scan"));
        };
        sequencer->write(row).get().value();
    }
    const auto made =
        work.run({"ledger", "backup", "--config", config, work.path() / "a copy", "--json"});
    REQUIRE(made.code == 0);
    const auto line = std::string(made.json().at("check").as_string());
    const auto checked = work.shell(line);
    CAPTURE(line, checked.out, checked.err);
    CHECK(checked.code == 0);
    // That row, and the invitation of the first administrator.
    CHECK_THAT(checked.out, Contains("2 rows of the node's own tables decrypted") &&
                                Contains("1 log, 1 entry") && !Contains("Not checked") &&
                                !Contains("rollback anchor"));
    const auto without = work.run({"ledger", "check", "--store", work.path() / "a copy", "--json"});
    CHECK(without.code == 0);
    CHECK(without.json().at("rows_skipped") == 2);

    // With another node's keys it is the keys that are wrong.
    REQUIRE(
        work.run({"org", "init", "--dir", work.path() / "other", "--org", "other.example"}).code ==
        0);
    const auto other = (work.path() / "other/node.toml").string();
    const auto wrong =
        work.run({"ledger", "check", "--config", other, "--store", work.path() / "a copy"});
    CHECK(wrong.code == 2);
    CHECK_THAT(wrong.err, Contains("another data key"));
    const auto restored =
        work.run({"ledger", "restore", "--config", other, work.path() / "a copy"});
    CHECK(restored.code == 2);

    // A key that is lost is said by the check as by the start.
    const auto keys = work.path() / "acme/keys";
    for (const std::string lost : {"unlock.key", "data.key"}) {
        std::filesystem::rename(keys / lost, work.path() / lost);
        const auto found = work.run({"ledger", "check", "--config", config});
        CAPTURE(found.out, found.err);
        CHECK(found.code == 2);
        CHECK_THAT(found.err,
                   Contains((keys / lost).string() + " is missing") && Contains(" back"));
        CHECK(work.run({"node", "run", "--config", config}).code == 2);
        std::filesystem::rename(work.path() / lost, keys / lost);
    }
    CHECK(work.run({"ledger", "check", "--config", config}).code == 0);

    std::filesystem::resize_file(work.path() / "a copy/log/data.mdb", 0);
    for (const std::string verb : {"check", "stats"}) {
        const auto empty = work.run({"ledger", verb, "--store", work.path() / "a copy"});
        CHECK(empty.code == 3);
        CHECK_THAT(empty.err, Contains("data.mdb is empty") && Contains("ledger restore") &&
                                  !Contains("descriptor"));
    }
}

TEST_CASE("ledger verbs take what the command line says before what the environment says",
          "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    const auto store = (std::filesystem::path(site().config).parent_path() / "store").string();
    ::setenv("REELPROOF_CONFIG", site().config.c_str(), 1);
    const auto plain = folder.run({"ledger", "stats"});
    const auto missing = folder.run({"ledger", "stats", "--config", "nonexist.toml"});
    const auto by_store = folder.run({"ledger", "check", "--store", store});
    ::setenv("REELPROOF_CONFIG", "nonexist.toml", 1);
    const auto explicitly = folder.run({"ledger", "stats", "--config", site().config});
    ::unsetenv("REELPROOF_CONFIG");
    CHECK(plain.code == 0);
    CHECK(missing.code == 2);
    CHECK_THAT(missing.err, Contains("nonexist.toml"));
    CHECK(by_store.code == 0);
    CHECK(explicitly.code == 0);
}

TEST_CASE("ledger check compares the store with what was signed", "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    const auto from = std::filesystem::path(site().config).parent_path() / "store";
    const auto copy = folder.path() / "anchored";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(from, copy, std::filesystem::copy_options::recursive);
    ledger::StoreOptions options;
    options.folder = copy;
    options.read_only = true;
    const auto store = ledger::Store::open(options).value();
    auto state = ledger::AnchorState{store->head(ledger::kOwnLog).value().checkpoint, kTime};
    const auto anchored = [&] {
        ledger::Anchor(copy / "anchor").write(state);
        return folder.run({"ledger", "check", "--store", copy.string()});
    };
    CHECK(anchored().code == 0);
    SECTION("more was signed than it holds") {
        state.checkpoint.size = 9;
        const auto ran = anchored();
        CHECK(ran.code == 1);
        CHECK_THAT(ran.out, Contains("rolled back: it holds 3 entries") && Contains("signed 9"));
    }
    SECTION("something else was signed, at its size or before") {
        state.checkpoint.root[0] ^= 1;
        for (const std::uint64_t size : {3, 2}) {
            state.checkpoint.size = size;
            const auto ran = anchored();
            CHECK(ran.code == 1);
            CHECK_THAT(ran.out, Contains("is not the one that signed " + std::to_string(size)) &&
                                    Contains("Next: don't start the node on it"));
        }
    }
}

TEST_CASE("a store that is damaged within its pages ends a command with words", "[cli]") {
    if (!have_program()) return;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    std::fputs("SKIPPED: a sanitizer handles memory faults itself\n", stderr);
    return;
#endif
    const Site site;
    const auto file = site.folder.path() / "nordsemi/store/log/data.mdb";
    {
        // Past the two pages that say where all others are.
        std::fstream pages(file, std::ios::in | std::ios::out | std::ios::binary);
        const auto size = std::filesystem::file_size(file);
        for (std::uint64_t page = 2; (page + 1) * 4096 <= size; ++page) {
            const auto at = static_cast<std::streamoff>(page * 4096 + 3000);
            std::string bytes(100, 0);
            pages.seekg(at);
            pages.read(bytes.data(), 100);
            for (char& byte : bytes) byte = static_cast<char>(~byte);
            pages.seekp(at);
            pages.write(bytes.data(), 100);
        }
    }
    for (const std::string verb : {"check", "stats"}) {
        const auto ran = site.folder.run({"ledger", verb, "--config", site.config});
        INFO(verb << ": " << ran.out << ran.err);
        // Never by a signal. What is counted only may be sound.
        CHECK((ran.code == 1 || ran.code == 3 || (verb == "stats" && ran.code == 0)));
        CHECK_FALSE((ran.out + ran.err).empty());
    }
}

TEST_CASE("an anchor that is missing is accepted only on purpose", "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    const auto from = std::filesystem::path(site().config).parent_path() / "store";
    const auto copy = folder.path() / "unanchored";
    std::filesystem::copy(from, copy, std::filesystem::copy_options::recursive);
    const std::vector<std::string> accept{"ledger", "anchor", "--store", copy.string(), "--accept"};

    CHECK(folder.run({"ledger", "anchor", "--store", copy.string()}).code == 1);
    const auto asked = folder.run(accept, "yes\n");
    CHECK(asked.code == 2);  // not a terminal: nobody read the explanation
    CHECK_THAT(asked.err, Contains("would fork the log") && Contains("--yes"));
    CHECK_FALSE(std::filesystem::exists(copy / "anchor"));

    auto yes = accept;
    yes.push_back("--yes");
    const auto done = folder.run(yes);
    CAPTURE(done.out, done.err);
    CHECK(done.code == 0);
    CHECK(folder.run({"ledger", "anchor", "--store", copy.string()}).code == 0);
}

TEST_CASE("bad usage of ledger exits 2 and says what is wrong", "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    CHECK_THAT(folder.run({"ledger", "check"}).err, Contains("--config or --store"));
    CHECK(folder.run({"ledger", "check"}).code == 2);
    CHECK(folder.run({"ledger", "check", "--store", "/nowhere/at/all"}).code == 2);
    CHECK(folder.run({"ledger", "check", "--config", "/nowhere/at/all"}).code == 2);
    const auto log =
        folder.run({"ledger", "export", "--config", site().config, "--log", "x.example/ledger"});
    CHECK(log.code == 2);
    CHECK_THAT(log.err, Contains("nordsemi.example/ledger"));
}

TEST_CASE("ledger incidents tells what is held against whom, and what to do", "[cli]") {
    if (!have_program()) return;
    const auto& folder = site().folder;
    const auto none = folder.run({"ledger", "incidents", "--config", site().config});
    CHECK(none.code == 0);
    CHECK_THAT(none.out, Contains("Nothing is held against any log now"));

    auto config = node::load_config(site().config).value();
    const auto copy = folder.path() / "incidents";
    std::filesystem::copy(config.store.folder, copy, std::filesystem::copy_options::recursive);
    const auto anchor = ledger::anchor_path(config.store);
    config.store.folder = copy;
    config.store.anchor = copy / "anchor";
    std::filesystem::copy_file(anchor, config.store.anchor,
                               std::filesystem::copy_options::overwrite_existing);
    {
        const auto keys = node::load_keyring(config.keys).value();
        auto store = ledger::Store::open(config.store).value();
        ledger::SequencerOptions options;
        options.origin = config.origin;
        options.org = config.org;
        options.trusted_roots = config.trusted_roots();
        auto sequencer =
            ledger::Sequencer::start(*store, options, keys.log_signer(config.org)).value();
        const auto keep = [&](const std::string& org, ledger::Incident incident) {
            const std::string origin = org + "/ledger";
            REQUIRE(sequencer
                        ->write([&](ledger::WriteTransaction& writes) {
                            writes.put(ledger::Table::evidence,
                                       ledger::as_bytes(ledger::incident_row(origin, incident)),
                                       ledger::write_incident(incident));
                        })
                        .get());
        };
        using Kind = ledger::IncidentKind;
        keep("acme.example", {.kind = Kind::rollback,
                              .text = "the log went back from 8 entries to 4\u202e",
                              .first = {},
                              .second = {},
                              .bytes = {},
                              .since = kTime});
        keep("dist.example", {.kind = Kind::contents,
                              .text = "it did not hash up",
                              .first = {},
                              .second = {},
                              .bytes = {},
                              .since = kTime,
                              .over = kTime + 60});
        keep("dist.example", {.kind = Kind::future,
                              .text = "of the future",
                              .first = {},
                              .second = {},
                              .bytes = {},
                              .since = kTime,
                              .until = kTime + 3600});
        REQUIRE(sequencer
                    ->write([](ledger::WriteTransaction& writes) {
                        writes.put(ledger::Table::evidence, ledger::as_bytes("bad.example/ledger"),
                                   ledger::as_bytes("{}"));
                    })
                    .get());
    }
    const auto ran = folder.run({"ledger", "incidents", "--store", copy.string()});
    CAPTURE(ran.out, ran.err);
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, Contains("acme.example/ledger: rollback, since 2026-01-01T00:00:00Z\n"));
    CHECK_THAT(ran.out, Contains("went back from 8 entries to 4"));
    CHECK_THAT(ran.out, !Contains("\u202e"));
    CHECK_THAT(ran.out, Contains("ledger recover"));
    CHECK_THAT(ran.out, Contains("bad.example/ledger: frozen"));
    CHECK_THAT(ran.out, Contains("dist.example/ledger: contents, since 2026-01-01T00:00:00Z, over "
                                 "since 2026-01-01T00:01:00Z"));
    const auto got = folder.run({"ledger", "incidents", "--store", copy.string(), "--json"}).json();
    CHECK(got.at("open") == boost::json::value(2));
    const auto& all = got.at("incidents").as_array();
    REQUIRE(all.size() == 4);
    CHECK(all[0].at("log") == "bad.example/ledger");
    CHECK(all[0].at("kind") == "frozen");
    CHECK(all[1].at("log") == "acme.example/ledger");
    CHECK(all[1].at("since") == "2026-01-01T00:00:00Z");
    CHECK(all[1].at("open") == boost::json::value(true));
    CHECK_FALSE(all[1].at("what_to_do").as_string().empty());
    CHECK(all[2].at("kind") == "contents");
    CHECK(all[2].at("open") == boost::json::value(false));
    // Our clock got there.
    CHECK(all[3].at("kind") == "future");
    CHECK(all[3].at("open") == boost::json::value(false));
    std::filesystem::remove_all(copy);
}
