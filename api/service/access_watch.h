// Looks through the audit log for unusual access to documents: many read within an hour, many
// refusals, from a place or at an hour of the day that somebody was never seen at before. What is
// usual for whom, it learns from the log itself. One thread calls look().
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "api/people/audit_log.h"

namespace reelproof::api {

// Whether it gives a document's content or its key; whether it concerns the vault. `what`: as in
// the audit log.
bool reads_document(std::string_view what);
bool is_of_vault(std::string_view what);

class AccessWatch {
  public:
    // Told who does what unusual; `who` as in the audit log.
    using Suspect = std::function<void(const std::string& who, const std::string& text)>;
    // What older entries show is learned and not told.
    AccessWatch(const AuditLog& audit, ledger::Clock clock, Suspect suspect);

    // What came since the last look.
    void look();

  private:
    struct Reader {
        std::uint64_t seen = 0;                 // entries so far
        std::array<std::uint32_t, 24> hours{};  // of the day, UTC
        std::set<std::string> places;
        std::deque<std::pair<ledger::UnixSeconds, std::string>> read;  // of the last hour
        std::deque<ledger::UnixSeconds> refused;                       // of the last hour
    };
    void take(const AuditEntry& entry, bool tell);

    const AuditLog& audit_;
    const ledger::Clock clock_;
    const Suspect suspect_;
    std::uint64_t next_ = 0;
    const ledger::UnixSeconds began_;
    std::map<std::string, Reader> readers_;
};

}  // namespace reelproof::api
