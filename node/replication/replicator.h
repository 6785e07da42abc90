// Keeps verified copies of the partners' logs and collects their cosignatures of ours (DESIGN 5):
// for each partner fetch, verify, store, cosign, and look at its copy of our log. A log that is
// caught misbehaving is frozen with the evidence; the others go on.
// Thread-safe: all functions may be called from any thread. One worker thread for each partner.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http/server.h"
#include "ledger/base/clock.h"
#include "ledger/format/note.h"
#include "ledger/provenance/keepers.h"
#include "ledger/store/sequencer.h"
#include "ledger/store/store.h"
#include "node/replication/genesis.h"

namespace reelproof::node {

class Incidents;
class Intake;

inline constexpr std::size_t kMaxPartners = 64;

struct PartnerConfig {
    std::string org;
    std::string root;   // thumbprint of its root key, hex
    std::string url;    // "https://host:port", with the path of its API if it has one
    bool pull = true;   // false: it can't be reached (no URL then); its log comes by its own push
    bool push = false;  // our log is delivered to it, rather than left for it to fetch
    bool gzip = false;  // its node is asked to pack the entries that are fetched there
};

struct ReplicatorDeps {
    const ledger::Store& store;                          // both outlive the Replicator
    ledger::Sequencer& sequencer;                        // knows the partners' roots as trusted
    ledger::Keepers& keepers;                            // is told what is seen; outlives it too
    ledger::NoteSigner mirror_signer;                    // type 0x04, name "<org>/mirror"
    std::optional<ledger::NoteSigner> witness_signer{};  // type 0x04, name "<org>/witness"
    std::string org;                                     // ours
    std::string origin;                                  // of our own log
    std::string certificate_pem;                         // shown to partners
    std::string private_key_pem;
    std::vector<PartnerConfig> partners;
    std::vector<ledger::TlogPolicy::Log> logs{};      // that are mirrored; empty: every partner's
    std::size_t upload_bytes = std::size_t{8} << 20;  // of one delivery, unless one package is more
    std::chrono::milliseconds poll_interval{1'000};   // of a partner with whom all is well
    // A partner is asked to tell within this time when there is something new, at most 20; 0: it is
    // only polled.
    std::chrono::seconds news_wait{10};
    // How often a copy of each log is compared with that of another mirror of it.
    std::chrono::milliseconds compare_interval{30'000};
    // All that is asked of mirrors in one round ends by then, so that none of them keeps us from a
    // log whose own node answers.
    std::chrono::milliseconds mirror_patience{30'000};
    std::size_t part_entries = 4096;  // of a long catch-up, stored at a time
    ledger::Clock clock = ledger::system_now;
    // Of limits a second.
    std::function<std::chrono::steady_clock::time_point()> steady_clock =
        std::chrono::steady_clock::now;
    api::HttpLogger log;  // optional; never gets a secret
    // Signs a public statement of ours (sub, JSON payload), appends it to our log and returns once
    // it is durable. Called from worker threads, for log.evidence only. Empty: nothing is
    // published.
    std::function<ledger::Result<void>(std::string_view sub, std::string payload)> publish;
};

struct PartnerStatus {
    std::string org;
    std::string url;  // in use: its genesis or a later statement may name another than configured
    std::string origin;               // empty until its genesis is known
    std::string log_key, mirror_key;  // note keys, likewise
    std::string not_mirrored;         // why our policy keeps its log out, or empty
    std::uint64_t size = 0;           // of its log as verified, stored and visible here
    std::uint64_t stored = 0;         // entries stored, visible or not yet (a long catch-up)
    // Last time its checkpoint was read and all was well; read at a mirror it is as old as the
    // mirror's cosignature.
    ledger::UnixSeconds last_checked = 0;
    std::string error;   // why the last round did not succeed, or empty
    std::string frozen;  // why its log is frozen, or empty; for ever
    std::string alarm;   // misbehaviour seen: its log, or its mirror of ours; or empty
    // That part of it which speaks against its log, and so against what rests on it: what it did
    // that it must not do, until it is seen to be well again.
    std::string log_alarm;
    std::uint64_t cosigned = 0;  // our own log is known to be stored there up to this size
};

class Replicator {
  public:
    // Reads what is known of the partners from the store; calls nobody.
    explicit Replicator(ReplicatorDeps deps);
    ~Replicator();  // as stop()
    Replicator(const Replicator&) = delete;
    Replicator& operator=(const Replicator&) = delete;

    // Starts the workers. Errors are `malformed` and nothing runs: more than 64 partners, one named
    // twice or us among them, a root that is no thumbprint, a URL that is not https, a signer that
    // is none for cosignatures. Once only.
    ledger::Result<void> start();
    // Returns when no worker runs any more; requests in progress are cut off. Again is harmless.
    void stop();

    // In the order of the configuration.
    [[nodiscard]] std::vector<PartnerStatus> status() const;

    // Takes in what other logs submit. As long as the Replicator.
    [[nodiscard]] Intake& intake();

    // What partners did that they must not do. As long as the Replicator.
    [[nodiscard]] const Incidents& incidents() const;

    // The partner whose node may show this certificate: by the directory, or as known_address()
    // tells where the directory doesn't yet. For the authoriser.
    [[nodiscard]] std::optional<std::string> org_of_certificate(const ledger::Hash& spki) const;

    // Where that partner is talked to; nothing: it is none of ours.
    [[nodiscard]] std::optional<PeerAddress> address_of(const std::string& org) const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace reelproof::node
