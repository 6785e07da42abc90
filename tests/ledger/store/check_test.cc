// The check finds each kind of damage.
#include <cstdio>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/format/merkle.h"
#include "ledger/store/evidence_rows.h"
#include "ledger/store/setting_rows.h"
#include "ledger/store/state.h"
#include "ledger/store/tag_rows.h"
#include "ledger/store/witnessed.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the check finds each kind of damage and names the row", "[store][check]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const TestOrg maker("maker.example");
    TestNode node(folder.path(), org, {&maker});
    node.open_with_genesis();
    std::vector<Bytes> statements;
    for (std::uint64_t i = 1; i < 300; ++i) statements.push_back(org.sealed({tag_of(i)}));
    node.must_submit_all(std::move(statements));
    TestLog log(maker);
    log.add(maker.genesis());
    for (int i = 0; i < 10; ++i) log.add(maker.any());
    REQUIRE(node.mirror_error(log.batch(0, 11)) == "");
    CHECK(node.check() == "");
    const CheckReport whole = check_store(*node.store, node.roots);
    CHECK(whole.logs == 2);
    CHECK(whole.entries == 311);
    CHECK(whole.envelopes == 309);
    CHECK(whole.tiles == 4);
    node.sequencer.reset();

    Store::State& state = node.store->state();
    const schema::Tables& tables = state.tables;
    std::string expected;
    {
        lmdb::Writer writer(state.log);
        SECTION("an entry of other bytes") {
            Bytes entry = *node.store->entry(kOwnLog, 5);
            entry[entry.size() - 100] ^= 1;
            writer.put(tables.entries, schema::entry_key(kOwnLog, 5), entry);
            expected = "entry 5 of the log acme-ems.example/ledger";
        }
        SECTION("an entry that is missing") {
            writer.remove(tables.entries, schema::entry_key(kOwnLog, 5));
            expected = "entry 5 of log 0 is missing";
        }
        SECTION("an entry too many") {
            writer.put(tables.mirrored, schema::entry_key(1, 11), *node.store->entry(1, 10));
            expected = "mirrored has 12 rows";
        }
        SECTION("a full tile of other hashes") {
            Bytes tile = *node.store->tile(kOwnLog, {0, false, 0, 256});
            tile[100] ^= 1;
            writer.put(tables.tiles, schema::tile_key(kOwnLog, 0, 0), tile);
            expected = "tile 0/0 of the log acme-ems.example/ledger";
        }
        SECTION("a partial tile that is missing") {
            writer.remove(tables.tiles, schema::tile_key(1, 0, 0));
            expected = "tile 0/0 of the log maker.example/ledger is missing";
        }
        SECTION("another root") {
            LogHead head = *node.store->head(1);
            head.checkpoint.root[3] ^= 1;
            writer.put(tables.heads, schema::log_key(1), schema::write_head(head));
            expected = "root: ";
        }
        SECTION("a checkpoint that nobody signed") {
            LogHead head = *node.store->head(1);
            head.note[head.note.size() - 10] ^= 1;
            writer.put(tables.heads, schema::log_key(1), schema::write_head(head));
            expected = "checkpoint: ";
        }
        SECTION("a public statement that is not in its table") {
            writer.remove(tables.publics, schema::entry_key(kOwnLog, 0));
            expected = "is missing in the table of public statements";
        }
        SECTION("a sealed statement in the table of public ones") {
            writer.put(tables.publics, schema::entry_key(kOwnLog, 3), {});
            expected = "is wrongly in the table of public statements";
        }
        SECTION("a cosignature of another tree") {
            const std::string text = format_checkpoint({org.origin(), 2, Hash{}});
            writer.put(tables.cosigs, schema::cosig_key(kOwnLog, 2, text, "x"),
                       schema::write_cosignature({text, "line\n"}));
            expected = "cosignature: ";
        }
        writer.commit();
    }
    SECTION("a tag row that is missing, one too many, one that points elsewhere, a leaf") {
        const TagRow row = state.index->find(tag_of(7)).at(0);
        auto reopened = std::move(node.store);
        reopened.reset();
        {
            lmdb::Environment environment(node.store_options.folder / "index", 1 << 30, false);
            const auto handles = environment.open_tables({"tags", "leaves"});
            lmdb::Writer writer(environment);
            const int kind = GENERATE(0, 1, 2, 3);
            if (kind == 0) {
                writer.remove(handles[0], tag_rows::key(tag_of(7), row));
                expected = "entry 7 of the log acme-ems.example/ledger, envelope 0: its tag is not";
            } else if (kind == 1) {
                writer.put(handles[0], tag_rows::key(tag_of(1000), row), tag_rows::value(row));
                expected = "log 0 has 299 envelopes but 300 rows";
            } else if (kind == 2) {
                TagRow other = row;
                other.offset += 1;
                writer.put(handles[0], tag_rows::key(tag_of(7), row), tag_rows::value(other));
                expected = "the index says otherwise than the entry";
            } else {
                const Hash leaf{};
                writer.put(handles[1], leaf, schema::write_count(3));
                expected = "300 indexed entries but 301 leaves";
            }
            writer.commit();
        }
    }
    node.store.reset();
    auto store = Store::open(node.store_options);
    REQUIRE(store);
    node.store = std::move(*store);
    const std::string findings = node.check();
    CAPTURE(findings, expected);
    CHECK_FALSE(expected.empty());
    CHECK(contains(findings, expected));
}

