#include "ledger/provenance/bundle_verify.h"

#include <algorithm>
#include <functional>

#include "tests/ledger/format/vectors_support.h"
#include "tests/ledger/provenance/bundle_support.h"

using namespace reelproof::ledger;
using namespace reelproof::ledger::tests;
using Catch::Matchers::Contains;

namespace {

// A small history in one forged log: genesis, then these statements. Its item is `item()`.
struct Forged {
    BundleOrgKeys owner{"nordsemi.example"};
    std::vector<Bytes> statements{owner.genesis_statement()};

    [[nodiscard]] static ItemKey item() { return issued_item_key(ItemSeed(Bytes(16, 3))); }
    [[nodiscard]] EnvelopeDraft event(std::uint64_t n, EventKind kind) const {
        auto out = draft(item(), n, kind, owner.name, kBundleTime + static_cast<UnixSeconds>(n));
        out.body.event.facts.mpn = "NRF52832";
        out.body.event.facts.lot = "L1";
        out.body.event.quantity = 10;
        return out;
    }
    [[nodiscard]] Bundle bundle(const std::vector<std::string>& cosignatures = {}) const {
        return {"x.example", kBundleTime, {item()}, {forge_log(owner, statements, cosignatures)}};
    }
};

std::string refusal(const Bundle& bundle, const std::map<std::string, std::string>& roots = {}) {
    const auto report = verify_bundle(bundle, roots);
    if (!report)
        CHECK((report.error().kind == ErrorKind::invalid ||
               report.error().kind == ErrorKind::untrusted));
    return why(report);
}

}  // namespace

TEST_CASE("each way of tampering with a bundle is refused for its own reason",
          "[provenance][bundle]") {
    static const BundleWorld world;  // once for all sections: it costs dozens of durable commits
    static const auto honest = world.bundle();
    const auto roots = world.roots();
    REQUIRE(refusal(honest, roots) == "");
    auto bundle = honest;

    SECTION("a changed byte of a statement") {
        bundle.logs[1].entries[2].statement.back() ^= 1;
        CHECK_THAT(refusal(bundle, roots),
                   Contains("nordsemi.example/ledger entry 2: the inclusion path does not lead"));
    }
    SECTION("a statement that is none any more") {
        bundle.logs[1].entries[2].statement.pop_back();
        CHECK_THAT(refusal(bundle, roots), Contains("nordsemi.example/ledger entry 2: "));
    }
    SECTION("swapped paths") {
        std::swap(bundle.logs[1].entries[1].path, bundle.logs[1].entries[2].path);
        CHECK_THAT(refusal(bundle, roots),
                   Contains("entry 1: the inclusion path does not lead to the root"));
    }
    SECTION("a path that is too short") {
        bundle.logs[1].entries[1].path.pop_back();
        CHECK_THAT(refusal(bundle, roots), Contains("nordsemi.example/ledger entry 1: "));
    }
    SECTION("another place in the log") {
        bundle.logs[1].entries[2].index = 3;
        CHECK_THAT(refusal(bundle, roots), Contains("entry 3: the inclusion path"));
    }
    SECTION("a root key that is not the one we trust") {
        auto other = roots;
        other["nordsemi.example"] = std::string(64, '1');
        CHECK_THAT(refusal(bundle, other), Contains("the root key of nordsemi.example is") &&
                                               Contains("not the trusted 1111"));
    }
    SECTION("no genesis") {
        bundle.logs[1].entries.erase(bundle.logs[1].entries.begin());
        CHECK_THAT(refusal(bundle, roots), Contains("entry 0") && Contains("is missing"));
    }
    SECTION("no entries at all") {
        bundle.logs[1].entries.clear();
        CHECK_THAT(refusal(bundle, roots), Contains("entry 0") && Contains("is missing"));
    }
    SECTION("the checkpoint of another log") {
        bundle.logs[1].checkpoint = bundle.logs[0].checkpoint;
        CHECK_THAT(refusal(bundle, roots),
                   Contains("checkpoint is of another log, acme-ems.example/ledger"));
    }
    SECTION("a log under another's name") {
        bundle.logs[1].origin = "kestrel-oem.example/ledger";
        CHECK_THAT(refusal(bundle, roots),
                   Contains("entry 0 is the genesis of the log nordsemi.example/ledger"));
    }
    SECTION("a checkpoint that the log did not sign") {
        const auto text = checkpoint_text(bundle.logs[1]);
        bundle.logs[1].checkpoint = format_note(text, {world.acme.mirror.sign(text, kBundleTime)});
        CHECK_THAT(refusal(bundle, roots), Contains("no signature by the key of nordsemi"));
    }
    SECTION("a signature over another checkpoint") {
        auto& note = bundle.logs[1].checkpoint;
        const auto text = checkpoint_text(bundle.logs[1]);
        note = format_note(text, {world.nordsemi.log.sign(text + "x\n")});
        CHECK_THAT(refusal(bundle, roots),
                   Contains("checkpoint: signature of") && Contains("does not hold"));
    }
    SECTION("a damaged cosignature") {
        const auto text = checkpoint_text(bundle.logs[1]);
        bundle.logs[1].checkpoint = format_note(
            text,
            {world.nordsemi.log.sign(text), world.acme.mirror.sign(text + "x\n", kBundleTime)});
        CHECK_THAT(refusal(bundle, roots),
                   Contains("cosignature of acme-ems.example on the checkpoint does not hold"));
    }
    SECTION("a cosignature of somebody who is not in the bundle is passed over") {
        BundleOrgKeys other("kestrel-oem.example");
        const auto text = checkpoint_text(bundle.logs[1]);
        bundle.logs[1].checkpoint += other.mirror.sign(text, kBundleTime);
        const auto report = verify_bundle(bundle, roots);
        REQUIRE(why(report) == "");
        CHECK(report->logs[1].cosigned_by == std::vector<std::string>{"acme-ems.example"});
    }
    SECTION("a log left out") {
        bundle.logs.erase(bundle.logs.begin());
        CHECK(refusal(bundle, roots) == "nothing in the bundle opens under its item key");
    }
    SECTION("a log twice") {
        bundle.logs.push_back(bundle.logs[0]);
        CHECK_THAT(refusal(bundle, roots), Contains("is in the bundle twice"));
    }
    SECTION("no logs, no items") {
        bundle.logs.clear();
        CHECK(refusal(bundle, roots) == "the bundle holds no log");
        bundle = honest;
        bundle.items.clear();
        CHECK(refusal(bundle, roots) == "the bundle holds no item key");
    }
    SECTION("an entry twice") {
        bundle.logs[1].entries.insert(bundle.logs[1].entries.begin() + 1,
                                      bundle.logs[1].entries[1]);
        CHECK_THAT(refusal(bundle, roots), Contains("not in ascending order"));
    }
    SECTION("an entry outside the tree") {
        bundle.logs[1].entries.back().index = 6;
        CHECK_THAT(refusal(bundle, roots), Contains("entry 6: lies outside the checkpoint's tree"));
    }
    SECTION("an item key that opens nothing") {
        bundle.items.front() = issued_item_key(ItemSeed(Bytes(16, 77)));
        CHECK(refusal(bundle, roots) == "nothing in the bundle opens under its item key");
    }
    SECTION("an item key to which the history does not lead") {
        bundle.items.push_back(issued_item_key(ItemSeed(Bytes(16, 77))));
        CHECK_THAT(refusal(bundle, roots), Contains("to which its history does not lead"));
    }
    SECTION("a truncated file") {
        const auto file = encode_bundle(honest);
        for (std::size_t size = 0; size < file.size(); size += 97)
            CHECK_FALSE(parse_bundle_file(ByteView(file).first(size)));
    }
}

