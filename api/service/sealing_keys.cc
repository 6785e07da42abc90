#include "api/service/sealing_keys.h"

#include <algorithm>

namespace reelproof::api {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

// So that the file stays small; discarding makes room.
constexpr std::size_t kMostHeld = 64;

bool among(const std::vector<ledger::SealingKey>& held, const ledger::SealingPublicKey& key) {
    return std::any_of(held.begin(), held.end(),
                       [&](const auto& one) { return one.public_key == key; });
}

bool among(const std::vector<ledger::SealingKeyState>& granted,
           const ledger::SealingPublicKey& key) {
    return std::any_of(granted.begin(), granted.end(),
                       [&](const auto& one) { return one.key == key; });
}

}  // namespace

std::string_view to_string(SealingKeyUse use) {
    switch (use) {
        case SealingKeyUse::next:
            return "next";
        case SealingKeyUse::current:
            return "current";
        case SealingKeyUse::earlier:
            return "earlier";
        case SealingKeyUse::discarded:
            return "discarded";
        case SealingKeyUse::missing:
            return "missing";
    }
    return "";
}

SealingKeys::SealingKeys(std::vector<ledger::SealingKey> held, const ledger::Store& store,
                         std::string org, Keep keep)
    : store_(store), org_(std::move(org)), keep_(std::move(keep)), held_(std::move(held)) {}

std::vector<ledger::SealingKeyState> SealingKeys::granted() const {
    const auto directory = store_.directory();
    const auto* own = directory->org_in(ledger::kOwnLog, org_);
    return own == nullptr ? std::vector<ledger::SealingKeyState>() : own->sealing_keys;
}

std::vector<SealingKeys::Told> SealingKeys::all() const {
    const auto named = granted();
    const auto here = held();
    std::vector<Told> out;
    for (const auto& key : here)
        if (!among(named, key.public_key))
            out.push_back({.key = key.public_key, .use = SealingKeyUse::next});
    for (auto key = named.rbegin(); key != named.rend(); ++key) {
        const bool is_held = among(here, key->key), newest = key == named.rbegin();
        const auto use = newest ? (is_held ? SealingKeyUse::current : SealingKeyUse::missing)
                                : (is_held ? SealingKeyUse::earlier : SealingKeyUse::discarded);
        out.push_back({key->key, use, key->granted_at, key->since});
    }
    return out;
}

std::vector<ledger::SealingKey> SealingKeys::held() const {
    const std::lock_guard lock(mutex_);
    return {held_.rbegin(), held_.rend()};
}

Result<ledger::SealingPublicKey> SealingKeys::current() const {
    const auto named = granted();
    if (named.empty())
        return Error{ErrorKind::not_found, "the ledger of " + org_ + " names no sealing key"};
    if (!among(held(), named.back().key))
        return Error{ErrorKind::conflict,
                     "the newest sealing key of " + org_ +
                         " is not in keys/sealing.key: put that file back from your copy of the "
                         "keys folder, or make a new key with reelproof org sealing-key rotate"};
    return named.back().key;
}

Result<void> SealingKeys::keep(std::vector<ledger::SealingKey> keys) {
    if (auto done = keep_(keys); !done) return done;
    const std::lock_guard lock(mutex_);
    held_ = std::move(keys);
    return {};
}

Result<SealingKeys::Prepared> SealingKeys::prepare() {
    const std::lock_guard changing(changing_);
    const auto named = granted();
    auto keys = held_;
    for (const auto& key : keys)
        if (!among(named, key.public_key)) return Prepared{key.public_key, false};
    if (keys.size() >= kMostHeld)
        return Error{ErrorKind::conflict, "this node holds " + std::to_string(kMostHeld) +
                                              " sealing keys: discard earlier ones first, with "
                                              "reelproof org sealing-key discard"};
    keys.push_back(ledger::SealingKey::generate());
    const auto key = keys.back().public_key;
    // Who dies here holds a key that nobody has granted: the next time it is the one that waits.
    if (auto done = keep(std::move(keys)); !done) return done.error();
    return Prepared{key, true};
}

Result<void> SealingKeys::discard(const ledger::SealingPublicKey& key) {
    const std::lock_guard changing(changing_);
    const auto told = all();
    const auto known =
        std::find_if(told.begin(), told.end(), [&](const Told& one) { return one.key == key; });
    if (known == told.end())
        return Error{ErrorKind::not_found, "this organisation has no such sealing key"};
    switch (known->use) {
        case SealingKeyUse::current:
        case SealingKeyUse::missing:
            return Error{ErrorKind::conflict,
                         "partners seal to that key: put another in its place first, with "
                         "reelproof org sealing-key rotate"};
        case SealingKeyUse::next:
            return Error{ErrorKind::conflict,
                         "that key waits for its grant: go on with reelproof org sealing-key "
                         "rotate"};
        case SealingKeyUse::discarded:
            return {};
        case SealingKeyUse::earlier:
            break;
    }
    auto keys = held_;
    std::erase_if(keys, [&](const auto& one) { return one.public_key == key; });
    if (keys.empty())
        return Error{ErrorKind::conflict, "it is the only sealing key that this node holds"};
    return keep(std::move(keys));
}

Result<void> SealingKeys::check_grant(const ledger::StatementView& statement) const {
    if (statement.sealed() || statement.header.sub != "key.grant") return {};
    const auto parsed = ledger::parse_public(ledger::as_text(statement.payload));
    if (!parsed) return parsed.error();
    const auto* grant = std::get_if<ledger::SealingGrant>(&*parsed);
    if (grant == nullptr || among(held(), grant->key)) return {};
    return Error{ErrorKind::conflict,
                 "this node does not hold the secret of that sealing key, so nothing that partners "
                 "seal to it could be opened: reelproof org sealing-key rotate makes one here and "
                 "grants it"};
}

}  // namespace reelproof::api
