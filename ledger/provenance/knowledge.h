// Which events of a history were known to the writer of another: one bit a pair. Pure value.
#pragma once

#include <cstdint>
#include <vector>

namespace reelproof::ledger {

class Knowledge {
  public:
    explicit Knowledge(std::size_t events) : words_((events + 63) / 64), bits_(events * words_) {}

    // `later` knew `earlier`, and with it all that `earlier` knew by now.
    void learn(std::size_t later, std::size_t earlier) {
        for (std::size_t word = 0; word < words_; ++word)
            bits_[later * words_ + word] |= bits_[earlier * words_ + word];
        bits_[later * words_ + earlier / 64] |= std::uint64_t{1} << (earlier % 64);
    }
    [[nodiscard]] bool knew(std::size_t later, std::size_t earlier) const {
        return ((bits_[later * words_ + earlier / 64] >> (earlier % 64)) & 1) != 0;
    }

  private:
    std::size_t words_;
    std::vector<std::uint64_t> bits_;
};

}  // namespace reelproof::ledger
