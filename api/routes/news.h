// GET /log/news: whether our log, or our copy of the caller's, is another than the caller knows.
// The request waits for that without holding a worker (RouteOptions::hold), so that partners learn
// of new entries and of cosignatures at once and need not ask all the time. Thread-safe.
#pragma once

#include <cstddef>

#include "api/http/router.h"
#include "ledger/store/store.h"

namespace reelproof::api {

struct NewsOptions {
    std::size_t places = 256;           // requests that wait at once; more are answered at once
    std::size_t places_per_caller = 4;  // of one certificate
};

// Adds
//   GET /log/news?size=N&mirror=HASH&mirrored=M&wait=S    partners
//     200: our log's size is not N, or that of the copy which we cosigned under that name is not M
//          (0: there is none); without `mirror` only the first counts
//     204: nothing new for S seconds (at most 20, and none without `wait`), or no place to wait
//     400: anything else in the query
// The store outlives the router.
void add_news_route(Router& router, const ledger::Store& store, const NewsOptions& options = {});

}  // namespace reelproof::api
