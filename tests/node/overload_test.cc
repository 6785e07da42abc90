// A node whose sequencer can't keep up: what comes over its pool is told to come back, costs
// nothing that stays, and is taken once there is room.
#include <atomic>
#include <future>
#include <thread>

#include <catch2/catch.hpp>
#include <sodium.h>

#include "api/http/client.h"
#include "api/routes/events.h"
#include "api/routes/proofs.h"
#include "ledger/format/envelope.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "tests/memory_use.h"
#include "tests/node/house_support.h"
#include "tests/node/service_support.h"

namespace reelproof::node::tests {

namespace {

// As runtime.cc puts a node together, but with a pool that four statements fill.
struct BusyNode : House {
    static constexpr std::size_t kFits = 4;

    // The rest of the pool has no room for the smallest statement.
    BusyNode()
        : House("maker.example", [](const House& house, ledger::SequencerOptions& options) {
              options.pool_bytes = kFits * statement_of(house).size() + 100;
          }) {
        api::Router router;
        router.set_authoriser(
            [](api::Request&, std::string_view) { return std::optional<api::Response>(); });
        api::add_event_routes(router, routes);
        api::add_proof_routes(router, context);
        api::ServerOptions options;
        options.certificate_pem = keys.tls_certificate;
        options.private_key_pem = keys.tls_key;
        // Those that wait for the sequencer, and some more.
        options.worker_threads = 2 * kFits;
        server = std::make_unique<api::HttpServer>(std::move(options), std::move(router));
        port = server->start().value().front();
    }

    // Another each time, of one size.
    [[nodiscard]] ledger::Bytes statement() const { return statement_of(*this); }
    static ledger::Bytes statement_of(const House& house) {
        ledger::Bytes sealed(40 + 128 * 450);
        randombytes_buf(sealed.data(), sealed.size());
        ledger::Tag tag;
        randombytes_buf(tag.data(), tag.size());
        ledger::StatementHeader header;
        header.content_type = ledger::wire::kSealedContentType;
        header.iss = house.config.org;
        header.sub = ledger::wire::kSealedSubject;
        header.iat = ledger::system_now();
        const auto envelope = ledger::encode_envelope(tag, sealed, std::nullopt);
        return ledger::sign_statement(house.keys.statement, header,
                                      ledger::encode_sealed_payload({envelope}, {}))
            .value();
    }
    [[nodiscard]] api::HttpClient client() const {
        api::ClientOptions options;
        options.origin = "https://127.0.0.1:" + std::to_string(port);
        options.pinned_spki = {api::spki_sha256_of_certificate(keys.tls_certificate).value()};
        return api::HttpClient(options);
    }
    static api::Response post(api::HttpClient& client, const ledger::Bytes& statement) {
        auto answer = client.post("/v1/statements", ledger::as_text(statement), "application/cose");
        // No assertion: some tests call this on threads of their own.
        return answer ? std::move(*answer) : api::Response::text(0, answer.error().text);
    }

    api::Recorder recorder{context};
    api::Events events{context, recorder};
    vision::ReaderPool reader{{}};
    api::HeldItems held{*store, *sequencer, ledger::Secret<32>::random()};
    api::EventRoutes routes{context, recorder, events, reader, held};
    std::unique_ptr<api::HttpServer> server;  // goes first: its threads use all of the above
    std::uint16_t port = 0;
};

bool says_come_back(const api::Response& answer) {
    const auto after = answer.headers.get("Retry-After");
    return answer.status == 503 && after && std::atoi(std::string(*after).c_str()) > 0 &&
           answer.body_view().find("the pool is full") != std::string_view::npos;
}

}  // namespace

TEST_CASE("a full pool is 503 with Retry-After, keeps memory flat, and is emptied afterwards",
          "[service][overload]") {
    BusyNode node;
    const std::uint64_t before = node.store->head(ledger::kOwnLog)->checkpoint.size;
    // The sequencer is busy until we let go.
    std::promise<void> let_go, held;
    auto busy = node.sequencer->write([&](ledger::WriteTransaction&) {
        held.set_value();
        let_go.get_future().wait();
    });
    held.get_future().wait();

    std::vector<std::future<int>> waiting;
    for (std::size_t i = 0; i < BusyNode::kFits; ++i)
        waiting.push_back(std::async(std::launch::async, [&node, one = node.statement()] {
            auto client = node.client();
            return BusyNode::post(client, one).status;
        }));
    REQUIRE(
        eventually([&] { return node.sequencer->counters().pool_statements == BusyNode::kFits; }));

    auto client = node.client();
    const auto refused = node.statement();
    CHECK(says_come_back(BusyNode::post(client, refused)));
    // An event, however small.
    const auto commission = [&] {
        return client.post("/v1/commission", boost::json::serialize(with_labels({issued().text})),
                           "application/json");
    };
    CHECK(says_come_back(commission().value()));

    // Many more, from several sides; some first, for what is allocated once.
    const auto flood = [&](int each) {
        std::atomic<int> told = 0;
        std::vector<std::thread> clients;
        for (int i = 0; i < 4; ++i)
            clients.emplace_back([&] {
                auto own = node.client();
                const auto statement = node.statement();
                for (int n = 0; n < each; ++n)
                    if (says_come_back(BusyNode::post(own, statement))) ++told;
            });
        for (auto& one : clients) one.join();
        return told.load();
    };
    CHECK(flood(50) == 200);
    const auto memory = reelproof::tests::memory_in_use();
    CHECK(flood(400) == 1'600);  // 90 MB of statements
    if (reelproof::tests::kMemoryIsTelling)
        CHECK(reelproof::tests::memory_in_use() < memory + (std::size_t{16} << 20));
    CHECK(node.sequencer->counters().pool_statements == BusyNode::kFits);
    // Whoever only reads does not notice.
    CHECK(client.get("/log/proof/0")->status == 200);
    CHECK(node.store->head(ledger::kOwnLog)->checkpoint.size == before);

    let_go.set_value();
    REQUIRE(busy.get());
    for (auto& one : waiting) CHECK(one.get() == 201);
    CHECK(BusyNode::post(client, refused).status == 201);
    CHECK(commission()->status == 201);
    // What was answered 201 is there, once, and nothing else.
    CHECK(node.store->head(ledger::kOwnLog)->checkpoint.size == before + BusyNode::kFits + 2);
    CHECK(node.sequencer->counters().pool_bytes == 0);
}

}  // namespace reelproof::node::tests
