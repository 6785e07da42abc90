// What happens between a request and its entry in the log, without a server around it.
#include <atomic>
#include <utility>

#include <catch2/catch.hpp>

#include "api/service/events.h"
#include "ledger/store/check.h"
#include "tests/ledger/store/store_support.h"
#include "tests/node/house_support.h"

namespace reelproof::node::tests {

namespace {

using Catch::Matchers::Contains;

// Made before the sequencer that reads it.
struct SignedAhead {
    std::atomic<ledger::UnixSeconds> signed_ahead = 0;  // the sequencer's clock is ahead by this
};

// The service of one organisation over a real store, and a reel of 1000 in its stock.
struct Service : SignedAhead, House {
    Service()
        : House("nordsemi.example", [this](const House&, ledger::SequencerOptions& options) {
              options.clock = [this] { return ledger::system_now() + signed_ahead; };
          }) {
        api::Identified label;
        label.key = reel;
        label.id = ledger::public_item_id(reel);
        label.label.mpn = "NRF52832";
        label.label.lot = "2538CC";
        label.quantity = 1000;
        events.commission({label}, {}).value();
    }

    api::ServiceContext& with_clocks() {
        context.clock = [this] {
            at_clock();
            return ledger::system_now() + later + wrong;
        };
        context.steady_clock = [this] {
            return std::chrono::steady_clock::time_point(
                std::chrono::seconds(ledger::system_now() + later));
        };
        return context;
    }
    [[nodiscard]] api::Identified item(const ledger::ItemKey& key) const {
        api::Identified out;
        out.key = key;
        out.id = ledger::public_item_id(key);
        return out;
    }
    [[nodiscard]] ledger::History history(const ledger::ItemKey& key) const {
        return ledger::collect(key, {{config.org}, {}}, api::finder(*store));
    }
    // Past the service, as another program with our key may write.
    void append(const std::vector<ledger::EnvelopeDraft>& drafts) {
        const auto statement =
            ledger::compose_sealed(keys.statement, config.org, ledger::system_now(), drafts);
        sequencer->submit(statement.value()).get().value();
    }
    [[nodiscard]] ledger::EnvelopeDraft draft(ledger::EventKind kind, std::uint64_t n) const {
        ledger::EnvelopeDraft out;
        out.key = reel;
        out.n = n;
        out.body.event.kind = kind;
        out.body.event.time = ledger::system_now();
        out.body.event.item = ledger::item_uri(config.org, ledger::public_item_id(reel));
        return out;
    }

    // Parts of the reel are placed, once under each key; gives the statement's index.
    std::uint64_t place(const std::string& key) { return place(key, events); }
    std::uint64_t place(const std::string& key, api::Events& by) {
        const auto done = by.consume(item(reel), 1, {}, "WO-1", {key, "place " + key}).value();
        last_was_repeated = done.repeated;
        return done.places.at(0).index;
    }
    [[nodiscard]] std::size_t remembered() const {
        std::size_t rows = 0;
        store->scan(ledger::Table::idempotency,
                    [&](ledger::ByteView, ledger::ByteView) { return ++rows > 0; });
        return rows;
    }

