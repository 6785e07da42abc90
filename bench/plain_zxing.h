// Debian's zxing-cpp 1.4.0 as it comes, on the whole picture: what our reader is compared with.
// Thread safety: forks; call from a process whose other threads hold no locks that it would need.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reelproof::bench {

struct PlainRead {
    struct Symbol {
        std::string symbology, bytes;
    };
    std::vector<Symbol> symbols;
    double ms = 0;         // of reading, without decoding the JPEG
    bool aborted = false;  // it ended its process
};

// In a process of its own, which 1.4.0 may take down, and with its pyramid off, with which it would
// do so on most labels (an assertion that fails when a linear symbol is found twice).
PlainRead read_plainly(std::span<const std::uint8_t> picture);

}  // namespace reelproof::bench
