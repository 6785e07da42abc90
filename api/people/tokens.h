// Tokens of stations and programs: scoped, revocable, expiring. Those that the node was configured
// with (tokens.toml) stand beside those that an administrator gave out; of each only the hash is
// kept. Thread-safe; changes are durable when they are answered.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/service/json_rows.h"

namespace reelproof::api {

// Callers that are people begin with it, so no token's name may.
inline constexpr std::string_view kPersonPrefix = "person:";
inline constexpr std::size_t kLongestTokenName = 100;  // bytes

struct Token {
    std::string name;
    ledger::Hash hash{};  // the token itself is kept nowhere
    std::vector<std::string> scopes;
    ledger::UnixSeconds until = 0;  // 0: it does not expire
    ledger::UnixSeconds made = 0;
    std::string by;                // who gave it out; empty: it is of the configuration
    ledger::UnixSeconds used = 0;  // last, since the node's start; 0: not
};

class Tokens {
  public:
    // Throws EnvironmentError for a store that can't be read.
    Tokens(JsonRows& rows, std::vector<Token> configured, ledger::Clock clock);

    [[nodiscard]] std::vector<Token> list() const;
    // The token, which is shown once. Errors: `malformed`, `conflict` (the name is taken; names
    // stay taken, since idempotency keys and the audit log belong to them).
    ledger::Result<std::string> give(const std::string& name, std::vector<std::string> scopes,
                                     ledger::UnixSeconds until, const std::string& by);
    // At once. `conflict` for one of the configuration, which is revoked there.
    ledger::Result<void> revoke(std::string_view name);
    // The one that holds now, and is thereby in use. In a time that tells nothing of the others.
    std::optional<Token> find(std::string_view presented);
    // Whether the one of that name still holds, and is no use of it: for a stream that must end
    // with it.
    [[nodiscard]] bool lasts(std::string_view name) const;

  private:
    JsonRows& rows_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    std::map<std::string, Token, std::less<>> tokens_;  // by name; under mutex_
    std::map<ledger::Hash, std::string> names_;         // by hash; under mutex_
};

}  // namespace reelproof::api
