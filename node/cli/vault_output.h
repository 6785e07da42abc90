// What the commands of the vault have in common: documents by their names, and files that are
// written in parts. Single-threaded.
#pragma once

#include <fstream>
#include <string>

#include "node/cli/client.h"

namespace reelproof::node {

// Of a document, asked for or sent at a time.
inline constexpr std::size_t kVaultRange = std::size_t{4} << 20;

// "PROJECT/NAME" or an id.
ledger::Result<boost::json::object> find_vault_document(NodeClient& client,
                                                        const std::string& named);

// "/v1/vault/projects/<id>" of the project of that name.
ledger::Result<std::string> vault_project_path(NodeClient& client, const std::string& name);

// What is written is for its owner alone, and gets its name once it is whole; "-" is standard
// output.
class VaultOutput {
  public:
    explicit VaultOutput(std::string path);
    // What was not finished goes.
    ~VaultOutput();
    VaultOutput(const VaultOutput&) = delete;
    VaultOutput& operator=(const VaultOutput&) = delete;
    ledger::Result<void> write(std::string_view bytes);
    ledger::Result<void> finish();

  private:
    const std::string path_;
    const bool to_stdout_;
    std::ofstream file_;
    bool finished_ = false;
};

// All `size` bytes of what lies there, in ranges.
ledger::Result<void> copy_vault_ranges(NodeClient& client, const std::string& path,
                                       std::uint64_t size, VaultOutput& out);

}  // namespace reelproof::node
