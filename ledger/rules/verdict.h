// From findings to one word (DESIGN 6): critical gives REJECT, major gives HOLD, else ACCEPT.
// Pure, thread-safe.
#pragma once

#include <string>

#include "ledger/rules/rules.h"

namespace reelproof::ledger {

enum class Decision { accept, hold, reject };   // from good to bad
std::string_view to_string(Decision decision);  // "ACCEPT", "HOLD", "REJECT"

struct Verdict {
    Decision decision = Decision::accept;
    Findings findings;  // most severe first
};

inline constexpr std::size_t kMaxFindingsOfRule = 20;

// What every rule finds, with the severities that they give.
Findings found_by_rules(const Case& c);
// Runs every rule, applies the severities of the policy, and lowers to minor what our own
// organisation has seen and released with a reason (major findings only).
// `more`: what the caller found beside, which is treated alike; what a rule finds too counts once.
Verdict judge(const Case& c, Findings more = {});

}  // namespace reelproof::ledger
