// What happens when durability is in doubt, and the seam by which tests bring that about. A store
// whose commit failed must not go on: what the disk holds is then unknown, and a signature could
// contradict it. Thread-safe.
#pragma once

#include <functional>
#include <string>

namespace reelproof::ledger {

// Prints one clear line and ends the process with code 3, unless a test has put its own handler in
// place. When a handler returns, the caller must do nothing more to the store.
void fatal(const std::string& reason) noexcept;
using FatalHandler = std::function<void(const std::string& reason)>;
void set_fatal_handler(FatalHandler handler);  // empty: the default again

// Moments of a round, of a new wrap of the data key, or of a backup, at which a test can fail (by
// throwing EnvironmentError) or end the process.
enum class FaultPoint {
    before_commit,
    after_commit,
    before_anchor,
    after_anchor,
    before_publish,  // of our own head; nobody has seen it
    before_answer,   // it is published
    before_index_commit,
    after_index_commit,
    before_wrap,
    after_wrap,
    amid_backup,  // between the index and the log
};
using FaultHook = std::function<void(FaultPoint)>;
void set_fault_hook(FaultHook hook);  // empty: none
void fault_point(FaultPoint point);

}  // namespace reelproof::ledger
