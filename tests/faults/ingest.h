// The work that is disturbed: a node with a past takes in statements of its own and a partner's
// log.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/ledger/store/store_support.h"

namespace reelproof::faults {

class Ingest {
  public:
    // Keys and statements are drawn anew; `past` holds a store with some entries, unless `empty`.
    explicit Ingest(bool empty = false);

    // Makes `folder` as it was before.
    void restore(const std::filesystem::path& folder) const;
    // What was answered, in order; `answered` is called with each. Ends early where something
    // fails, and then leaves the store as a process would that ended.
    std::size_t run(
        const std::filesystem::path& folder, const std::function<void()>& answered = [] {}) const;
    // What is wrong with the store there, of which the first `answered` steps were acknowledged; or
    // empty. Afterwards everything is taken in, once.
    [[nodiscard]] std::string look(const std::filesystem::path& folder, std::size_t answered) const;

  private:
    [[nodiscard]] std::size_t steps() const { return statements_.size() + batches_.size(); }
    bool take(ledger::tests::TestNode& node, std::size_t step) const;
    [[nodiscard]] bool has(const ledger::tests::TestNode& node, std::size_t step) const;

    ledger::tests::TempFolder past_;
    ledger::tests::TestOrg org_{"acme-ems.example"}, partner_{"maker.example"};
    std::vector<ledger::Bytes> old_, statements_;
    std::vector<ledger::MirrorBatch> batches_;
};

}  // namespace reelproof::faults
