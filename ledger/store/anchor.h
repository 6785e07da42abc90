// The rollback anchor: a small file beside the store (better: on another volume) that says how far
// our own log had come. A store that is behind its anchor was rolled back, and signing on it would
// fork the log (DESIGN 5). Owned by the sequencer thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "ledger/base/clock.h"
#include "ledger/format/note.h"
#include "ledger/store/store.h"

namespace reelproof::ledger {

struct AnchorState {
    Checkpoint checkpoint;
    UnixSeconds time = 0;
};

// Two slots of 512 bytes with a SHA-256 each, in blocks of their own, written in turn with O_DSYNC:
// a torn write leaves the older slot, which is behind the store and thus harmless.
class Anchor {
  public:
    // Opens the file, or creates it in a folder that must be there. Read-only: it must be there
    // too, and is only for read(). Throws EnvironmentError.
    explicit Anchor(std::filesystem::path path, bool read_only = false);
    ~Anchor();

    // Newest good slot; nothing in a new file. Error when neither slot is good but the file is not
    // new: somebody damaged it.
    [[nodiscard]] Result<std::optional<AnchorState>> read() const;
    // Durable when it returns.
    void write(const AnchorState& state);
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    int fd_ = -1;
    std::uint64_t sequence_ = 0;  // of the newest good slot
};

std::filesystem::path anchor_path(const StoreOptions& options);

// What the anchor of a store says, changing nothing: for media that can't be written, and from
// another process. Nothing when it is missing or new; the error of Anchor::read(). Throws
// EnvironmentError, also when the folder that it was put into is not there.
Result<std::optional<AnchorState>> read_anchor(const StoreOptions& options);

// Compares the anchor with the stored state of our own log, and advances an anchor that is behind
// it. `root_at` gives the root of the stored tree at a size. `refused` with the reason when the
// store was rolled back or replaced, or the anchor is missing or damaged though there are entries.
Result<void> check_anchor(Anchor& anchor, const Checkpoint& stored, UnixSeconds time,
                          const std::function<Hash(std::uint64_t size)>& root_at);

// `reelproof ledger anchor --accept`: takes the store as it is when the anchor is missing or
// damaged. Still refuses a store that is behind its anchor. Opens (and locks) the store.
Result<AnchorState> accept_anchor(const StoreOptions& options);

}  // namespace reelproof::ledger
