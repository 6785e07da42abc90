// What `proof verify` says of a provenance bundle that verified. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "ledger/format/tlog_policy.h"
#include "ledger/provenance/bundle_verify.h"
#include "node/cli/trust.h"

namespace reelproof::node {

// Organisations on which the item's history rests (issuers of its events, owners of the logs these
// lie in) and whose root is not among the trusted ones. What is left of trust when this is not
// empty: that the bundle holds together.
std::vector<std::string> untrusted_sources(const ledger::BundleReport& report);

// What a policy says of each log of the bundle (as report.logs) that holds events of the history:
// empty when its checkpoint is of a known log and has a quorum, else what is missing.
using Quorums = std::vector<std::string>;
Quorums quorums_of(const ledger::Bundle& bundle, const ledger::BundleReport& report,
                   const ledger::TlogPolicy& policy);

// {kind: "bundle", verified, trusted, item, made_by, made_at, orgs, logs, history, ancestors,
// recalls, evidence}; trusted is null when no roots were given to compare with.
boost::json::object bundle_json(const ledger::Bundle& bundle, const ledger::BundleReport& report,
                                bool roots_given, const std::optional<Quorums>& quorums);
std::string bundle_text(const ledger::Bundle& bundle, const ledger::BundleReport& report,
                        bool roots_given, const std::optional<Quorums>& quorums);

}  // namespace reelproof::node