namespace {

// A store with a row of each kind that is kept beside the logs: our checkpoint cosigned by a
// mirror, a log that is mirrored, cosigned and witnessed and has a part of a catch-up beyond its
// head, one that is only known by its genesis, has announced a tree and changed its TLS key, and
// one that forked.
struct Keeper {
    Keeper() : node(folder.path(), acme, {&maker, &distant, &forked}) {
        node.open_with_genesis();
        for (int i = 0; i < 4; ++i) node.must_submit(acme.any());
        log.add(maker.genesis());
        while (log.entries.size() < 300) log.add(maker.sealed({tag_of(log.entries.size())}));
        REQUIRE(node.mirror_error(log.batch(0, 11, 11)) == "");
        node.must_write(Table::mirrors, maker.origin(),
                        as_bytes(log.note(11) + acme.mirror_signer().sign(text_of(log, 11), kNow)));
        node.must_write(Table::settings,
                        setting_rows::key(setting_rows::kWitnessed, maker.origin()),
                        write_witnessed({log.checkpoint(9), log.note(9), kNow}));
        REQUIRE(node.mirror_error(log.batch(11, 280, 300)) == "");

        TestLog far_log(distant);
        far_log.add(distant.genesis());
        node.keep_genesis_of(distant);
        node.must_write(Table::settings,
                        setting_rows::key(setting_rows::kAnnounced, distant.origin()),
                        as_bytes(far_log.note(1)));
        node.must_write(
            Table::settings, setting_rows::key(setting_rows::kTlsGrant, distant.name),
            distant.public_statement(distant.root, TlsGrant{Hash{1}, "https://distant.example"}));

        bad_log.add(forked.genesis());
        bad_log.add(forked.any());
        other_log.add(bad_log.entries.front());
        other_log.add(forked.any());
        REQUIRE(node.mirror_error(bad_log.batch(0, 2, 2)) == "");
        evidence = evidence_of_fork(bad_log, other_log, 2);
        REQUIRE(node.sequencer->freeze(forked.origin(), "it forked", evidence).get());
        // It stands beside our copy, which it contradicts: that is what the log is frozen for.
        node.must_write(Table::settings,
                        setting_rows::key(setting_rows::kAnnounced, forked.origin()),
                        as_bytes(other_log.note(2)));

        const Incident back{.kind = IncidentKind::suspect,
                            .text = "it did not prove it",
                            .first = log.note(9),
                            .second = log.note(11),
                            .bytes = std::string(1, '\xff'),
                            .since = kNow};
        node.must_write(Table::evidence, incident_row(maker.origin(), back), write_incident(back));

        const std::string own = parse_note(node.store->head(kOwnLog)->note).value().text;
        REQUIRE(node.sequencer->add_cosignature(own, maker.mirror_signer().sign(own, kNow)).get());
    }
    static std::string text_of(const TestLog& of, std::uint64_t size) {
        return format_checkpoint(of.checkpoint(size));
    }
    static TlogProof proof(const TestLog& of, std::uint64_t index) {
        const std::uint64_t size = of.entries.size();
        const SubtreeHash subtree = [&](int level, std::uint64_t at) {
            Frontier tree;
            for (std::uint64_t i = at << level; i < (at + 1) << level; ++i)
                tree.append(leaf_hash(of.entries[i]));
            return tree.root();
        };
        return {index, inclusion_proof(index, size, subtree), std::nullopt, of.note(size)};
    }
    // What the check finds once `change` was written past all rules.
    std::string after(const std::function<void(lmdb::Writer&, const schema::Tables&)>& change) {
        node.sequencer.reset();
        {
            lmdb::Writer writer(node.store->state().log);
            change(writer, node.store->state().tables);
            writer.commit();
        }
        node.store.reset();
        auto store = Store::open(node.store_options);
        REQUIRE(store);
        node.store = std::move(*store);
        return node.check();
    }
    std::string after(Table table, const std::string& key, const Bytes& value) {
        return after([&](lmdb::Writer& writer, const schema::Tables& tables) {
            writer.put(tables.of(table), as_bytes(key), value);
        });
    }
    std::string after_setting(std::string_view kind, const std::string& name, const Bytes& value) {
        return after(Table::settings, setting_rows::key(kind, name), value);
    }
    [[nodiscard]] Bytes row(Table table, const std::string& key) const {
        return node.store->get(table, as_bytes(key)).value();
    }
    // One bit of the last signature's base64, whatever its length.
    static Bytes with_other_signature(Bytes note) {
        note[note.size() - 20] = note[note.size() - 20] == 'A' ? 'B' : 'A';
        return note;
    }

