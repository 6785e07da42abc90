// Proofs that an entry is in our own log, to be checked by whoever gets them and without us: COSE
// receipts (RFC 9942, RFC 9943), transparent statements, C2SP tlog-proofs. Each answer says who
// keeps the entry. Read-only. Thread-safe: handlers only read what is thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/service/context.h"

namespace reelproof::api {

// Where the receipt of an entry of our own log is.
std::string receipt_path(std::uint64_t index);

// Adds, for partners, where {entry} is an index or the hex of a leaf hash:
//   GET /log/receipt/{entry}       application/scitt-receipt+cose
//   GET /log/transparent/{entry}   application/scitt-statement+cose: the statement with its receipt
//   GET /log/proof/{entry}         text/plain: the tlog-proof
// With Accept: application/json each is wrapped: {log, index, size, leaf, form, key, replicated,
// bytes}.
// All are under the checkpoint that a bundle would take. `context` outlives the router.
void add_proof_routes(Router& router, const ServiceContext& context);

// The receipt alone, of the entry that a route's {entry} names, where SCRAPI looks for it
// (application/cose). Wrapped for who may read the log, on demand.
Response answer_receipt(const Request& request, const ServiceContext& context);

}  // namespace reelproof::api
