// What other logs hand in, where we have to wait for it: their genesis, checkpoints to be
// witnessed, and entries to be mirrored (C2SP tlog-witness and tlog-mirror). Only logs of
// configured partners are taken; what counts is their signature, not who delivers it. Thread-safe:
// may be called on many threads at once.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "api/http/token_bucket.h"
#include "api/routes/submissions.h"
#include "ledger/format/proof.h"
#include "ledger/format/submission.h"
#include "node/replication/genesis.h"
#include "node/replication/incidents.h"
#include "node/replication/remote_log.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

// To partners; why is told to ours.
inline constexpr const char* kSignsNothing = "this node signs nothing at present";
inline constexpr const char* kOthersFirst = "other submissions are being taken; try again";

class Intake {
  public:
    // Both outlive it.
    Intake(const ReplicatorDeps& deps, Incidents& incidents);

    // As the C2SP texts say; 429 for a log that is submitted too often.
    api::SubmissionAnswer add_checkpoint(std::string_view body, const api::Peer& peer);
    api::SubmissionAnswer add_entries(std::string_view body, const api::Peer& peer);
    // The org.genesis of a partner, then its newest key.grant of a TLS key: 204 once it is durable,
    // also when it is known already.
    api::SubmissionAnswer add_genesis(std::string_view body, const api::Peer& peer);

    struct Heard {
        ledger::UnixSeconds time = 0;  // when its own node last showed that our copy is the newest
        std::string alarm;             // what it handed in and must not have, or empty
    };
    [[nodiscard]] Heard heard(const std::string& org) const;
    // The partner whose node may show this certificate.
    [[nodiscard]] std::optional<std::string> org_of(const api::Peer& peer) const;
    // Logs that may be submitted.
    [[nodiscard]] std::vector<std::string> origins() const;

  private:
    // One of the few submissions that may wait for the store at a time, while it lives.
    class Turn {
      public:
        Turn(Intake& intake, bool own);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        [[nodiscard]] bool taken() const { return taken_; }

      private:
        Intake& intake_;
        int& turns_;
        bool taken_ = false;
    };

    // A checkpoint that may be uploaded to, and its note with the log's signature alone.
    using Pending = SignedCheckpoint;
    struct Upload;

    api::SubmissionAnswer add_tls_grant(const PartnerConfig& partner, std::string_view body);
    [[nodiscard]] std::optional<PartnerGenesis> find(const std::string& origin) const;
    [[nodiscard]] std::optional<PartnerGenesis> find_mirrored(const std::string& origin) const;
    [[nodiscard]] std::optional<Pending> pending(const PartnerGenesis& log) const;
    [[nodiscard]] bool is_node_of(const PartnerGenesis& log, const api::Peer& peer) const;
    bool admit(const PartnerGenesis& log, bool own);
    std::string contradiction(const PartnerGenesis& log, const SignedCheckpoint& submitted);
    void unproven(const PartnerGenesis& log, const SignedCheckpoint& submitted,
                  std::uint64_t old_size, const std::vector<ledger::Hash>& proof, bool own);
    void look_back(const PartnerGenesis& log, const SignedCheckpoint& submitted,
                   const std::optional<Pending>& known);
    void hear(const std::string& org, const std::optional<std::string>& alarm);

    [[nodiscard]] std::optional<Pending> upload_target(const Upload& upload) const;
    std::optional<api::SubmissionAnswer> take_packages(Upload& upload,
                                                       ledger::UploadReader& reader);
    ledger::Result<void> verify(const Upload& upload, const ledger::UploadPackage& package) const;
    [[nodiscard]] std::vector<ledger::Hash> leaves_of(const Upload& upload,
                                                      const ledger::UploadPackage& package) const;
    ledger::Result<void> store(Upload& upload);
    std::optional<api::SubmissionAnswer> convict(const Upload& upload, const ledger::Error& error);
    [[nodiscard]] std::optional<ledger::TlogProof> prove_entry(const Upload& upload,
                                                               std::uint64_t index,
                                                               const ledger::Bytes& entry) const;
    void keep_bad_entry(const Upload& upload, const ledger::Error& error);
    api::SubmissionAnswer finish(Upload& upload, bool own);
    [[nodiscard]] api::SubmissionAnswer go_on(int status, const Upload& upload) const;

    [[nodiscard]] ledger::Bytes ticket_for(const Pending& target) const;
    [[nodiscard]] std::optional<Pending> open_ticket(const Upload& upload) const;

    const ReplicatorDeps& deps_;
    Incidents& incidents_;
    const ledger::Secret<32> ticket_key_ = ledger::Secret<32>::random();

    mutable std::mutex mutex_;
    mutable std::map<std::string, PartnerGenesis> known_;  // owner: mutex_; by origin
    // The size that a log's own node found known here, and since when it does.
    struct Found {
        std::uint64_t size = 0;
        std::chrono::steady_clock::time_point since;
    };
    std::map<std::string, Found> found_;  // owner: mutex_; by origin
    std::map<std::string, Heard> heard_;  // owner: mutex_; by organisation
    std::map<std::string, api::TokenBucket> own_,
        others_;                            // owner: mutex_; by origin: who submits it
    int own_turns_ = 0, others_turns_ = 0;  // owner: mutex_; waiting for the store now
};

}  // namespace reelproof::node
