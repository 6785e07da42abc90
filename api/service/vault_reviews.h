// What has to be looked at again and again, with a signature each time: who answers for what in a
// project (RACI, once a year), and who read what (each quarter, from the audit log).
// Thread-safe; changes are durable when they are answered.
//
// Rows of Table::work, JSON:
//   vault.raci/<id of the project>   vault.raci-review/<id of the project>/<when it was signed>
//   vault.review/<period, "2026-Q3">
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "api/people/audit_log.h"
#include "api/service/vault.h"

namespace reelproof::api {

struct RaciRow {
    std::string task, responsible, accountable, consulted, informed;
};
struct ProjectRaci {
    ledger::VaultId project{};
    std::vector<RaciRow> rows{};
    ledger::UnixSeconds set = 0, reviewed = 0;  // the second: last; 0: not since
    std::string set_by{}, reviewed_by{};

    // Behind this it is to be reviewed: a year later.
    [[nodiscard]] ledger::UnixSeconds due() const;
};
struct RaciReview {
    ledger::VaultId project{};
    std::string by, remark;
    ledger::UnixSeconds signed_at = 0;
    std::string report;     // JSON text: the table as it was signed
    ledger::Hash digest{};  // of that text; in the ledger as "review.sign"
};

// A quarter, UTC.
struct Quarter {
    std::string name;                      // "2026-Q3"
    ledger::UnixSeconds from = 0, to = 0;  // the second exclusive
};
ledger::Result<Quarter> parse_quarter(std::string_view name);
Quarter quarter_of(ledger::UnixSeconds time);

// What one did with documents in it.
struct AccessSum {
    std::uint64_t requests = 0, readings = 0, documents = 0, refusals = 0;
    ledger::UnixSeconds first = 0, last = 0;
};
struct AccessReport {
    Quarter quarter;
    std::map<std::string, AccessSum> readers;  // by who, as in the audit log
    bool whole = true;                         // false: it has more entries than were looked at
};
struct AccessReview {
    std::string quarter, by, remark;
    ledger::UnixSeconds signed_at = 0;
    std::string report;     // JSON text, as it was signed
    ledger::Hash digest{};  // of that text; in the ledger as "review.sign"
};

class VaultReviews {
  public:
    // `publish` as VaultSharingDeps. Throws EnvironmentError for a store that can't be read.
    VaultReviews(const Vault& vault, const AuditLog& audit, JsonRows& rows, ledger::Clock clock,
                 std::function<ledger::Result<void>(std::string_view, const std::string&)> publish);

    [[nodiscard]] std::vector<ProjectRaci> racis() const;
    [[nodiscard]] std::optional<ProjectRaci> raci(const ledger::VaultId& project) const;
    // In place of the one before. `malformed`: each task needs one who is accountable, and somebody
    // responsible.
    ledger::Result<ProjectRaci> set_raci(const ledger::VaultId& project, std::vector<RaciRow> rows,
                                         const std::string& by);
    // What is to be looked through and signed: JSON text, the same for the same table.
    [[nodiscard]] ledger::Result<std::string> prepare_raci(const ledger::VaultId& project) const;
    // Signs what prepare_raci() gives, for a year. `conflict`: that has another digest by now than
    // what was looked through.
    ledger::Result<RaciReview> sign_raci(const ledger::VaultId& project, const ledger::Hash& digest,
                                         const std::string& by, const std::string& remark);
    // Of that project, the newest first.
    [[nodiscard]] std::vector<RaciReview> raci_reviews(const ledger::VaultId& project) const;

    // Prepared from the audit log now; takes some microseconds for each of its entries.
    [[nodiscard]] AccessReport prepare(const Quarter& quarter) const;
    [[nodiscard]] std::vector<AccessReview> reviews() const;
    // Signs what prepare() gives now. `conflict`: the quarter is not over, or it is signed.
    ledger::Result<AccessReview> sign(const Quarter& quarter, const std::string& by,
                                      const std::string& remark);
    // Quarters that are over and in which there was a vault, not signed yet.
    [[nodiscard]] std::vector<Quarter> open() const;

  private:
    const Vault& vault_;
    const AuditLog& audit_;
    JsonRows& rows_;
    const ledger::Clock clock_;
    const std::function<ledger::Result<void>(std::string_view, const std::string&)> publish_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    // Owner of these: mutex_.
    std::map<ledger::VaultId, ProjectRaci> racis_;
    std::multimap<ledger::VaultId, RaciReview> raci_reviews_;  // of each in the order of signing
    std::map<std::string, AccessReview> reviews_;
};

// JSON text; the same for the same report.
std::string format_access_report(const AccessReport& report);

}  // namespace reelproof::api
