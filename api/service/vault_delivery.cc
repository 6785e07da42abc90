// VaultSharing: what is signed for partners gets to their nodes, in order, and what becomes of it.
#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

#include <boost/json.hpp>

#include "api/service/vault_errors.h"
#include "api/service/vault_sharing.h"
#include "api/service/vault_sharing_rows.h"
#include "ledger/base/csv.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

using ledger::Bytes;
using ledger::ErrorKind;
using ledger::Result;

namespace {

constexpr std::size_t kLongestReason = 500;

// A partner's words, as they may stand in our lists.
std::string plain(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return ledger::csv_beginning(text, kLongestReason);
}

std::string org_of(const std::string& key) {
    return key.substr(0, key.rfind('/'));
}

}  // namespace

// The partners' nodes, one object after the other; who can't be reached is asked again.
void VaultSharing::deliver() {
    constexpr std::chrono::seconds kAgain{2};
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (outbox_.empty()) {
            wake_.wait(lock, [&] { return stopping_ || !outbox_.empty(); });
            continue;
        }
        lock.unlock();
        const bool all = deliver_all();
        lock.lock();
        if (!all) wake_.wait_for(lock, kAgain, [&] { return stopping_; });
    }
}

// False: some partner could not be reached, or we stop.
bool VaultSharing::deliver_all() {
    std::set<std::string> partners;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, statement] : outbox_) partners.insert(org_of(key));
    }
    bool all = true;
    for (const auto& org : partners) all = deliver_to(org) && all;
    return all;
}

// In order, up to what it can't be given now: who is away holds up nobody else.
bool VaultSharing::deliver_to(const std::string& org) {
    while (true) {
        std::string key;
        Bytes statement;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return false;
            const auto next = outbox_.lower_bound(org + "/");
            if (next == outbox_.end() || !next->first.starts_with(org + "/")) return true;
            std::tie(key, statement) = *next;
        }
        const auto done = deps_.peers.post(org, std::string(kVaultObjectsPath), statement);
        if (!done) {
            if (done.error().kind == ErrorKind::unavailable) return false;
            if (!set_aside(key, statement, done.error().message)) return false;
            continue;
        }
        // Not removed: it is delivered again, which changes nothing.
        if (!deps_.rows.remove(std::string(vault_rows::kOutbox) + key)) return false;
        const std::lock_guard lock(mutex_);
        outbox_.erase(key);
    }
}

// Refused is not delivered: it stays, with the reason, out of the way of what comes behind it.
bool VaultSharing::set_aside(const std::string& key, const Bytes& statement,
                             const std::string& text) {
    const auto org = org_of(key);
    VaultRefused one{.id = key.substr(org.size() + 1),
                     .org = org,
                     .statement = statement,
                     .text = plain(text),
                     .at = deps_.clock()};
    deps_.trouble(org + " does not take what was signed for it: " + one.text);
    std::vector<JsonRows::Change> changes;
    changes.push_back({std::string(vault_rows::kRefused) + key, vault_rows::of_refused(one)});
    changes.push_back({std::string(vault_rows::kOutbox) + key, {}});
    if (!deps_.rows.write(std::move(changes))) return false;
    const std::lock_guard lock(mutex_);
    refused_.insert_or_assign(key, std::move(one));
    outbox_.erase(key);
    return true;
}

void VaultSharing::enqueue(std::vector<JsonRows::Change>& changes, const std::string& org,
                           const Bytes& statement) {
    if (org.empty() || org == deps_.org) return;
    const std::lock_guard lock(mutex_);
    auto number = std::to_string(next_++);
    number.insert(0, 20 - number.size(), '0');
    changes.push_back({std::string(vault_rows::kOutbox) + org + "/" + number,
                       {{"statement", ledger::to_base64(statement)}}});
}

std::vector<VaultRefused> VaultSharing::refused_by_partners() const {
    const std::lock_guard lock(mutex_);
    std::vector<VaultRefused> out;
    for (const auto& [key, one] : refused_) out.push_back(one);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return out;
}

Result<VaultRefused> VaultSharing::send_again(const std::string& id) {
    const std::lock_guard changing(changing_);
    for (auto& one : refused_by_partners()) {
        if (one.id != id) continue;
        const auto key = one.org + "/" + id;
        // Removed with the row that it leaves, and behind what waits.
        if (auto done = write({std::string(vault_rows::kRefused) + key, {}}, one.org,
                              {one.statement}, [&] { refused_.erase(key); });
            !done)
            return done.error();
        return std::move(one);
    }
    return nothing(
        "no partner refused such a statement: `reelproof vault refused list` shows them");
}

std::optional<std::string> VaultSharing::undelivered_if(
    const std::string& org, const std::function<bool(const Bytes&)>& concerns) const {
    const std::lock_guard lock(mutex_);
    const auto from = org + "/";
    for (auto at = refused_.lower_bound(from); at != refused_.end() && at->first.starts_with(from);
         ++at)
        if (concerns(at->second.statement))
            return org + " refused it on " + ledger::to_iso8601(at->second.at) + ": " +
                   at->second.text + " (send it again: reelproof vault refused send " +
                   at->second.id + ")";
    for (auto at = outbox_.lower_bound(from); at != outbox_.end() && at->first.starts_with(from);
         ++at)
        if (concerns(at->second)) return "it waits until the node of " + org + " can be reached";
    return std::nullopt;
}

std::optional<std::string> VaultSharing::undelivered(const std::string& org,
                                                     const std::vector<Bytes>& statements) const {
    const std::set<Bytes> these(statements.begin(), statements.end());
    return undelivered_if(org, [&](const Bytes& one) { return these.contains(one); });
}

std::optional<std::string> VaultSharing::undelivered(const std::string& org,
                                                     const ledger::Hash& statement) const {
    return undelivered_if(org, [&](const Bytes& one) { return ledger::sha256(one) == statement; });
}

}  // namespace reelproof::api
