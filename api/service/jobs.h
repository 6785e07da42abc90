// Set-up lists of jobs on an SMT line: which part belongs on which feeder, and what is on it now.
// A set-up list tells what a customer builds: it stays on this node, encrypted at rest.
// Thread-safe; changes are durable when they are answered.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/service/inspect.h"
#include "api/service/json_rows.h"
#include "api/service/recorder.h"

namespace reelproof::api {

struct Slot {
    std::string position;           // of the feeder
    std::string customer_pn;        // the part of the bill of materials
    std::vector<std::string> mpns;  // approved for it (AML); empty: whatever bears customer_pn
    std::int64_t quantity = 0;      // parts that the job needs; 0: not known
    struct Loaded {
        std::string item, mpn, lot;
        ledger::UnixSeconds at = 0;
        std::string by;
    };
    std::optional<Loaded> loaded{};
};

struct Job {
    std::string job;
    std::string product;
    ledger::UnixSeconds made = 0;
    std::string by;
    std::vector<Slot> slots;
    // By which it is set up (bom_setup.h): BOM by id, and its revision; empty: none is named.
    std::string bom{};
    std::uint64_t revision = 0;
    std::string revision_name{};
    std::string lot{}, serial{};  // of the boards, the first one's; empty: not known

    [[nodiscard]] const Slot* slot(std::string_view position) const;
};

class Jobs {
  public:
    static constexpr std::size_t kMostSlots = 1000;  // of one job

    // Throws EnvironmentError for a store that can't be read.
    Jobs(JsonRows& rows, ledger::Clock clock);

    [[nodiscard]] std::vector<Job> list() const;
    [[nodiscard]] std::optional<Job> find(std::string_view job) const;
    // A new job. Errors name the slot and the field; `conflict` when there is one of that name.
    ledger::Result<Job> add(Job job);
    // `conflict` while a reel is on one of its slots.
    ledger::Result<void> remove(std::string_view job);
    // What is on a feeder from now on (nothing: it is empty), together with the event that says so:
    // `record` writes both in one transaction, or neither. `allowed` is asked with the slot as it
    // is then, and nothing else changes it before it is done: of two who load one slot the second
    // is refused. A `record` that finds the request carried out before leaves the slot alone.
    // `not_found`, or the error of either.
    using Allowed = std::function<ledger::Result<void>(const Slot& now)>;
    using Record = std::function<ledger::Result<Recorded>(const Together&)>;
    ledger::Result<Recorded> set_loaded(std::string_view job, std::string_view position,
                                        const Allowed& allowed, std::optional<Slot::Loaded> loaded,
                                        const Record& record);
    // A slot whose reel is no longer ours to record anything of: used up, scrapped, shipped.
    ledger::Result<void> empty(std::string_view job, std::string_view position,
                               const Allowed& allowed);

  private:
    // The job with that slot changed, not kept yet. The caller holds changing_.
    ledger::Result<Job> changed(std::string_view job, std::string_view position,
                                const Allowed& allowed, std::optional<Slot::Loaded> loaded) const;
    JsonRows& rows_;
    const ledger::Clock clock_;
    std::mutex changing_;  // one change at a time, from reading to durable
    mutable std::mutex mutex_;
    std::map<std::string, Job, std::less<>> jobs_;  // under mutex_
};

// The positions of this job that take the part.
std::vector<std::string> positions_for(const Job& job, std::string_view mpn,
                                       std::string_view customer_pn);
// The rules of a slot (docs/RULES.md): slot.wrong-part, slot.not-in-setup, approval.avl. `mpn` and
// `customer_pn`: of the reel, empty where neither label nor ledger says it.
ledger::Findings slot_findings(const Job& job, const Slot& slot, std::string_view mpn,
                               std::string_view customer_pn);

// Adds findings to a verdict, with the severities of the policy, and decides anew.
void add_findings(ledger::Verdict& verdict, ledger::Findings more, const ledger::Policy& policy);

}  // namespace reelproof::api
