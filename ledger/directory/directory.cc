#include "ledger/directory/directory.h"

#include <algorithm>

#include "ledger/directory/matching.h"
#include "ledger/format/evidence.h"

namespace reelproof::ledger {

namespace {

constexpr std::string_view kGenesis = "org.genesis";
constexpr std::string_view kGrant = "key.grant";
constexpr std::string_view kRevoke = "key.revoke";

bool root_only(std::string_view sub) {
    return sub == kGenesis || sub == kGrant || sub == kRevoke;
}

Error untrusted(std::string message) {
    return {ErrorKind::untrusted, std::move(message)};
}

// Enough of a key to find it in a list, short enough for one sentence.
std::string short_name(const Hash& kid) {
    return to_hex(ByteView(kid).first(8)) + "…";
}

bool may_sign(const KeyGrant& grant, std::string_view sub) {
    return std::any_of(grant.may.begin(), grant.may.end(), [&](const std::string& allowed) {
        return allowed == "*" || allowed == sub;
    });
}

// The right that covers `statement` at `index`: the newest grant before it.
Result<PublicKey> granted_key(const OrgState& org, std::uint64_t index,
                              const StatementHeader& header, std::optional<UnixSeconds> admitted) {
    const auto name = [&] { return "key " + short_name(header.kid) + " of " + header.iss; };
    const KeyState* granted = nullptr;
    const KeyState* later = nullptr;
    for (const KeyState& state : org.keys) {
        if (state.grant.key.kid() != header.kid) continue;
        (state.granted_at < index ? granted : later) = &state;
    }
    if (granted == nullptr) {
        if (header.kid == org.genesis.root.kid())
            return untrusted("the root key of " + header.iss + " may not sign " + header.sub);
        if (later != nullptr)
            return untrusted(name() + " was granted only at entry " +
                             std::to_string(later->granted_at));
        return untrusted(name() + " was never granted");
    }
    if (granted->revoked_at && index >= *granted->revoked_at)
        return untrusted(name() + " was revoked at entry " + std::to_string(*granted->revoked_at));
    const KeyGrant& grant = granted->grant;
    if (!may_sign(grant, header.sub)) return untrusted(name() + " may not sign " + header.sub);
    if (grant.not_before && header.iat < *grant.not_before)
        return untrusted(name() + " is valid only from " + to_iso8601(*grant.not_before) +
                         ", the statement is of " + to_iso8601(header.iat));
    if (grant.not_after && header.iat > *grant.not_after)
        return untrusted(name() + " was valid until " + to_iso8601(*grant.not_after) +
                         ", the statement is of " + to_iso8601(header.iat));
    if (grant.not_after && admitted && *admitted > *grant.not_after + kLateStatement)
        return untrusted(name() + " was valid until " + to_iso8601(*grant.not_after) +
                         ": its statements are taken for a day after that, whatever time they "
                         "state; sign it again with a key that is valid");
    return grant.key;
}

}  // namespace

Directory::Directory(const std::map<std::string, std::string>& trusted_roots)
    : trusted_roots_(trusted_roots.begin(), trusted_roots.end()) {}

void Directory::add_log(LogId log, std::string org) {
    log_orgs_[log] = std::move(org);
}

Result<PublicKey> Directory::genesis_key(const Place& place, const StatementView& statement) const {
    const std::string& iss = statement.header.iss;
    if (org_in(place.log, iss) != nullptr) return untrusted("a second org.genesis of " + iss);
    auto parsed = parse_public(as_text(statement.payload));
    if (!parsed) return parsed.error();
    const auto* genesis = std::get_if<OrgGenesis>(&*parsed);
    if (genesis == nullptr) return malformed("org.genesis: the payload is of another type");
    if (genesis->org != iss)
        return untrusted("org.genesis names " + genesis->org + " but is issued by " + iss);
    // Its genesis can be copied into any log, and there none of its revocations follow: an
    // organisation with a log of its own is believed only there.
    const auto owner = log_orgs_.find(place.log);
    if (genesis->log_key && owner != log_orgs_.end() && owner->second != iss)
        return untrusted(iss + " has a log of its own: it is no guest of the log of " +
                         owner->second);
    const auto trusted = trusted_roots_.find(iss);
    if (trusted != trusted_roots_.end() && trusted->second != thumbprint(genesis->root))
        return untrusted("the root key of " + iss + " is " + thumbprint(genesis->root) +
                         ", not the trusted " + trusted->second);
    return genesis->root;
}

Result<PublicKey> Directory::key_for(const Place& place, const StatementView& statement,
                                     std::optional<UnixSeconds> admitted) const {
    const StatementHeader& header = statement.header;
    const auto owner = log_orgs_.find(place.log);
    if (owner == log_orgs_.end())
        return untrusted("log " + std::to_string(place.log) + " is not known");
    const bool genesis = header.sub == kGenesis;
    if (place.index == 0 && (!genesis || header.iss != owner->second))
        return untrusted("entry 0 of the log of " + owner->second + " must be its org.genesis");
    if (genesis) return genesis_key(place, statement);

    const OrgState* org = org_in(place.log, header.iss);
    if (org == nullptr)
        return untrusted(header.iss + " has no org.genesis in the log of " + owner->second);
    if (!root_only(header.sub)) return granted_key(*org, place.index, header, admitted);
    if (header.kid != org->genesis.root.kid())
        return untrusted("key " + short_name(header.kid) + " of " + header.iss + " may not sign " +
                         header.sub + ": only the root key may");
    return org->genesis.root;
}

Result<void> Directory::apply_genesis(const Place& place, UnixSeconds iat,
                                      const OrgGenesis& genesis) {
    auto& places = orgs_[genesis.org];
    if (places.contains(place.log)) return untrusted("a second org.genesis of " + genesis.org);
    const auto* trusted = root_of(genesis.org);
    OrgState org{.genesis = genesis};
    org.log = place.log;
    const auto owner = log_orgs_.find(place.log);
    org.guest = owner == log_orgs_.end() || owner->second != genesis.org;
    org.trusted = trusted != nullptr && *trusted == thumbprint(genesis.root);
    org.key_statements.push_back(place.index);
    if (genesis.tls_spki) org.tls_keys.push_back({*genesis.tls_spki, iat});
    if (genesis.sealing_key) org.sealing_keys.push_back({*genesis.sealing_key, place.index, iat});
    org.url = genesis.url;
    for (const KeyGrant& grant : genesis.keys)
        org.keys.push_back({.grant = grant, .granted_at = place.index});
    verify_evidence_against(places.emplace(place.log, std::move(org)).first->second);
    return {};
}

// Of a trusted organisation with a log of its own.
const NoteVerifier* Directory::key_of_log(const std::string& origin) const {
    const OrgState* accused = org(origin.substr(0, origin.find('/')));
    if (accused == nullptr || accused->guest || accused->genesis.origin != origin ||
        !accused->genesis.log_key)
        return nullptr;
    return &*accused->genesis.log_key;
}

void Directory::record_evidence(RecordedEvidence evidence) {
    int& claims = claims_[{evidence.by, evidence.what.origin}];
    if (claims == kMaxClaims) return;
    ++claims;
    if (const NoteVerifier* key = key_of_log(evidence.what.origin)) {
        if (!verify_evidence(evidence.what, *key)) return;
        evidence.holds = true;
    }
    evidence_.push_back(std::move(evidence));
}

void Directory::verify_evidence_against(const OrgState& org) {
    if (!org.trusted || org.guest || !org.genesis.log_key) return;
    for (RecordedEvidence& claim : evidence_)
        if (claim.what.origin == org.genesis.origin && !claim.holds)
            claim.holds = verify_evidence(claim.what, *org.genesis.log_key).has_value();
}

Result<void> Directory::apply_grant(OrgState& org, std::uint64_t index, const KeyGrant& grant) {
    for (const KeyState& state : org.keys)
        if (state.grant.key == grant.key && state.revoked_at)
            return untrusted("key " + short_name(grant.key.kid()) + " of " + org.genesis.org +
                             " was revoked at entry " + std::to_string(*state.revoked_at) +
                             " and can't be granted again");
    org.keys.push_back({.grant = grant, .granted_at = index});
    org.key_statements.push_back(index);
    return {};
}

// An earlier one never comes back: where it was replaced because somebody has it, nothing is sealed
// to it any more.
Result<void> Directory::apply_sealing(OrgState& org, const SealingKeyState& key) {
    for (const SealingKeyState& known : org.sealing_keys)
        if (known.key == key.key)
            return untrusted("sealing key " + to_hex(key.key) + " of " + org.genesis.org +
                             " was named at entry " + std::to_string(known.granted_at) +
                             " already and can't be granted again");
    org.sealing_keys.push_back(key);
    return {};
}

Result<void> Directory::apply_revoke(OrgState& org, std::uint64_t index, const KeyRevoke& revoke) {
    bool found = false;
    for (KeyState& state : org.keys) {
        if (!(state.grant.key == revoke.key)) continue;
        found = true;
        if (!state.revoked_at) state.revoked_at = index;
    }
    if (!found)
        return untrusted("key " + short_name(revoke.key.kid()) + " of " + org.genesis.org +
                         " can't be revoked: it was never granted");
    org.key_statements.push_back(index);
    return {};
}

// An organisation is its root key: a later word can't make it another. What a guest has signed
// while it was admitted stays, so its root is trusted for good.
void Directory::admit_guest(const Place& place, GuestAdmit admit) {
    OrgState& owner = *find(place.log, log_orgs_.at(place.log));
    const auto known = owner.guests.find(admit.org);
    if (known != owner.guests.end() && known->second.what.root != admit.root) return;
    if (place.log == kOwnLog && owner.trusted && !trusts(admit.org)) {
        guest_roots_.emplace(admit.org, admit.root);
        if (const auto places = orgs_.find(admit.org); places != orgs_.end())
            for (auto& [log, org] : places->second)
                org.trusted = thumbprint(org.genesis.root) == admit.root;
    }
    owner.guests.insert_or_assign(admit.org, GuestState{admit, place});
}

Result<void> Directory::apply(const Place& place, const StatementView& statement) {
    if (statement.sealed()) return {};
    auto parsed = parse_public(as_text(statement.payload));
    if (!parsed) return parsed.error();
    if (const auto* genesis = std::get_if<OrgGenesis>(&*parsed))
        return apply_genesis(place, statement.header.iat, *genesis);

    const StatementHeader& header = statement.header;
    OrgState* org = find(place.log, header.iss);
    if (org == nullptr) return untrusted(header.iss + " has no org.genesis in this log");
    if (const auto* grant = std::get_if<KeyGrant>(&*parsed))
        return apply_grant(*org, place.index, *grant);
    if (const auto* revoke = std::get_if<KeyRevoke>(&*parsed))
        return apply_revoke(*org, place.index, *revoke);
    if (const auto* sealing = std::get_if<SealingGrant>(&*parsed))
        return apply_sealing(*org, {sealing->key, place.index, header.iat});
    if (const auto* tls = std::get_if<TlsGrant>(&*parsed)) {
        if (org->tls_keys.size() == 2) org->tls_keys.erase(org->tls_keys.begin());
        org->tls_keys.push_back({tls->spki, header.iat});
        if (!tls->url.empty()) org->url = tls->url;
        org->key_statements.push_back(place.index);
    } else if (auto* source = std::get_if<SourceAuthorise>(&*parsed)) {
        org->authorised.push_back({std::move(*source), place, header.iat});
    } else if (auto* recall = std::get_if<Recall>(&*parsed)) {
        org->recalls.push_back({std::move(*recall), place, header.iat});
    } else if (auto* admit = std::get_if<GuestAdmit>(&*parsed)) {
        if (!org->guest) admit_guest(place, std::move(*admit));
    } else if (const auto* dismiss = std::get_if<GuestDismiss>(&*parsed)) {
        const auto guest = org->guests.find(dismiss->org);
        if (guest != org->guests.end()) guest->second.dismissed_at = place.index;
    } else if (auto* evidence = std::get_if<LogEvidence>(&*parsed)) {
        if (org->trusted)
            record_evidence({.what = std::move(*evidence), .by = header.iss, .place = place});
    }
    return {};
}

const std::string* Directory::root_of(std::string_view name) const {
    if (const auto given = trusted_roots_.find(name); given != trusted_roots_.end())
        return &given->second;
    const auto admitted = guest_roots_.find(name);
    return admitted == guest_roots_.end() ? nullptr : &admitted->second;
}

const OrgState* Directory::org(std::string_view name) const {
    const auto places = orgs_.find(name);
    if (places == orgs_.end()) return nullptr;
    const OrgState* guest = nullptr;
    for (const auto& [log, org] : places->second) {
        if (!org.trusted) continue;
        if (!org.guest) return &org;
        if (guest == nullptr) guest = &org;
    }
    return guest;
}

const OrgState* Directory::org_in(LogId log, std::string_view name) const {
    const auto places = orgs_.find(name);
    if (places == orgs_.end()) return nullptr;
    const auto org = places->second.find(log);
    return org == places->second.end() ? nullptr : &org->second;
}

OrgState* Directory::find(LogId log, std::string_view name) {
    return const_cast<OrgState*>(org_in(log, name));
}

std::vector<std::string> Directory::trusted_orgs() const {
    std::vector<std::string> names;
    for (const auto& [name, places] : orgs_)
        if (org(name) != nullptr) names.push_back(name);
    return names;
}

std::vector<Hash> OrgState::tls_spki(UnixSeconds now) const {
    std::vector<Hash> out;
    if (tls_keys.empty()) return out;
    out.push_back(tls_keys.back().spki);
    if (tls_keys.size() > 1 && now - tls_keys.back().since < kTlsOverlap)
        out.push_back(tls_keys.front().spki);
    return out;
}

std::optional<std::string> Directory::org_of_tls(const Hash& spki, UnixSeconds now) const {
    std::optional<std::string> out;
    UnixSeconds first = 0;
    for (const auto& [name, places] : orgs_)
        for (const auto& [log, org] : places) {
            if (!org.trusted) continue;
            const auto keys = org.tls_spki(now);
            if (std::find(keys.begin(), keys.end(), spki) == keys.end()) continue;
            const auto claim = std::find_if(org.tls_keys.begin(), org.tls_keys.end(),
                                            [&](const auto& key) { return key.spki == spki; });
            if (out && claim->since >= first) continue;
            out = name;
            first = claim->since;
        }
    return out;
}

bool Directory::authorised(std::string_view manufacturer, std::string_view distributor,
                           std::string_view mpn, UnixSeconds when) const {
    const OrgState* state = org(manufacturer);
    if (state == nullptr) return false;
    return std::any_of(
        state->authorised.begin(), state->authorised.end(), [&](const AuthorisedSource& source) {
            const SourceAuthorise& what = source.what;
            return what.org == distributor && (!what.not_before || when >= *what.not_before) &&
                   (!what.not_after || when <= *what.not_after) &&
                   (what.mpns.empty() || matches_any(what.mpns, mpn));
        });
}

std::vector<RecordedRecall> Directory::recalls(std::string_view manufacturer, std::string_view mpn,
                                               std::string_view lot,
                                               std::string_view date_code) const {
    std::vector<RecordedRecall> hits;
    const OrgState* state = org(manufacturer);
    if (state == nullptr) return hits;
    for (const RecordedRecall& recall : state->recalls)
        if (recall_hits(recall.what, mpn, lot, date_code)) hits.push_back(recall);
    return hits;
}

}  // namespace reelproof::ledger
