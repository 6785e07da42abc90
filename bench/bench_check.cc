// Verdict on an item of 12 events by 5 organisations among 50, beside its bare work and PostgreSQL
//
// The verdict is that of a running node, whose filter of absent tags is whole. The bare work is
// what a verdict without that filter can't do without: the HMACs of the item's tags and body keys,
// one look into the tag index for each tag, the entries of those that are there, and their
// openings; with one read transaction an item and nothing kept. "Of what is there" is the same
// without the looks that find nothing, as if one knew before where to look: less work than anybody
// can do, filter or not. PostgreSQL gives the rows of the item and its ancestors from plain tables.
// All in one run, in turns, each once unmeasured before it counts, over other items each time, so
// that all find caches as cold.
//
//   bench_check [ENVELOPES]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include <sodium.h>

#include "bench/check_rivals.h"
#include "bench/check_store.h"
#include "bench/ingest_support.h"
#include "ledger/format/envelope.h"
#include "ledger/rules/verdict.h"
#include "ledger/store/schema.h"
#include "ledger/store/sequencer.h"
#include "ledger/store/tag_rows.h"
#include "ledger/store/tag_view.h"

using namespace reelproof::bench;
using namespace reelproof::ledger;

namespace {

constexpr int kRounds = 5;

template <class T>
T must(Result<T> result) {
    if (!result) give_up(result.error().message);
    return std::move(*result);
}

// Microseconds of each item in each round.
class Times {
  public:
    void add(double seconds) { values_.push_back(seconds * 1e6); }
    [[nodiscard]] double at(double share) {
        std::sort(values_.begin(), values_.end());
        return at_share(values_, share);
    }

  private:
    std::vector<double> values_;
};

struct Verdicts {
    Times history, replayed, judged;
};

void judge_all(const Store& store, const std::vector<Reel>& reels, Verdicts* times) {
    const auto directory = store.directory();
    const auto issuers = trusted_issuers(directory);
    Policy policy;
    policy.manufacturers = {{org_name(1), {"NL5*"}, {}}};
    std::map<std::string, SourceState> sources;
    for (int i = 0; i < kOrgs; ++i)
        sources[org_name(i)] = SourceState{org_name(i) + "/ledger", 1, 1, "", false};
    Observation observation;
    observation.org = org_name(0);
    observation.place = "line";
    observation.quantity = 3000;
    observation.label.mpn = kMpn;
    for (const auto& reel : reels) {
        const double begun = now_seconds();
        TagView view(store);
        const auto find = [&](const Tag& tag, const std::string& iss) {
            return view.find(tag, iss, kMaxSameNumber + 1);
        };
        const auto lineage = collect_lineage(reel.key, issuers, find);
        const double collected = now_seconds();
        std::vector<ItemState> states;
        for (const auto& item : lineage.items) states.push_back(replay(item));
        const double replayed = now_seconds();
        observation.time = system_now();
        const std::optional<LotAccount> lot;
        const Case the_case{
            observation, lineage,
            states,      *directory,
            policy,      sources,
            lot,         [](auto, auto) {
                                return std::vector<DayInterval>{{0, 1}}; }};
        const auto verdict = judge(the_case);
        const double judged = now_seconds();
        if (verdict.decision != Decision::accept)
            give_up("an item was not accepted: " + verdict.findings.front().text);
        if (times == nullptr) continue;
        times->history.add(collected - begun);
        times->replayed.add(replayed - begun);
        times->judged.add(judged - begun);
    }
}

struct BareTimes {
    Times hmacs, gets, openings, all;
    std::size_t tags = 0, opened = 0;
};

struct Asked {
    std::string iss;
    std::uint64_t n;
    bool there;
};

// What a look for all events of a reel asks for: one look beyond the last of each organisation, and
// where it has any a second one, which tells a gap from the end.
std::vector<Asked> asked_for(const Reel& reel) {
    std::vector<Asked> asked;
    for (int org = 0; org < kOrgs; ++org) {
        const auto known = static_cast<std::uint64_t>(
            std::count_if(reel.life.begin(), reel.life.end(),
                          [&](const auto& event) { return event.first == org; }));
        for (std::uint64_t n = 0; n < known + (known > 0 ? 2 : 1); ++n)
            asked.push_back({org_name(org), n, n < known});
    }
    return asked;
}

class BareLoop {
  public:
    explicit BareLoop(const StoreOptions& options)
        : index_(options.folder / "index", options.map_size, true),
          log_(options.folder / "log", options.map_size, true),
          tags_(index_.open_tables({"tags"}).front()),
          entries_(log_.open_tables({"entries"}).front()) {}

    enum class Looks { all, of_what_is_there };

