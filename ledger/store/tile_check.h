// Rebuilds the tiles of a log from its leaf hashes and compares each with the stored row. Not
// thread-safe.
#pragma once

#include <string>
#include <vector>

#include "ledger/store/state.h"

namespace reelproof::ledger {

class TileCheck {
  public:
    TileCheck(const Store::State& state, const LogInfo& log) : state_(state), log_(log) {}

    void append(const Hash& leaf);
    // Compares the partial tiles too; a stored one may reach further (entries behind the head).
    void finish();

    [[nodiscard]] Hash root() const { return frontier_.root(); }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    // What is wrong with each bad tile.
    [[nodiscard]] const std::vector<std::string>& bad() const { return bad_; }

  private:
    void compare(int level, std::uint64_t index, ByteView wanted);

    const Store::State& state_;
    const LogInfo& log_;
    Frontier frontier_;
    std::vector<Bytes> edge_;  // of each level
    std::uint64_t count_ = 0;
    std::vector<std::string> bad_;
};

}  // namespace reelproof::ledger
