#include "node/cli/root_signed.h"

#include "ledger/provenance/compose.h"
#include "node/keyring.h"

namespace reelproof::node {

using ledger::Result;

Result<ledger::SecretKey> load_root_key(const NodeConfig& config, const std::string& file) {
    auto root =
        load_secret_key(file.empty() ? config.keys / "root.key" : std::filesystem::path(file));
    if (!root) return root;
    if (ledger::thumbprint(root->public_key()) != config.root)
        return ledger::invalid("--root-key is not the root key of " + config.org);
    return root;
}

Result<boost::json::object> sign_by_root(NodeClient& client, const NodeConfig& config,
                                         const ledger::SecretKey& root, std::string_view sub,
                                         const ledger::PublicStatement& payload) {
    const auto statement = ledger::compose_public(root, config.org, ledger::system_now(), sub,
                                                  ledger::format_public(payload));
    if (!statement) return statement.error();
    return client.post_statement(*statement);
}

std::string entry_of(const boost::json::object& answer) {
    return "entry " + std::to_string(answer.at("index").to_number<std::uint64_t>()) + " of " +
           std::string(answer.at("log").as_string());
}

}  // namespace reelproof::node
