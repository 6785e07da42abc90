// The keys that documents hang on. Each version of a document has a random wrapping key, each
// project another, and the key of the document's age file is wrapped under both. They lie in one
// small file outside the store, sealed under the node's data key, so that destroying one of them
// there makes every copy of the store and of the document's file worthless, backups included.
// The file is replaced as a whole, and the one before it is overwritten where it lay; what a disk
// or file system keeps of that on its own is beyond us (docs/VAULT.md).
// Thread-safe; a change is durable when it returns. Throws EnvironmentError on trouble of the disk.
//
//   "reelproof vault keys 1\n", then nonce24 || XChaCha20-Poly1305(HKDF(data key, "vault keys"),
//   nonce, aad = that line, of each project: id 16, key 32, u32 versions, of each: id 16, key 32)
// Integers are big-endian. Persistent format: do not change.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "ledger/base/secret.h"
#include "ledger/vault/age.h"

namespace reelproof::ledger {

// In the folder of a node's keys.
inline constexpr const char* kVaultKeysFile = "vault.keys";

// Random, of projects and of versions.
using VaultId = std::array<std::uint8_t, 16>;
VaultId new_vault_id();
// 32 lower-case hex digits.
std::string vault_id_text(const VaultId& id);
Result<VaultId> parse_vault_id(std::string_view text, std::string_view what);

class VaultKeys {
  public:
    // For one process at a time: what another was writing when it died is destroyed. A file that is
    // not there is begun with the first key. Errors name it: `malformed` when others
    // can read it or it is none, `invalid` under another data key or changed.
    static Result<std::unique_ptr<VaultKeys>> open(std::filesystem::path file,
                                                   const Secret<32>& data_key);

    // A key for that version, and one for its project where there is none. Again is harmless.
    void add(const VaultId& project, const VaultId& version);
    [[nodiscard]] bool has(const VaultId& project, const VaultId& version) const;
    // `not_found` once one of the two keys was destroyed.
    [[nodiscard]] Result<Bytes> wrap(const VaultId& project, const VaultId& version,
                                     const AgeFileKey& key) const;
    // `invalid` when it was wrapped under other keys or changed.
    [[nodiscard]] Result<AgeFileKey> unwrap(const VaultId& project, const VaultId& version,
                                            ByteView wrapped) const;

    // Destroys keys, for good. What is not there is passed over.
    void shred(const VaultId& project, const std::vector<VaultId>& versions);

  private:
    struct Project {
        Secret<32> key;
        std::map<VaultId, Secret<32>> versions;
    };
    using Projects = std::map<VaultId, Project>;

    VaultKeys(std::filesystem::path file, const Secret<32>& data_key);
    Result<void> load();
    [[nodiscard]] Result<Secret<32>> wrapping_key(const VaultId& project,
                                                  const VaultId& version) const;
    // Writes what is to be, and only then takes it for true.
    void replace(Projects projects);

    const std::filesystem::path file_;
    const Secret<32> key_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    Projects projects_;  // owner: mutex_
};

}  // namespace reelproof::ledger
