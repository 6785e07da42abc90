#include <algorithm>
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "ledger/provenance/cosigned.h"
#include "ledger/store/state.h"
#include "ledger/store/tag_view.h"
#include "tests/ledger/store/store_support.h"
#include "tests/memory_use.h"

namespace reelproof::ledger::tests {

TEST_CASE("a statement is placed under a signed checkpoint and can be read back", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const Bytes statement = org.sealed({tag_of(1), tag_of(2)});

    const Placement placed = node.must_submit(statement);

    CHECK(placed.index == 1);
    CHECK(placed.size == 2);
    CHECK_FALSE(placed.duplicate);
    CHECK(*node.store->entry(kOwnLog, 1) == statement);
    const auto head = node.store->head(kOwnLog);
    REQUIRE(head);
    const auto note = parse_note(head->note);
    REQUIRE(note);
    CHECK(verify_note(*note, org.log_signer.verifier()));
    CHECK(*parse_checkpoint(note->text) == head->checkpoint);
    CHECK(tree_root(2, node.store->subtree(kOwnLog)) == head->checkpoint.root);
    const auto proof = inclusion_proof(1, 2, node.store->subtree(kOwnLog));
    CHECK(*root_from_inclusion(1, 2, leaf_hash(statement), proof) == head->checkpoint.root);
    CHECK(node.store->find_statement(leaf_hash(statement)) == 1u);
    CHECK(node.store->entry(kOwnLog, 2).error().kind == ErrorKind::not_found);
    CHECK(node.check() == "");
}

TEST_CASE("an answer may submit the next statement; what is refused at once answers in the call",
          "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    std::promise<std::vector<std::uint64_t>> all;
    std::vector<std::uint64_t> indexes;
    std::function<void(Result<Placement>)> answer = [&](const Result<Placement>& placed) {
        if (!placed) return all.set_value({});
        indexes.push_back(placed->index);
        if (indexes.size() == 20) return all.set_value(indexes);
        const auto tag = static_cast<std::uint8_t>(indexes.size());
        node.sequencer->submit(org.sealed({tag_of(tag)}), answer);
    };

    node.sequencer->submit(org.sealed({tag_of(100)}), answer);

    auto placed = all.get_future().get();
    REQUIRE(placed.size() == 20);
    for (std::size_t i = 0; i < placed.size(); ++i) CHECK(placed[i] == i + 1);

    std::optional<ErrorKind> refused;
    node.sequencer->submit(Bytes(70'000),
                           [&](const Result<Placement>& result) { refused = result.error().kind; });
    CHECK(refused == ErrorKind::too_large);
}

TEST_CASE("an answer that throws harms nobody else, and there must be one", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.sequencer->submit(org.any(), [](const Result<Placement>&) { throw 1; });
    node.must_submit(org.any());
    CHECK(node.size() == 3);
    CHECK_THROWS_AS(node.sequencer->submit(org.any(), Sequencer::Answer()), std::invalid_argument);
    CHECK(node.size() == 3);
    CHECK(node.check() == "");
}

TEST_CASE("public statements of our log leave room for keys and evidence", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const auto recall = [&](const std::string& mpn) {
        return org.public_statement(org.node, Recall{mpn, {}, {}, "crack"});
    };
    const std::size_t limit = org.genesis().size() + recall("M1").size();
    const auto open = [&] {
        return node.open(
            [&](StoreOptions&, SequencerOptions& how) { how.own_public_bytes = limit; });
    };
    REQUIRE(open() == "");
    CHECK(node.sequencer->public_warning() != "");  // the genesis is more than half
    node.must_submit(recall("M1"));
    CHECK(node.sequencer->counters().public_bytes == limit);
    CHECK(node.sequencer->submit(recall("M2")).get().error().kind == ErrorKind::too_large);
    // Those of before a restart count too.
    REQUIRE(open() == "");
    CHECK(node.sequencer->submit(recall("M2")).get().error().kind == ErrorKind::too_large);
    const auto key = SecretKey::generate().public_key();
    node.must_submit(org.grant(key, {"sealed"}));
    node.must_submit(org.revoke(key));
    node.must_submit(org.any());
    CHECK(node.size() == 5);
    CHECK(node.check() == "");
    REQUIRE(node.open() == "");
    CHECK(node.sequencer->public_warning() == "");
    node.must_submit(recall("M2"));
}

TEST_CASE("an envelope is found by its tag, with where and by whom", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.must_submit(org.sealed({tag_of(1), tag_of(2)}, kNow - 5));
    node.must_submit(org.sealed({tag_of(2), tag_of(3)}, kNow - 4));

    for (const bool merged : {false, true}) {
        CAPTURE(merged);
        if (merged) REQUIRE(node.open() == "");  // closing merges the memory into LMDB
        const auto found = node.store->find_tag(tag_of(2)).envelopes;
        REQUIRE(found.size() == 2);
        CHECK(found[0].place == Place{kOwnLog, 1});
        CHECK(found[0].position == 1);
        CHECK(found[0].iss == org.name);
        CHECK(found[0].iat == kNow - 5);
        CHECK(found[1].place == Place{kOwnLog, 2});
        CHECK(found[1].position == 0);
        CHECK(found[1].bytes.size() > 150);
        CHECK(node.store->find_tag(tag_of(4)).envelopes.empty());
        CHECK(node.store->stats().envelopes_in_memory == (merged ? 0u : 4u));
    }
    CHECK(node.store->stats().envelopes_indexed == 4);
}

TEST_CASE("a view of the tags holds while rows are added and merged", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    node.must_submit(org.sealed({tag_of(1)}));
    REQUIRE(node.store->state().index->merge());
    node.must_submit(org.sealed({tag_of(2)}));

    TagView view(*node.store);
    node.must_submit(org.sealed({tag_of(3)}));
    for (const bool merged : {false, true}) {
        CAPTURE(merged);
        if (merged) REQUIRE(node.store->state().index->merge());
        CHECK(view.find(tag_of(1), org.name, 17).envelopes.size() == 1);
        CHECK(view.find(tag_of(2), org.name, 17).envelopes.size() == 1);
        CHECK(view.find(tag_of(2), "nobody.example", 17).envelopes.empty());
        // What came later: its row may be seen, its entry is not in the view.
        CHECK(view.find(tag_of(3), org.name, 17).envelopes.empty());
        CHECK(TagView(*node.store).find(tag_of(3), org.name, 17).envelopes.size() == 1);
    }
}

TEST_CASE("the first statement of a log must be our org.genesis", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const TestOrg other("other.example");
    TestNode node(folder.path(), org);
    REQUIRE(node.open() == "");

    CHECK(node.submit_error(org.any()).find("must be its org.genesis") != std::string::npos);
    CHECK(node.submit_error(other.genesis()).find("must be its org.genesis") != std::string::npos);
    TestOrg other_key = org;
    other_key.log_signer = NoteSigner(org.origin(), 0x01, Secret<32>::random());
    CHECK(node.submit_error(other_key.genesis()).find("another log key") != std::string::npos);
    CHECK_FALSE(node.store->head(kOwnLog));

    CHECK(node.must_submit(org.genesis()).index == 0);
    CHECK(node.submit_error(org.genesis()) == "");  // the same again is a duplicate
}

TEST_CASE("the same statement again gives the first placement", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const Bytes statement = org.any();
    node.must_submit(statement);
    node.must_submit(org.any());

    SECTION("at once") {}
    SECTION("after a restart") {
        REQUIRE(node.open() == "");
    }
    SECTION("after the index was lost") {
        node.close();
        std::filesystem::remove_all(node.store_options.folder / "index");
        REQUIRE(node.open() == "");
    }
    const Placement again = node.must_submit(statement);
    CHECK(again.index == 1);
    CHECK(again.size == 3);
    CHECK(again.duplicate);
    CHECK(node.size() == 3);
}

TEST_CASE("the same statement many times at once becomes one entry", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const Bytes statement = org.any();

    std::vector<std::future<Result<Placement>>> answers;
    for (int i = 0; i < 100; ++i) answers.push_back(node.sequencer->submit(statement));
    int first = 0;
    for (auto& answer : answers) {
        const auto placed = answer.get();
        REQUIRE(placed);
        CHECK(placed->index == 1);
        CHECK(placed->size == 2);
        if (!placed->duplicate) ++first;
    }
    CHECK(first == 1);
    CHECK(node.size() == 2);
    CHECK(node.sequencer->counters().duplicates == 99);
}

TEST_CASE("statements that depend on one another may be submitted without waiting", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const SecretKey station = SecretKey::generate();
    TestNode node(folder.path(), org);
    REQUIRE(node.open() == "");

    auto genesis = node.sequencer->submit(org.genesis());
    auto grant = node.sequencer->submit(org.grant(station.public_key(), {"sealed"}));
    auto by_station = node.sequencer->submit(org.sealed_by(station, {tag_of(1)}));
    auto revoke = node.sequencer->submit(org.revoke(station.public_key()));
    auto too_late = node.sequencer->submit(org.sealed_by(station, {tag_of(2)}));

    CHECK(genesis.get()->index == 0);
    CHECK(grant.get()->index == 1);
    CHECK(by_station.get()->index == 2);
    CHECK(revoke.get()->index == 3);
    const auto refused = too_late.get();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::untrusted);
    CHECK(refused.error().message.find("was revoked at entry 3") != std::string::npos);
    CHECK(node.check() == "");
}

TEST_CASE("bad statements are refused with a reason and change nothing", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const TestOrg stranger("stranger.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();

    Bytes tampered = org.any();
    tampered[tampered.size() - 80] ^= 1;  // in the last envelope
    CHECK(node.submit_error(tampered) != "");
    CHECK(node.submit_error({1, 2, 3}) != "");
    CHECK(node.submit_error(Bytes(70000)).find("65,535") != std::string::npos);
    CHECK(node.submit_error(stranger.any()).find("has no org.genesis") != std::string::npos);
    CHECK(node.submit_error(org.sealed_by(SecretKey::generate(), {tag_of(1)}))
              .find("was never granted") != std::string::npos);
    CHECK(node.size() == 1);
    CHECK(node.sequencer->counters().rejected == 5);
}

TEST_CASE("a guest registers in the log of its host", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    const TestOrg guest("small-broker.example");
    TestNode node(folder.path(), org, {&guest});
    node.open_with_genesis();

    CHECK(node.must_submit(guest.guest_genesis()).index == 1);
    CHECK(node.must_submit(guest.sealed({tag_of(7)})).index == 2);
    const auto directory = node.store->directory();
    REQUIRE(directory->org(guest.name) != nullptr);
    CHECK(directory->org(guest.name)->guest);
    CHECK(node.store->find_tag(tag_of(7)).envelopes.at(0).iss == guest.name);
    REQUIRE(node.open() == "");
    CHECK(node.must_submit(guest.any()).index == 3);
    CHECK(node.check() == "");
}

TEST_CASE("writes go with their statement, or not at all", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const auto key = as_bytes("request 1");
    const auto put = [&](WriteTransaction& write) {
        write.put(Table::idempotency, key, as_bytes("done"));
    };

    SECTION("both are there") {
        REQUIRE(node.sequencer->submit(org.any(), put).get());
        CHECK(node.store->get(Table::idempotency, key) == to_bytes(as_bytes("done")));
    }
    SECTION("a throwing one fails its own statement and no other") {
        auto bad = node.sequencer->submit(org.any(), [&](WriteTransaction& write) {
            put(write);
            throw EnvironmentError("no such job");
        });
        auto good = node.sequencer->submit(org.any());
        CHECK(bad.get().error().message == "no such job");
        CHECK(good.get()->index == 1);
        CHECK_FALSE(node.store->get(Table::idempotency, key));
        CHECK(node.size() == 2);
    }
    SECTION("not for a duplicate") {
        const Bytes statement = org.any();
        node.must_submit(statement);
        REQUIRE(node.sequencer->submit(statement, put).get());
        CHECK_FALSE(node.store->get(Table::idempotency, key));
    }
    SECTION("alone") {
        REQUIRE(node.sequencer->write(put).get());
        CHECK(node.store->get(Table::idempotency, key));
        auto bad = node.sequencer->write([&](WriteTransaction& write) {
            write.remove(Table::idempotency, key);
            write.put(Table::settings, {}, {});
        });
        CHECK(bad.get().error().message.find("1 to 511 bytes") != std::string::npos);
        CHECK(node.store->get(Table::idempotency, key));
        int rows = 0;
        node.store->scan(Table::idempotency, [&](ByteView, ByteView) { return ++rows > 0; });
        CHECK(rows == 1);
    }
    CHECK(node.check() == "");
}

TEST_CASE("nothing is signed while the clock is set back", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();

    *node.now = kNow - 5;  // within the tolerance
    CHECK(node.submit_error(org.any()) == "");
    CHECK(node.store->head(kOwnLog)->time == kNow);  // never runs backwards
    *node.now = kNow - 6;
    const std::string reason = node.submit_error(org.any());
    CHECK(reason.find(to_iso8601(kNow)) != std::string::npos);
    CHECK(reason.find(to_iso8601(kNow - 6)) != std::string::npos);
    CHECK(node.sequencer->refusing() == reason);
    REQUIRE(node.open() == "");
    CHECK(node.sequencer->refusing() == reason);
    CHECK(node.size() == 2);

    *node.now = kNow + 1;
    CHECK(node.sequencer->refusing() == "");
    CHECK(node.submit_error(org.any()) == "");
}

TEST_CASE("a clock that was ahead is left behind on purpose, and for good", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    constexpr UnixSeconds kAhead = kNow + 10 * 365 * 86400;
    *node.now = kAhead;
    node.open_with_genesis();
    *node.now = kNow;
    const std::string reason = node.submit_error(org.any());
    CHECK(reason.find("--accept-clock") != std::string::npos);
    REQUIRE(node.open([](StoreOptions&, SequencerOptions& options) {
        options.accept_clock = true;
    }) == "");
    CHECK(node.sequencer->refusing() == "");
    CHECK(node.submit_error(org.any()) == "");
    CHECK(node.store->head(kOwnLog)->time == kNow);
    REQUIRE(node.open() == "");
    CHECK(node.submit_error(org.any()) == "");
    CHECK(node.check() == "");
}

TEST_CASE("a full pool answers unavailable and holds no more than its bound", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    REQUIRE(node.open([](StoreOptions&, SequencerOptions& options) {
        options.pool_bytes = 20'000;
    }) == "");
    node.must_submit(org.genesis());
    // Holds the sequencer inside a transaction until we let go.
    std::promise<void> let_go;
    std::promise<void> held;
    auto busy = node.sequencer->write([&](WriteTransaction&) {
        held.set_value();
        let_go.get_future().wait();
    });
    held.get_future().wait();

    std::vector<std::future<Result<Placement>>> answers;
    std::size_t statement_size = 0;
    for (int i = 0; i < 200; ++i) {
        Bytes statement = org.any();
        statement_size = statement.size();
        answers.push_back(node.sequencer->submit(std::move(statement)));
        REQUIRE(node.sequencer->counters().pool_bytes <= 20'000);
    }
    let_go.set_value();
    REQUIRE(busy.get());
    std::size_t taken = 0;
    for (auto& answer : answers) {
        const auto placed = answer.get();
        if (placed) {
            ++taken;
        } else {
            CHECK(placed.error().kind == ErrorKind::unavailable);
            CHECK(placed.error().message.find("pool is full") != std::string::npos);
        }
    }
    CHECK(taken == 20'000 / statement_size);
    CHECK(node.sequencer->counters().pool_bytes == 0);
    CHECK(node.submit_error(org.any()) == "");
}

TEST_CASE("closing finishes what is in the pool", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    std::vector<std::future<Result<Placement>>> answers;
    for (int i = 0; i < 50; ++i) answers.push_back(node.sequencer->submit(org.any()));
    node.close();
    for (auto& answer : answers) CHECK(answer.get());
    REQUIRE(node.open() == "");
    CHECK(node.size() == 51);
}

TEST_CASE("a cosignature is kept for exactly its checkpoint", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const NoteSigner mirror("oem.example/mirror", 0x04, Secret<32>::random());
    const std::string text = format_checkpoint(node.store->head(kOwnLog)->checkpoint);
    const std::string line = mirror.sign(text, kNow);

    REQUIRE(node.sequencer->add_cosignature(text, line).get());
    CHECK(node.store->cosignatures(kOwnLog, text) == std::vector<std::string>{line});
    const std::string later = mirror.sign(text, kNow + 9);
    REQUIRE(node.sequencer->add_cosignature(text, later).get());
    CHECK(node.store->cosignatures(kOwnLog, text) == std::vector<std::string>{later});

    node.must_submit(org.any());
    const std::string next = format_checkpoint(node.store->head(kOwnLog)->checkpoint);
    CHECK(node.store->cosignatures(kOwnLog, next).empty());
    CHECK(node.store->cosignatures(kOwnLog, text).size() == 1);
    CHECK(node.sequencer->add_cosignature(text + "more\n", line).get().error().kind ==
          ErrorKind::conflict);
    Checkpoint foreign = node.store->head(kOwnLog)->checkpoint;
    foreign.root[0] ^= 1;
    CHECK(node.sequencer->add_cosignature(format_checkpoint(foreign), line).get().error().kind ==
          ErrorKind::conflict);
    CHECK(node.sequencer->add_cosignature(next, "rubbish").get().error().kind ==
          ErrorKind::malformed);
}

TEST_CASE("cosigned checkpoints go as a whole, the oldest first", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    std::vector<std::future<Result<void>>> kept;
    const auto cosign = [&](const std::string& text, int mirrors) {
        for (int i = 0; i < mirrors; ++i) {
            const NoteSigner mirror("m" + std::to_string(i), 0x04, Secret<32>::random());
            kept.push_back(node.sequencer->add_cosignature(text, mirror.sign(text, kNow)));
        }
    };
    std::vector<std::string> texts;
    for (int i = 0; i < 2; ++i) {
        texts.push_back(format_checkpoint(node.store->head(kOwnLog)->checkpoint));
        node.must_submit(org.any());
    }
    cosign(texts[0], 3);
    cosign(texts[1], 4092);  // with both own signatures one row too many
    for (auto& one : kept) REQUIRE(one.get());
    const auto left = node.store->cosigned_checkpoints(0);
    REQUIRE(left.size() == 1);
    CHECK(left[0].text == texts[1]);
    CHECK(left[0].cosignatures.size() == 4092);
    CHECK(node.store->cosignatures(kOwnLog, texts[0]).empty());
}

TEST_CASE("readers see whole states while statements pour in", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> problems = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!stop) {
                const auto head = node.store->head(kOwnLog);
                const std::uint64_t size = head->checkpoint.size;
                if (tree_root(size, node.store->subtree(kOwnLog)) != head->checkpoint.root)
                    ++problems;
                const auto last = node.store->entry(kOwnLog, size - 1);
                if (!last || (size > 1 && !node.store->find_statement(leaf_hash(*last))))
                    ++problems;
                if (size > 1 && node.store->find_tag(tag_of(size - 1)).envelopes.empty())
                    ++problems;
            }
        });
    for (std::uint64_t i = 1; i <= 300; ++i) node.must_submit(org.sealed({tag_of(i)}));
    stop = true;
    for (auto& reader : readers) reader.join();
    CHECK(problems == 0);
    CHECK(node.check() == "");
}

TEST_CASE("cosigned checkpoints of a growing log stay whole, with our own signature", "[store]") {
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    node.open_with_genesis();
    const NoteSigner oem("oem.example/mirror", 0x04, Secret<32>::random());
    const NoteSigner maker("maker.example/mirror", 0x04, Secret<32>::random());
    std::vector<std::string> notes;
    for (int i = 0; i < 4; ++i) {
        notes.push_back(node.store->head(kOwnLog)->note);
        node.must_submit(org.any());
    }
    const auto cosign = [&](const std::string& note, const NoteSigner& by) {
        const auto text = parse_note(note)->text;
        REQUIRE(node.sequencer->add_cosignature(text, by.sign(text, kNow)).get());
    };
    cosign(notes[2], oem);  // two entries later than the newest that both have
    cosign(notes[1], oem);
    cosign(notes[1], maker);
    REQUIRE(node.open() == "");

    const auto kept = node.store->cosigned_checkpoints(0);
    REQUIRE(kept.size() == 2);
    CHECK(kept[0].checkpoint.size == 2);
    CHECK(kept[0].cosignatures.size() == 2);
    CHECK(kept[1].cosignatures.size() == 1);
    // The very bytes that were published.
    CHECK(format_note(kept[1].text, {kept[1].signature}) == notes[2]);
    CHECK(node.store->cosigned_checkpoints(3).size() == 1);
    CHECK(node.store->cosigned_checkpoints(4).empty());

    const auto own = node.store->log_by_origin(org.origin()).value();
    const auto head = node.store->head(kOwnLog).value();
    // The one that most have, else the newest that anybody has, else ours alone.
    const auto size_of = [&](std::uint64_t covered) {
        const auto note =
            parse_note(cosigned_checkpoint(*node.store, own, head, covered, {})).value();
        REQUIRE(verify_note(note, org.log_signer.verifier()));
        return parse_checkpoint(note.text)->size;
    };
    CHECK(size_of(1) == 2);
    CHECK(size_of(2) == 2);
    CHECK(size_of(3) == 3);
    CHECK(size_of(4) == 5);
    CHECK(node.check() == "");
}

TEST_CASE("memory stays flat while much more is offered than the pool holds", "[store]") {
    constexpr std::size_t kPool = 4 << 20;
    const TempFolder folder;
    const TestOrg org("acme-ems.example");
    TestNode node(folder.path(), org);
    REQUIRE(node.open([](StoreOptions&, SequencerOptions& options) {
        options.pool_bytes = kPool;
    }) == "");
    node.must_submit(org.genesis());
    std::vector<Tag> tags;
    for (int i = 0; i < 200; ++i) tags.push_back(tag_of(i));
    const Bytes large = org.sealed(tags);
    const std::size_t before = reelproof::tests::memory_in_use();
    std::atomic<std::size_t> answered{0}, refused{0};
    constexpr std::size_t kThreads = 4;
    const std::size_t each = (std::size_t{400} << 20) / large.size() / kThreads;
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < kThreads; ++i)
        clients.emplace_back([&] {
            for (std::size_t n = 0; n < each; ++n)
                node.sequencer->submit(large, [&](const Result<Placement>& placed) {
                    if (!placed && placed.error().kind == ErrorKind::unavailable) ++refused;
                    ++answered;
                });
        });
    std::size_t most = 0;
    while (answered < each * kThreads) {
        most = std::max(most, reelproof::tests::memory_in_use());
        std::this_thread::yield();
    }
    for (auto& client : clients) client.join();
    CHECK(refused > 0);
    CHECK(refused < answered);
    if (reelproof::tests::kMemoryIsTelling) CHECK(most < before + 16 * kPool);
    CHECK(node.submit_error(org.any()) == "");
    CHECK(node.check() == "");
}

}  // namespace reelproof::ledger::tests
