// A store with a past is copied to a folder beside it, from a process that only reads.
#pragma once

#include "tests/faults/ingest.h"

namespace reelproof::faults {

class Backup : public Work {
  public:
    void restore(const std::filesystem::path& folder) const override { past_.restore(folder); }
    [[nodiscard]] std::size_t steps() const override { return 1; }
    std::size_t run(const std::filesystem::path& folder,
                    const std::function<void()>& answered) const override;
    [[nodiscard]] std::string look(const std::filesystem::path& folder,
                                   std::size_t answered) const override;

  private:
    Ingest past_;
};

}  // namespace reelproof::faults
