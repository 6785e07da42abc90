// What the vault does by itself goes on when something goes wrong.
#include "api/service/vault_duties.h"

#include <atomic>

#include <catch2/catch.hpp>

#include "tests/api/http_support.h"
#include "tests/api/service/lone_vault.h"

namespace reelproof::api {

TEST_CASE("trouble with the disk is told, and the thread that looks outlives it", "[vault]") {
    tests::LoneVault lone;
    PartnerExits exits(*lone.sharing, *lone.rows, lone.org.name, lone.clock);
    PartnerPapers papers(*lone.rows, lone.clock);
    DataIncidents incidents(*lone.sharing, *lone.vault, *lone.rows, lone.org.name, lone.clock);
    const AuditLog audit(*lone.node.store, *lone.node.sequencer, lone.clock);
    VaultReviews reviews(*lone.vault, audit, *lone.rows, lone.clock, {});
    AccessWatch watch(audit, lone.clock, [](const std::string&, const std::string&) {});
    std::atomic<int> told = 0;
    // A clock that can't be read stands for a disk that can't: both are troubles of the
    // environment.
    std::atomic<bool> broken = true;
    {
        VaultDuties duties(
            {*lone.vault, *lone.sharing, exits, papers, incidents, reviews, watch, lone.org.name,
             [&]() -> ledger::UnixSeconds {
                 if (broken) throw ledger::EnvironmentError("the disk is gone");
                 return ledger::tests::kNow;
             },
             [](std::string_view, const std::string&) {},
             [&](const std::string& trouble) {
                 told += trouble.find("the disk is gone") != std::string::npos ? 1 : 9;
             }});
        CHECK(reelproof::tests::eventually([&] { return told == 1; }));
        broken = false;
        CHECK(duties.list().empty());
    }
    CHECK(told == 1);
}

}  // namespace reelproof::api
