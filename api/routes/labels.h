// POST /v1/labels: new labels for a printer. Thread-safe.
#pragma once

#include <string>

#include "api/http/router.h"
#include "api/service/known_items.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::api {

struct LabelRoutes {
    vision::ReaderPool& reader;
    std::string org;  // printed as the issuer
    KnownItems& known;
};

// `routes` must outlive the router.
void add_label_routes(Router& router, LabelRoutes& routes);

}  // namespace reelproof::api
