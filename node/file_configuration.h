// The configuration's files as administrators change them in the portal (api::Configuration).
#pragma once

#include "api/routes/administration.h"
#include "node/config.h"

namespace reelproof::node {

class FileConfiguration : public api::Configuration {
  public:
    // `config`: the file; `policy`: the one that it names.
    FileConfiguration(std::filesystem::path config, std::filesystem::path policy)
        : config_(std::move(config)), policy_(std::move(policy)) {}

    // As the configuration names them, partners and then guests.
    static std::vector<api::TrustedOrg> trusted_in(const NodeConfig& config);

    [[nodiscard]] ledger::Result<std::vector<api::TrustedOrg>> partners() const override;
    ledger::Result<void> add_partner(const api::TrustedOrg& wanted) override;
    ledger::Result<void> remove_partner(const std::string& org) override;
    [[nodiscard]] ledger::Result<PolicyFile> policy() const override;
    [[nodiscard]] ledger::Result<PolicyFile> check_policy(const std::string& text) const override;
    ledger::Result<PolicyFile> write_policy(const std::string& text,
                                            const std::string& before) override;

  private:
    const std::filesystem::path config_, policy_;
};

}  // namespace reelproof::node
