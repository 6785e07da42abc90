// What a partner did that it must not do, where that convicts its log of nothing, or of nothing
// yet: kept with what was signed and what was served, an alarm as long as it lasts and a record
// afterwards (docs/ARCHITECTURE.md, Misbehaviour). One row for each kind and log, and a few
// suspects: so what a log can make us keep is bounded. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ledger/store/evidence_rows.h"
#include "node/replication/replicator.h"

namespace reelproof::node {

// What they are and how they lie in the store: ledger/store/evidence_rows.h.
using ledger::Incident;
using ledger::IncidentKind;

// Speaks against the log, and so against verdicts that rest on it.
inline bool is_of_log(IncidentKind kind) {
    return kind != IncidentKind::cosignature;
}

inline constexpr std::size_t kMaxIncidentBytes = 64UL * 1024;  // a whole statement
// Of one log, at a time: what it hands in after so many is not kept, and the alarm stands anyway.
inline constexpr std::size_t kMaxSuspects = 4;

class Incidents {
  public:
    // Reads what is kept. `deps` outlives it. Throws EnvironmentError when a row is damaged.
    explicit Incidents(const ReplicatorDeps& deps);
    Incidents(const Incidents&) = delete;
    Incidents& operator=(const Incidents&) = delete;

    // The alarm stands when it returns, and is durable unless the store takes nothing. What lasts
    // already is not kept anew: the first of its kind is what shows how it began. `since` is filled
    // in.
    void raise(const std::string& origin, Incident incident);
    // It is well again: what lasted is a record from now on. Of suspects all, unless `second` names
    // one.
    void settle(const std::string& origin, IncidentKind kind, const std::string& second = {});
    // A good state was reached: the newest tree is held, and it leads on from all before. Suspects
    // and what is of the future are settled by themselves only.
    void settle_served(const std::string& origin);

    // Those that last.
    [[nodiscard]] std::vector<Incident> lasting(const std::string& origin) const;
    // And those that are over.
    [[nodiscard]] std::vector<Incident> all(const std::string& origin) const;

  private:
    struct Kept {
        Incident incident;
        std::uint64_t change = 0;  // by which it became what it is
        bool durable = false;
    };
    [[nodiscard]] bool lasts(const Incident& incident) const;
    // Makes these rows durable as they stand, gone or there.
    void write(const std::vector<std::string>& rows);

    const ReplicatorDeps& deps_;
    mutable std::mutex mutex_;
    std::map<std::string, Kept, std::less<>> rows_;  // owner: mutex_; by row key
    std::uint64_t changes_ = 0;                      // owner: mutex_
};

}  // namespace reelproof::node
