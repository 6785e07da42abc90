// The data key of a node: 32 random bytes under which business data in the store and the private
// keys lie on disk. It lies itself in keys/data.key, wrapped under a key that comes from a
// passphrase, a key file or a systemd credential; who wraps it anew need not write the data again.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/base/result.h"
#include "ledger/base/secret.h"
#include "ledger/store/file_lock.h"

namespace reelproof::node {

using DataKey = ledger::Secret<32>;

// The key file that is made with an organisation, in its keys folder.
inline constexpr const char* kUnlockFile = "unlock.key";

// Where the key comes from that wraps the data key.
struct WrapSource {
    enum class Kind { passphrase, file, credential };
    Kind kind = Kind::file;
    // Of a key file its path, taken from the keys folder; of a credential its name in
    // $CREDENTIALS_DIRECTORY (systemd's LoadCredential=); of a passphrase nothing.
    std::string name;
};
// "passphrase", "file=PATH" or "credential=NAME". A relative PATH is one of the current folder.
ledger::Result<WrapSource> parse_wrap_source(std::string_view text);
// The same for a message.
std::string describe(const WrapSource& source);

// Asks the person (or script) for a passphrase and gives its SHA-256; `prompt` says which. Fresh:
// one that is being set.
using AskPassphrase =
    std::function<ledger::Result<ledger::Secret<32>>(const std::string& prompt, bool fresh)>;

// What the key in the keys folder is wrapped under; nothing when there is no key.
ledger::Result<std::optional<WrapSource>> data_key_source(const std::filesystem::path& keys);
// The key in the keys folder; nothing when none has been made. `ask` is called only for one under a
// passphrase, and may be empty: then such a key is refused. Errors name the file.
ledger::Result<std::optional<DataKey>> load_data_key(const std::filesystem::path& keys,
                                                     const AskPassphrase& ask = {});

// The lock that who changes private keys in that folder holds meanwhile.
ledger::Result<ledger::FileLock> lock_keys(const std::filesystem::path& keys);

struct Rewrapped {
    bool made = false;              // there was none before
    std::filesystem::path removed;  // kUnlockFile, no longer needed; empty: none
    int sealed = 0;                 // private keys that were plain files so far
};
// Wraps the data key under another source, and makes one where there is none. A key file that isn't
// there is made; one that is must hold 32 bytes or more and be none of the node's own files
// (`refused`). Unless the key file lies in the keys folder too, the private keys that are still
// plain files are sealed. The new wrap replaces the old one in one durable step: who is killed at
// any moment has a key that opens with the old or the new. Only once it has opened again with the
// new secret is kUnlockFile removed; other key files stay where they are. Throws EnvironmentError
// on trouble of the disk.
ledger::Result<Rewrapped> rewrap_data_key(const std::filesystem::path& keys, const WrapSource& to,
                                          const AskPassphrase& ask = {});

// Seals private keys that are plain files though the secret of the data key lies elsewhere (a wrap
// was cut off, or somebody put them there), and says which. Nothing while another process wraps.
ledger::Result<std::vector<std::filesystem::path>> finish_sealing(const std::filesystem::path& keys,
                                                                  const DataKey& data_key);

}  // namespace reelproof::node
