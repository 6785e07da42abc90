// A batch of a mirrored log on its way: while it is checked, and while it is written. Inside
// Mirrors only.
#pragma once

#include "ledger/store/mirrors.h"

namespace reelproof::ledger {

struct Mirrors::Candidate {
    Mirror mirror;  // a copy with the batch applied; takes the place of the old one at the end
    bool is_new = false;
    std::uint64_t start = 0;
    std::string note;
    Checkpoint target;
    std::vector<PreparedStatement> statements;
    std::vector<PublicKey> keys;  // of each statement
    Publics publics;
    UnixSeconds time = 0;
    bool behind = false;   // what the log had witnessed here
    bool follows = false;  // rests on the batch that is being written

    [[nodiscard]] std::uint64_t end() const { return start + statements.size(); }
    [[nodiscard]] bool complete() const { return end() == target.size; }
};

struct Mirrors::Written {
    std::unique_ptr<Candidate> candidate;
    LogTail tiles;  // owner: the sequencer thread
    std::future<Result<void>> stored;
    std::promise<Result<void>> done;
};

}  // namespace reelproof::ledger
