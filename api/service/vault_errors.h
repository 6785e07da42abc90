// Refusals that the parts of the vault share. Thread-safe: values.
#pragma once

#include <string>

#include "ledger/vault/rules.h"

namespace reelproof::api {

// By a rule, which the message names.
inline ledger::Error refused(const ledger::VaultRefusal& refusal) {
    return {ledger::ErrorKind::conflict, std::string(refusal.rule) + ": " + refusal.reason};
}

inline ledger::Error nothing(std::string what) {
    return {ledger::ErrorKind::not_found, std::move(what)};
}

}  // namespace reelproof::api
