#include "api/people/tokens.h"

#include <algorithm>

#include <boost/json.hpp>

#include "api/people/access.h"
#include "api/people/secrets.h"

namespace reelproof::api {

namespace {

namespace json = boost::json;
using ledger::Result;

constexpr std::string_view kRow = "token/";
constexpr std::size_t kMostTokens = 10000;

ledger::Hash hash_of(const json::object& row) {
    const auto hash = ledger::array_from_hex<32>(text_in(row, "hash"), "hash");
    if (!hash) throw ledger::EnvironmentError("the store is damaged: a token in table people");
    return *hash;
}

json::object written(const Token& token) {
    return {{"hash", ledger::to_hex(token.hash)},
            {"scopes", json::value_from(token.scopes)},
            {"until", token.until},
            {"made", token.made},
            {"by", token.by}};
}

Result<void> check(const std::string& name, const std::vector<std::string>& given) {
    if (name.empty() || name.size() > kLongestTokenName || ledger::has_control_characters(name) ||
        name.find_first_of("\"\\/") != std::string::npos || name.starts_with(kPersonPrefix))
        return ledger::malformed(
            "name must be 1 to 100 bytes without quotes, slashes and control characters, and must "
            "not begin with " +
            std::string(kPersonPrefix));
    if (given.empty()) return ledger::malformed("scopes is empty: this token could do nothing");
    for (const auto& scope : given)
        if (!is_scope(scope))
            return ledger::malformed("scopes holds \"" + scope + "\"; there are " +
                                     listed(scopes()) + ", and the roles " + listed(roles()));
    return {};
}

}  // namespace

Tokens::Tokens(JsonRows& rows, std::vector<Token> configured, ledger::Clock clock)
    : rows_(rows), clock_(std::move(clock)) {
    rows_.each(kRow, [this](std::string_view name, const json::object& row) {
        Token token{std::string(name),       hash_of(row),           texts_in(row, "scopes"),
                    number_in(row, "until"), number_in(row, "made"), text_in(row, "by")};
        tokens_.emplace(token.name, std::move(token));
    });
    // What the administrator of the machine wrote goes before what was given out.
    for (auto& token : configured) tokens_.insert_or_assign(token.name, token);
    for (const auto& [name, token] : tokens_) names_.emplace(token.hash, name);
}

std::vector<Token> Tokens::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Token> out;
    for (const auto& [name, token] : tokens_) out.push_back(token);
    return out;
}

Result<std::string> Tokens::give(const std::string& name, std::vector<std::string> scopes,
                                 ledger::UnixSeconds until, const std::string& by) {
    if (auto fits = check(name, scopes); !fits) return fits.error();
    const auto now = clock_();
    if (until != 0 && until <= now) return ledger::malformed("until is past");
    const std::lock_guard changing(changing_);
    auto secret = draw_secret("rpt_");
    Token token{name, hash_secret(secret), std::move(scopes), until, now, by};
    {
        const std::lock_guard lock(mutex_);
        if (tokens_.contains(name))
            return ledger::Error{ledger::ErrorKind::conflict,
                                 "there is or was a token " + name + " already"};
        if (tokens_.size() >= kMostTokens)
            return ledger::Error{
                ledger::ErrorKind::too_large,
                "there are " + std::to_string(kMostTokens) + " tokens, and no more can be"};
    }
    if (auto done = rows_.put(std::string(kRow) + name, written(token)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    names_.emplace(token.hash, name);
    tokens_.emplace(name, std::move(token));
    return secret;
}

Result<void> Tokens::revoke(std::string_view name) {
    const std::lock_guard changing(changing_);
    Token revoked;
    {
        const std::lock_guard lock(mutex_);
        const auto found = tokens_.find(name);
        if (found == tokens_.end())
            return ledger::Error{ledger::ErrorKind::not_found,
                                 "there is no token " + std::string(name)};
        if (found->second.by.empty())
            return ledger::Error{ledger::ErrorKind::conflict,
                                 "the token " + std::string(name) +
                                     " is of the node's configuration: take it out of tokens.toml, "
                                     "and restart the node"};
        // First in memory: whatever the store says, it holds no more.
        found->second.until = 1;  // so long ago that no clock that is set back revives it
        revoked = found->second;
    }
    return rows_.put(std::string(kRow) + revoked.name, written(revoked));
}

std::optional<Token> Tokens::find(std::string_view presented) {
    // Looking up a hash tells nothing of the token that an attacker could go on from.
    const auto hash = hash_secret(presented);
    const auto now = clock_();
    const std::lock_guard lock(mutex_);
    const auto name = names_.find(hash);
    if (name == names_.end()) return std::nullopt;
    auto& token = tokens_.find(name->second)->second;
    if (token.hash != hash || (token.until != 0 && token.until <= now)) return std::nullopt;
    token.used = now;
    return token;
}

bool Tokens::lasts(std::string_view name) const {
    const auto now = clock_();
    const std::lock_guard lock(mutex_);
    const auto token = tokens_.find(name);
    return token != tokens_.end() && (token->second.until == 0 || token->second.until > now);
}

}  // namespace reelproof::api
