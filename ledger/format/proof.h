// C2SP tlog-proof v1: offline proof that one entry is in a log. Thread-safe.
// Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/format/note.h"

namespace reelproof::ledger {

struct TlogProof {
    std::uint64_t index = 0;
    std::vector<Hash> path;
    std::optional<Bytes> extra;
    std::string checkpoint;  // the signed note
};

std::string format_tlog_proof(const TlogProof& proof);
Result<TlogProof> parse_tlog_proof(std::string_view text);
// Inclusion of `entry` under the checkpoint, which must carry a good signature of `log`.
Result<Checkpoint> verify_tlog_proof(const TlogProof& proof, ByteView entry,
                                     const NoteVerifier& log);

}  // namespace reelproof::ledger
