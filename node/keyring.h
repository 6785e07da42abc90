// The keys of this organisation as files (DESIGN 4.2): one secret a file, readable by the owner
// only. Loaded once at start; immutable after.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ledger/format/keys.h"
#include "ledger/format/note.h"

namespace reelproof::node {

struct Keyring {
    ledger::SecretKey statement;  // node.key
    ledger::SecretKey receipt;    // receipt.key
    ledger::Secret<32> log;       // log.key, Ed25519 seed
    ledger::Secret<32> mirror;    // mirror.key, Ed25519 seed
    ledger::SealingKey sealing;   // sealing.key
    std::string tls_certificate;  // tls.crt, PEM
    std::string tls_key;          // tls.key, PEM

    [[nodiscard]] ledger::NoteSigner log_signer(const std::string& org) const;
    [[nodiscard]] ledger::NoteSigner mirror_signer(const std::string& org) const;
};

// Errors name the file; a file that others can read is refused.
ledger::Result<Keyring> load_keyring(const std::filesystem::path& folder);
ledger::Result<ledger::SecretKey> load_secret_key(const std::filesystem::path& file);
// Hex in a file of mode 0600.
void save_secret(const std::filesystem::path& file, ledger::ByteView secret);

}  // namespace reelproof::node
