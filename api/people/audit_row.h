// Rows of the audit log, and their chain (audit_log.h has the format). Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "api/people/audit_log.h"

namespace reelproof::api {

// u64, big-endian.
ledger::Bytes audit_key(std::uint64_t number);
std::uint64_t audit_number(ledger::ByteView key);

// What is stored and hashed of an entry.
std::string audit_text(const AuditEntry& entry, std::uint64_t number);
// A hash with the text behind it: what is stored of an entry, and what is hashed of the next.
ledger::Bytes audit_value(const ledger::Hash& hash, std::string_view text);
ledger::Hash audit_chained(const ledger::Hash& before, std::string_view text);

struct AuditRow {
    AuditEntry entry;
    std::string_view text;  // in the caller's value
};
// Throws EnvironmentError for a row that is not of its form.
AuditRow read_audit_row(ledger::ByteView key, ledger::ByteView value);

}  // namespace reelproof::api
