// SCITT's door (draft-ietf-scitt-scrapi-09): guests register statements that they signed, and
// anybody who has a statement gets its receipt. Who may register is policy on the log
// (api/service/registration.h). Errors are Concise Problem Details (RFC 9290). Thread-safe.
#pragma once

#include "api/http/rate_limits.h"
#include "api/http/router.h"
#include "api/service/registration.h"

namespace reelproof::api {

// Of one guest, whose signatures hold: a carton of reels a statement, a lorry of cartons at once.
inline constexpr Rate kRegistrationRate{10, 200};

struct ScrapiRoutes {
    ServiceContext& context;
    Registration& registration;
    RateLimits rates{kRegistrationRate};
};

// Adds, for everyone:
//   POST /entries                          201 with the receipt; 303 while it is on its way
//   GET  /entries/{entry}                  its receipt; 302 while it is on its way. {entry} is the
//                                          leaf hash, and for who may read the log an index too
//   GET  /.well-known/scitt-keys           the keys of our receipts, a COSE Key Set
//   GET  /.well-known/scitt-keys/{kid}     one of them, by its kid in base64url
// `routes` must outlive the router.
void add_scrapi_routes(Router& router, ScrapiRoutes& routes);

}  // namespace reelproof::api
