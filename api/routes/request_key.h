// How a retry is told from a second request (Idempotency-Key, docs/API.md). Pure, thread-safe.
#pragma once

#include "api/http/message.h"
#include "api/service/events.h"

namespace reelproof::api {

// A key belongs to who sent it and to the route: another caller's key must not find our answer.
RequestKey request_key(const Request& request);

}  // namespace reelproof::api
