#include "ledger/provenance/bundle_build.h"

#include "ledger/format/evidence.h"
#include "ledger/format/wire.h"
#include "ledger/provenance/bundle_verify.h"
#include "tests/ledger/format/vectors_support.h"
#include "tests/ledger/provenance/bundle_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;

namespace {

std::vector<std::uint64_t> indices_of(const BundleLog& log) {
    std::vector<std::uint64_t> out;
    for (const auto& entry : log.entries) out.push_back(entry.index);
    return out;
}

NoteSigner mirror_of(const std::string& org) {
    return {org + "/mirror", wire::kNoteCosignatureV1, Secret<32>::random()};
}

// One more statement, so that the log has another checkpoint, which these cosign.
std::uint64_t grow(BundleWorld& world, const std::vector<const NoteSigner*>& mirrors) {
    const ItemKey other = issued_item_key(ItemSeed(Bytes(16, 77)));
    const auto n = world.ems.store->head(kOwnLog)->checkpoint.size;
    world.ems.submit(world.acme.sealed(
        {draft(other, n, EventKind::commission, "acme-ems.example", kBundleTime)}));
    const auto head = world.ems.store->head(kOwnLog).value();
    const auto text = parse_note(head.note).value().text;
    for (const auto* mirror : mirrors)
        world.ems.sequencer->add_cosignature(text, mirror->sign(text, kBundleTime)).get().value();
    return head.checkpoint.size;
}

Note own_checkpoint(const Bundle& bundle) {
    return parse_note(bundle.logs.at(0).checkpoint).value();
}
std::uint64_t own_size(const Bundle& bundle) {
    return parse_checkpoint(own_checkpoint(bundle).text)->size;
}

}  // namespace

TEST_CASE("a bundle of a real store goes out, comes back and verifies offline",
          "[provenance][bundle]") {
    BundleWorld world;
    const auto file = encode_bundle(world.bundle());
    const auto bundle = parse_bundle_file(file);
    REQUIRE(why(bundle) == "");
    const auto report = verify_bundle(*bundle, world.roots());
    REQUIRE(why(report) == "");

    CHECK(bundle->made_by == "acme-ems.example");
    REQUIRE(report->orgs.size() == 2);
    CHECK(report->orgs[0].name == "acme-ems.example");
    CHECK(report->orgs[0].trusted);
    CHECK(report->orgs[1].root == thumbprint(world.nordsemi.root.public_key()));

    REQUIRE(report->logs.size() == 2);
    CHECK(report->logs[0].origin == "acme-ems.example/ledger");
    CHECK(report->logs[0].cosigned_by == std::vector<std::string>{"nordsemi.example"});
    CHECK(report->logs[1].org == "nordsemi.example");
    CHECK(report->logs[1].cosigned_by == std::vector<std::string>{"acme-ems.example"});
    CHECK(report->logs[1].size == 6);

    // The child first, then the reel it was taken from, each with what the store knew.
    REQUIRE(report->lineage.items.size() == 2);
    CHECK(report->lineage.items[0].key == world.child);
    CHECK(report->lineage.items[1].links.size() == 4);
    CHECK(report->states[0].holder == "acme-ems.example");
    CHECK(report->states[1].remaining() == 2500);
    const auto& facts = report->lineage.items[0].commission()->body.event.facts;
    CHECK(report->directory->recalls("nordsemi.example", facts.mpn, facts.lot, facts.date_code)
              .size() == 1);
    CHECK(report->directory->authorised("nordsemi.example", "acme-ems.example", facts.mpn,
                                        kBundleTime));
}

TEST_CASE("a bundle holds what the history rests on and nothing else", "[provenance][bundle]") {
    BundleWorld world;
    const auto bundle = world.bundle();
    REQUIRE(bundle.items.size() == 2);
    REQUIRE(bundle.logs.size() == 2);
    // genesis, the reception, the split
    CHECK(indices_of(bundle.logs[0]) == std::vector<std::uint64_t>{0, 1, 2});
    // genesis, authorisation, commission, shipment and the recall of this lot; not the other recall
    CHECK(indices_of(bundle.logs[1]) == std::vector<std::uint64_t>{0, 1, 2, 4, 5});
}

