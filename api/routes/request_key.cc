#include "api/routes/request_key.h"

#include "api/routes/auth.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

RequestKey request_key(const Request& request) {
    const auto key = request.headers.get("Idempotency-Key");
    const auto* principal = std::any_cast<Principal>(&request.principal);
    if (!key || key->empty()) return {};
    // No two requests give the same text: the body's hash is of one length, the rest says its own.
    std::string asked = ledger::to_hex(ledger::sha256(ledger::as_bytes(request.body)));
    for (const auto& member : request.query)
        for (const auto& text : {member.first, member.second})
            asked += std::to_string(text.size()) + ":" + text;
    for (const auto& [name, value] : request.parameters)
        asked += std::to_string(value.size()) + ":" + value;
    return {(principal != nullptr ? principal->id() : std::string()) + "\n" + request.route + "\n" +
                std::string(*key),
            std::move(asked)};
}

}  // namespace reelproof::api