TEST_CASE(
    "a changed bit of a bundle file can hide a cosigner and change who says to have made it, "
    "nothing else",
    "[provenance][bundle]") {
    const BundleWorld world;
    const auto honest = world.bundle();
    const auto file = encode_bundle(honest);
    const auto told = verify_bundle(honest, world.roots());
    REQUIRE(told);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < file.size(); ++at) {
        auto changed = file;
        changed[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
        const auto bundle = parse_bundle_file(changed);
        const auto report = bundle ? verify_bundle(*bundle, world.roots()) : bundle.error();
        if (!report) {
            ++refused;
            continue;
        }
        INFO("byte " << at << " of " << file.size());
        REQUIRE(report->logs.size() == told->logs.size());
        for (std::size_t i = 0; i < told->logs.size(); ++i) {
            CHECK(report->logs[i].origin == told->logs[i].origin);
            CHECK(report->logs[i].root == told->logs[i].root);
            CHECK(bundle->logs[i].entries.size() == honest.logs[i].entries.size());
            for (std::size_t j = 0; j < honest.logs[i].entries.size(); ++j)
                CHECK(bundle->logs[i].entries[j].statement == honest.logs[i].entries[j].statement);
            const auto& named = told->logs[i].cosigned_by;
            for (const auto& org : report->logs[i].cosigned_by)
                CHECK(std::find(named.begin(), named.end(), org) != named.end());
        }
        CHECK(bundle->items == honest.items);
    }
    CHECK(refused > file.size() * 9 / 10);
}