    TempFolder folder;
    TestOrg acme{"acme-ems.example"}, maker{"maker.example"}, distant{"distant.example"},
        forked{"forked.example"};
    TestLog log{maker}, bad_log{forked}, other_log{forked};
    TestNode node;
    Bytes evidence;
};

void starts_with_kind(const std::string& findings, const std::string& kind,
                      const std::string& what) {
    CAPTURE(findings, kind, what);
    CHECK(findings.starts_with(kind + ": "));
    CHECK(contains(findings, what));
}

}  // namespace

TEST_CASE("the check counts what it looked at, and finds nothing in a sound store",
          "[store][check]") {
    Keeper keeper;
    CHECK(keeper.node.check() == "");
    std::vector<std::string> told;
    const auto report = check_store(*keeper.node.store, keeper.node.roots,
                                    [&](std::string_view text) { told.emplace_back(text); });
    CHECK(report.logs == 3);
    CHECK(report.entries == 5 + 11 + 2);
    CHECK(report.pending == 280 - 11);
    // A genesis, a grant, a copy, a witnessed and two announced checkpoints, evidence, an incident,
    // two lines.
    CHECK(report.notes == 10);
    CHECK(report.unknown_signers == 0);
    CHECK(std::count(told.begin(), told.end(), "maker.example/ledger: 280 of 280 entries") == 1);
    // As another process sees it, too.
    keeper.node.close();
    auto options = keeper.node.store_options;
    options.read_only = true;
    const auto seen = Store::open(options);
    REQUIRE(seen);
    CHECK(check_store(**seen, keeper.node.roots).ok());
}

