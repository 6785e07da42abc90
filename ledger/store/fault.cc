#include "ledger/store/fault.h"

#include <atomic>
#include <cstdio>
#include <mutex>

#include <unistd.h>

namespace reelproof::ledger {

namespace {

constexpr int kExitOwnTrouble = 3;  // DESIGN 9

std::mutex mutex;
FatalHandler fatal_handler;          // owner: mutex
FaultHook fault_hook;                // owner: mutex
std::atomic<bool> has_hook = false;  // spares the lock where there is no test

}  // namespace

void fatal(const std::string& reason) noexcept {
    FatalHandler handler;
    {
        std::lock_guard lock(mutex);
        handler = fatal_handler;
    }
    if (handler) {
        handler(reason);
        return;
    }
    std::fprintf(stderr,
                 "reelproof: store: %s: the process stops; nothing that was acknowledged is lost, "
                 "start it again once this is mended\n",
                 reason.c_str());
    std::fflush(stderr);
    ::_exit(kExitOwnTrouble);
}

void set_fatal_handler(FatalHandler handler) {
    std::lock_guard lock(mutex);
    fatal_handler = std::move(handler);
}

void set_fault_hook(FaultHook hook) {
    std::lock_guard lock(mutex);
    fault_hook = std::move(hook);
    has_hook = static_cast<bool>(fault_hook);
}

void fault_point(FaultPoint point) {
    if (!has_hook) return;
    FaultHook hook;
    {
        std::lock_guard lock(mutex);
        hook = fault_hook;
    }
    if (hook) hook(point);
}

}  // namespace reelproof::ledger
