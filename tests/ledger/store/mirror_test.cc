#include <atomic>
#include <functional>

#include <catch2/catch.hpp>

#include "ledger/format/merkle.h"
#include "ledger/format/wire.h"
#include "ledger/store/state.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::ledger::tests {

namespace {

// A node of acme that mirrors the log of a manufacturer with 40 entries of three envelopes each.
struct Fixture {
    Fixture() : log(maker), node(folder.path(), acme, {&maker}) {
        log.add(maker.genesis());
        log.add(maker.grant(station.public_key(), {"sealed"}));
        for (std::uint64_t i = 2; i < 40; ++i)
            log.add(maker.sealed_by(i % 2 == 0 ? station : maker.node,
                                    {tag_of(3 * i), tag_of(3 * i + 1), tag_of(3 * i + 2)}));
        node.open_with_genesis();
    }
    [[nodiscard]] std::uint64_t visible() const {
        const auto info = node.store->log_by_origin(maker.origin());
        if (!info) return 0;
        const auto head = node.store->head(info->id);
        return head ? head->checkpoint.size : 0;
    }

    TempFolder folder;
    TestOrg acme{"acme-ems.example"};
    TestOrg maker{"maker.example"};
    SecretKey station = SecretKey::generate();
    TestLog log;
    TestNode node;
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a mirrored log is verified, stored, and found by its tags", "[store][mirror]") {
    Fixture f;
    REQUIRE(f.node.mirror_error(f.log.batch(0, 40)) == "");

    const auto info = f.node.store->log_by_origin(f.maker.origin());
    REQUIRE(info);
    CHECK(info->org == f.maker.name);
    CHECK(f.node.store->head(info->id)->checkpoint == f.log.checkpoint(40));
    CHECK(f.node.store->head(info->id)->note == f.log.note(40));
    CHECK(*f.node.store->entry(info->id, 7) == f.log.entries[7]);
    const auto found = f.node.store->find_tag(tag_of(22)).envelopes;
    REQUIRE(found.size() == 1);
    CHECK(found[0].place == Place{info->id, 7});
    CHECK(found[0].position == 1);
    CHECK(found[0].iss == f.maker.name);
    CHECK(f.node.store->directory()->org(f.maker.name)->log == info->id);
    CHECK(f.node.check() == "");

    REQUIRE(f.node.open() == "");
    CHECK(f.visible() == 40);
    CHECK(f.node.store->find_tag(tag_of(22)).envelopes.size() == 1);
    CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 40);
    f.log.add(f.maker.any());
    CHECK(f.node.mirror_error(f.log.batch(40, 41)) == "");
    CHECK(f.visible() == 41);
    CHECK(f.node.check() == "");
}

TEST_CASE("a long log is taken in parts and shown once its root is verified", "[store][mirror]") {
    Fixture f;
    REQUIRE(f.node.mirror_error(f.log.batch(0, 15)) == "");
    CHECK(f.visible() == 0);
    CHECK(f.node.store->find_tag(tag_of(22)).envelopes.empty());
    CHECK(f.node.store->directory()->org(f.maker.name) == nullptr);
    CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 15);
    CHECK(contains(f.node.mirror_error(f.log.batch(16, 20)), "15 are stored"));

    SECTION("at once") {}
    SECTION("after a restart") {
        REQUIRE(f.node.open() == "");
        CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 15);
    }
    REQUIRE(f.node.mirror_error(f.log.batch(15, 30)) == "");
    CHECK(f.visible() == 0);
    f.log.add(f.maker.any());  // meanwhile the log has grown
    REQUIRE(f.node.mirror_error(f.log.batch(30, 41)) == "");
    CHECK(f.visible() == 41);
    CHECK(f.node.store->find_tag(tag_of(22)).envelopes.size() == 1);
    CHECK(f.node.store->directory()->org(f.maker.name) != nullptr);
    CHECK(f.node.check() == "");
}

