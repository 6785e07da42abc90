// Verdict on an item of 12 events by 5 organisations, in a store of 1 million envelopes
//
// The store holds 50 organisations.
// Beside it, in the same run, the bare work that no verdict can do without: the HMACs of its tags,
// the index look-ups with the envelopes' bytes, and the openings.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "ledger/format/envelope.h"
#include "ledger/provenance/compose.h"
#include "ledger/rules/verdict.h"
#include "ledger/store/sequencer.h"

using namespace reelproof::ledger;

namespace {

constexpr int kOrgs = 50;
constexpr int kItems = 400;  // that are judged; each is another one, so that caches tell no lies
constexpr int kEnvelopesPerStatement = 100;

struct Org {
    std::string name;
    SecretKey root = SecretKey::generate();
    SecretKey key = SecretKey::generate();
};

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "bench_check: %s\n", result.error().message.c_str());
        std::exit(1);
    }
    return std::move(*result);
}

double microseconds(std::chrono::steady_clock::time_point since) {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - since)
        .count();
}

struct Times {
    std::vector<double> values;
    [[nodiscard]] double at(double quantile) {
        std::sort(values.begin(), values.end());
        return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
    }
};

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

// The life of one reel: made, two hops, loaded and placed, by five organisations.
std::vector<std::pair<int, Event>> life_of(int item, const ItemKey& key,
                                           const std::vector<Org>& orgs) {
    std::vector<std::pair<int, Event>> out;
    const auto add = [&](int org, EventKind kind, int to = -1) -> Event& {
        Event event;
        event.kind = kind;
        event.time = system_now() - 100'000 + static_cast<UnixSeconds>(out.size());
        event.item = item_uri(orgs[1].name, public_item_id(key));
        if (to >= 0) event.to = orgs[static_cast<std::size_t>(to)].name;
        out.emplace_back(org, std::move(event));
        return out.back().second;
    };
    auto& made = add(1, EventKind::commission);
    made.facts = {orgs[1].name,
                  "NL52840-QIAA-R",
                  "LOT" + std::to_string(item),
                  "2617",
                  "YYWW",
                  "NO",
                  "3",
                  ""};
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
        used.facts.mpn = "NL52840-QIAA-R";
        used.facts.lot = "LOT" + std::to_string(item);
    }
    return out;
}

