// What a partner sees of the production of its own products here: jobs that are built by its BOMs,
// how far they are, what came of their boards, and what speaks against their reels. Shown only to
// whom somebody here has said so, and while an agreement with it is in force.
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON:   production/<org>
#pragma once

#include "api/service/bom_changes.h"
#include "api/service/by_id.h"
#include "api/service/jobs.h"
#include "api/service/test_results.h"

namespace reelproof::api {

struct ProductionGrant {
    std::string partner;
    // Of its people: who sees boards one by one, with what was found of each; empty: nobody.
    std::vector<std::string> roles{};
    std::string by;
    ledger::UnixSeconds at = 0, ended = 0;
};

struct ProductionDeps {
    JsonRows& rows;
    VaultSharing& sharing;
    VaultPeers peers;  // the ones of `sharing`
    Boms& boms;
    BomChanges& changes;
    Jobs& jobs;
    ItemIndex& index;
    ServiceContext& context;
    ledger::Clock clock;
};

class Production {
  public:
    static constexpr std::size_t kMostJobs = 50, kMostBoards = 500;  // the second: of one job
    static constexpr std::size_t kMostResults = 50;                  // of one board, the newest

    // Throws EnvironmentError for a store that can't be read.
    explicit Production(ProductionDeps deps);

    [[nodiscard]] std::vector<ProductionGrant> grants() const { return grants_.all(); }
    // Partners with whom an agreement is in force.
    [[nodiscard]] std::vector<std::string> partners() const;
    // In place of the one before. `roles`: names of roles.
    ledger::Result<ProductionGrant> show(const std::string& partner, std::vector<std::string> roles,
                                         const std::string& by);
    ledger::Result<ProductionGrant> end(const std::string& partner, const std::string& by);

    [[nodiscard]] TestResults& tests() { return tests_; }

    // For that partner's node: JSON. A refusal by a rule is a `conflict` that names it.
    [[nodiscard]] ledger::Result<std::string> told_to(const std::string& org) const;
    // Of our products, as that partner's node tells it now to a person with these roles.
    [[nodiscard]] ledger::Result<std::string> of(const std::string& partner,
                                                 const std::vector<std::string>& roles) const;

  private:
    [[nodiscard]] bool agreed_with(const std::string& org) const;
    ledger::Result<ProductionGrant> keep(ProductionGrant grant);

    const ProductionDeps deps_;
    std::mutex changing_;  // one change at a time, from reading to durable
    ById<ProductionGrant> grants_;
    TestResults tests_;
};

}  // namespace reelproof::api
