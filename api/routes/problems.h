// The one table from errors of the floors below to HTTP statuses. Pure, thread-safe.
#pragma once

#include "api/http/message.h"
#include "ledger/base/result.h"
#include "vision/label/result.h"

namespace reelproof::api {

// malformed 400, too_large 413, untrusted 403, not_found 404, conflict 409, invalid 422,
// unavailable and refused 503 (with Retry-After).
Response problem_of(const ledger::Error& error);
// Pictures: picture.too-large 413, reader.busy 503, other reader trouble 502, the rest 422.
Response problem_of(const vision::Error& error);

}  // namespace reelproof::api