    bool last_was_repeated = false;
    std::function<void()> at_clock = [] {};
    ledger::UnixSeconds later = 0;  // than the system's clock says
    ledger::UnixSeconds wrong = 0;  // the node's clock is ahead by this
    api::Recorder recorder{with_clocks()};
    api::Events events{context, recorder};
    const ledger::ItemKey reel = ledger::ItemKey::random();
};

}  // namespace

TEST_CASE("an item is not relabelled when its quantity has changed in between", "[service]") {
    Service service;
    const auto fresh = ledger::ItemKey::random();
    // The clock is read after the request has looked at the reel, and before it writes.
    bool used = false;
    service.at_clock = [&] {
        if (std::exchange(used, true)) return;
        auto use = service.draft(ledger::EventKind::consume, 1);
        use.body.event.quantity = 400;
        use.body.prev = service.history(service.reel).heads();
        service.append({use});
    };
    const auto done =
        service.events.relabel(service.item(service.reel), service.item(fresh), "torn", {});
    REQUIRE_FALSE(done);
    CHECK(done.error().kind == ledger::ErrorKind::conflict);
    CHECK_THAT(done.error().message, Contains("it has just changed; try again"));
    CHECK(service.history(fresh).empty());
    // Again, as it says.
    REQUIRE(service.events.relabel(service.item(service.reel), service.item(fresh), "torn", {}));
    CHECK(ledger::replay(service.history(fresh)).remaining() == 600);
}

TEST_CASE("a new event names no more than 256 latest ones, and what custody rests on",
          "[service]") {
    Service service;
    const auto custody = service.history(service.reel).links.front().hash;
    // Events that nothing follows, as somebody hostile can seal in any number.
    for (std::uint64_t n = 1; n <= 400; n += 100) {
        std::vector<ledger::EnvelopeDraft> drafts;
        for (std::uint64_t i = n; i < n + 100; ++i)
            drafts.push_back(service.draft(ledger::EventKind::unload, i));
        service.append(drafts);
    }
    REQUIRE(service.history(service.reel).heads().size() == 401);
    REQUIRE(service.events.mark(service.item(service.reel), ledger::EventKind::deplete, "", {}));
    const auto history = service.history(service.reel);
    const auto& last = history.links.back();
    REQUIRE(last.body.event.kind == ledger::EventKind::deplete);
    CHECK(last.prev.size() == 257);
    CHECK(std::count(last.body.prev.begin(), last.body.prev.end(), custody) == 1);
}

TEST_CASE("what needs several statements finds a full store before the first", "[service]") {
    const TempFolder folder;
    const ledger::tests::TestOrg org("nordsemi.example");
    ledger::tests::TestNode node(folder.path(), org);
    node.store_options.map_size = node.store_options.max_map_size = std::uint64_t{4} << 20;
    node.open_with_genesis();
    api::Identifier identifier{std::nullopt};
    const ledger::Keepers keepers{org.mirror_signer().verifier(), std::nullopt, {}};
    api::ServiceContext context{*node.store,
                                *node.sequencer,
                                org.node,
                                org.node,
                                org.name,
                                org.origin(),
                                {},
                                {},
                                identifier,
                                keepers,
                                [] { return std::map<std::string, ledger::SourceState>(); }};
    context.clock = [] { return ledger::tests::kNow; };
    api::Recorder recorder(context);
    const auto size = [&] { return node.store->head(ledger::kOwnLog)->checkpoint.size; };
    const auto record = [&](std::size_t items) {
        std::vector<api::Change> changes;
        for (std::size_t i = 0; i < items; ++i) {
            api::Change change;
            change.key = ledger::ItemKey::random();
            change.event.kind = ledger::EventKind::quarantine;
            change.event.reason = std::string(300, 'x');
            changes.push_back(std::move(change));
        }
        return recorder.record(changes, {}, {}, {});
    };
    for (int times = 0;; ++times) {
        REQUIRE(times < 100);
        const auto before = size();
        const auto done = record(480);
        if (done) {
            CHECK(size() == before + done->places.size());
            continue;
        }
        CHECK(times > 0);
        INFO(done.error().message);
        CHECK(done.error().kind == ledger::ErrorKind::unavailable);
        CHECK(size() == before);
        break;
    }
    // There is still room for one, which the first of them could have had.
    CHECK(record(1));
}

TEST_CASE("the last parts of a full reel may be one in a hundred more than it says", "[service]") {
    Service service;
    const auto reel = service.item(service.reel);
    REQUIRE(service.events.consume(reel, 1010, {}, "WO-1", {}));
    const auto more = service.events.consume(reel, 1, {}, "WO-1", {});
    REQUIRE_FALSE(more);
    CHECK_THAT(more.error().message, Contains("only 0 parts left, not 1"));
    const auto child = ledger::ItemKey::random();
    CHECK_FALSE(service.events.split(reel, service.item(child), 1, {}));
    CHECK(ledger::replay(service.history(service.reel)).contradictions.empty());
}

TEST_CASE("a retry gets the first answer for 30 days; then it is forgotten, bit by bit",
          "[service]") {
    constexpr ledger::UnixSeconds kDay = 24L * 3600;
    Service service;
    const auto key = [](const std::string& name, int i) { return name + std::to_string(i); };
    std::vector<std::uint64_t> first;
    for (int i = 0; i < 10; ++i) first.push_back(service.place(key("early ", i)));
    // As early versions wrote it, without a time.
    REQUIRE(service.sequencer
                ->write([](ledger::WriteTransaction& writes) {
                    writes.put(ledger::Table::idempotency, ledger::as_bytes("early version"),
                               ledger::Bytes(64));
                })
                .get());
    REQUIRE(service.remembered() == 11);

    // Enough of them that all old ones are looked at.
    service.later = 30 * kDay - 3600;
    for (int i = 0; i < 20; ++i) service.place(key("later ", i));
    CHECK(service.remembered() == 31);
    for (int i = 0; i < 10; ++i) {
        CHECK(service.place(key("early ", i)) == first[static_cast<std::size_t>(i)]);
        CHECK(service.last_was_repeated);
    }
    // With the old ones, their kind of 64 bytes has a time by now: it counts from when it was met.
    service.later = 31 * kDay;
    for (int i = 0; i < 20; ++i) service.place(key("last ", i));
    CHECK(service.remembered() == 1 + 20 + 20);
    CHECK(service.place(key("later ", 3)) > first.back());
    CHECK(service.last_was_repeated);
    // Deduplication of statements has no end.
    const auto entry = service.store->entry(ledger::kOwnLog, first.front()).value();
    const auto again = service.recorder.submit(entry);
    REQUIRE(again);
    CHECK(again->index == first.front());
    service.later = 90 * kDay;
    for (int i = 0; i < 20; ++i) service.place(key("end ", i));
    CHECK(service.remembered() == 20);
    CHECK(ledger::check_store(*service.store, service.config.trusted_roots()).ok());
}

TEST_CASE("what is remembered of requests stays within what came in 30 days and a third",
          "[service]") {
    Service service;
    std::size_t most = 0;
    for (int i = 0; i < 200; ++i) {
        service.later += 24L * 3600;
        service.place("key " + std::to_string(i));
        most = std::max(most, service.remembered());
    }
    CHECK(most >= 30);
    CHECK(most <= 31 * 4 / 3 + 5);
}

TEST_CASE("an answer that was given while the clock was ahead is forgotten all the same",
          "[service]") {
    constexpr ledger::UnixSeconds kDay = 24L * 3600;
    Service service;
    service.wrong = 1000 * kDay;
    service.place("ahead");
    service.wrong = 0;
    service.place("now");
    service.place("now, too");
    service.later = 31 * kDay;
    for (int i = 0; i < 3; ++i) service.place("later " + std::to_string(i));
    CHECK(service.remembered() == 3);
}

TEST_CASE("a clock that is ahead for less than a day lets no answer be forgotten", "[service]") {
    constexpr ledger::UnixSeconds kDay = 24L * 3600;
    Service service;
    std::vector<std::uint64_t> first;
    for (int i = 0; i < 10; ++i) first.push_back(service.place("right " + std::to_string(i)));
    service.later = 3 * kDay;  // nothing is recorded over a long weekend
    service.wrong = 1000 * kDay;
    for (int i = 0; i < 20; ++i) {
        service.place("ahead " + std::to_string(i));
        service.later += 3600;
    }
    service.wrong = 0;
    for (int i = 0; i < 20; ++i) service.place("later " + std::to_string(i));
    CHECK(service.remembered() == 50);
    for (std::size_t i = 0; i < first.size(); ++i)
        CHECK(service.place("right " + std::to_string(i)) == first[i]);
    service.later += 32 * kDay;
    for (int i = 0; i < 40; ++i) service.place("end " + std::to_string(i));
    CHECK(service.remembered() == 40);
}

TEST_CASE("a node that starts while the clock is ahead forgets no answer", "[service]") {
    Service service;
    for (int i = 0; i < 10; ++i) service.place("right " + std::to_string(i));
    service.wrong = service.signed_ahead = 1000L * 24 * 3600;
    service.place("ahead");
    api::Recorder restarted{service.context};
    api::Events events{service.context, restarted};
    for (int i = 0; i < 20; ++i) service.place("again " + std::to_string(i), events);
    CHECK(service.remembered() == 31);
}

TEST_CASE("what a clock has said for a day is believed, however late it is", "[service]") {
    constexpr ledger::UnixSeconds kDay = 24L * 3600;
    const auto at = [](ledger::UnixSeconds seconds) {
        return api::SettledTime::Steady(std::chrono::seconds(seconds));
    };
    api::SettledTime time(100 * kDay, at(0));
    CHECK(time.at(100 * kDay, at(0)) < -1'000'000 * kDay);
    CHECK(time.at(101 * kDay - 1, at(kDay - 1)) < -1'000'000 * kDay);
    CHECK(time.at(101 * kDay, at(kDay)) == 101 * kDay);
    CHECK(time.at(102 * kDay, at(2 * kDay)) == 102 * kDay);
    CHECK(time.at(900 * kDay, at(2 * kDay)) == 102 * kDay);
    // Set back, it counts at once.
    CHECK(time.at(50 * kDay, at(2 * kDay)) == 50 * kDay);
}

}  // namespace reelproof::node::tests
