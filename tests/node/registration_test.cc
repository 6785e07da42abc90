// A guest's statement on its way into the log, without a server around it: while it is on its way,
// and when the answer comes after the caller has left.
#include <future>

#include <catch2/catch.hpp>

#include "api/routes/scrapi.h"
#include "ledger/provenance/compose.h"
#include "node/config.h"
#include "node/keyring.h"
#include "node/setup.h"
#include "tests/ledger/store/store_support.h"
#include "tests/node/replication_support.h"

namespace reelproof::node::tests {

namespace {

using ledger::tests::random_tag;
using ledger::tests::TestOrg;

struct House {
    [[nodiscard]] static NodeConfig made_in(const std::filesystem::path& folder) {
        NewOrg wanted;
        wanted.folder = folder / "node";
        wanted.org = "ems.example";
        auto config = load_config(make_org(wanted).value().config).value();
        config.store.map_size = std::uint64_t{1} << 28;
        config.store.data_key = load_data_key(config.keys).value();
        return config;
    }
    [[nodiscard]] std::unique_ptr<ledger::Sequencer> start() const {
        ledger::SequencerOptions options;
        options.origin = config.origin;
        options.org = config.org;
        options.trusted_roots = config.trusted_roots();
        return ledger::Sequencer::start(*store, options, keys.log_signer(config.org)).value();
    }
    void submit(ledger::Bytes statement) { sequencer->submit(std::move(statement)).get().value(); }
    // The next round of the sequencer waits until it is told.
    [[nodiscard]] std::promise<void> hold() {
        std::promise<void> go;
        sequencer->write([until = std::make_shared<std::future<void>>(go.get_future())](
                             ledger::WriteTransaction&) { until->wait(); });
        return go;
    }

    TempFolder folder;
    const NodeConfig config = made_in(folder.path());
    const Keyring keys = load_keyring(config.keys, config.store.data_key).value();
    const std::unique_ptr<ledger::Store> store = ledger::Store::open(config.store).value();
    const std::unique_ptr<ledger::Sequencer> sequencer = start();
    api::Identifier identifier{std::nullopt};
    const ledger::Keepers keepers{keys.mirror_signer(config.org).verifier(), std::nullopt, {}};
    api::ServiceContext context{*store,
                                *sequencer,
                                keys.statement,
                                keys.receipt,
                                config.org,
                                config.origin,
                                {},
                                {},
                                identifier,
                                keepers,
                                [] { return std::map<std::string, ledger::SourceState>(); }};
};

}  // namespace

TEST_CASE("a statement that takes long is told to be on its way, and is found there",
          "[service][scrapi]") {
    House house;
    const TestOrg guest("small.example");
    const ledger::GuestAdmit admit{
        guest.name, ledger::thumbprint(guest.root.public_key()), {"sealed"}, {}};
    house.submit(ledger::compose_public(house.keys.statement, house.config.org,
                                        ledger::system_now(), "guest.admit",
                                        ledger::format_public(admit))
                     .value());
    house.submit(guest.guest_genesis());

    api::Registration registration(house.context, std::chrono::milliseconds(1));
    api::ScrapiRoutes routes{house.context, registration};
    api::Router router;
    api::add_scrapi_routes(router, routes);
    const auto statement = guest.sealed({random_tag()}, ledger::system_now());
    const auto there = ledger::to_hex(ledger::leaf_hash(statement));
    const auto post = [&] {
        api::Request request;
        request.method = api::Method::post;
        request.segments = std::vector<std::string>{"entries"};
        request.headers.set("Content-Type", "application/cose");
        request.body = ledger::as_text(statement);
        return router.handle(request);
    };
    const auto get = [&] {
        api::Request request;
        request.segments = std::vector<std::string>{"entries", there};
        return router.handle(request);
    };
    CHECK(get().status == 404);
    auto go = house.hold();
    const auto running = post();
    CHECK(running.status == 303);
    CHECK(running.headers.get("Location") == "/entries/" + there);
    CHECK(running.headers.has("Retry-After"));
    // Again while it waits: the same.
    CHECK(post().status == 303);
    const auto asked = get();
    CHECK(asked.status == 302);
    CHECK(asked.headers.get("Location") == "/entries/" + there);
    go.set_value();
    REQUIRE(eventually([&] { return get().status == 200; }));
    // Both have been answered as one entry.
    REQUIRE(eventually([&] { return !registration.running(ledger::leaf_hash(statement)); }));
    CHECK(post().status == 201);
    CHECK(house.store->head(ledger::kOwnLog)->checkpoint.size == 4);
}

}  // namespace reelproof::node::tests
