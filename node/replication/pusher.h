// Delivers our own log to one partner (C2SP tlog-witness and tlog-mirror, the client's side): the
// newest checkpoint, then the entries that it lacks, and keeps the cosignatures it gives for them.
// For a node that others can't reach, or that does not want to wait for them.
// Public functions are thread-safe; the rounds run on a worker thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ledger/format/submission.h"
#include "node/replication/backoff.h"
#include "node/replication/genesis.h"
#include "node/replication/peer_client.h"
#include "node/replication/remote_log.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

class Pusher {
  public:
    // `deps` outlives it. `address` tells where the partner is, without pins as long as we must not
    // talk to it; thread-safe. Calls nobody.
    Pusher(const ReplicatorDeps& deps, PartnerConfig config, std::function<PeerAddress()> address);
    ~Pusher() { stop(); }
    Pusher(const Pusher&) = delete;
    Pusher& operator=(const Pusher&) = delete;

    void start();
    // Cuts off what is going on; stop() waits for the end of it.
    void cancel();
    void stop();

    struct Status {
        std::uint64_t cosigned = 0;  // the partner's mirror cosigned our log up to this size
        std::string error;           // why the last round did not succeed, or empty
        std::string alarm;           // that, where somebody does what he must not do
    };
    [[nodiscard]] Status status() const;

  private:
    // Where a partner stands with an upload, as it told.
    using Position = ledger::MirrorInfo;

    void run();
    ledger::Result<void> attempt();
    ledger::Result<void> round();
    [[nodiscard]] std::optional<SignedCheckpoint> own_head() const;
    ledger::Result<void> submit_checkpoint(SignedCheckpoint& head);
    ledger::Result<void> introduce();
    ledger::Result<void> upload(const SignedCheckpoint& head);
    ledger::Result<api::Response> send(const Position& from, bool with_packages);
    ledger::Result<bool> keep(const SignedCheckpoint& head, std::string_view lines,
                              const std::optional<ledger::NoteVerifier>& key);
    void report(const ledger::Result<void>& done);

    const ReplicatorDeps& deps_;
    const PartnerConfig config_;
    const std::function<PeerAddress()> address_;
    PeerClient client_;

    // Owner of these: the worker thread.
    std::optional<PartnerGenesis> genesis_;
    Backoff backoff_, introductions_;
    std::uint64_t known_ = 0;      // size up to which the partner witnessed our log, as it told
    std::uint64_t delivered_ = 0;  // size up to which it mirrored our log in this process' time

    mutable std::mutex mutex_;
    std::condition_variable wake_;  // with mutex_
    bool stopping_ = false;         // owner: mutex_
    bool grown_ = true;             // owner: mutex_; our log, since the last round began
    Status status_;                 // owner: mutex_
    std::shared_ptr<void> watch_;   // goes before what it wakes
    std::thread thread_;
};

}  // namespace reelproof::node
