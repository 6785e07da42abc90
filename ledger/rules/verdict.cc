#include "ledger/rules/verdict.h"

#include <algorithm>
#include <set>

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

namespace {

// Envelopes, by hash, that our own people had seen when they released the item with a reason.
std::set<std::string> released(const Case& c) {
    std::set<std::string> out;
    for (std::size_t i = 0; i < c.states.size(); ++i) {
        const auto ours = c.states[i].released.find(c.observation.org);
        if (ours == c.states[i].released.end()) continue;
        for (std::size_t link = 0; link < ours->second.size(); ++link)
            if (ours->second[link]) out.insert(to_hex(c.lineage.items[i].links[link].hash));
    }
    return out;
}

// What a release has settled holds nobody up again. What makes a REJECT can't be released away.
void apply_release(const std::set<std::string>& seen, Finding& finding) {
    if (finding.severity != Severity::major || finding.evidence.empty()) return;
    for (const auto& one : finding.evidence)
        if (!seen.contains(one.envelope)) return;
    finding.severity = Severity::minor;
    finding.text += " (released here)";
}

// A hostile history can give rise to thousands of findings; a person reads a few of each kind.
void shorten(Findings& findings) {
    std::map<std::string, std::size_t> count;
    Findings kept;
    for (auto& finding : findings)
        if (++count[finding.rule] <= kMaxFindingsOfRule) kept.push_back(std::move(finding));
    for (auto& finding : kept) {
        auto& all = count[finding.rule];
        if (all <= kMaxFindingsOfRule) continue;
        finding.text += " (and " + std::to_string(all - kMaxFindingsOfRule) + " more like it)";
        all = 0;
    }
    findings = std::move(kept);
}

}  // namespace

Findings found_by_rules(const Case& c) {
    Findings out;
    for (const auto rule : all_rules()) rule(c, out);
    return out;
}

Verdict judge(const Case& c, Findings more) {
    Verdict verdict;
    verdict.findings = found_by_rules(c);
    for (auto& finding : more)
        if (std::none_of(verdict.findings.begin(), verdict.findings.end(), [&](const auto& one) {
                return one.rule == finding.rule && one.text == finding.text;
            }))
            verdict.findings.push_back(std::move(finding));
    const auto seen = released(c);
    for (auto& finding : verdict.findings) {
        const auto policy = c.policy.severities.find(finding.rule);
        if (policy != c.policy.severities.end()) finding.severity = policy->second;
        apply_release(seen, finding);
        if (finding.severity == Severity::critical)
            verdict.decision = Decision::reject;
        else if (finding.severity == Severity::major && verdict.decision == Decision::accept)
            verdict.decision = Decision::hold;
    }
    std::stable_sort(verdict.findings.begin(), verdict.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
    shorten(verdict.findings);
    return verdict;
}

}  // namespace reelproof::ledger
