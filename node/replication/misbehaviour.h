// What we do about a log that signed two histories: freeze our copy with the evidence, tell the
// others by log.evidence, and listen when they tell us. Thread-safe: state is in the store alone.
#pragma once

#include <optional>
#include <string>

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