TEST_CASE("keys of an issuer that were granted and revoked are in its bundle",
          "[provenance][bundle]") {
    BundleWorld world;
    const auto station = SecretKey::parse(Bytes(32, 9)).value();
    world.ems.submit(world.acme.by_root(
        KeyGrant{station.public_key(), "station", {"sealed"}, std::nullopt, std::nullopt}));
    world.ems.submit(world.acme.by_root(KeyRevoke{station.public_key(), "lost"}));
    const auto bundle = world.bundle();
    CHECK(indices_of(bundle.logs[0]) == std::vector<std::uint64_t>{0, 1, 2, 3, 4});
    const auto report = verify_bundle(bundle, world.roots());
    REQUIRE(why(report) == "");
    // The newest checkpoint of our own log has not been cosigned by anybody yet.
    CHECK(report->logs[0].cosigned_by.empty());
    const auto* org = report->directory->org("acme-ems.example");
    REQUIRE(org != nullptr);
    CHECK(org->keys.back().revoked_at == 4);
}

TEST_CASE("a log that has grown since is proved by the checkpoint that mirrors cosigned",
          "[provenance][bundle]") {
    BundleWorld world;
    const auto covered = verify_bundle(world.bundle(), world.roots())->logs[0];
    const ItemKey other = issued_item_key(ItemSeed(Bytes(16, 77)));
    world.ems.submit(world.acme.sealed(
        {draft(other, 0, EventKind::commission, "acme-ems.example", kBundleTime)}));
    const auto report = verify_bundle(world.bundle(), world.roots());
    REQUIRE(why(report) == "");
    CHECK(report->logs[0].size == covered.size);
    CHECK(report->logs[0].cosigned_by == std::vector<std::string>{"nordsemi.example"});
}

TEST_CASE("a quorum of the policy counts for more than many cosignatures",
          "[provenance][bundle][policy]") {
    BundleWorld world;
    const auto a = mirror_of("a.example"), b = mirror_of("b.example"), c = mirror_of("c.example"),
               d = mirror_of("d.example");
    const auto policy = [&](const std::string& rest) {
        return std::optional(TlogPolicy::parse("log " + world.acme.log.verifier().vkey() +
                                               "\nwitness a " + a.verifier().vkey() +
                                               "\nwitness b " + b.verifier().vkey() + "\n" + rest)
                                 .value());
    };
    const auto both = policy("group both all a b\nquorum both\n");
    const auto early = grow(world, {&a, &b});
    const auto late = grow(world, {&a, &c, &d});
    grow(world, {&a});
    const auto newest = grow(world, {});

    CHECK(own_size(world.bundle()) == late);
    const auto bundle = world.bundle(both);
    CHECK(own_size(bundle) == early);
    CHECK(both->verify(own_checkpoint(bundle)));
    CHECK(why(verify_bundle(bundle, world.roots())) == "");
    // Of several that are enough, again the one that most cosigned.
    CHECK(own_size(world.bundle(policy("quorum a\n"))) == late);
    CHECK(own_size(world.bundle(policy("quorum none\n"))) == late);

    // As long as none is enough, it is as without a policy.
    const auto far = mirror_of("far.example");
    const auto missing = policy("witness f " + far.verifier().vkey() + "\nquorum f\n");
    CHECK(own_size(world.bundle(missing)) == late);
    // A cosignature that does not hold is none.
    const auto head = world.ems.store->head(kOwnLog).value();
    REQUIRE(head.checkpoint.size == newest);
    const auto text = parse_note(head.note).value().text;
    auto false_line = far.sign(text + "x", kBundleTime);
    world.ems.sequencer->add_cosignature(text, false_line).get().value();
    CHECK(own_size(world.bundle(missing)) == late);
    // Nor is one under another key of our log.
    const auto other = TlogPolicy::parse("log " + world.nordsemi.log.verifier().vkey() +
                                         "\nwitness a " + a.verifier().vkey() + "\nquorum a\n");
    CHECK(own_size(world.bundle(*other)) == late);
}