TEST_CASE("what the owner of a log itself can't get past the verifier", "[provenance][bundle]") {
    Forged forged;
    const auto& owner = forged.owner;
    const auto commission = forged.event(0, EventKind::commission);

    SECTION("the honest case") {
        forged.statements.push_back(owner.sealed({commission}));
        CHECK(refusal(forged.bundle()) == "");
    }
    SECTION("a statement by a key that was revoked before") {
        forged.statements.push_back(owner.by_root(KeyRevoke{owner.node.public_key(), "stolen"}));
        forged.statements.push_back(owner.sealed({commission}));
        CHECK_THAT(refusal(forged.bundle()), Contains("entry 2: ") && Contains("was revoked at"));
    }
    SECTION("the same key, before it was revoked") {
        forged.statements.push_back(owner.sealed({commission}));
        forged.statements.push_back(owner.by_root(KeyRevoke{owner.node.public_key(), "stolen"}));
        CHECK(refusal(forged.bundle()) == "");
    }
    SECTION("a statement by a key that was never granted") {
        const auto stranger = SecretKey::parse(Bytes(32, 5)).value();
        forged.statements.push_back(
            compose_sealed(stranger, owner.name, kBundleTime, {commission}).value());
        CHECK_THAT(refusal(forged.bundle()), Contains("entry 1: ") && Contains("never granted"));
    }
    SECTION("a statement with another's signature") {
        auto statement = owner.sealed({commission});
        const auto other = owner.sealed({forged.event(1, EventKind::scrap)});
        std::copy(other.end() - 64, other.end(), statement.end() - 64);
        forged.statements.push_back(statement);
        CHECK_THAT(refusal(forged.bundle()), Contains("entry 1: ") && Contains("signature"));
    }
    SECTION("a statement in another organisation's name") {
        BundleOrgKeys other("acme-ems.example");
        forged.statements.push_back(other.sealed({commission}));
        CHECK_THAT(refusal(forged.bundle()), Contains("acme-ems.example has no org.genesis"));
    }
    SECTION("a second genesis") {
        forged.statements.push_back(owner.genesis_statement());
        CHECK_THAT(refusal(forged.bundle()), Contains("a second org.genesis"));
    }
    SECTION("an organisation with two roots in two logs") {
        BundleOrgKeys other("acme-ems.example");
        auto impostor = other.genesis();
        impostor.root = forged.owner.node.public_key();
        forged.statements.push_back(compose_public(forged.owner.node, other.name, kBundleTime,
                                                   "org.genesis",
                                                   format_public(PublicStatement(impostor)))
                                        .value());
        forged.statements.push_back(owner.sealed({commission}));
        auto bundle = forged.bundle();
        bundle.logs.push_back(forge_log(other, {other.genesis_statement()}));
        CHECK_THAT(refusal(bundle), Contains("the root key of acme-ems.example is") &&
                                        Contains("elsewhere in the bundle"));
    }
    SECTION("a mirror key that is another's") {
        BundleOrgKeys mirror("acme-ems.example");
        BundleOrgKeys thief("grey.example");
        auto claims = thief.genesis();
        claims.mirror_key = mirror.mirror.verifier();
        forged.statements.push_back(owner.sealed({commission}));
        auto bundle = forged.bundle();
        const auto text = checkpoint_text(bundle.logs[0]);
        bundle.logs[0].checkpoint += mirror.mirror.sign(text, kBundleTime);
        bundle.logs.push_back(forge_log(mirror, {mirror.genesis_statement()}));
        REQUIRE(refusal(bundle) == "");
        bundle.logs.push_back(forge_log(thief, {thief.by_root(claims)}));
        CHECK_THAT(refusal(bundle), Contains("name the same mirror key"));
    }
    SECTION("its own cosignature does not count for one") {
        forged.statements.push_back(owner.sealed({commission}));
        const auto text = checkpoint_text(forged.bundle().logs[0]);
        const auto report =
            verify_bundle(forged.bundle({owner.mirror.sign(text, kBundleTime)}), {});
        REQUIRE(why(report) == "");
        CHECK(report->logs[0].cosigned_by.empty());
    }
    SECTION("a log of a guest") {
        auto guest = owner.genesis();
        guest.origin.clear();
        guest.log_key.reset();
        forged.statements = {owner.by_root(guest), owner.sealed({commission})};
        CHECK_THAT(refusal(forged.bundle()), Contains("a guest, which has no log"));
    }
    SECTION("a log that does not begin with a genesis") {
        forged.statements = {owner.sealed({commission})};
        CHECK_THAT(refusal(forged.bundle()), Contains("entry 0 is no org.genesis but sealed"));
    }
}

TEST_CASE("a guest's statements in its host's log verify under the guest's own keys",
          "[provenance][bundle]") {
    Forged forged;
    BundleOrgKeys guest("broker.example");
    auto genesis = guest.genesis();
    genesis.origin.clear();
    genesis.url.clear();
    genesis.log_key.reset();
    genesis.mirror_key.reset();
    forged.statements.push_back(guest.by_root(genesis));
    auto commission = forged.event(0, EventKind::commission);
    commission.body.event.item = item_uri(guest.name, public_item_id(Forged::item()));
    forged.statements.push_back(guest.sealed({commission}));
    const auto report = verify_bundle(forged.bundle(), roots_of({&guest}));
    REQUIRE(why(report) == "");
    REQUIRE(report->orgs.size() == 2);
    CHECK(report->orgs[0].name == "broker.example");
    CHECK(report->orgs[0].trusted);
    CHECK_FALSE(report->orgs[1].trusted);
    CHECK(report->lineage.items[0].links.at(0).iss == "broker.example");
}
