// Registers signed statements at somebody's node and gets their receipts
// (draft-ietf-scitt-scrapi-09), without a token: who signed is all that counts. Single-threaded.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "api/http/client.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/receipt.h"

namespace reelproof::node {

class ScittClient {
  public:
    // Meets the node at `url`: its org.genesis must be signed by the root key with this thumbprint,
    // and names the TLS key that is pinned and the key of its receipts; its newest sealing key is
    // asked for. `say` is told of what takes time.
    static ledger::Result<std::unique_ptr<ScittClient>> meet(
        const std::string& url, const std::string& root,
        std::function<void(const std::string&)> say);

    [[nodiscard]] const ledger::OrgGenesis& host() const { return host_; }

    struct Registered {
        ledger::Bytes receipt;
        std::uint64_t index = 0, size = 0;
    };
    // The receipt of this statement, verified. Asks again while the node is busy or the connection
    // is lost: the same statement twice is one entry. Errors say what the node answered.
    ledger::Result<Registered> register_statement(ledger::ByteView statement);

  private:
    ScittClient(ledger::OrgGenesis host, api::ClientOptions options,
                std::function<void(const std::string&)> say);
    [[nodiscard]] ledger::Result<Registered> verified(const api::Response& answer,
                                                      ledger::ByteView statement) const;

    ledger::OrgGenesis host_;
    api::HttpClient client_;
    std::function<void(const std::string&)> say_;
};

// What Concise Problem Details (RFC 9290) or Problem Details (RFC 9457) say, in one sentence.
std::string problem_text(const api::Response& answer);

}  // namespace reelproof::node
