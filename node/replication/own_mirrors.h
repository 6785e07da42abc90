// What others hold of our own log, asked before anything is signed or rebuilt. Thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "ledger/store/sequencer.h"
#include "node/replication/peer_client.h"
#include "node/replication/remote_log.h"

namespace reelproof::node {

// A node that may mirror us. Without an organisation: whoever answers there.
struct MirrorAddress {
    std::string url;
    std::string org, root;  // thumbprint of its root key, hex
};

struct OwnMirrors {
    std::vector<MirrorAddress> nodes;
    std::string origin;  // of our log
    ledger::NoteVerifier log_key;
    std::string certificate_pem, private_key_pem;  // ours: mirrors are for partners only
    // For all of them together, name lookups included.
    std::chrono::milliseconds patience{5'000};
};

struct MirrorAnswer {
    // Its newest checkpoint of our log, signed by our key. Errors: `not_found`, it holds no copy
    // (only where that is proven); `unavailable`, not asked in time, or by somebody who can't be
    // told to be that organisation; else its copy does not hold.
    ledger::Result<SignedCheckpoint> head;
    // The server holds a TLS key that this organisation's root signed, or none was named. Nobody
    // can make a checkpoint up; but whoever is in between can leave one out, or show an old one.
    bool proven = false;
};

// All at once; answers in the order of the nodes.
std::vector<MirrorAnswer> ask_mirrors(const OwnMirrors& question);

// Holds our store to a checkpoint that our own log key signed. When the store is behind it or of
// another history, nothing more is signed (Sequencer::contradicted) and the answer is `conflict`.
ledger::Result<void> hold_own_log_to(const ledger::Checkpoint& theirs, const ledger::Store& store,
                                     ledger::Sequencer& sequencer);

}  // namespace reelproof::node