TEST_CASE("what a node takes in while another process checks its store is no damage",
          "[store][check][fork]") {
    Keeper keeper;
    int ends[2][2];
    REQUIRE(::pipe(ends[0]) == 0);
    REQUIRE(::pipe(ends[1]) == 0);
    // LMDB forbids a second opening within one process.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        StoreOptions options = keeper.node.store_options;
        options.read_only = true;
        const auto store = Store::open(options);
        char byte = store ? 1 : 0;
        if (::write(ends[0][1], &byte, 1) != 1 || ::read(ends[1][0], &byte, 1) != 1) ::_exit(1);
        const auto report = check_store(**store, keeper.node.roots);
        for (const auto& finding : report.findings)
            std::fprintf(stderr, "%s: %s\n", finding.kind.c_str(), finding.detail.c_str());
        ::_exit(report.ok() ? 0 : 1);
    }
    char byte = 0;
    REQUIRE(::read(ends[0][0], &byte, 1) == 1);
    // More of a catch-up, another log, a larger own tree with a cosignature.
    REQUIRE(keeper.node.mirror_error(keeper.log.batch(280, 290, 300)) == "");
    TestLog far_log(keeper.distant);
    far_log.add(keeper.distant.genesis());
    REQUIRE(keeper.node.mirror_error(far_log.batch(0, 1, 1)) == "");
    keeper.node.must_write(Table::mirrors, keeper.distant.origin(),
                           as_bytes(far_log.note(1) + keeper.acme.mirror_signer().sign(
                                                          Keeper::text_of(far_log, 1), kNow)));
    keeper.node.must_submit(keeper.acme.any());
    const std::string own = parse_note(keeper.node.store->head(kOwnLog)->note).value().text;
    REQUIRE(
        keeper.node.sequencer->add_cosignature(own, keeper.maker.mirror_signer().sign(own, kNow))
            .get());
    REQUIRE(::write(ends[1][1], &byte, 1) == 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    for (const auto& pair : ends)
        for (const int end : pair) ::close(end);
    CHECK(keeper.node.check() == "");
}

TEST_CASE("the check finds what is wrong with our cosigned copy of a log", "[store][check]") {
    Keeper keeper;
    const std::string origin = keeper.maker.origin();
    const auto cosigned = [&](const std::string& note, const std::string& text) {
        return to_bytes(as_bytes(note + keeper.acme.mirror_signer().sign(text, kNow)));
    };
    std::string findings, what;
    SECTION("our cosignature does not hold") {
        findings = keeper.after(Table::mirrors, origin,
                                Keeper::with_other_signature(keeper.row(Table::mirrors, origin)));
        what = "the cosignature of acme-ems.example/mirror does not hold";
    }
    SECTION("there is none of ours") {
        findings = keeper.after(Table::mirrors, origin, to_bytes(as_bytes(keeper.log.note(11))));
        what = "our cosignature: note has no signature by the key of acme-ems.example/mirror";
    }
    SECTION("the log has not signed it") {
        const std::string text = Keeper::text_of(keeper.log, 11);
        findings = keeper.after(
            Table::mirrors, origin,
            to_bytes(as_bytes(format_note(text, {keeper.acme.mirror_signer().sign(text, kNow)}))));
        what = "no signature by the key of maker.example/ledger";
    }
    SECTION("it is of another tree") {
        TestLog other(keeper.maker);
        other.entries.assign(keeper.log.entries.begin(), keeper.log.entries.begin() + 10);
        other.add(keeper.maker.any());
        findings = keeper.after(Table::mirrors, origin,
                                cosigned(other.note(11), Keeper::text_of(other, 11)));
        what = "it is of another tree than the 11 entries that are held";
    }
    SECTION("it covers more than is held") {
        findings = keeper.after(Table::mirrors, origin,
                                cosigned(keeper.log.note(20), Keeper::text_of(keeper.log, 20)));
        what = "20 entries were cosigned, 11 are held";
    }
    SECTION("it is of another log") {
        findings =
            keeper.after(Table::mirrors, "nobody/ledger", keeper.row(Table::mirrors, origin));
        what = "our cosigned copy of nobody/ledger: no such log is held";
    }
    SECTION("it is no note") {
        findings = keeper.after(Table::mirrors, origin, Bytes(100, 'x'));
        what = "our cosigned copy of maker.example/ledger: ";
    }
    starts_with_kind(findings, "cosigned copy", what);
}

