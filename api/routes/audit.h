// The audit log: written by an observer of all routes, read by auditors. Thread-safe.
#pragma once

#include "api/http/router.h"
#include "api/people/audit_log.h"

namespace reelproof::api {

// Records who asked for what, about which item, and whether he was let in, for every route that
// shows or changes what is not public, and for signing in. Where the log does not keep up it
// answers 503 instead: nobody looks unseen.
Observer make_audit_observer(AuditLog& log);

// `log` must outlive the router. `org`: ours, the host of syslog lines.
void add_audit_routes(Router& router, AuditLog& log, const std::string& org);

}  // namespace reelproof::api
