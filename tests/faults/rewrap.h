// The data key of an organisation whose store is encrypted is wrapped anew, under a key file that
// lies elsewhere; its private keys are sealed then.
#pragma once

#include <optional>

#include "node/data_key.h"
#include "tests/faults/work.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::faults {

class Rewrap : public Work {
  public:
    Rewrap();

    void restore(const std::filesystem::path& folder) const override;
    [[nodiscard]] std::size_t steps() const override { return 1; }
    std::size_t run(const std::filesystem::path& folder,
                    const std::function<void()>& answered) const override;
    [[nodiscard]] std::string look(const std::filesystem::path& folder,
                                   std::size_t answered) const override;

  private:
    [[nodiscard]] std::string look_at_store(const std::filesystem::path& folder) const;

    ledger::tests::TempFolder past_;
    std::optional<node::DataKey> key_;
    std::optional<ledger::Secret<32>> log_key_;
};

}  // namespace reelproof::faults
