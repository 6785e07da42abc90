// Looks for bytes in this process's own memory, freed memory too: whether secrets were wiped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

namespace reelproof::tests {

// Not under sanitizers, which map terabytes and keep what was given back; says so.
inline bool memory_can_be_searched() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    std::fputs("SKIPPED: memory is not searched for secrets under a sanitizer\n", stderr);
    return false;
#else
    return true;
#endif
}

// A text that stands nowhere in memory until append_to() writes it.
class Marker {
  public:
    explicit Marker(char seed) : seed_(seed) {}
    static constexpr std::size_t kSize = 48;
    [[nodiscard]] char at(std::size_t i) const {
        return static_cast<char>('A' +
                                 (static_cast<unsigned char>(seed_) * 31 + i * i * 7 + i) % 26);
    }
    // Makes no other copy where `text` has the capacity.
    void append_to(std::string& text) const {
        for (std::size_t i = 0; i < kSize; ++i) text += at(i);
    }
    // In writable memory, given back or not. Not on the stack: registers that were spilled may show
    // some bytes there.
    [[nodiscard]] bool present() const {
        bool found = false;
        const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
        std::ifstream maps("/proc/self/maps");
        std::vector<char> page(std::size_t{1} << 16);
        for (std::string line; std::getline(maps, line);) {
            std::uint64_t begin = 0, end = 0;
            char mode[5] = {};
            if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, mode) != 3) continue;
            if (mode[1] != 'w' || line.ends_with("[stack]")) continue;
            std::size_t matched = 0;
            for (auto at = begin; at < end; at += page.size()) {
                const auto size = pread(memory, page.data(), std::min(page.size(), end - at),
                                        static_cast<off_t>(at));
                if (size <= 0) break;
                for (ssize_t i = 0; i < size; ++i) {
                    const char c = page[static_cast<std::size_t>(i)];
                    matched = c == this->at(matched) ? matched + 1 : (c == this->at(0) ? 1 : 0);
                    if (matched < kSize) continue;
                    found = true;
                    matched = 0;
                }
            }
        }
        close(memory);
        explicit_bzero(page.data(), page.size());
        return found;
    }

  private:
    char seed_;
};

}  // namespace reelproof::tests
