// An entry of the audit log as a line of syslog (RFC 5424), for programs that collect logs. Pure,
// thread-safe.
#pragma once

#include <string>

#include "api/people/audit_log.h"

namespace reelproof::api {

// With a line feed at its end. Facility 13 (log audit), severity informational, or warning for what
// was refused. `org` is the host name. The structured data has the enterprise number that RFC 5612
// keeps for examples, since we have none of our own.
std::string syslog_line(const AuditEntry& entry, std::string_view org);

}  // namespace reelproof::api
