// The transparency endpoints (C2SP tlog-tiles, and the mirrors' side of tlog-mirror): our own log,
// the logs that we mirror, and what names our keys for the first contact. Read-only.
// Thread-safe: handlers only read the store and call functions that must be thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/http/router.h"
#include "api/people/access.h"
#include "ledger/store/store.h"

namespace reelproof::api {

struct TransparencyDeps {
    const ledger::Store& store;  // outlives the router
    // The signed note of our own log that partners may see now, with the cosignature lines we have;
    // nothing while the log is empty. Usually published_checkpoint of the same store.
    std::function<std::optional<std::string>()> own_checkpoint;
};

// The newest durable checkpoint of our own log with all cosignatures of exactly that text.
std::optional<std::string> published_checkpoint(const ledger::Store& store);

// Our newest key.grant of a TLS key, if the genesis is not what names it.
std::optional<ledger::Bytes> newest_tls_grant(const ledger::Store& store);

// Name of a mirrored log in URLs: lower-case hex SHA-256 of its origin (C2SP tlog-mirror).
std::string mirror_name(std::string_view origin);

// Adds
//   GET /log/checkpoint                    text/plain, not cached
//   GET /log/tile/{path...}                hash tiles, full or partial
//   GET /log/tile/entries/{path...}        entry bundles; packed for who asks for gzip
//   GET /mirror/{hash}/checkpoint          with the log's signature and our mirror cosignature
//   GET /mirror/{hash}/tile/{path...}      as for the own log, of what is stored here
//   GET /mirror/{hash}/tile/entries/{path...}
//   GET /.well-known/reelproof/genesis     public: entry 0 of our log (application/cose)
//   GET /.well-known/reelproof/tls         public: our newest key.grant of a TLS key, if any
//   GET /.well-known/reelproof/sealing     public: that of a sealing key, if any
// A mirror's checkpoint is what the replicator put into Table::mirrors under the log's origin.
void add_transparency_routes(Router& router, const TransparencyDeps& deps);

}  // namespace reelproof::api