TEST_CASE("parts that are handed in without waiting are taken one after the other",
          "[store][mirror]") {
    Fixture f;
    std::vector<std::future<Result<void>>> parts;
    const auto hand_in = [&](MirrorBatch batch) {
        parts.push_back(f.node.sequencer->store_mirror(std::move(batch)));
    };
    const auto answers = [&] {
        std::vector<std::string> out;
        for (auto& part : parts) {
            auto answer = part.get();
            out.push_back(answer ? "" : answer.error().message);
        }
        return out;
    };
    SECTION("all are good") {
        f.log.add(f.maker.grant(SecretKey::generate().public_key(), {"sealed"}));
        for (std::uint64_t from = 0; from < 40; from += 5)
            hand_in(f.log.batch(from, from + 5, from < 20 ? 40 : 41));
        hand_in(f.log.batch(40, 41));
        CHECK(answers() == std::vector<std::string>(9));
        CHECK(f.visible() == 41);
    }
    SECTION("one in between is bad") {
        hand_in(f.log.batch(0, 10, 40));
        MirrorBatch bad = f.log.batch(10, 20, 40);
        bad.entries[5][bad.entries[5].size() - 100] ^= 1;
        hand_in(bad);
        hand_in(f.log.batch(20, 40));
        const auto got = answers();
        CHECK(got[0].empty());
        CHECK(contains(got[1], "entry 15"));
        CHECK(contains(got[2], "10 are stored"));
        CHECK(f.visible() == 0);
        CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 10);
        REQUIRE(f.node.mirror_error(f.log.batch(10, 40)) == "");
    }
    SECTION("the last shows that the one before it is of another tree") {
        TestLog other(f.maker);
        other.entries = f.log.entries;
        other.entries[12] = f.maker.sealed({tag_of(5000)});
        hand_in(f.log.batch(0, 10, 10));
        MirrorBatch part = other.batch(10, 25);
        part.note = f.log.note(40);
        hand_in(std::move(part));
        hand_in(f.log.batch(25, 40));
        const auto got = answers();
        CHECK(got[1].empty());
        CHECK(contains(got[2], "do not hash to the root"));
        CHECK(f.visible() == 10);
        CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 10);
        REQUIRE(f.node.mirror_error(f.log.batch(10, 40)) == "");
    }
    CHECK(f.node.check() == "");
    REQUIRE(f.node.open() == "");
    CHECK(f.node.check() == "");
}

TEST_CASE(
    "what public statements in parts of a catch-up say counts at once there, and shows at the end",
    "[store][mirror]") {
    Fixture f;
    TestLog log(f.maker);
    log.add(f.maker.genesis());
    for (int i = 0; i < 4; ++i) log.add(f.maker.any());
    const auto recall = [&](const std::string& lot) {
        return f.maker.public_statement(f.maker.node, Recall{"X", {lot}, {}, "crack"});
    };
    const SecretKey station = SecretKey::generate();
    log.add(f.maker.grant(station.public_key(), {"sealed"}));  // entry 5, in the second part
    log.add(recall("L1"));
    for (int i = 0; i < 3; ++i) log.add(f.maker.any());
    for (int i = 0; i < 5; ++i)
        log.add(f.maker.sealed_by(station, {random_tag()}));  // without public ones
    log.add(recall("L2"));
    log.add(f.maker.revoke(station.public_key()));
    const auto recalls = [&] {
        const auto directory = f.node.store->directory();
        return directory->recalls(f.maker.name, "X", "L1", "").size() +
               directory->recalls(f.maker.name, "X", "L2", "").size();
    };
    const bool restarted = GENERATE(false, true);
    std::vector<std::future<Result<void>>> parts;
    for (const auto& [from, to] : {std::pair(0, 5), std::pair(5, 10), std::pair(10, 15)})
        parts.push_back(f.node.sequencer->store_mirror(log.batch(from, to)));
    for (auto& part : parts) REQUIRE(part.get());
    CHECK(recalls() == 0);
    if (restarted) REQUIRE(f.node.open() == "");
    // The last part rests on what an earlier one said; where it is refused for that, they go:
    // nobody has proved yet that they are of the signed tree.
    TestLog other(f.maker);
    other.entries.assign(log.entries.begin(), log.entries.begin() + 15);
    other.add(f.maker.sealed_by(SecretKey::generate(), {random_tag()}));
    CHECK(contains(f.node.mirror_error(other.batch(15, 16)), "was never granted"));
    CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 0);
    REQUIRE(f.node.mirror_error(log.batch(0, 15, 17)) == "");
    REQUIRE(f.node.mirror_error(log.batch(15, 17)) == "");
    CHECK(recalls() == 2);
    // And nothing of it is shown twice.
    log.add(recall("L3"));
    log.add(f.maker.sealed_by(station, {random_tag()}));
    CHECK(contains(f.node.mirror_error(log.batch(17, 19)), "was revoked at entry 16"));
    log.entries.pop_back();
    REQUIRE(f.node.mirror_error(log.batch(17, 18)) == "");
    CHECK(f.node.store->directory()->org(f.maker.name)->recalls.size() == 3);
    CHECK(f.node.check() == "");
}

