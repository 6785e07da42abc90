#include <set>

#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

// The organisations whose logs this verdict rests on.
std::set<std::string> concerned(const Case& c) {
    std::set<std::string> orgs;
    for (const auto& history : c.lineage.items)
        for (const auto& link : history.links) {
            orgs.insert(link.iss);
            if (!link.body.event.to.empty()) orgs.insert(link.body.event.to);
        }
    if (auto maker = c.manufacturer(); !maker.empty()) orgs.insert(std::move(maker));
    orgs.erase(c.observation.org);
    return orgs;
}

}  // namespace

void ledger_stale(const Case& c, Findings& out) {
    for (const auto& org : concerned(c)) {
        const auto source = c.sources.find(org);
        if (source == c.sources.end() || source->second.own) continue;
        const auto age = source->second.age;
        if (age <= c.policy.stale_after) continue;
        out.push_back(
            {"ledger.stale",
             age > c.policy.stale_major_after ? Severity::major : Severity::minor,
             "what we know of " + org + " is " + std::to_string(age / 3600) + " hours old",
             {}});
    }
}

void ledger_evidence(const Case& c, Findings& out) {
    for (const auto& org : concerned(c)) {
        const auto source = c.sources.find(org);
        if (source == c.sources.end() || source->second.frozen.empty()) continue;
        out.push_back({"ledger.evidence",
                       Severity::major,
                       "the log of " + org +
                           " has been caught misbehaving, and this history rests on it: " +
                           source->second.frozen,
                       {}});
    }
}

}  // namespace reelproof::ledger
