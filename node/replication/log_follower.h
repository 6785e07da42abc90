// Follows one partner's log: reads its checkpoint, compares it with our copy, fetches what is new,
// has it verified and stored, and cosigns what is durable. A log that contradicts itself is frozen.
// Belongs to the partner's worker thread.
#pragma once

#include <optional>
#include <string>

#include "node/replication/cosigning.h"
#include "node/replication/genesis.h"
#include "node/replication/incidents.h"
#include "node/replication/remote_log.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

class LogFollower {
  public:
    // All but the genesis outlive it.
    LogFollower(const ReplicatorDeps& deps, Incidents& incidents, PartnerGenesis genesis,
                PeerClient& client);
    LogFollower(const LogFollower&) = delete;
    LogFollower& operator=(const LogFollower&) = delete;

    // One round at the log's own node. Without error our copy is the partner's newest and is
    // cosigned, or the log is frozen. Errors: unavailable and not_found (try later); conflict (the
    // log went back: nothing taken, nothing cosigned; or it is of the future: taken, but neither
    // cosigned nor fresh); all others say that what was served does not hold. What speaks against
    // the log is kept among the incidents, and settled there without error.
    ledger::Result<void> follow();

    // One round at a mirror of the log, for as long as its own node can't be reached. As above, but
    // what is older there than here says nothing against the log, and what does not hold nothing
    // either. A tree that is behind what the log had witnessed here is shown, and cosigned once it
    // is known to be a part of that. Gives when the mirror cosigned what it serves: so old is what
    // we know by it.
    ledger::Result<ledger::UnixSeconds> follow_at(LogSource& mirror,
                                                  const ledger::OrgGenesis& mirrored_by);

    // Takes in evidence that others published; publishes ours where that is still to be done.
    ledger::Result<void> exchange_evidence();

    // Its checkpoint came when it was last asked for, whatever happened afterwards.
    [[nodiscard]] bool reached() const { return reached_; }
    // How much of it we hold, verified.
    [[nodiscard]] std::uint64_t held() const;
    // Why nothing of this log is taken any more, or empty.
    [[nodiscard]] const std::string& frozen() const { return frozen_; }

  private:
    // What we know before we ask.
    struct Known {
        std::optional<HeldCopy> held;
        std::optional<ledger::LogHead> witnessed;
    };
    [[nodiscard]] Known known() const;
    ledger::Result<void> take(const Known& before, const SignedCheckpoint& served);
    ledger::Result<void> cosign();
    ledger::Result<void> look_ahead();
    [[nodiscard]] bool of_the_way(const ledger::Error& error) const;
    ledger::Result<void> judge_contents(const ledger::Error& error, const SignedCheckpoint& served);
    ledger::Error went_back(const SignedCheckpoint& from, const SignedCheckpoint& to);
    ledger::Result<void> compare_with_copy(const HeldCopy& held, const SignedCheckpoint& served);
    ledger::Result<void> compare_with_announced(const SignedCheckpoint& served);
    ledger::Result<void> compare_by_tiles(const SignedCheckpoint& older,
                                          const SignedCheckpoint& served);
    ledger::Result<void> judge(const SignedCheckpoint& a, const SignedCheckpoint& b,
                               const ledger::SubtreeHash& larger_tree);

    ledger::Result<void> fetch(const SignedCheckpoint& served);
    ledger::Result<std::vector<ledger::Bytes>> fetch_part(std::uint64_t start, std::uint64_t size);
    ledger::Result<void> fetch_parts(std::uint64_t start, std::uint64_t size,
                                     const SignedCheckpoint& served);
    [[nodiscard]] SignedCheckpoint newest_signed(const SignedCheckpoint& served) const;
    ledger::Result<void> announce(const SignedCheckpoint& served);

    const ReplicatorDeps& deps_;
    Incidents& incidents_;
    const PartnerGenesis genesis_;
    const PeerClient& client_;  // of its own node
    RemoteLog own_;
    RemoteLog* remote_ = &own_;  // where this round reads; a mirror within follow_at() only
    std::string frozen_;
    bool reached_ = true;
    bool evidence_published_ = false;
    std::size_t evidence_seen_ = 0;
    ledger::RefusedEntry refused_;  // in this round, by the store
    bool resumed_ = false;          // in this round: behind parts that came before, from anywhere
    std::size_t bundle_bytes_ = 0;  // of the last one; 0: not known yet
    // The newest checkpoint that we verified while we have not yet caught up with it; also kept in
    // the store when the catch-up takes several parts, or does not lead to its root.
    std::optional<SignedCheckpoint> announced_;
};

}  // namespace reelproof::node
