// How the vault asks partners' nodes: over mutual TLS, each partner known by the keys that its log
// names. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "api/service/vault_sharing.h"
#include "node/replication/genesis.h"

namespace reelproof::node {

// Where a partner's node is; without pins while it was not met.
using FindPartner = std::function<std::optional<PeerAddress>(const std::string& org)>;

api::VaultPeers make_vault_peers(FindPartner find, const std::string& certificate_pem,
                                 const std::string& private_key_pem);

}  // namespace reelproof::node