TEST_CASE("what was dropped leaves no mark, wherever we die on the way", "[store][mirror]") {
    Fixture f;
    REQUIRE(f.node.mirror_error(f.log.batch(0, 5, 5)) == "");
    // Parts that turn out to be none of the signed tree, with a statement of the future at the end.
    // They go in several steps.
    constexpr std::uint64_t kParts = 2'100;
    TestLog lies(f.maker);
    lies.entries.assign(f.log.entries.begin(), f.log.entries.begin() + 5);
    const Bytes filler = f.maker.sealed({tag_of(1000)});
    while (lies.entries.size() < kParts) lies.add(filler);
    lies.add(f.maker.sealed({tag_of(1001)}, kNow + 1'000'000));
    lies.add(filler);
    REQUIRE(f.node.mirror_error(lies.batch(5, kParts + 1)) == "");
    REQUIRE(f.node.store->copy_marks(f.maker.origin()).newest_stored.iat == kNow + 1'000'000);
    while (f.log.entries.size() < kParts + 2) f.log.add(filler);
    {
        const RecordFatal died;
        std::atomic<int> commits = 0;
        set_fault_hook([&](FaultPoint at) {
            if (at == FaultPoint::before_commit && ++commits == 2)
                throw EnvironmentError("the power went");
        });
        CHECK(f.node.mirror_error(f.log.batch(kParts + 1, kParts + 2)) != "");
        set_fault_hook({});
        CHECK(contains(died.reason(), "the power went"));
        f.node.close();
    }
    REQUIRE(f.node.open() == "");
    const std::uint64_t left = f.node.sequencer->mirror_stored(f.maker.origin());
    REQUIRE(left > 5);
    REQUIRE(left < kParts);
    // The log goes on with the same entries, as it happens.
    TestLog real(f.maker);
    real.entries.assign(lies.entries.begin(), lies.entries.begin() + kParts);
    REQUIRE(f.node.mirror_error(real.batch(left, kParts)) == "");
    CHECK(f.visible() == kParts);
    CHECK(f.node.store->copy_marks(f.maker.origin()).newest.iat == kNow);
    CHECK(f.node.check() == "");
}

TEST_CASE("parts of several logs are taken in turn", "[store][mirror]") {
    TempFolder folder;
    const TestOrg acme("acme-ems.example"), maker("maker.example"), oem("oem.example");
    std::vector<TestLog> logs{TestLog(maker), TestLog(oem)};
    for (TestLog& log : logs) {
        log.add(log.owner.genesis());
        for (int i = 1; i < 30; ++i) log.add(log.owner.any());
    }
    TestNode node(folder.path(), acme, {&maker, &oem});
    node.open_with_genesis();
    std::vector<std::future<Result<void>>> parts;
    for (std::uint64_t from = 0; from < 30; from += 10)
        for (const TestLog& log : logs)
            parts.push_back(node.sequencer->store_mirror(log.batch(from, from + 10)));
    for (auto& part : parts) CHECK(part.get());
    for (const TestLog& log : logs) {
        const auto info = node.store->log_by_origin(log.owner.origin());
        REQUIRE(info);
        CHECK(node.store->head(info->id)->checkpoint == log.checkpoint(30));
    }
    CHECK(node.check() == "");
}

