// What the parts of one check of a whole store share. Inside this folder only. Not thread-safe.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "ledger/store/check.h"
#include "ledger/store/state.h"
#include "ledger/store/workers.h"

namespace reelproof::ledger {

// Collects the first bad row of each kind.
class Findings {
  public:
    explicit Findings(CheckReport& report) : report_(report) {}
    void add(std::string_view kind, const std::string& detail) {
        for (CheckFinding& finding : report_.findings)
            if (finding.kind == kind) {
                ++finding.count;
                return;
            }
        report_.findings.push_back({std::string(kind), detail, 1});
    }

  private:
    CheckReport& report_;
};

// Sizes are taken once, before anything is read: a running node only adds behind them.
struct Pass {
    const Store::State& state;
    const std::map<std::string, std::string>& trusted_roots;
    const std::function<void(std::string_view)>& progress;
    CheckReport& report;
    Findings findings;
    Workers workers{std::max(1U, std::thread::hardware_concurrency())};
    std::map<LogId, std::uint64_t> merged{};     // entries whose rows are in the index's LMDB
    std::map<LogId, std::uint64_t> envelopes{};  // in those entries
};

inline std::string entry_of(const LogInfo& log, std::uint64_t index) {
    return "entry " + std::to_string(index) + " of the log " + log.origin;
}

// What others signed and what was signed for others, kept beside the logs: cosignatures of our
// checkpoints, our cosigned copies, witnessed and announced checkpoints, evidence, geneses and TLS
// grants of partners. As far as the store alone tells.
void check_kept_notes(Pass& pass);

}  // namespace reelproof::ledger