void fill(Sequencer& sequencer, const std::vector<Org>& orgs, std::uint64_t envelopes) {
    std::vector<std::future<Result<Placement>>> waiting;
    std::mt19937_64 random(7);
    Event event;
    event.kind = EventKind::release;
    event.reason = "something to fill the store with, of the length that an ordinary event has";
    event.item = item_uri(orgs[0].name, "0000000000000000000000000A");
    std::uint64_t done = 0;
    while (done < envelopes) {
        const auto& org = orgs[random() % orgs.size()];
        std::vector<EnvelopeDraft> drafts(kEnvelopesPerStatement);
        for (auto& draft : drafts) {
            draft.key = ItemKey::random();
            draft.body.event = event;
        }
        waiting.push_back(
            sequencer.submit(must(compose_sealed(org.key, org.name, system_now(), drafts))));
        done += kEnvelopesPerStatement;
        if (waiting.size() >= 200) {
            for (auto& one : waiting) must(one.get());
            waiting.clear();
        }
        if (done % 100'000 == 0) std::fprintf(stderr, "  %lu envelopes\n", done);
    }
    for (auto& one : waiting) must(one.get());
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t envelopes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    std::string folder =
        (std::filesystem::temp_directory_path() / "reelproof-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return 3;

    std::vector<Org> orgs(kOrgs);
    std::map<std::string, std::string> roots;
    for (int i = 0; i < kOrgs; ++i) {
        auto& org = orgs[static_cast<std::size_t>(i)];
        org.name = "org" + std::to_string(i) + ".example";
        roots[org.name] = thumbprint(org.root.public_key());
    }
    StoreOptions store_options;
    store_options.folder = folder + "/store";
    store_options.anchor = folder + "/anchor";
    {
        auto store = must(Store::open(store_options));
        SequencerOptions options;
        options.org = orgs[0].name;
        options.origin = orgs[0].name + "/ledger";
        options.trusted_roots = roots;
        const NoteSigner log(options.origin, 1, Secret<32>::random());
        auto sequencer = must(Sequencer::start(*store, options, log));
        for (int i = 0; i < kOrgs; ++i)
            must(sequencer->submit(genesis_of(orgs[static_cast<std::size_t>(i)], i == 0, log))
                     .get());

        std::fprintf(stderr, "filling the store with %lu envelopes of %d organisations\n",
                     envelopes, kOrgs);
        fill(*sequencer, orgs, envelopes);
        std::vector<ItemKey> items;
        for (int i = 0; i < kItems; ++i) {
            const auto key = ItemKey::random();
            std::map<int, std::uint64_t> counts;
            std::vector<Hash> prev;
            for (auto& [org, event] : life_of(i, key, orgs)) {
                EnvelopeDraft draft;
                draft.key = key;
                draft.n = counts[org]++;
                draft.body.event = std::move(event);
                draft.body.prev = prev;
                const auto& by = orgs[static_cast<std::size_t>(org)];
                auto statement = must(compose_sealed(by.key, by.name, system_now(), {draft}));
                const auto view = must(parse_statement(statement));
                const auto payload = must(parse_sealed_payload(view.payload));
                prev = {envelope_hash(payload.envelopes.front().bytes)};
                must(sequencer->submit(std::move(statement)).get());
            }
            items.push_back(key);
        }

        const auto directory = store->directory();
        const auto issuers = directory->trusted_orgs();
        const EnvelopeFinder find = [&](const Tag& tag, const std::string& iss) {
            return store->find_tag(tag, iss);
        };
        Policy policy;
        policy.manufacturers = {{orgs[1].name, {"NL5*"}, {}}};
        std::map<std::string, SourceState> sources;
        for (const auto& org : orgs)
            sources[org.name] = SourceState{org.name + "/ledger", 1, 1, "", false};

        Times verdict, history, replayed, hmacs, gets, openings, bare;
        std::size_t tags_asked = 0, opened = 0, accepted = 0;
        for (const auto& key : items) {
            auto start = std::chrono::steady_clock::now();
            const auto lineage = collect_lineage(key, issuers, find);
            history.values.push_back(microseconds(start));
            std::vector<ItemState> states;
            for (const auto& item : lineage.items) states.push_back(replay(item));
            replayed.values.push_back(microseconds(start));
            Observation observation;
            observation.org = orgs[0].name;
            observation.place = "line";
            observation.time = system_now();
            observation.quantity = 3000;
            observation.label.mpn = "NL52840-QIAA-R";
            const std::optional<LotAccount> lot;
            const Case the_case{
                observation, lineage,
                states,      *directory,
                policy,      sources,
                lot,         [](auto, auto) {
                                    return std::vector<DayInterval>{{0, 1}}; }};
            const auto judged = judge(the_case);
            verdict.values.push_back(microseconds(start));
            if (judged.decision == Decision::accept)
                ++accepted;
            else if (accepted == 0)
                for (const auto& finding : judged.findings)
                    std::fprintf(stderr, "  %s: %s\n", finding.rule.c_str(), finding.text.c_str());

            // The same look-ups, bare.
            std::vector<std::pair<std::string, std::uint64_t>> asked;
            for (const auto& iss : issuers) {
                std::uint64_t known = 0;
                for (const auto& link : lineage.items.front().links)
                    if (link.iss == iss) known = std::max(known, link.n + 1);
                // One look beyond the last, two where there are any (collect looks for gaps).
                for (std::uint64_t n = 0; n < known + (known > 0 ? 2 : 1); ++n)
                    asked.emplace_back(iss, n);
            }
            ItemCipher cipher(key);
            std::vector<Tag> tags;
            start = std::chrono::steady_clock::now();
            for (const auto& [iss, n] : asked) tags.push_back(cipher.tag(iss, n));
            const auto hmac_time = microseconds(start);
            std::vector<std::pair<std::size_t, LocatedEnvelope>> found;
            start = std::chrono::steady_clock::now();
            for (std::size_t i = 0; i < tags.size(); ++i)
                for (auto& one : store->find_tag(tags[i], asked[i].first).envelopes)
                    found.emplace_back(i, std::move(one));
            const auto get_time = microseconds(start);
            start = std::chrono::steady_clock::now();
            for (const auto& [i, one] : found) {
                const auto envelope = must(parse_envelope(one.bytes));
                opened +=
                    must(cipher.open(asked[i].first, asked[i].second, envelope)).empty() ? 0 : 1;
            }
            const auto open_time = microseconds(start);
            tags_asked += tags.size();
            hmacs.values.push_back(hmac_time);
            gets.values.push_back(get_time);
            openings.values.push_back(open_time);
            bare.values.push_back(hmac_time + get_time + open_time);
        }
        if (accepted != items.size()) {
            std::fprintf(stderr, "bench_check: only %zu of %zu items were accepted\n", accepted,
                         items.size());
            return 1;
        }
        std::printf("%d items, each %zu tags asked and %zu envelopes opened, all ACCEPT\n", kItems,
                    tags_asked / items.size(), opened / items.size());
        std::printf("%-34s %10s %10s\n", "", "p50 us", "p99 us");
        const auto row = [](const char* name, Times& times) {
            std::printf("%-34s %10.1f %10.1f\n", name, times.at(0.5), times.at(0.99));
        };
        row("verdict", verdict);
        row("  history", history);
        row("  history and replay", replayed);
        row("  HMACs of its tags", hmacs);
        row("  index look-ups with the bytes", gets);
        row("  openings", openings);
        row("bare work together", bare);
        std::printf("verdict / bare work at p50: %.2f\n", verdict.at(0.5) / bare.at(0.5));
    }
    std::filesystem::remove_all(folder);
    return 0;
}
