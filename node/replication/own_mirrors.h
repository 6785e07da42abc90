// What others hold of our own log, asked before anything is signed or rebuilt. Thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "ledger/store/sequencer.h"
#include "node/replication/peer_client.h"
#include "node/replication/remote_log.h"

namespace reelproof::node {

struct OwnMirrors {
    std::vector<std::string> urls;  // of nodes that may mirror us
    std::string origin;             // of our log
    ledger::NoteVerifier log_key;
    std::string certificate_pem, private_key_pem;  // ours: mirrors are for partners only
    std::chrono::milliseconds patience{5'000};     // for all of them together
};

// Each one's newest checkpoint of our log, signed by our key, in the order of the URLs. Who answers
// is not checked: nobody else can make one up, and leaving one out can be done on the wire as well.
// `not_found`: it holds no copy; `unavailable`: not asked in time; else its copy does not hold.
std::vector<ledger::Result<SignedCheckpoint>> ask_mirrors(const OwnMirrors& question);

// Holds our store to a checkpoint that our own log key signed. When the store is behind it or of
// another history, nothing more is signed (Sequencer::contradicted) and the answer is `conflict`.
ledger::Result<void> hold_own_log_to(const ledger::Checkpoint& theirs, const ledger::Store& store,
                                     ledger::Sequencer& sequencer);

}  // namespace reelproof::node
