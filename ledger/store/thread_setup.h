// Name and niceness of the calling thread: names show in top and in a debugger. Thread-safe.
#pragma once

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace reelproof::ledger {

// `name` has at most 15 characters. Raising the niceness needs no privilege.
inline void set_up_thread(const char* name, int nice = 0) {
    ::pthread_setname_np(::pthread_self(), name);
    if (nice != 0) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), nice);
}

}  // namespace reelproof::ledger
