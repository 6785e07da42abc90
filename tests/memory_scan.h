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

// Whether `size` bytes of which at(i) is the i-th stand in writable memory, given back or not. Not
// on the stack: registers that were spilled may show some bytes there.
template <class At>
bool memory_holds(std::size_t size, const At& at) {
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
        for (auto from = begin; from < end; from += page.size()) {
            const auto got = pread(memory, page.data(), std::min(page.size(), end - from),
                                   static_cast<off_t>(from));
            if (got <= 0) break;
            for (ssize_t i = 0; i < got; ++i) {
                const char c = page[static_cast<std::size_t>(i)];
                matched = c == at(matched) ? matched + 1 : (c == at(0) ? 1 : 0);
                if (matched < size) continue;
                found = true;
                matched = 0;
            }
        }
    }
    close(memory);
    explicit_bzero(page.data(), page.size());
    return found;
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
    [[nodiscard]] bool present() const {
        return memory_holds(kSize, [this](std::size_t i) { return at(i); });
    }

  private:
    char seed_;
};

// A secret that was drawn elsewhere, remembered in a form that is not itself.
class Remembered {
  public:
    explicit Remembered(std::string_view secret) {
        for (const char c : secret) turned_ += turn(c);
    }
    [[nodiscard]] bool present() const {
        return memory_holds(turned_.size(), [this](std::size_t i) { return turn(turned_[i]); });
    }

  private:
    static char turn(char c) { return static_cast<char>(~c); }
    std::string turned_;
};

}  // namespace reelproof::tests
