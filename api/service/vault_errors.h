// Refusals that the parts of the vault share. Thread-safe: values.
#pragma once

#include <string>

#include "api/service/vault_sharing.h"

namespace reelproof::api {

// By a rule, which the message names.
inline ledger::Error refused(const ledger::VaultRefusal& refusal) {
    return {ledger::ErrorKind::conflict, std::string(refusal.rule) + ": " + refusal.reason};
}

// To whoever asks under such a share, without the reason: that may be he.
inline ledger::VaultRefusal is_frozen(const VaultShare& share) {
    return {"share.frozen", "it is frozen since " + ledger::to_iso8601(share.frozen) + ": ask " +
                                share.owner + " when it is open again"};
}

// To whom no key can be wrapped, nothing is granted and nothing released.
inline ledger::VaultVerdict no_sealing_key(const ledger::Directory& directory,
                                           const std::string& org) {
    const auto* known = directory.org(org);
    if (known != nullptr && known->genesis.sealing_key) return {};
    return ledger::VaultRefusal{"recipient.key", "the ledger of " + org + " names no sealing key"};
}

inline ledger::Error nothing(std::string what) {
    return {ledger::ErrorKind::not_found, std::move(what)};
}

}  // namespace reelproof::api
