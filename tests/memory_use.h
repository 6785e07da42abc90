// How much memory of its own this process has in use now: not what is mapped from files.
#pragma once

#include <cstddef>
#include <fstream>
#include <limits>
#include <string>

namespace reelproof::tests {

// Sanitizers keep what was freed for a while; then there is nothing to be seen.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kMemoryIsTelling = false;
#else
inline constexpr bool kMemoryIsTelling = true;
#endif

inline std::size_t memory_in_use() {
    std::ifstream status("/proc/self/status");
    std::string word;
    std::size_t kilobytes = 0;
    while (status >> word)
        if (word == "RssAnon:" && status >> kilobytes) break;
    return kilobytes * 1024;
}

}  // namespace reelproof::tests
