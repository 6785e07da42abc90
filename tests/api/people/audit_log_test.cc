#include "api/people/audit_log.h"

#include <catch2/catch.hpp>

#include "ledger/base/sha256.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::api {
namespace {

TEST_CASE("the chain of the audit log goes on after a restart, and a change in it shows",
          "[audit]") {
    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org("ems.example");
    const auto clock = [] { return ledger::tests::kNow; };
    std::vector<std::string> texts;
    std::vector<ledger::Hash> hashes;
    ledger::tests::TestNode node(folder.path(), org);
    for (int round = 0; round < 3; ++round) {
        REQUIRE(node.open().empty());
        if (round == 0) node.must_submit(org.genesis());
        {
            AuditLog log(*node.store, *node.sequencer, clock);
            for (int i = 0; i < 20; ++i) {
                AuditEntry entry;
                entry.who = "person anna";
                entry.about = "item " + std::to_string(i);
                REQUIRE(log.append(entry));
            }
        }
        const AuditLog log(*node.store, *node.sequencer, clock);
        texts.clear();
        hashes.clear();
        log.read(0, [&](const AuditEntry& entry, std::string_view text) {
            CHECK(entry.number == texts.size());
            texts.emplace_back(text);
            hashes.push_back(entry.hash);
            return true;
        });
        REQUIRE(texts.size() == 20U * (static_cast<std::size_t>(round) + 1));
        CHECK(log.head() == hashes.back());
        node.close();
    }
    ledger::Hash head{};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto both = std::string(ledger::as_text(head)) + texts[i];
        head = ledger::sha256(ledger::as_bytes(both));
        CHECK(head == hashes[i]);
    }
}

TEST_CASE("once a day, and not while nothing happens, the head is published") {
    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org("ems.example");
    ledger::tests::TestNode node(folder.path(), org);
    node.open_with_genesis();
    std::atomic<ledger::UnixSeconds> now = ledger::tests::kNow;
    std::vector<ledger::Hash> published;
    bool refuse = false;
    const auto run = [&](ledger::UnixSeconds later) {
        now += later;
        AuditLog log(
            *node.store, *node.sequencer, [&] { return now.load(); },
            [&](const ledger::Hash& head) -> ledger::Result<void> {
                if (refuse) return ledger::malformed("not now");
                published.push_back(head);
                return {};
            });
        AuditEntry entry;
        entry.who = "person anna";
        REQUIRE(log.append(entry));
    };
    run(0);
    run(3600);
    CHECK(published.empty());
    run(86400);
    REQUIRE(published.size() == 1);
    CHECK(published.back() ==
          AuditLog(*node.store, *node.sequencer, [&] { return now.load(); }).head());
    run(3600);
    CHECK(published.size() == 1);
    refuse = true;
    run(86400);
    CHECK(published.size() == 1);
    refuse = false;
    run(60);
    CHECK(published.size() == 2);
}

}  // namespace
}  // namespace reelproof::api
