// Fixed-size secrets (keys, seeds) that are wiped when they go, compare in constant time and do
// not print. Thread-safe as a plain value is.
#pragma once

#include <algorithm>
#include <array>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

// Overwrites memory in a way the compiler does not remove.
void wipe(void* data, std::size_t size);
// Constant time in the contents; false when the sizes differ.
bool equal_secret(ByteView a, ByteView b);
// From the kernel's generator.
void fill_random(std::span<std::uint8_t> out);

template <std::size_t N>
class Secret {
  public:
    Secret() { bytes_.fill(0); }
    explicit Secret(ByteView bytes) {
        if (bytes.size() != N) throw std::logic_error("a secret of the wrong size");
        std::copy(bytes.begin(), bytes.end(), bytes_.begin());
    }
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret() { wipe(bytes_.data(), N); }

    static Secret random() {
        Secret out;
        fill_random(out.bytes_);
        return out;
    }

    // The bytes, only for handing to a cipher, a key derivation or a key file.
    [[nodiscard]] ByteView expose() const { return bytes_; }
    std::span<std::uint8_t> expose_mutable() { return bytes_; }
    friend bool operator==(const Secret& a, const Secret& b) {
        return equal_secret(a.bytes_, b.bytes_);
    }

  private:
    std::array<std::uint8_t, N> bytes_;
};

}  // namespace reelproof::ledger
