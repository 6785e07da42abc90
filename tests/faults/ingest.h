// A node with a past takes in statements of its own and a partner's log, in parts; with each, a
// full tile is filled.
#pragma once

#include <vector>

#include "tests/faults/seen.h"
#include "tests/faults/work.h"
#include "tests/ledger/store/store_support.h"

namespace reelproof::faults {

class Ingest : public Work {
  public:
    // Keys and statements are drawn anew; `past` holds a store with some entries, unless `empty`.
    explicit Ingest(bool empty = false);

    void restore(const std::filesystem::path& folder) const override;
    [[nodiscard]] std::size_t steps() const override {
        return statements_.size() + batches_.size();
    }
    std::size_t run(const std::filesystem::path& folder,
                    const std::function<void()>& answered) const override;
    [[nodiscard]] std::string look(const std::filesystem::path& folder,
                                   std::size_t answered) const override {
        return look(folder, answered, past_seen_);
    }

    using Answered = std::function<void(const ledger::Store&)>;
    std::size_t run_seen(const std::filesystem::path& folder, const Answered& answered) const;
    // `seen`: what was served when so many steps were answered. That has to be the same now, and
    // once all is taken in.
    [[nodiscard]] std::string look(const std::filesystem::path& folder, std::size_t answered,
                                   Seen seen) const;
    [[nodiscard]] const Seen& past_seen() const { return past_seen_; }

  private:
    bool take(ledger::tests::TestNode& node, std::size_t step) const;
    [[nodiscard]] bool has(const ledger::tests::TestNode& node, std::size_t step) const;

    ledger::tests::TempFolder past_;
    Seen past_seen_;
    ledger::tests::TestOrg org_{"acme-ems.example"}, partner_{"maker.example"};
    std::vector<ledger::Bytes> old_, statements_;
    std::vector<ledger::MirrorBatch> batches_;
};

}  // namespace reelproof::faults
