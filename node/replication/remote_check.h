// Checks any log that is served as C2SP tlog-tiles, from its entries alone. For one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "ledger/store/check.h"
#include "node/replication/remote_log.h"

namespace reelproof::node {

struct RemoteCheck {
    ledger::CheckReport report;  // as of a store: the first bad row of each kind
    std::string origin;
    std::uint64_t size = 0;
    bool statements = false;       // else entries of another kind: only the tree was checked
    bool signature_known = false;  // by `key`, or by the log key of the org.genesis in entry 0
};

// Every hash and signature that the log serves: each tile against the entries, the root against the
// checkpoint, and of statements the key rights and signatures. Errors: the log can't be read at
// all; a part that is missing or malformed is a finding.
ledger::Result<RemoteCheck> check_remote_log(
    RemoteLog& log, const std::optional<ledger::NoteVerifier>& key,
    const std::map<std::string, std::string>& trusted_roots,
    const std::function<void(std::string_view)>& progress);

}  // namespace reelproof::node
