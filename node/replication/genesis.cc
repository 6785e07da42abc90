#include "node/replication/genesis.h"

#include <algorithm>

#include "ledger/format/statement.h"
#include "ledger/store/setting_rows.h"

namespace reelproof::node {
namespace {

using ledger::Error;
using ledger::ErrorKind;

std::string row_key(const std::string& org) {
    return ledger::setting_rows::key(ledger::setting_rows::kGenesis, org);
}

std::string grant_key(const std::string& org) {
    return ledger::setting_rows::key(ledger::setting_rows::kTlsGrant, org);
}

template <class Grant>
struct Verified {
    Grant what;
    ledger::UnixSeconds iat = 0;
};
// A key.grant of that kind, signed by the root key of the genesis.
template <class Grant>
ledger::Result<Verified<Grant>> verified_grant(const std::string& what, ledger::ByteView bytes,
                                               const PartnerGenesis& genesis) {
    auto statement = ledger::parse_statement(bytes);
    if (!statement) return within(what, statement.error());
    if (statement->header.iss != genesis.org || statement->header.sub != "key.grant")
        return Error{ErrorKind::untrusted, what + ": the statement is a " + statement->header.sub +
                                               " of " + statement->header.iss};
    if (statement->header.kid != genesis.root.kid())
        return Error{ErrorKind::untrusted, what + ": the statement is not by its root key"};
    if (auto ok = ledger::verify_statement(*statement, genesis.root); !ok)
        return within(what, ok.error());
    auto parsed = ledger::parse_public(ledger::as_text(statement->payload));
    if (!parsed) return within(what, parsed.error());
    auto* grant = std::get_if<Grant>(&*parsed);
    if (grant == nullptr) return ledger::malformed(what + ": the statement grants another key");
    return Verified<Grant>{std::move(*grant), statement->header.iat};
}

}  // namespace

ledger::Result<PartnerGenesis> verify_genesis(ledger::Bytes bytes, const std::string& org,
                                              const std::string& root) {
    const std::string what = "genesis of " + org;
    auto statement = ledger::parse_statement(bytes);
    if (!statement) return within(what, statement.error());
    if (statement->header.sub != "org.genesis" || statement->sealed())
        return ledger::malformed(what + ": the statement is " + statement->header.sub);
    if (statement->header.iss != org)
        return Error{ErrorKind::untrusted, what + ": it is of " + statement->header.iss};
    auto parsed = ledger::parse_public(ledger::as_text(statement->payload));
    if (!parsed) return within(what, parsed.error());
    const auto* genesis = std::get_if<ledger::OrgGenesis>(&*parsed);
    if (genesis == nullptr) return ledger::malformed(what + ": the payload is of another type");
    if (genesis->org != org)
        return Error{ErrorKind::untrusted, what + ": it names " + genesis->org};
    if (ledger::thumbprint(genesis->root) != root)
        return Error{ErrorKind::untrusted,
                     what + ": its root key is " + ledger::thumbprint(genesis->root) + ", not " +
                         root +
                         ", the root of its [[partner]] in node.toml: ask it on the telephone what "
                         "`reelproof org show` says there. If ours is wrong, correct it in "
                         "node.toml and restart the node"};
    if (auto ok = ledger::verify_statement(*statement, genesis->root); !ok)
        return within(what, ok.error());
    if (!genesis->log_key || !genesis->tls_spki || genesis->url.empty())
        return ledger::invalid(what + ": it names no node (log key, URL and TLS key)");
    // Nobody may speak for the log of another organisation, nor for ours.
    if (genesis->origin != org + "/ledger")
        return Error{ErrorKind::untrusted,
                     what + ": its log is named " + genesis->origin + ", not " + org + "/ledger"};
    return PartnerGenesis{.statement = std::move(bytes),
                          .org = org,
                          .origin = genesis->origin,
                          .url = genesis->url,
                          .log_key = *genesis->log_key,
                          .mirror_key = genesis->mirror_key,
                          .witness_key = genesis->witness_key,
                          .tls_spki = *genesis->tls_spki,
                          .root = genesis->root};
}

ledger::Result<PartnerTlsKey> verify_tls_grant(ledger::ByteView bytes,
                                               const PartnerGenesis& genesis) {
    auto grant = verified_grant<ledger::TlsGrant>("TLS key of " + genesis.org, bytes, genesis);
    if (!grant) return grant.error();
    return PartnerTlsKey{grant->what.spki, std::move(grant->what.url), grant->iat};
}

ledger::Result<ledger::SealingPublicKey> verify_sealing_grant(ledger::ByteView bytes,
                                                              const PartnerGenesis& genesis) {
    const auto grant =
        verified_grant<ledger::SealingGrant>("sealing key of " + genesis.org, bytes, genesis);
    if (!grant) return grant.error();
    return grant->what.key;
}

std::vector<ledger::Hash> tls_keys_of(const PartnerGenesis& genesis,
                                      const std::optional<PartnerTlsKey>& grant,
                                      ledger::UnixSeconds now) {
    if (!grant) return {genesis.tls_spki};
    if (now - grant->since >= ledger::kTlsOverlap) return {grant->spki};
    return {genesis.tls_spki, grant->spki};
}

std::optional<PartnerGenesis> kept_genesis(const ledger::Store& store, const std::string& org,
                                           const std::string& root) {
    auto row = store.get(ledger::Table::settings, ledger::as_bytes(row_key(org)));
    if (!row) return std::nullopt;
    auto genesis = verify_genesis(std::move(*row), org, root);
    if (!genesis) return std::nullopt;
    return std::move(*genesis);
}

ledger::Result<PartnerGenesis> keep_genesis(ledger::Sequencer& sequencer, PartnerGenesis genesis,
                                            const std::string& root) {
    auto written =
        sequencer
            .write([&](ledger::WriteTransaction& writes) {
                const std::string key = row_key(genesis.org);
                if (auto row = writes.get(ledger::Table::settings, ledger::as_bytes(key)))
                    if (auto kept = verify_genesis(std::move(*row), genesis.org, root)) {
                        genesis = std::move(*kept);
                        return;
                    }
                writes.put(ledger::Table::settings, ledger::as_bytes(key), genesis.statement);
            })
            .get();
    if (!written) return written.error();
    return genesis;
}

ledger::Result<void> keep_tls_grant(const ledger::Store& store, ledger::Sequencer& sequencer,
                                    const PartnerGenesis& genesis, ledger::ByteView statement) {
    auto grant = verify_tls_grant(statement, genesis);
    if (!grant) return grant.error();
    const Error older{ErrorKind::conflict,
                      "TLS key of " + genesis.org + ": the grant is older than one we know"};
    const auto directory = store.directory();
    if (const auto* org = directory->org(genesis.org);
        org != nullptr && org->log_tells_tls() && grant->since < org->tls_keys.back().since)
        return older;
    const std::string key = grant_key(genesis.org);
    const auto row = store.get(ledger::Table::settings, ledger::as_bytes(key));
    if (row && ledger::equal(*row, statement)) return {};
    bool overtaken = false;
    auto written =
        sequencer
            .write([&](ledger::WriteTransaction& writes) {
                const auto before = writes.get(ledger::Table::settings, ledger::as_bytes(key));
                const auto kept = before ? verify_tls_grant(*before, genesis)
                                         : ledger::Result<PartnerTlsKey>(PartnerTlsKey{});
                overtaken = before && kept && kept->since > grant->since;
                if (!overtaken)
                    writes.put(ledger::Table::settings, ledger::as_bytes(key), statement);
            })
            .get();
    if (written && overtaken) return older;
    return written;
}

PeerAddress known_address(const ledger::Store& store, const PartnerGenesis& genesis,
                          ledger::UnixSeconds now) {
    std::optional<PartnerTlsKey> grant;
    if (const auto row =
            store.get(ledger::Table::settings, ledger::as_bytes(grant_key(genesis.org))))
        if (auto kept = verify_tls_grant(*row, genesis)) grant = std::move(*kept);
    PeerAddress out{genesis.url, tls_keys_of(genesis, grant, now)};
    const auto directory = store.directory();
    const ledger::OrgState* org = directory->org(genesis.org);
    if (org != nullptr && org->log_tells_tls()) {
        out.pins = org->tls_spki(now);
        if (!org->url.empty()) out.url = org->url;
        // The log may have come to tell it as well, and perhaps of a later one in the same second.
        const auto told = [&](const auto& key) { return grant && key.spki == grant->spki; };
        if (grant && (grant->since < org->tls_keys.back().since ||
                      std::any_of(org->tls_keys.begin(), org->tls_keys.end(), told)))
            grant.reset();
        if (grant) {
            out.pins.resize(now - grant->since < ledger::kTlsOverlap ? 1 : 0);
            out.pins.push_back(grant->spki);
        }
    }
    if (grant && !grant->url.empty()) out.url = grant->url;
    return out;
}

}  // namespace reelproof::node
