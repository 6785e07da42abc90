// One line that is overwritten, on a terminal only. For one thread.
#pragma once

#include <iostream>

#include <unistd.h>

#include "node/cli/arguments.h"

namespace reelproof::node {

class Progress {
  public:
    void operator()(std::string_view text) {
        if (!shown_) return;
        std::cerr << "\r\x1b[K" << printable(text) << std::flush;
        dirty_ = true;
    }
    ~Progress() {
        if (dirty_) std::cerr << "\r\x1b[K" << std::flush;
    }

  private:
    const bool shown_ = isatty(STDERR_FILENO) != 0;
    bool dirty_ = false;
};

}  // namespace reelproof::node
