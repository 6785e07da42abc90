// VaultSharing: what partners' nodes hand in, each object signed by them.
#include <algorithm>
#include <set>

#include "api/service/vault_errors.h"
#include "api/service/vault_sharing.h"
#include "ledger/base/sha256.h"

namespace reelproof::api {

using ledger::Bytes;
using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;

namespace {

// Agreements that a partner drafted, and shares that it granted us: how many of each, and the bytes
// of all that it signed of them.
constexpr std::size_t kMostOfPartner = 10'000, kMostBytesOfPartner = std::size_t{16} << 20;

}  // namespace

// An object that this partner signed.
Result<ledger::SignedObject> VaultSharing::signed_by(const std::string& org,
                                                     ledger::ByteView statement) const {
    const auto claimed = ledger::read_signed_object(statement);
    if (!claimed) return claimed.error();
    if (claimed->iss != org)
        return Error{ErrorKind::untrusted, "it is signed for " + claimed->iss + ", not for " + org};
    return ledger::open_signed_object(statement, *deps_.store.directory());
}

Result<void> VaultSharing::receive(const std::string& org, ledger::ByteView statement) {
    const auto object = signed_by(org, statement);
    if (!object) return object.error();
    // Its taker calls us with locks of its own.
    if (const auto taker = takers_.find(object->object.index()); taker != takers_.end())
        return taker->second(org, *object);
    // Asks another node.
    if (std::holds_alternative<ledger::Passed>(object->object)) return receive_passed(org, *object);
    const std::lock_guard changing(changing_);
    if (std::holds_alternative<ledger::Agreement>(object->object))
        return receive_agreement(org, *object);
    if (std::holds_alternative<ledger::Share>(object->object)) return receive_share(org, *object);
    if (std::holds_alternative<ledger::VaultEnd>(object->object)) return receive_end(org, *object);
    if (std::holds_alternative<ledger::Destruction>(object->object))
        return receive_destruction(org, *object);
    return ledger::malformed("none of what one node hands another");
}

// An end is always taken: it gives rights back.
Result<void> VaultSharing::room_for(const std::string& org, std::size_t bytes) const {
    const std::lock_guard lock(mutex_);
    std::size_t drafted = 0, granted = 0;
    for (const auto& [id, one] : agreements_) {
        if (one.terms.drafter != org) continue;
        ++drafted;
        bytes += one.theirs.size() + one.end.size();
    }
    for (const auto& [id, one] : shares_) {
        if (one.owner != org) continue;
        ++granted;
        bytes += one.grant.size() + one.end.size();
    }
    if (drafted < kMostOfPartner && granted < kMostOfPartner && bytes <= kMostBytesOfPartner)
        return {};
    return Error{
        ErrorKind::too_large,
        "more than we keep of one partner: " + ledger::counted(kMostOfPartner, "agreement") + ", " +
            ledger::counted(kMostOfPartner, "share") + " and " +
            ledger::counted(kMostBytesOfPartner, "byte") + " of both"};
}

Result<void> VaultSharing::receive_agreement(const std::string& org,
                                             const ledger::SignedObject& object) {
    const auto& terms = std::get<ledger::Agreement>(object.object);
    if (!terms.is_between(deps_.org, org))
        return Error{ErrorKind::untrusted, "the agreement is not between " + org + " and us"};
    auto known = agreement_with(org, terms.id);
    if (known && known->payload != object.payload)
        return Error{ErrorKind::conflict, "there is another agreement of that id"};
    if (known && !known->theirs.empty()) return {};
    if (!known) {
        if (terms.drafter != org) return Error{ErrorKind::conflict, "we drafted no such agreement"};
        if (auto fine = ledger::check_agreement(terms); !fine) return fine;
        if (auto room = room_for(org, object.statement.size()); !room) return room.error();
        known = VaultAgreement{
            .terms = terms, .payload = object.payload, .ours = {}, .theirs = {}, .end = {}};
    }
    known->theirs = object.statement;
    known->signed_by_them = deps_.clock();
    if (auto done = save(std::move(*known), {}, {}); !done) return done.error();
    return {};
}

Result<void> VaultSharing::receive_share(const std::string& org,
                                         const ledger::SignedObject& object) {
    const auto& terms = std::get<ledger::Share>(object.object);
    if (terms.recipient != deps_.org) return Error{ErrorKind::untrusted, "the share is not for us"};
    if (const auto known = share_with(org, terms.id)) {
        if (known->owner == org && known->grant == object.statement) return {};
        return Error{ErrorKind::conflict, "there is another share of that id"};
    }
    if (auto room = room_for(org, object.statement.size()); !room) return room.error();
    auto done = save(VaultShare{.terms = terms,
                                .owner = org,
                                .grant = object.statement,
                                .granted = deps_.clock(),
                                .end = {}},
                     {}, {});
    if (!done) return done.error();
    return {};
}

Result<void> VaultSharing::receive_destruction(const std::string& org,
                                               const ledger::SignedObject& object) {
    const auto& what = std::get<ledger::Destruction>(object.object);
    auto known = share_with(org, what.share);
    if (!known || known->owner != deps_.org) return nothing("there is no such share for " + org);
    auto& all = known->destructions;
    if (std::find(all.begin(), all.end(), object.statement) != all.end()) return {};
    std::vector<VaultReading> released;
    for (auto& one : readings())
        if (one.share == what.share && one.partner == org && one.release)
            released.push_back(std::move(one));
    if (all.size() > released.size() / ledger::kMostDestroyed)
        return Error{ErrorKind::too_large, "more confirmations than there are files to destroy"};
    const std::set<std::string> named(what.bodies.begin(), what.bodies.end());
    const auto is_named = [&](const VaultReading& one) {
        return named.contains(ledger::to_hex(one.release->body));
    };
    for (const auto& body : named)
        if (std::none_of(released.begin(), released.end(), [&](const VaultReading& one) {
                return ledger::to_hex(one.release->body) == body;
            }))
            return ledger::malformed("bodies: " + body + " was never released under this share");
    const auto now = deps_.clock();
    bool whole = true;
    for (auto& one : released) {
        if (one.destroyed == 0 && is_named(one)) {
            one.destroyed = now;
            if (auto done = save(one); !done) return done.error();
        }
        whole = whole && one.destroyed != 0;
    }
    all.push_back(object.statement);
    // Of what it does not name it may hold all.
    if (whole) known->destroyed = now;
    // What was passed on is somebody's, who is to hear of the end of each copy.
    std::string owner;
    std::vector<Bytes> for_owner;
    if (const auto from = known->terms.of.empty() ? std::nullopt : passed_from(*known)) {
        auto passed = passed_statement(*from, object.statement);
        if (!passed) return passed.error();
        owner = from->owner;
        for_owner.push_back(std::move(*passed));
    }
    if (auto done = save(std::move(*known), owner, for_owner); !done) return done.error();
    return {};
}

Result<void> VaultSharing::receive_end(const std::string& org, const ledger::SignedObject& object) {
    const auto& end = std::get<ledger::VaultEnd>(object.object);
    if (end.what == "agreement") {
        auto known = agreement_with(org, end.id);
        if (!known) return nothing("there is no such agreement with " + org);
        if (known->ended != 0) return {};
        known->end = object.statement;
        known->ended = deps_.clock();
        known->ended_by = org;
        known->ended_why = end.reason;
        if (auto done = save(std::move(*known), {}, {}); !done) return done.error();
        return {};
    }
    auto known = share_with(org, end.id);
    if (end.what != "share" || !known || known->owner != org)
        return nothing("there is no such share of " + org);
    if (known->ended != 0) return {};
    known->end = object.statement;
    known->ended = deps_.clock();
    known->ended_why = end.reason;
    if (auto done = save(std::move(*known), {}, {}); !done) return done.error();
    return {};
}

}  // namespace reelproof::api