TEST_CASE("a mirror gets its turn though the pool is never empty", "[store][mirror]") {
    constexpr std::size_t kWaiting = 2000, kMost = 100'000;
    // Outlive the node, which answers all that waits.
    std::atomic<std::size_t> answered = 0;
    std::atomic<bool> enough = false;
    std::function<void()> again;
    Bytes forged;
    Fixture f;
    REQUIRE(f.node.open([](StoreOptions&, SequencerOptions& options) { options.verifiers = 1; }) ==
            "");
    Sequencer* const sequencer = f.node.sequencer.get();  // there until the last answer
    forged = f.acme.sealed({tag_of(1)});
    forged.back() ^= 1;
    // Checked whole, refused, and there again: nothing of it is written.
    again = [&] {
        sequencer->submit(forged, [&](Result<Placement> placement) {
            if (placement || placement.error().kind == ErrorKind::unavailable) enough = true;
            if (++answered < kMost && !enough) again();
        });
    };
    for (std::size_t i = 0; i < kWaiting; ++i) again();
    CHECK(f.node.mirror_error(f.log.batch(0, 40)) == "");
    CHECK(answered < kMost);
    CHECK_FALSE(enough);
    enough = true;
}

TEST_CASE("a mirror refuses what does not verify, and keeps nothing of it", "[store][mirror]") {
    Fixture f;
    const TestOrg stranger("stranger.example");
    REQUIRE(f.node.mirror_error(f.log.batch(0, 20, 20)) == "");
    const auto head = [&] { return f.node.store->head(1)->checkpoint; };
    const Checkpoint before = head();
    MirrorBatch batch = f.log.batch(20, 40);
    std::string expected;

    SECTION("an entry of other content") {
        batch.entries[5][batch.entries[5].size() - 100] ^= 1;
        expected = "entry 25";
    }
    SECTION("another signature key") {
        batch.entries[3] = f.maker.sealed_by(SecretKey::generate(), {tag_of(1)});
        expected = "was never granted";
    }
    SECTION("an issuer that the log does not know") {
        batch.entries[3] = stranger.any();
        expected = "has no org.genesis";
    }
    SECTION("not a statement") {
        batch.entries[19] = {1, 2, 3};
        expected = "entry 39";
    }
    SECTION("a well-signed entry that is not the log's") {
        batch.entries[4] = f.maker.any();
        expected = "do not hash to the root";
    }
    SECTION("entries in another order") {
        std::swap(batch.entries[4], batch.entries[6]);
        expected = "do not hash to the root";
    }
    SECTION("a checkpoint that somebody else signed") {
        const std::string text = format_checkpoint(f.log.checkpoint(40));
        batch.note = format_note(
            text,
            {NoteSigner(f.maker.origin(), wire::kNoteEd25519, Secret<32>::random()).sign(text)});
        expected = "checkpoint";
    }
    SECTION("a checkpoint that was altered") {
        batch.note[batch.note.find('\n') + 1] = '9';
        expected = "checkpoint";
    }
    SECTION("a checkpoint that covers less than the batch") {
        batch.note = f.log.note(30);
        expected = "covers 30 entries";
    }
    SECTION("another organisation's name") {
        batch.org = f.acme.name;
        expected = "belongs to";
    }
    SECTION("our own log") {
        batch.origin = f.acme.origin();
        expected = "our own log";
    }
    const std::string error = f.node.mirror_error(batch);
    CAPTURE(error);
    CHECK(contains(error, expected));
    CHECK(error != "");
    CHECK(head() == before);
    CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 20);
    CHECK(f.node.check() == "");
    CHECK(f.node.mirror_error(f.log.batch(20, 40)) == "");
    CHECK(f.visible() == 40);
    CHECK(f.node.check() == "");
}

