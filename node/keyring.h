// The keys of this organisation as files (DESIGN 4.2): one secret a file, readable by the owner
// only, plain or sealed under the data key. Loaded once at start; immutable after.
//
//   plain   hex of 32 bytes, or PEM; of sealing.key a line each of hex, the oldest first
//   sealed  "sealed:" base64(nonce24 || XChaCha20-Poly1305(HKDF(data key, "private keys"), nonce,
//           aad = the file's name, the plain file))
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/format/keys.h"
#include "ledger/format/note.h"
#include "node/data_key.h"

namespace reelproof::node {

struct Keyring {
    ledger::SecretKey statement;              // node.key
    ledger::SecretKey receipt;                // receipt.key
    ledger::Secret<32> log;                   // log.key, Ed25519 seed
    ledger::Secret<32> mirror;                // mirror.key, Ed25519 seed
    std::vector<ledger::SealingKey> sealing;  // sealing.key, the oldest first; one at least
    std::string tls_certificate;              // tls.crt, PEM
    std::string tls_key;                      // tls.key, PEM
    // witness.key, Ed25519 seed. Not there in an organisation older than witnesses, until its node
    // starts.
    std::optional<ledger::Secret<32>> witness{};

    [[nodiscard]] ledger::NoteSigner log_signer(const std::string& org) const;
    [[nodiscard]] ledger::NoteSigner mirror_signer(const std::string& org) const;
    [[nodiscard]] std::optional<ledger::NoteSigner> witness_signer(const std::string& org) const;
};

// Errors name the file; a file that others can read is refused, and one that is sealed where the
// data key is missing or another.
ledger::Result<Keyring> load_keyring(const std::filesystem::path& folder,
                                     const std::optional<DataKey>& data_key = std::nullopt);
// The root key, which is kept elsewhere and never sealed.
ledger::Result<ledger::SecretKey> load_secret_key(const std::filesystem::path& file);
// Seals those of a keyring that are plain, one durable step a file, and says which.
ledger::Result<std::vector<std::filesystem::path>> seal_key_files(
    const std::filesystem::path& folder, const DataKey& data_key);
// A private key of the keyring that is a plain file; empty when there is none.
std::filesystem::path plain_key_file(const std::filesystem::path& folder);
// The names that a keyring has in its folder, that of the root key too.
std::vector<std::string_view> keyring_files();
// Whether that is the content of a sealed private key.
bool is_sealed(ledger::ByteView content);
// Makes the witness key of an organisation that has none: sealed where the others are.
ledger::Secret<32> add_witness_key(const std::filesystem::path& folder,
                                   const std::optional<DataKey>& data_key);
// Puts these in the place of those in sealing.key, as it is, plain or sealed, and overwrites what
// lay there before. `unavailable` while another process wraps the data key.
ledger::Result<void> save_sealing_keys(const std::filesystem::path& folder,
                                       const std::vector<ledger::SealingKey>& keys,
                                       const std::optional<DataKey>& data_key);
// A file of the keyring that is sealed; empty when there is none.
std::filesystem::path sealed_key_file(const std::filesystem::path& folder);
// Hex in a file of mode 0600.
void save_secret(const std::filesystem::path& file, ledger::ByteView secret);

}  // namespace reelproof::node
