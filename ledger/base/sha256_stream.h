// SHA-256 of what comes bit by bit. Belongs to one thread.
#pragma once

#include <memory>

#include "ledger/base/bytes.h"

namespace reelproof::ledger {

class Sha256Stream {
  public:
    Sha256Stream();
    ~Sha256Stream();
    Sha256Stream(Sha256Stream&&) noexcept;
    Sha256Stream& operator=(Sha256Stream&&) noexcept;

    void add(ByteView bytes);
    // Of all so far; more may follow.
    [[nodiscard]] Hash value() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace reelproof::ledger