TEST_CASE("a log begins with the genesis of its trusted owner", "[store][mirror]") {
    Fixture f;
    std::string expected;
    MirrorBatch batch = f.log.batch(0, 40);
    TestOrg impostor(f.maker.name);
    TestLog forged(impostor);
    SECTION("another root key") {
        forged.add(impostor.genesis());
        batch = forged.batch(0, 1);
        expected = "not the trusted";
    }
    SECTION("an organisation without a configured root") {
        const TestOrg stranger("stranger.example");
        batch.org = stranger.name;
        batch.origin = stranger.origin();
        expected = "no root key is configured for stranger.example";
    }
    SECTION("no genesis") {
        TestLog without(f.maker);
        without.add(f.maker.any());
        batch = without.batch(0, 1);
        expected = "must be its org.genesis";
    }
    SECTION("a genesis of another log") {
        batch.origin = "maker.example/other";
        const std::string text = format_checkpoint({batch.origin, 40, f.log.checkpoint(40).root});
        batch.note = format_note(text, {f.maker.log_signer.sign(text)});
        expected = "not of maker.example/other";
    }
    const std::string error = f.node.mirror_error(batch);
    CAPTURE(error);
    CHECK(contains(error, expected));
    CHECK(f.node.store->logs().size() == 1);
    CHECK(f.node.check() == "");
}

TEST_CASE("a key that was revoked in a mirrored log signs nothing after it", "[store][mirror]") {
    Fixture f;
    f.log.add(f.maker.revoke(f.station.public_key()));
    REQUIRE(f.node.mirror_error(f.log.batch(0, 41)) == "");
    f.log.add(f.maker.sealed_by(f.station, {tag_of(1000)}));
    CHECK(contains(f.node.mirror_error(f.log.batch(41, 42)), "was revoked at entry 40"));
}

TEST_CASE("forks and rollbacks of a mirrored log are told apart", "[store][mirror]") {
    Fixture f;
    REQUIRE(f.node.mirror_error(f.log.batch(0, 40)) == "");
    TestLog fork(f.maker);
    fork.entries = f.log.entries;
    fork.entries[30] = f.maker.any();
    const auto store = [&](MirrorBatch batch) {
        return f.node.sequencer->store_mirror(std::move(batch)).get();
    };

    CHECK(store(f.log.batch(40, 40)));                                          // the same again
    CHECK(store(f.log.batch(35, 35, 35)).error().kind == ErrorKind::conflict);  // merely older
    CHECK(store(fork.batch(40, 40)).error().kind == ErrorKind::invalid);
    CHECK(store(fork.batch(35, 35, 35)).error().kind == ErrorKind::invalid);
    CHECK(store(fork.batch(25, 25, 25)).error().kind == ErrorKind::conflict);  // before the fork
    fork.add(f.maker.any());
    const auto longer = store(fork.batch(40, 41));
    CHECK(longer.error().kind == ErrorKind::invalid);
    CHECK(f.visible() == 40);
    CHECK(f.node.check() == "");
}

TEST_CASE("parts of a catch-up whose root differs are all dropped", "[store][mirror]") {
    Fixture f;
    REQUIRE(f.node.mirror_error(f.log.batch(0, 10, 10)) == "");
    TestLog other(f.maker);
    other.entries = f.log.entries;
    other.entries[12] = f.maker.sealed({tag_of(5000)});
    other.entries[13] = f.maker.grant(SecretKey::generate().public_key(), {"sealed"});
    MirrorBatch part = other.batch(10, 25);
    part.note = f.log.note(40);
    REQUIRE(f.node.mirror_error(part) == "");
    CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 25);
    SECTION("at once") {}
    SECTION("after a restart") {
        REQUIRE(f.node.open() == "");
    }

    CHECK(contains(f.node.mirror_error(f.log.batch(25, 40)), "do not hash to the root"));
    CHECK(f.node.sequencer->mirror_stored(f.maker.origin()) == 10);
    CHECK(f.visible() == 10);
    CHECK(f.node.check() == "");

    REQUIRE(f.node.mirror_error(f.log.batch(10, 40)) == "");
    CHECK(f.node.store->find_tag(tag_of(5000)).envelopes.empty());
    CHECK(f.node.store->find_tag(tag_of(36)).envelopes.size() == 1);
    CHECK(f.node.check() == "");
    REQUIRE(f.node.open() == "");
    CHECK(f.node.check() == "");
}

