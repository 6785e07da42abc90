#include "node/file_configuration.h"

#include "node/partner_edit.h"

namespace reelproof::node {

namespace {

using ledger::Result;

Result<api::Configuration::PolicyFile> file_of(Result<CheckedPolicy> policy) {
    if (!policy) return policy.error();
    api::Configuration::PolicyFile out{
        std::move(policy->text), policy->policy.version, std::move(policy->softened), {}};
    for (const auto& one : policy->policy.manufacturers) out.named.push_back(one.org);
    return out;
}

}  // namespace

std::vector<api::TrustedOrg> FileConfiguration::trusted_in(const NodeConfig& config) {
    std::vector<api::TrustedOrg> out;
    for (const auto& one : config.partners)
        out.push_back({one.org, one.root, one.url, false, one.push, one.gzip});
    for (const auto& one : config.guests) out.push_back({one.org, one.root, "", true});
    return out;
}

Result<std::vector<api::TrustedOrg>> FileConfiguration::partners() const {
    const auto config = load_config(config_);
    if (!config) return config.error();
    return trusted_in(*config);
}

Result<void> FileConfiguration::add_partner(const api::TrustedOrg& wanted) {
    PartnerConfig one{wanted.org, wanted.root, wanted.url};
    one.pull = !wanted.url.empty();
    one.push = wanted.push;
    one.gzip = wanted.gzip;
    return node::add_partner(config_, one);
}

Result<void> FileConfiguration::remove_partner(const std::string& org) {
    return node::remove_partner(config_, org);
}

Result<api::Configuration::PolicyFile> FileConfiguration::policy() const {
    return file_of(read_policy(policy_));
}

Result<api::Configuration::PolicyFile> FileConfiguration::check_policy(
    const std::string& text) const {
    return file_of(node::check_policy(policy_, text));
}

Result<api::Configuration::PolicyFile> FileConfiguration::write_policy(const std::string& text,
                                                                       const std::string& before) {
    return file_of(node::write_policy(policy_, text, before));
}

}  // namespace reelproof::node
