// Evidence that a log misbehaved: two checkpoints signed by the log's own key that can't both be
// true (docs/FORMATS.md, log.evidence). Anyone can verify it. Pure, thread-safe.
#pragma once

#include "ledger/format/merkle.h"
#include "ledger/format/note.h"
#include "ledger/format/public_statement.h"

namespace reelproof::ledger {

// Compares two checkpoints of one log. `larger_tree` gives subtree hashes of the larger one's tree
// (ours, or read from the log's tiles and checked against its root). Nothing when they agree: equal
// sizes and roots, or the smaller root is the prefix of the larger tree. Error when the tree does
// not hash up to the larger checkpoint's root.
Result<std::optional<LogEvidence>> find_contradiction(std::string_view first_note,
                                                      std::string_view second_note,
                                                      const SubtreeHash& larger_tree);

// The reason of evidence of two sizes, for people.
std::string two_histories(std::uint64_t smaller, std::uint64_t larger);

// Both signed by `log`, and contradictory as claimed.
Result<void> verify_evidence(const LogEvidence& evidence, const NoteVerifier& log);

}  // namespace reelproof::ledger