TEST_CASE("the check finds what is wrong with a witnessed or announced checkpoint",
          "[store][check]") {
    Keeper keeper;
    const std::string maker = keeper.maker.origin(), distant = keeper.distant.origin();
    std::string findings, kind = "witnessed", what;
    SECTION("witnessed, not signed by the log") {
        auto note = Keeper::with_other_signature(to_bytes(as_bytes(keeper.log.note(9))));
        findings = keeper.after_setting(
            setting_rows::kWitnessed, maker,
            write_witnessed({keeper.log.checkpoint(9), std::string(as_text(note)), kNow}));
        what =
            "the witnessed checkpoint of maker.example/ledger: signature of maker.example/ledger";
    }
    SECTION("witnessed, and of another tree than we hold") {
        TestLog other(keeper.maker);
        other.entries.assign(keeper.log.entries.begin(), keeper.log.entries.begin() + 8);
        other.add(keeper.maker.any());
        findings =
            keeper.after_setting(setting_rows::kWitnessed, maker,
                                 write_witnessed({other.checkpoint(9), other.note(9), kNow}));
        what = "it is of another tree than the 9 entries that are held";
    }
    SECTION("witnessed, of another log") {
        TestLog other(keeper.distant);
        other.add(keeper.distant.genesis());
        findings =
            keeper.after_setting(setting_rows::kWitnessed, maker,
                                 write_witnessed({other.checkpoint(1), other.note(1), kNow}));
        what = "it is of the log distant.example/ledger";
    }
    SECTION("witnessed, and cut short") {
        findings = keeper.after_setting(setting_rows::kWitnessed, maker, Bytes(5));
        what = "the row is too short";
    }
    SECTION("witnessed, of a log whose key is nowhere") {
        TestLog other(keeper.distant);
        findings = keeper.after([&](lmdb::Writer& writer, const schema::Tables& tables) {
            const auto put = [&](std::string_view of, const std::string& name, const Bytes& value) {
                writer.put(tables.of(Table::settings), as_bytes(setting_rows::key(of, name)),
                           value);
            };
            other.add(keeper.distant.genesis());
            put(setting_rows::kWitnessed, "nobody/ledger",
                write_witnessed({other.checkpoint(1), other.note(1), kNow}));
        });
        what = "the witnessed checkpoint of nobody/ledger: ";
    }
    SECTION("announced, not signed by the log") {
        kind = "announced";
        const std::string row = setting_rows::key(setting_rows::kAnnounced, distant);
        findings = keeper.after(Table::settings, row,
                                Keeper::with_other_signature(keeper.row(Table::settings, row)));
        what = "the announced checkpoint of distant.example/ledger: signature of";
    }
    SECTION("announced, and of another tree than we hold, by a log that nobody caught") {
        kind = "announced";
        TestLog other(keeper.maker);
        other.add(keeper.log.entries.front());
        other.add(keeper.maker.any());
        findings = keeper.after_setting(setting_rows::kAnnounced, maker,
                                        to_bytes(as_bytes(other.note(2))));
        what = "it is of another tree than the 2 entries that are held";
    }
    starts_with_kind(findings, kind, what);
}

