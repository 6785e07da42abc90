#include "node/replication/incidents.h"

#include <catch2/catch.hpp>

#include "tests/node/replication_support.h"

using namespace reelproof;
using namespace reelproof::node;
using namespace reelproof::node::tests;

namespace {

const std::string kOrigin = "maker.example/ledger";

// What it is kept among, without partners.
struct Kept {
    TestNode node{"ems.example"};
    ledger::Keepers keepers{node.keys().mirror.verifier(), std::nullopt, {}};
    ReplicatorDeps deps{.store = node.store(),
                        .sequencer = node.sequencer(),
                        .keepers = keepers,
                        .mirror_signer = node.keys().mirror,
                        .witness_signer = {},
                        .org = node.org(),
                        .origin = node.origin(),
                        .certificate_pem = {},
                        .private_key_pem = {},
                        .partners = {},
                        .logs = {},
                        .log = {},
                        .publish = {}};
    Incidents incidents{deps};

    // As a restart would find it: kind, what was signed, and whether it lasts.
    using Rows = std::vector<std::tuple<IncidentKind, std::string, bool>>;
    static Rows rows_of(const Incidents& incidents) {
        Rows out;
        for (const Incident& one : incidents.all(kOrigin))
            out.emplace_back(one.kind, one.second, one.over == 0);
        return out;
    }
    [[nodiscard]] Rows durable() const { return rows_of(Incidents(deps)); }
};

Incident incident(IncidentKind kind, const std::string& what = {}) {
    return {.kind = kind, .text = "as " + what, .first = {}, .second = what, .bytes = {}};
}

}  // namespace

TEST_CASE("a suspect that comes back is kept, though records have to make room", "[replication]") {
    Kept kept;
    for (int i = 0; i < 8; ++i) {
        kept.incidents.raise(kOrigin, incident(IncidentKind::suspect, std::to_string(i)));
        kept.incidents.settle(kOrigin, IncidentKind::suspect);
        CHECK(kept.durable() == Kept::rows_of(kept.incidents));
    }
    const auto records = kept.incidents.all(kOrigin);
    REQUIRE(records.size() == kMaxSuspects + 1);
    for (const Incident& record : records) {
        kept.incidents.raise(kOrigin, incident(IncidentKind::suspect, record.second));
        CHECK(kept.durable() == Kept::rows_of(kept.incidents));
        REQUIRE(kept.incidents.lasting(kOrigin).size() == 1);
        CHECK(kept.incidents.lasting(kOrigin)[0].second == record.second);
        kept.incidents.settle(kOrigin, IncidentKind::suspect);
    }
}

TEST_CASE("what several threads raise and settle is durable as it stands at last",
          "[replication]") {
    Kept kept;
    for (int i = 0; i < 100; ++i) {
        std::atomic<int> ready = 0;
        const auto both = [&](const std::function<void()>& work) {
            return std::thread([&ready, work] {
                for (++ready; ready < 2;) std::this_thread::yield();
                work();
            });
        };
        if (i % 2 == 0) kept.incidents.raise(kOrigin, incident(IncidentKind::rollback));
        std::thread one = both([&] {
            kept.incidents.raise(kOrigin, incident(IncidentKind::rollback, std::to_string(i)));
        });
        std::thread other = both([&] { kept.incidents.settle(kOrigin, IncidentKind::rollback); });
        one.join();
        other.join();
        REQUIRE(kept.durable() == Kept::rows_of(kept.incidents));
    }
}
