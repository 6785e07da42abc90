// What the vault does by itself goes on when something goes wrong.
#include "api/service/vault_duties.h"

#include <atomic>

#include <catch2/catch.hpp>

#include "tests/api/http_support.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::api {

TEST_CASE("trouble with the disk is told, and the thread that looks outlives it", "[vault]") {
    const ledger::tests::TempFolder folder;
    const ledger::tests::TestOrg org("oem.example");
    ledger::tests::TestNode node(folder.path(), org);
    node.open_with_genesis();
    const auto clock = [] { return ledger::tests::kNow; };
    JsonRows rows(*node.store, *node.sequencer, ledger::Table::work);
    const auto keys =
        ledger::VaultKeys::open(folder.path() / "vault.keys", ledger::Secret<32>::random());
    REQUIRE(keys);
    Vault vault(rows, **keys, folder.path() / "vault", org.name, clock);
    const ledger::Error away{ledger::ErrorKind::unavailable, "away"};
    const auto key = ledger::SecretKey::generate();
    const auto sealing = ledger::SealingKey::generate();
    VaultSharing sharing(
        {vault,
         rows,
         *node.store,
         key,
         sealing,
         org.name,
         clock,
         [](std::string_view, const std::string&) { return ledger::Result<void>(); },
         {[&](const auto&...) { return away; }, [&](const auto&...) { return away; }, [] {}},
         [](const std::string&) {},
         [](const std::string&, ledger::Classification) { return ledger::VaultVerdict(); },
         {}});
    PartnerExits exits(sharing, rows, org.name, clock);
    PartnerPapers papers(rows, clock);
    DataIncidents incidents(sharing, vault, rows, org.name, clock);
    const AuditLog audit(*node.store, *node.sequencer, clock);
    VaultReviews reviews(vault, audit, rows, clock, {});
    AccessWatch watch(audit, clock, [](const std::string&, const std::string&) {});
    std::atomic<int> told = 0;
    // A clock that can't be read stands for a disk that can't: both are troubles of the
    // environment.
    std::atomic<bool> broken = true;
    {
        VaultDuties duties({vault, sharing, exits, papers, incidents, reviews, watch, org.name,
                            [&]() -> ledger::UnixSeconds {
                                if (broken) throw ledger::EnvironmentError("the disk is gone");
                                return ledger::tests::kNow;
                            },
                            [](std::string_view, const std::string&) {},
                            [&](const std::string& trouble) {
                                told +=
                                    trouble.find("the disk is gone") != std::string::npos ? 1 : 9;
                            }});
        CHECK(reelproof::tests::eventually([&] { return told == 1; }));
        broken = false;
        CHECK(duties.list().empty());
    }
    CHECK(told == 1);
}

}  // namespace reelproof::api
