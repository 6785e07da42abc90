// A node's vault whose partners can't be reached, for tests of what is done within the node.
#pragma once

#include <memory>

#include "api/service/data_incidents.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::api::tests {

struct LoneVault {
    ledger::tests::TempFolder folder;
    ledger::tests::TestOrg org{"oem.example"};
    ledger::tests::TestNode node{folder.path(), org};
    ledger::UnixSeconds now = ledger::tests::kNow;  // set by the test's thread alone
    ledger::Clock clock = [this] { return now; };
    std::unique_ptr<JsonRows> rows;
    std::unique_ptr<ledger::VaultKeys> keys;
    std::unique_ptr<Vault> vault;
    ledger::SecretKey key = ledger::SecretKey::generate();
    std::unique_ptr<SealingKeys> sealing;
    std::unique_ptr<VaultSharing> sharing;

    LoneVault() {
        node.open_with_genesis();
        rows = std::make_unique<JsonRows>(*node.store, *node.sequencer, ledger::Table::work);
        keys = std::move(
            ledger::VaultKeys::open(folder.path() / "vault.keys", ledger::Secret<32>::random())
                .value());
        vault = std::make_unique<Vault>(*rows, *keys, folder.path() / "vault", org.name, clock);
        sealing = std::make_unique<SealingKeys>(std::vector{ledger::SealingKey::generate()},
                                                *node.store, org.name,
                                                [](const auto&) { return ledger::Result<void>(); });
        const auto away = [](const auto&...) {
            return ledger::Error{ledger::ErrorKind::unavailable, "away"};
        };
        sharing = std::make_unique<VaultSharing>(VaultSharingDeps{
            *vault,
            *rows,
            *node.store,
            key,
            *sealing,
            org.name,
            clock,
            [](std::string_view, const std::string&) { return ledger::Result<void>(); },
            {away, away, [] {}},
            [](const std::string&) {},
            [](const std::string&, ledger::Classification) { return ledger::VaultVerdict(); },
            {}});
    }
};

}  // namespace reelproof::api::tests