TEST_CASE("the check finds what is wrong with kept evidence, geneses and grants",
          "[store][check]") {
    Keeper keeper;
    const std::string forked = keeper.forked.origin();
    const auto evidence = [&](const TestLog& a, const TestLog& b) {
        return keeper.after(Table::evidence, forked, evidence_of_fork(a, b, 2));
    };
    std::string findings, kind = "evidence", what;
    SECTION("evidence that proves nothing") {
        findings = evidence(keeper.bad_log, keeper.bad_log);
        what = "the two checkpoints state the same root";
    }
    SECTION("evidence that the log has not signed") {
        Bytes damaged = keeper.evidence;
        const std::string line = "forked.example/ledger ";
        const std::size_t at = std::string(as_text(damaged)).rfind(line) + line.size() + 20;
        damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
        findings = keeper.after(Table::evidence, forked, damaged);
        what = "the evidence against forked.example/ledger: second checkpoint: ";
    }
    SECTION("evidence against another log") {
        TestLog a(keeper.distant), b(keeper.distant);
        a.add(keeper.distant.genesis());
        b.add(keeper.distant.any());
        findings = keeper.after(Table::evidence, forked, evidence_of_fork(a, b, 1));
        what = "it is against the log distant.example/ledger";
    }
    SECTION("another statement in its place") {
        findings = keeper.after(
            Table::evidence, forked,
            to_bytes(as_bytes(format_public(KeyRevoke{keeper.forked.node.public_key(), "no"}))));
        what = "it is neither a log.evidence nor a log.entry";
    }
    SECTION("proof of an entry that the log has not signed") {
        findings = keeper.after(
            Table::evidence, forked,
            write_entry_evidence(forked, keeper.proof(keeper.bad_log, 1), keeper.forked.any()));
        what = "the evidence against forked.example/ledger: proof: ";
    }
    SECTION("proof of an entry of another log") {
        TestLog other(keeper.maker);
        other.add(keeper.maker.genesis());
        other.add(keeper.maker.any());
        findings = keeper.after(
            Table::evidence, forked,
            write_entry_evidence(keeper.maker.origin(), keeper.proof(other, 1), other.entries[1]));
        what = "it is against the log maker.example/ledger";
    }
    SECTION("an incident that is not of its form") {
        kind = "incident";
        findings = keeper.after(Table::evidence, "incident/maker.example/ledger/2", Bytes{0x81});
        what = "the row incident/maker.example/ledger/2: ";
    }
    SECTION("an incident of another kind than its key says") {
        kind = "incident";
        const Incident back{
            .kind = IncidentKind::rollback, .text = {}, .first = {}, .second = {}, .bytes = {}};
        findings =
            keeper.after(Table::evidence, "incident/maker.example/ledger/3", write_incident(back));
        what = "it lies under the key of another";
    }
    SECTION("an incident with what the log has not signed") {
        kind = "incident";
        TestLog other(keeper.distant);
        other.add(keeper.distant.genesis());
        const Incident back{.kind = IncidentKind::rollback,
                            .text = {},
                            .first = other.note(1),
                            .second = {},
                            .bytes = {}};
        findings = keeper.after(Table::evidence, incident_row(keeper.maker.origin(), back),
                                write_incident(back));
        what = "the row incident/maker.example/ledger/2: note has no signature by the key of maker";
    }
    SECTION("evidence that is missing") {
        findings = keeper.after([&](lmdb::Writer& writer, const schema::Tables& tables) {
            writer.remove(tables.of(Table::evidence), as_bytes(forked));
            writer.remove(tables.of(Table::settings),
                          as_bytes(setting_rows::key(setting_rows::kAnnounced, forked)));
        });
        what = "the log forked.example/ledger: it is frozen, and the evidence is missing";
    }
    SECTION("a genesis of other bytes") {
        kind = "genesis";
        Bytes genesis = keeper.distant.genesis();
        genesis[genesis.size() - 5] ^= 1;
        findings = keeper.after_setting(setting_rows::kGenesis, keeper.distant.name, genesis);
        what = "the org.genesis that is kept of distant.example: ";
    }
    SECTION("a genesis of somebody else") {
        kind = "genesis";
        findings = keeper.after_setting(setting_rows::kGenesis, keeper.distant.name,
                                        keeper.maker.genesis());
        what = "the statement is another";
    }
    SECTION("a TLS grant by another key than the root") {
        kind = "tls key";
        findings = keeper.after_setting(
            setting_rows::kTlsGrant, keeper.distant.name,
            keeper.distant.public_statement(keeper.distant.node,
                                            TlsGrant{Hash{2}, "https://distant.example"}));
        what = "the TLS key that is kept of distant.example: the statement is not by its root key";
    }
    SECTION("a TLS grant of other bytes") {
        kind = "tls key";
        Bytes grant = keeper.distant.public_statement(keeper.distant.root,
                                                      TlsGrant{Hash{2}, "https://distant.example"});
        grant[grant.size() - 5] ^= 1;
        findings = keeper.after_setting(setting_rows::kTlsGrant, keeper.distant.name, grant);
        what = "the TLS key that is kept of distant.example: ";
    }
    starts_with_kind(findings, kind, what);
}

