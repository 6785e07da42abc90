// Looks at a partner's copy of our own log: its cosignature says that our entries are safe there,
// and a copy that is ahead of us or different says that we have lost or changed our past.
// Belongs to the partner's worker thread.
#pragma once

#include <optional>
#include <string>

#include "node/replication/cosigned_note.h"
#include "node/replication/genesis.h"
#include "node/replication/incidents.h"
#include "node/replication/peer_client.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

class OwnCopy {
  public:
    // All but the genesis outlive it.
    OwnCopy(const ReplicatorDeps& deps, Incidents& incidents, PartnerGenesis genesis,
            PeerClient& client);

    // One look. Keeps the cosignature. A partner that has no copy yet is no error. Errors:
    // unavailable; invalid and the like when the copy does not hold; conflict when it shows that
    // our own log has lost or changed entries, or the partner published evidence against it that
    // holds.
    ledger::Result<void> check();

    // The size of the copy that was served at the last look; 0: none.
    [[nodiscard]] std::uint64_t served() const { return served_; }
    // Our log is stored there up to this size, by what was last seen, also before a restart.
    [[nodiscard]] std::uint64_t cosigned() const { return cosigned_; }

  private:
    [[nodiscard]] bool is_kept(const CosignedNote& note) const;
    ledger::Result<void> check_accusation(const ledger::NoteVerifier& own_key);

    const ReplicatorDeps& deps_;
    Incidents& incidents_;
    const PartnerGenesis genesis_;
    PeerClient& client_;
    const std::string path_;
    std::uint64_t cosigned_ = 0;
    std::uint64_t served_ = 0;
    // Evidence stands for ever, and more only comes behind it: each is verified once.
    std::size_t evidence_seen_ = 0;
    std::optional<std::string> accusation_;
};

}  // namespace reelproof::node
