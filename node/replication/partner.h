// One partner: its worker thread, and what is known of it. First contact, the pinned connection,
// then round after round of following its log and looking at its copy of ours.
// Public functions are thread-safe; the rounds run on the worker thread alone.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "node/replication/backoff.h"
#include "node/replication/log_follower.h"
#include "node/replication/own_copy.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

// Another partner, who may mirror this one's log.
struct Neighbour {
    std::string org;
    PeerAddress address;
    bool gzip = false;
};

class Partner {
  public:
    // `deps` and `incidents` outlive it; `neighbours` may be asked from any thread once the rounds
    // run, and may name this partner too. Reads what the store knows; calls nobody.
    Partner(const ReplicatorDeps& deps, Incidents& incidents, PartnerConfig config,
            std::function<std::vector<Neighbour>()> neighbours);
    ~Partner() { stop(); }
    Partner(const Partner&) = delete;
    Partner& operator=(const Partner&) = delete;

    void start();
    // Cuts off what is going on; stop() waits for the end of it.
    void cancel();
    void stop();

    [[nodiscard]] PartnerStatus status() const;
    // Where it is talked to; without pins until its TLS key is known.
    [[nodiscard]] PeerAddress address() const;

  private:
    void run();
    Backoff::Duration attempt();
    Backoff::Duration round();
    bool has_news();
    void follow_at_mirrors();
    void compare_with_mirror();
    std::optional<ledger::UnixSeconds> follow_at(const Neighbour& mirror);
    [[nodiscard]] std::uint64_t stored() const;  // entries of its log, once it is met
    ledger::Result<void> meet();
    ledger::Result<void> first_contact();
    void begin(PartnerGenesis genesis);
    bool ask_for_grant(const std::string& url);
    void connect(PeerAddress address);
    void report(const ledger::Result<void>& log, const ledger::Result<void>& own_copy,
                bool asked_for_own);
    void say(const std::string& what, std::string& before, const std::string& now,
             api::LogLevel level);

    const ReplicatorDeps& deps_;
    Incidents& incidents_;
    const PartnerConfig config_;
    const std::function<std::vector<Neighbour>()> neighbours_;
    PeerClient client_, mirror_client_;

    // Owner of these: the worker thread (before start(): the caller).
    std::optional<PartnerGenesis> genesis_;
    std::optional<LogFollower> follower_;
    std::optional<OwnCopy> own_copy_;
    Backoff backoff_;
    bool try_configured_url_ = false;  // the URL it names was not to be reached
    int unmet_rounds_ = 0;             // turned away in a row, before it was ever met
    bool listening_ = false;           // after this round it may tell us what is new
    bool wrong_peer_ = false;          // something was untrusted: perhaps its TLS key
    std::size_t next_mirror_ = 0;
    std::chrono::steady_clock::time_point next_comparison_{};
    std::string taken_from_;    // a mirror, in this round
    std::string not_mirrored_;  // by our policy, and why; from the genesis on
    std::string log_alarm_, copy_alarm_, error_, grant_trouble_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;  // with mutex_
    bool stopping_ = false;         // owner: mutex_
    PeerAddress address_;           // owner: mutex_
    PartnerStatus status_;          // owner: mutex_; size and stored are filled in on reading
    std::thread thread_;
};

}  // namespace reelproof::node