TEST_CASE("a log that was frozen for an entry in it, and what a later version kept, are sound",
          "[store][check]") {
    Keeper keeper;
    const std::string forked = keeper.forked.origin();
    CHECK(keeper.after(Table::evidence, forked,
                       write_entry_evidence(forked, keeper.proof(keeper.bad_log, 1),
                                            keeper.bad_log.entries[1])) == "");
    CHECK(keeper.after(Table::evidence, "incident/maker.example/ledger/9", Bytes{0x81, 0x02}) ==
          "");
}

TEST_CASE("the check finds what is wrong with the cosignatures of our log", "[store][check]") {
    Keeper keeper;
    const std::string text = parse_note(keeper.node.store->head(kOwnLog)->note).value().text;
    const auto line = [&](const std::string& signature) {
        const NoteSignature parsed = parse_note(format_note(text, {signature}))->signatures.front();
        return std::pair(
            schema::cosig_key(kOwnLog, 5, text, parsed.name + "\n" + std::to_string(parsed.key_id)),
            schema::write_cosignature({text, signature}));
    };
    const auto after = [&](const schema::CosigKey& key, const std::optional<Bytes>& value) {
        return keeper.after([&](lmdb::Writer& writer, const schema::Tables& tables) {
            if (value)
                writer.put(tables.cosigs, key, *value);
            else
                writer.remove(tables.cosigs, key);
        });
    };
    const std::string good = keeper.maker.mirror_signer().sign(text, kNow);
    const auto damaged = [](const std::string& signature) {
        return std::string(as_text(Keeper::with_other_signature(to_bytes(as_bytes(signature)))));
    };
    const schema::CosigKey own = schema::cosig_key(kOwnLog, 5, text, {});
    std::string findings, what;
    SECTION("a mirror's does not hold") {
        const auto [key, value] = line(damaged(good));
        findings = after(key, value);
        what =
            "of our checkpoint of 5 entries: the signature of maker.example/mirror does not hold";
    }
    SECTION("our own does not hold") {
        findings = after(
            own, schema::write_cosignature({text, damaged(keeper.acme.log_signer.sign(text))}));
        what = "of our checkpoint of 5 entries: our own signature: ";
    }
    SECTION("our own is missing") {
        findings = after(own, std::nullopt);
        what = "our own signature is missing beside it";
    }
    SECTION("it lies under another signer's key") {
        const auto [key, value] = line(keeper.distant.mirror_signer().sign(text, kNow));
        findings = after(key, line(good).second);
        what = "it lies under the key of another";
    }
    SECTION("it is not of its form") {
        findings = after(line(good).first, Bytes{0xff});
        what = "a row of table cosigs is not of its form";
    }
    starts_with_kind(findings, "cosignature", what);
}

