// The org.genesis of a partner: what we know of it before we have its log. It is fetched once from
// whoever answers (its root signature is what counts), kept in the store, and checked again against
// the configuration at each start. Thread-safe: pure functions, and reads of the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/format/public_statement.h"
#include "ledger/store/sequencer.h"

namespace reelproof::node {

// Where a node shows its genesis, and its newest TLS grant where there is one.
inline constexpr const char* kGenesisPath = "/.well-known/reelproof/genesis";
inline constexpr const char* kTlsPath = "/.well-known/reelproof/tls";
inline constexpr const char* kSealingPath = "/.well-known/reelproof/sealing";

struct PartnerGenesis {
    ledger::Bytes statement;
    std::string org;
    std::string origin;
    std::string url;
    ledger::NoteVerifier log_key;
    std::optional<ledger::NoteVerifier> mirror_key;
    std::optional<ledger::NoteVerifier> witness_key;
    ledger::Hash tls_spki{};
    ledger::PublicKey root;
};

// Where a partner's node is, and the TLS keys that it may show there.
struct PeerAddress {
    std::string url;
    std::vector<ledger::Hash> pins;
};

// The statement is org.genesis of `org`, signed by the root key with this thumbprint, and names a
// node: origin "<org>/ledger", log key, URL and TLS key.
ledger::Result<PartnerGenesis> verify_genesis(ledger::Bytes statement, const std::string& org,
                                              const std::string& root);

// A TLS key that a partner named after its genesis.
struct PartnerTlsKey {
    ledger::Hash spki{};
    std::string url;  // empty: as before
    ledger::UnixSeconds since = 0;
};
// From the key.grant, signed by its root key: for as long as we don't have its log, which then
// tells the same.
ledger::Result<PartnerTlsKey> verify_tls_grant(ledger::ByteView statement,
                                               const PartnerGenesis& genesis);

// The key that its newest key.grant of a sealing key names, signed by its root key.
ledger::Result<ledger::SealingPublicKey> verify_sealing_grant(ledger::ByteView statement,
                                                              const PartnerGenesis& genesis);

// The TLS keys that a partner may show, by its genesis and its newest grant.
std::vector<ledger::Hash> tls_keys_of(const PartnerGenesis& genesis,
                                      const std::optional<PartnerTlsKey>& grant,
                                      ledger::UnixSeconds now);

// The kept one; nothing when there is none or it is not of this root any more.
std::optional<PartnerGenesis> kept_genesis(const ledger::Store& store, const std::string& org,
                                           const std::string& root);
// Durable when it returns without error. The first one stays, as long as it is of this root: gives
// the one that is kept.
ledger::Result<PartnerGenesis> keep_genesis(ledger::Sequencer& sequencer, PartnerGenesis genesis,
                                            const std::string& root);

// Keeps a key.grant as verify_tls_grant takes it, whoever showed it to us; durable when it returns
// without error. `conflict`: it is older than one that was shown before, or than what the log
// tells. An old grant may be shown by whoever has that old key.
ledger::Result<void> keep_tls_grant(const ledger::Store& store, ledger::Sequencer& sequencer,
                                    const PartnerGenesis& genesis, ledger::ByteView statement);

// Where the partner's node is, and the keys that it may show there: by its log, or by its genesis
// while we don't have that; and by a newer grant that was kept.
PeerAddress known_address(const ledger::Store& store, const PartnerGenesis& genesis,
                          ledger::UnixSeconds now);

}  // namespace reelproof::node
