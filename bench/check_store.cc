#include "bench/check_store.h"

#include <cstdio>
#include <future>
#include <random>

#include "bench/ingest_support.h"
#include "ledger/format/envelope.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/wire.h"
#include "ledger/provenance/compose.h"

using namespace reelproof::ledger;

namespace reelproof::bench {

namespace {

struct Org {
    std::string name;
    SecretKey root = SecretKey::generate();
    SecretKey key = SecretKey::generate();
};

template <class T>
T must(Result<T> result) {
    if (!result) give_up(result.error().message);
    return std::move(*result);
}

Bytes genesis_of(const Org& org, bool node, const NoteSigner& log) {
    OrgGenesis genesis{org.name, org.root.public_key(), "", "", {}, {}, {}, {}, {}, {}};
    if (node) {
        genesis.origin = org.name + "/ledger";
        genesis.url = "https://127.0.0.1:8443";
        genesis.log_key = log.verifier();
    }
    genesis.keys = {KeyGrant{org.key.public_key(), "node", {"*"}, {}, {}}};
    return must(
        compose_public(org.root, org.name, system_now(), "org.genesis", format_public(genesis)));
}

Life life_of(int item, const ItemKey& key) {
    Life out;
    const auto add = [&](int org, EventKind kind, int to = -1) -> Event& {
        Event event;
        event.kind = kind;
        event.time = system_now() - 100'000 + static_cast<UnixSeconds>(out.size());
        event.item = item_uri(org_name(1), public_item_id(key));
        if (to >= 0) event.to = org_name(to);
        out.emplace_back(org, std::move(event));
        return out.back().second;
    };
    const auto lot = "LOT" + std::to_string(item);
    auto& made = add(1, EventKind::commission);
    made.facts = {org_name(1), kMpn, lot, "2617", "YYWW", "NO", "3", ""};
    made.quantity = 3000;
    add(1, EventKind::ship, 2);
    add(2, EventKind::receive, 2);
    add(2, EventKind::ship, 3);
    add(3, EventKind::receive, 3);
    add(3, EventKind::ship, 4);
    add(4, EventKind::receive, 4);
    add(4, EventKind::ship, 0);
    add(0, EventKind::receive, 0);
    add(0, EventKind::load).feeder = "NXT3-B1-45";
    for (int i = 0; i < 2; ++i) {
        auto& used = add(0, EventKind::consume);
        used.quantity = 40;
        used.facts.mpn = kMpn;
        used.facts.lot = lot;
    }
    return out;
}

void fill(Sequencer& sequencer, const std::vector<Org>& orgs, std::uint64_t envelopes) {
    std::vector<std::future<Result<Placement>>> waiting;
    const auto all_answered = [&] {
        for (auto& one : waiting) must(one.get());
        waiting.clear();
    };
    std::mt19937_64 random(7);
    for (std::uint64_t done = 0; done < envelopes; done += kBatchEnvelopes) {
        const auto& org = orgs[random() % orgs.size()];
        std::vector<EnvelopeDraft> drafts(kBatchEnvelopes);
        for (auto& draft : drafts) {
            draft.key = ItemKey::random();
            draft.body.event = filling_event();
        }
        waiting.push_back(
            sequencer.submit(must(compose_sealed(org.key, org.name, system_now(), drafts))));
        if (waiting.size() >= 200) all_answered();
    }
    all_answered();
}

// Events of one reel follow each other; those of all reels share the commits.
void write_lives(Sequencer& sequencer, const std::vector<Org>& orgs,
                 const std::vector<Reel>& reels) {
    std::vector<std::map<int, std::uint64_t>> counts(reels.size());
    std::vector<std::vector<Hash>> prev(reels.size());
    for (std::size_t step = 0; step < reels.front().life.size(); ++step) {
        std::vector<std::future<Result<Placement>>> waiting;
        for (std::size_t i = 0; i < reels.size(); ++i) {
            const auto& [org, event] = reels[i].life[step];
            EnvelopeDraft draft;
            draft.key = reels[i].key;
            draft.n = counts[i][org]++;
            draft.body.event = event;
            draft.body.prev = prev[i];
            const auto& by = orgs[static_cast<std::size_t>(org)];
            auto statement = must(compose_sealed(by.key, by.name, system_now(), {draft}));
            const auto view = must(parse_statement(statement));
            prev[i] = {
                envelope_hash(must(parse_sealed_payload(view.payload)).envelopes.front().bytes)};
            waiting.push_back(sequencer.submit(std::move(statement)));
        }
        for (auto& one : waiting) must(one.get());
    }
}

}  // namespace

std::string org_name(int number) {
    return "org" + std::to_string(number) + ".example";
}

Event filling_event() {
    Event event;
    event.kind = EventKind::release;
    event.reason = "something to fill the store with, of the length that an ordinary event has";
    event.item = item_uri(org_name(0), "0000000000000000000000000A");
    return event;
}

CheckStore make_check_store(const std::filesystem::path& folder, std::uint64_t envelopes) {
    const std::string origin = org_name(0) + "/ledger";
    CheckStore made{{}, {}, NoteSigner(origin, wire::kNoteEd25519, Secret<32>::random()), {}};
    made.options.folder = folder / "store";
    made.sequencer.org = org_name(0);
    made.sequencer.origin = origin;
    std::vector<Org> orgs(kOrgs);
    for (int i = 0; i < kOrgs; ++i) {
        auto& org = orgs[static_cast<std::size_t>(i)];
        org.name = org_name(i);
        made.sequencer.trusted_roots[org.name] = thumbprint(org.root.public_key());
    }
    for (int i = 0; i < kItems; ++i) {
        const auto key = ItemKey::random();
        made.reels.push_back({key, life_of(i, key)});
    }
    auto store = must(Store::open(made.options));
    auto sequencer = must(Sequencer::start(*store, made.sequencer, made.log_key));
    for (const auto& org : orgs)
        must(sequencer->submit(genesis_of(org, &org == &orgs[0], made.log_key)).get());
    fill(*sequencer, orgs, envelopes);
    write_lives(*sequencer, orgs, made.reels);
    return made;
}

}  // namespace reelproof::bench