TEST_CASE("a cosignature by a key that no log names is told, not condemned", "[store][check]") {
    Keeper keeper;
    const TestOrg stranger("stranger.example");
    const std::string text = parse_note(keeper.node.store->head(kOwnLog)->note).value().text;
    REQUIRE(keeper.node.sequencer->add_cosignature(text, stranger.mirror_signer().sign(text, kNow))
                .get());
    const auto report = check_store(*keeper.node.store, keeper.node.roots);
    CHECK(report.ok());
    CHECK(report.unknown_signers == 1);
}

TEST_CASE("the check finds what is wrong with entries beyond a log's head", "[store][check]") {
    Keeper keeper;
    const LogId log = keeper.node.store->log_by_origin(keeper.maker.origin())->id;
    const std::string name = "entry 30 of the log maker.example/ledger";
    const auto entry = [&](std::uint64_t index, const std::optional<Bytes>& bytes) {
        return keeper.after([&](lmdb::Writer& writer, const schema::Tables& tables) {
            if (bytes)
                writer.put(tables.mirrored, schema::entry_key(log, index), *bytes);
            else
                writer.remove(tables.mirrored, schema::entry_key(log, index));
        });
    };
    std::string findings, kind, what;
    SECTION("one of other bytes, that is a good statement") {
        findings = entry(30, keeper.maker.sealed({tag_of(30)}));
        kind = "pending tile";
        what = "tile 0/0 of the log maker.example/ledger does not hold the hashes";
    }
    SECTION("one whose signature does not hold") {
        Bytes bytes = keeper.log.entries[30];
        bytes[bytes.size() - 3] ^= 1;
        findings = entry(30, bytes);
        kind = "pending signature";
        what = name;
    }
    SECTION("one by a key that was never granted") {
        findings = entry(30, keeper.maker.sealed_by(keeper.acme.node, {tag_of(30)}));
        kind = "pending right";
        what = name;
    }
    SECTION("one in the table of public statements") {
        findings = keeper.after([&](lmdb::Writer& writer, const schema::Tables& tables) {
            writer.put(tables.publics, schema::entry_key(log, 30), {});
        });
        kind = "pending public";
        what = name;
    }
    SECTION("a tile") {
        findings = keeper.after([&](lmdb::Writer& writer, const schema::Tables& tables) {
            const auto key = schema::tile_key(log, 0, 1);
            Bytes tile = to_bytes(writer.get(tables.tiles, key).value());
            tile[40] ^= 1;
            writer.put(tables.tiles, key, tile);
        });
        kind = "pending tile";
        what = "tile 0/1 of the log maker.example/ledger";
    }
    SECTION("a tag that the index lacks") {
        const auto row = keeper.node.store->state().index->find(tag_of(30)).at(0);
        keeper.node.close();
        {
            lmdb::Environment index(keeper.node.store_options.folder / "index", 1 << 30, false);
            const auto tables = index.open_tables({"tags"});
            lmdb::Writer writer(index);
            writer.remove(tables[0], tag_rows::key(tag_of(30), row));
            writer.commit();
        }
        auto store = Store::open(keeper.node.store_options);
        REQUIRE(store);
        keeper.node.store = std::move(*store);
        findings = keeper.node.check();
        kind = "pending index";
        what = name;
    }
    CAPTURE(findings);
    CHECK(contains(findings, kind + ": "));
    CHECK(contains(findings, what));
    CHECK(contains(findings, ", beyond its head"));
}

TEST_CASE("an entry beyond the head that can't be parsed is found", "[store][check]") {
    Keeper keeper;
    const LogId log = keeper.node.store->log_by_origin(keeper.maker.origin())->id;
    keeper.node.sequencer.reset();
    {
        lmdb::Writer writer(keeper.node.store->state().log);
        writer.put(keeper.node.store->state().tables.mirrored, schema::entry_key(log, 30),
                   Bytes(9));
        writer.commit();
    }
    CHECK(contains(keeper.node.check(), "pending statement: entry 30 of the log"));
}

}  // namespace reelproof::ledger::tests