TEST_CASE("a frozen log keeps its evidence and takes nothing more", "[store][mirror]") {
    Fixture f;
    CHECK(f.node.sequencer->freeze(f.maker.origin(), "forked", {1}).get().error().kind ==
          ErrorKind::not_found);
    REQUIRE(f.node.mirror_error(f.log.batch(0, 20, 20)) == "");
    TestLog fork(f.maker);
    fork.entries.assign(f.log.entries.begin(), f.log.entries.begin() + 11);
    fork.add(f.maker.any());
    const Bytes evidence = evidence_of_fork(f.log, fork, 12);
    REQUIRE(f.node.sequencer->freeze(f.maker.origin(), "it forked at 12", evidence).get());
    REQUIRE(f.node.sequencer->freeze(f.maker.origin(), "again", {9}).get());

    for (const bool restarted : {false, true}) {
        if (restarted) REQUIRE(f.node.open() == "");
        CHECK(f.node.store->log_by_origin(f.maker.origin())->frozen == "it forked at 12");
        CHECK(f.node.store->get(Table::evidence, as_bytes(f.maker.origin())) == evidence);
        CHECK(contains(f.node.mirror_error(f.log.batch(20, 40)), "it forked at 12"));
    }
    CHECK(f.node.submit_error(f.acme.any()) == "");  // others go on
    CHECK(f.node.check() == "");
}

TEST_CASE("of a log that was found out before it was mirrored nothing is taken",
          "[store][mirror]") {
    Fixture f;
    TestLog fork(f.maker);
    fork.add(f.maker.genesis());
    fork.add(f.maker.any());
    f.node.must_write(Table::evidence, f.maker.origin(), evidence_of_fork(f.log, fork, 2));
    CHECK(contains(f.node.mirror_error(f.log.batch(0, 40)), "is frozen"));
    CHECK_FALSE(f.node.store->log_by_origin(f.maker.origin()));
}

