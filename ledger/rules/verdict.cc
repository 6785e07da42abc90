#include "ledger/rules/verdict.h"

#include <algorithm>

namespace reelproof::ledger {

std::string_view to_string(Decision decision) {
    switch (decision) {
        case Decision::accept:
            return "ACCEPT";
        case Decision::hold:
            return "HOLD";
        case Decision::reject:
            return "REJECT";
    }
    return "REJECT";
}

Verdict judge(const Case& c) {
    Verdict verdict;
    for (const auto rule : all_rules()) rule(c, verdict.findings);
    for (auto& finding : verdict.findings) {
        const auto policy = c.policy.severities.find(finding.rule);
        if (policy != c.policy.severities.end()) finding.severity = policy->second;
        if (finding.severity == Severity::critical)
            verdict.decision = Decision::reject;
        else if (finding.severity == Severity::major && verdict.decision == Decision::accept)
            verdict.decision = Decision::hold;
    }
    std::stable_sort(verdict.findings.begin(), verdict.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
    return verdict;
}

}  // namespace reelproof::ledger
