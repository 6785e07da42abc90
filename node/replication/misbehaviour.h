// What we do about a log that signed two histories: freeze our copy with the evidence, tell the
// others by log.evidence, and listen when they tell us. Thread-safe: state is in the store alone.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ledger/format/proof.h"
#include "node/replication/incidents.h"
#include "node/replication/remote_log.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

// Freezes our mirror of evidence.origin for ever, durably and with the evidence. The first reason
// stays. Without a mirror the evidence alone is kept: kept_evidence() then keeps us from making
// one.
ledger::Result<void> freeze_log(const ReplicatorDeps& deps, const std::string& reason,
                                const ledger::LogEvidence& evidence);

// Freezes the log with this key when the two notes, both signed by it, contradict each other, and
// says why; empty when they do not. An error when it can't be told: what larger_tree threw as
// FetchFailed, or a tree that does not hash up.
ledger::Result<std::string> judge_checkpoints(const ReplicatorDeps& deps,
                                              const ledger::NoteVerifier& log_key,
                                              std::string_view a, std::string_view b,
                                              const ledger::SubtreeHash& larger_tree);

// The consistency proof that came with `larger` does not hold against `known`, both signed by the
// log with this key. Where it shows that `larger` contains another tree of that size, that is all
// the evidence there can be, whoever brought it: freezes the log and says why. Else empty.
ledger::Result<std::string> judge_proof(const ReplicatorDeps& deps,
                                        const ledger::NoteVerifier& log_key,
                                        const SignedCheckpoint& known,
                                        const SignedCheckpoint& larger,
                                        const std::vector<ledger::Hash>& proof);

// Holds the suspects among the incidents to what is known of the log by now: our copy, where it is
// as large, what was witnessed here and each other, where they are of one size. Freezes the log and
// says why, or settles them.
ledger::Result<std::string> judge_suspects(const ReplicatorDeps& deps, Incidents& incidents,
                                           const ledger::NoteVerifier& log_key);

// That this entry has that place in the signed tree; nothing where it is not so, or can't be told.
using ProveEntry = std::function<std::optional<ledger::TlogProof>(std::uint64_t index,
                                                                  const ledger::Bytes& entry)>;
// By the log's own hash tiles.
ProveEntry by_tiles(const ledger::NoteVerifier& log_key, const SignedCheckpoint& tree,
                    ledger::SubtreeHash tiles);

// That the entry which was refused is in the signed tree, and what it was refused for as well.
// Without it either may be the server's invention, or genuine and out of its place.
std::optional<ledger::TlogProof> prove_refused(const ledger::RefusedEntry& refused,
                                               const ProveEntry& prove);

// Keeps what a log holds that it must not hold (`refused`, in the tree that `note` states), or what
// was served in its name.
void keep_refused(Incidents& incidents, const std::string& origin, const ledger::Error& error,
                  const ledger::RefusedEntry& refused, const std::string& note, bool in_tree);

// Freezes the log with the proof that it signed a tree with `refused` in it, where no later version
// of this program could think otherwise of that: its signature does not hold, or its key was
// revoked before it. Says why; empty where it is not so.
ledger::Result<std::string> judge_entry(const ReplicatorDeps& deps,
                                        const ledger::NoteVerifier& log_key,
                                        const ledger::Error& error,
                                        const ledger::RefusedEntry& refused,
                                        const ledger::TlogProof& proof);

// Where a mirror's cosignature is of a time that is still to come: its word on how fresh it is
// counts for nothing, and that is kept against the organisation whose log is `origin`.
void keep_cosigned_ahead(const ReplicatorDeps& deps, Incidents& incidents,
                         const std::string& origin, ledger::UnixSeconds time,
                         const std::string& note);

// Somebody does what he must not do, as against: can't be reached, not now.
bool alarming(const ledger::Error& error);

// Why nothing of the log with this key is taken any more, or empty.
std::string why_frozen(const ledger::Store& store, const ledger::NoteVerifier& log_key);

// What is kept against the log with this key.
std::optional<ledger::LogEvidence> kept_evidence(const ledger::Store& store,
                                                 const ledger::NoteVerifier& log_key);

// Publishes the evidence that we keep against the log with this key, unless a log that we see holds
// valid evidence about it already: so it is published once, whenever we died.
ledger::Result<void> publish_kept_evidence(const ReplicatorDeps& deps,
                                           const ledger::NoteVerifier& log_key);

// Evidence against the log with this key that a trusted organisation published and that holds;
// looks only at what came after the first `seen` statements, and moves `seen` on.
std::optional<ledger::RecordedEvidence> find_published_evidence(const ledger::Directory& directory,
                                                                const ledger::NoteVerifier& log_key,
                                                                std::size_t& seen);

}  // namespace reelproof::node
