// A log as a node or a folder serves it (C2SP tlog-tiles), read with bounds: nothing here is
// believed until it hashes up to a signed root. Belongs to one thread.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ledger/format/merkle.h"
#include "ledger/format/note.h"
#include "ledger/format/tile.h"
#include "node/replication/peer_client.h"

namespace reelproof::node {

// A signed text longer than this is refused: two of them must fit into one log.evidence statement.
inline constexpr std::size_t kMaxCheckpointText = 8UL * 1024;

// A checkpoint with a good signature of the log.
struct SignedCheckpoint {
    ledger::Checkpoint checkpoint;
    std::string text;
    std::string note;  // the text with the log's own signature line and no other
};
// Errors: malformed, invalid, untrusted, too_large.
ledger::Result<SignedCheckpoint> check_checkpoint(std::string_view note,
                                                  const ledger::NoteVerifier& log);

// What a SubtreeHash that reads from the network throws.
class FetchFailed : public std::runtime_error {
  public:
    explicit FetchFailed(ledger::Error failure)
        : std::runtime_error(failure.message), error(std::move(failure)) {}
    ledger::Error error;
};

class RemoteLog {
  public:
    // `prefix`: "/log", "/mirror/<hash>", or nothing. The source outlives it.
    RemoteLog(LogSource& source, std::string prefix)
        : source_(source), prefix_(std::move(prefix)) {}

    ledger::Result<SignedCheckpoint> checkpoint(const ledger::NoteVerifier& log);
    // As it is served; nothing is checked.
    ledger::Result<std::string> unchecked_checkpoint();
    // The first `width` entries of bundle `index`.
    ledger::Result<std::vector<ledger::Bytes>> entries(std::uint64_t index, int width);
    // Those of full bundles from `index` on, `count` of them in order, asked for together; until
    // `take` says false.
    using TakeEntries = std::function<bool(std::vector<ledger::Bytes>)>;
    ledger::Result<void> full_bundles(std::uint64_t index, std::size_t count,
                                      const TakeEntries& take);
    // Hashes of the served tree of `size` entries; each tile is fetched once. Throws FetchFailed.
    ledger::SubtreeHash subtree(std::uint64_t size);

    // The first `id.width` hashes of a tile.
    ledger::Result<std::string> hashes(const ledger::TileId& id);

    // The beginning of what was served last and is not of its form, or nothing.
    [[nodiscard]] const std::string& unreadable() const { return unreadable_; }
    void forget_unreadable() { unreadable_.clear(); }

  private:
    // A tile of at least `width`: the full one where the partial one has been removed.
    ledger::Result<std::string> tile(ledger::TileId id, std::size_t row_limit);

    LogSource& source_;
    const std::string prefix_;
    std::string unreadable_;
};

}  // namespace reelproof::node