    void run(const std::vector<Reel>& reels, Looks looks, BareTimes* times) const {
        for (const auto& reel : reels) {
            const auto asked = asked_for(reel);
            const double begun = now_seconds();
            ItemCipher cipher(reel.key);
            std::vector<Tag> tags;
            tags.reserve(asked.size());
            for (const auto& one : asked) tags.push_back(cipher.tag(one.iss, one.n));
            const double tagged = now_seconds();

            const lmdb::Reader index(index_), log(log_);
            lmdb::Cursor cursor(index, tags_);
            std::vector<std::pair<std::size_t, ByteView>> found;
            found.reserve(reel.life.size());
            for (std::size_t i = 0; i < tags.size(); ++i) {
                if (looks == Looks::of_what_is_there && !asked[i].there) continue;
                if (!cursor.seek(tags[i]) || !tag_rows::has_tag(cursor.key(), tags[i])) continue;
                const auto row = tag_rows::read(cursor.key(), cursor.value());
                const auto entry =
                    log.get(entries_, schema::entry_key(row.place.log, row.place.index));
                found.emplace_back(i, entry->subspan(row.offset, row.length));
            }
            const double got = now_seconds();

            std::vector<Secret<32>> keys;
            keys.reserve(found.size());
            for (const auto& [i, bytes] : found)
                keys.push_back(cipher.body_key(asked[i].iss, asked[i].n));
            const double keyed = now_seconds();

            std::size_t opened = 0;
            for (std::size_t at = 0; at < found.size(); ++at)
                opened += opens(keys[at], must(parse_envelope(found[at].second))) ? 1 : 0;
            const double done = now_seconds();
            if (opened != reel.life.size()) give_up("the bare loop missed an envelope");
            if (times == nullptr) continue;
            times->hmacs.add(tagged - begun + keyed - got);
            times->gets.add(got - tagged);
            times->openings.add(done - keyed);
            times->all.add(done - begun);
            times->tags = tags.size();
            times->opened = opened;
        }
    }

  private:
    static bool opens(const Secret<32>& key, const EnvelopeView& envelope) {
        constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
        const auto text = envelope.sealed.subspan(kNonce);
        Bytes out(text.size() - crypto_aead_xchacha20poly1305_ietf_ABYTES);
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
                   out.data(), nullptr, nullptr, text.data(), text.size(), envelope.tag.data(),
                   envelope.tag.size(), envelope.sealed.data(), key.expose().data()) == 0;
    }

    lmdb::Environment index_, log_;
    lmdb::TableHandle tags_, entries_;
};

void ask_all(PlainTables& tables, const std::vector<Reel>& reels, Times* times) {
    for (const auto& reel : reels) {
        const auto item = public_item_id(reel.key);
        const double begun = now_seconds();
        const std::size_t events = tables.history(item);
        if (times != nullptr) times->add(now_seconds() - begun);
        if (events != reel.life.size()) give_up("PostgreSQL gave another history");
    }
}

struct RunningNode {
    explicit RunningNode(const CheckStore& made)
        : store(must(Store::open(made.options))),
          sequencer(must(Sequencer::start(*store, made.sequencer, made.log_key))) {
        const double begun = now_seconds();
        while (!store->stats().filter_ready)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        filled = now_seconds() - begun;
        filter_bytes = store->stats().filter_bytes;
    }

    std::unique_ptr<Store> store;
    std::unique_ptr<Sequencer> sequencer;
    double filled = 0;  // seconds after the start
    std::uint64_t filter_bytes = 0;
};

void row(const char* name, Times& times) {
    std::printf("%-34s %10.1f %10.1f\n", name, times.at(0.5), times.at(0.99));
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t envelopes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const ScratchFolder folder;
    std::fprintf(stderr, "filling the store with %lu envelopes of %d organisations\n", envelopes,
                 kOrgs);
    const auto made = make_check_store(folder.path(), envelopes);
    PlainTables tables(folder.path() / "pg");
    const auto why_not = tables.start(envelopes, made.reels);
    Verdicts verdicts;
    BareTimes bare, bare_there;
    Times asked;
    double filled = 0;
    std::uint64_t filter_bytes = 0;
    for (int round = 0; round < kRounds; ++round) {
        {
            const RunningNode node(made);
            filled = node.filled;
            filter_bytes = node.filter_bytes;
            judge_all(*node.store, made.reels, nullptr);
            judge_all(*node.store, made.reels, &verdicts);
        }
        {
            const BareLoop loop(made.options);
            using Looks = BareLoop::Looks;
            loop.run(made.reels, Looks::all, nullptr);
            loop.run(made.reels, Looks::all, &bare);
            loop.run(made.reels, Looks::of_what_is_there, nullptr);
            loop.run(made.reels, Looks::of_what_is_there, &bare_there);
        }
        if (!why_not.empty()) continue;
        ask_all(tables, made.reels, nullptr);
        ask_all(tables, made.reels, &asked);
    }
    std::printf("%d items, each %zu tags asked and %zu envelopes opened, all ACCEPT\n", kItems,
                bare.tags, bare.opened);
    std::printf("filter of absent tags: %.2f MB, whole %.2f s after the start\n",
                static_cast<double>(filter_bytes) / 1e6, filled);
    std::printf("%-34s %10s %10s\n", "", "p50 us", "p99 us");
    row("verdict", verdicts.judged);
    row("  history", verdicts.history);
    row("  history and replay", verdicts.replayed);
    row("  HMACs of its tags and keys", bare.hmacs);
    row("  look-ups with the entries", bare.gets);
    row("  openings", bare.openings);
    row("bare work together", bare.all);
    row("  look-ups of what is there", bare_there.gets);
    row("bare work of what is there", bare_there.all);
    std::printf("verdict / bare work at p50: %.2f (goal 1.5); verdict p99 / p50: %.1f (goal 5)\n",
                verdicts.judged.at(0.5) / bare.all.at(0.5),
                verdicts.judged.at(0.99) / verdicts.judged.at(0.5));
    std::printf("verdict / bare work of what is there at p50: %.2f\n",
                verdicts.judged.at(0.5) / bare_there.all.at(0.5));
    if (!why_not.empty()) {
        std::printf("PostgreSQL 15: skipped: %s\n", why_not.c_str());
        return 0;
    }
    row("PostgreSQL 15, plain tables", asked);
    std::printf("verdict / PostgreSQL at p50: %.2f (goal: below 1)\n",
                verdicts.judged.at(0.5) / asked.at(0.5));
    return 0;
}