TEST_CASE("of more cosignatures than fit those stay that the policy counts",
          "[provenance][bundle][policy]") {
    BundleWorld world;
    std::vector<NoteSigner> mirrors;
    for (int i = 0; i < 110; ++i)
        mirrors.push_back(mirror_of("m" + std::to_string(i) + ".example"));
    std::vector<const NoteSigner*> all;
    for (const auto& mirror : mirrors) all.push_back(&mirror);
    grow(world, all);
    std::string text, group = "group all all";
    for (std::size_t i = 0; i < 20; ++i) {
        const auto name = "w" + std::to_string(i);
        text += "witness " + name + " " + mirrors[i * 5].verifier().vkey() + "\n";
        group += " " + name;
    }
    const auto policy = TlogPolicy::parse(text + group + "\nquorum all\n").value();
    const auto note = own_checkpoint(world.bundle(policy));
    CHECK(note.signatures.size() == wire::kMaxNoteSignatures);
    CHECK(policy.verify(note));
    CHECK(verify_note(note, world.acme.log.verifier()));
}

TEST_CASE("a statement that is newer than what we cosigned comes with the log's own checkpoint",
          "[provenance][bundle]") {
    BundleWorld world;
    const auto stale = world.ems.store->get(Table::mirrors, as_bytes(world.nordsemi.origin()));
    REQUIRE(stale);
    auto again = draft(world.reel, 2, EventKind::quarantine, "nordsemi.example", kBundleTime);
    again.body.event.reason = "under investigation";
    world.maker.submit(world.nordsemi.sealed({again}));
    world.ems.mirror(world.maker);
    world.ems.sequencer
        ->write([&](WriteTransaction& writes) {
            writes.put(Table::mirrors, as_bytes(world.nordsemi.origin()), *stale);
        })
        .get()
        .value();
    const auto report = verify_bundle(world.bundle(), world.roots());
    REQUIRE(why(report) == "");
    CHECK(report->logs[1].size == 7);
    CHECK(report->logs[1].cosigned_by.empty());
    CHECK(report->states[1].quarantined.size() == 1);
}

TEST_CASE("evidence against a log that vouches for the item is in the bundle",
          "[provenance][bundle]") {
    BundleWorld world;
    const auto head = world.ems.store->head(kOwnLog).value();
    const auto other =
        format_checkpoint({world.acme.origin(), head.checkpoint.size, Hash{1, 2, 3}});
    LogEvidence evidence;
    evidence.origin = world.acme.origin();
    evidence.first = head.note;
    evidence.second = format_note(other, {world.acme.log.sign(other)});
    evidence.size = head.checkpoint.size;
    evidence.reason = "two roots";
    world.maker.submit(world.nordsemi.by_node(evidence));
    world.ems.mirror(world.maker);
    const auto report = verify_bundle(world.bundle(), world.roots());
    REQUIRE(why(report) == "");
    REQUIRE(report->directory->evidence().size() == 1);
    CHECK(report->directory->evidence()[0].by == "nordsemi.example");
    CHECK(verify_evidence(report->directory->evidence()[0].what, world.acme.log.verifier()));
}

TEST_CASE("nothing recorded, nothing to prove", "[provenance][bundle]") {
    BundleWorld world;
    const auto unknown = issued_item_key(ItemSeed(Bytes(16, 99)));
    const auto bundle =
        build_bundle(*world.ems.store, world.ems.lineage(unknown), {}, "acme-ems.example", 1);
    REQUIRE_FALSE(bundle);
    CHECK(bundle.error().kind == ErrorKind::not_found);
    CHECK_FALSE(build_bundle(*world.ems.store, Lineage{}, {}, "acme-ems.example", 1));
}