TEST_CASE("statements of a hundred envelopes are indexed whole", "[store][mirror]") {
    Fixture f;
    std::vector<Tag> tags;
    for (std::uint64_t i = 0; i < 256; ++i) tags.push_back(tag_of(100'000 + i));
    f.log.add(f.maker.sealed(tags));
    REQUIRE(f.node.mirror_error(f.log.batch(0, 41)) == "");
    for (std::uint64_t i = 0; i < 256; ++i) {
        const auto found = f.node.store->find_tag(tags[i]).envelopes;
        REQUIRE(found.size() == 1);
        CHECK(found[0].position == i);
    }
    CHECK(f.node.check() == "");
}

TEST_CASE("a log full of copies of a tag hides only what may be in it", "[store][mirror]") {
    const TempFolder folder;
    const TestOrg acme("acme-ems.example"), maker("maker.example"), guest("lab.example");
    TestNode node(folder.path(), acme, {&maker, &guest});
    node.open_with_genesis();
    const Tag tag = tag_of(1);
    node.must_submit(acme.sealed({tag}));
    TestLog log(maker);
    log.add(maker.genesis());
    log.add(guest.guest_genesis());
    log.add(guest.sealed({tag_of(2)}));
    for (std::size_t copies = 0; copies <= TagIndex::kMaxForeignRows; copies += 200)
        log.add(maker.sealed(std::vector<Tag>(200, tag)));
    REQUIRE(node.mirror_error(log.batch(0, log.entries.size())) == "");
    REQUIRE(node.store->state().index->merge());

    const auto ours = node.store->find_tag(tag, acme.name, 17);
    CHECK(ours.envelopes.size() == 1);
    CHECK_FALSE(ours.truncated);
    const auto theirs = node.store->find_tag(tag, maker.name, 17);
    CHECK(theirs.envelopes.size() == 17);
    CHECK_FALSE(theirs.truncated);
    // An envelope of the guest may be behind the copies.
    CHECK(node.store->find_tag(tag, guest.name, 17).truncated);
    CHECK(node.store->find_tag(tag_of(2), guest.name, 17).envelopes.size() == 1);
}

TEST_CASE("partners' logs leave room in the store for our own", "[store][mirror]") {
    Fixture f;
    const auto share = [](double part) {
        return [part](StoreOptions& options, SequencerOptions& how) {
            options.map_size = options.max_map_size = std::uint64_t{8} << 20;
            how.mirror_share = part;
        };
    };
    REQUIRE(f.node.open(share(0.8)) == "");
    CHECK(f.node.sequencer->mirrors_paused() == "");
    REQUIRE(f.node.mirror_error(f.log.batch(0, 20, 20)) == "");

    // What is stored now is more than that part of the map.
    REQUIRE(f.node.open(share(0.001)) == "");
    const auto why = f.node.mirror_error(f.log.batch(20, 40));
    CHECK(contains(why, "nothing is taken of partners' logs"));
    CHECK(contains(why, "raise store.max_map_size in the configuration and restart"));
    CHECK(f.node.sequencer->mirrors_paused() == why);
    CHECK(f.visible() == 20);
    f.node.must_submit(f.acme.any());
    CHECK(f.node.check() == "");

    REQUIRE(f.node.open(share(0.8)) == "");
    CHECK(f.node.mirror_error(f.log.batch(20, 40)) == "");
    CHECK(f.visible() == 40);
}

TEST_CASE("one log that fills more than its share is paused alone, by name", "[store][mirror]") {
    const TempFolder folder;
    const TestOrg acme("acme-ems.example"), maker("maker.example"), oem("oem.example");
    TestNode node(folder.path(), acme, {&maker, &oem});
    TestLog flood(maker), calm(oem);
    flood.add(maker.genesis());
    for (int i = 0; i < 20; ++i) flood.add(maker.sealed({random_tag()}, kNow, 60));  // 8 KB each
    flood.add(maker.any());
    calm.add(oem.genesis());
    calm.add(oem.any());
    const auto share = [&](double of_all, double of_one) {
        return [=](StoreOptions& store, SequencerOptions& how) {
            store.map_size = store.max_map_size = std::uint64_t{16} << 20;
            how.mirror_share = of_all;
            how.one_mirror_share = of_one;
        };
    };
    REQUIRE(node.open(share(0.8, 0.5)) == "");
    node.must_submit(acme.genesis());
    REQUIRE(node.mirror_error(flood.batch(0, 21, 21)) == "");
    CHECK(node.sequencer->mirrors_paused() == "");

    // About 1 % of the map. It was counted before the restart.
    REQUIRE(node.open(share(0.8, 0.01)) == "");
    const auto why = node.mirror_error(flood.batch(21, 22));
    CHECK(contains(why, "the log maker.example/ledger fills 1 % of the store"));
    CHECK(contains(why, "raise store.max_map_size in the configuration and restart"));
    CHECK(node.sequencer->mirror_paused(maker.origin()) == why);
    CHECK(node.sequencer->mirrors_paused() == why);
    CHECK(node.sequencer->mirror_paused(oem.origin()) == "");
    CHECK(node.mirror_error(calm.batch(0, 2)) == "");

    // Where all are paused, the largest is named.
    REQUIRE(node.open(share(0.001, 0.5)) == "");
    CHECK(contains(node.sequencer->mirror_paused(oem.origin()),
                   "the largest is maker.example/ledger"));
    CHECK(node.check() == "");
}

TEST_CASE("a partner's public statements can't fill our memory", "[store][mirror]") {
    Fixture f;
    const auto limit = [](std::size_t bytes) {
        return [bytes](StoreOptions&, SequencerOptions& how) { how.mirror_public_bytes = bytes; };
    };
    const std::size_t known = f.log.entries[0].size() + f.log.entries[1].size();
    f.log.add(f.maker.public_statement(f.maker.node, Recall{"M1", {}, {}, "crack"}));
    REQUIRE(f.node.open(limit(known)) == "");
    REQUIRE(f.node.mirror_error(f.log.batch(0, 40, 40)) == "");
    const auto more = f.log.batch(40, 41);
    CHECK(contains(f.node.mirror_error(more), "bytes of public statements"));
    // Those of before a restart count too.
    REQUIRE(f.node.open(limit(known)) == "");
    CHECK(f.node.sequencer->store_mirror(more).get().error().kind == ErrorKind::too_large);
    CHECK(f.visible() == 40);
    CHECK(f.node.check() == "");
    REQUIRE(f.node.open(limit(known + f.log.entries[40].size())) == "");
    CHECK(f.node.mirror_error(more) == "");
}

}  // namespace reelproof::ledger::tests
