#include <algorithm>
#include <set>

#include "ledger/base/counted.h"
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

// A proof by a partner that the log `org` writes to misbehaved. Anybody can claim: the directory
// has checked which hold.
const RecordedEvidence* proven_by_others(const Case& c, const std::string& org) {
    const auto* state = c.directory.org(org);
    if (state == nullptr || state->guest || !state->genesis.log_key) return nullptr;
    const auto& all = c.directory.evidence();
    const auto found = std::find_if(all.begin(), all.end(), [&](const RecordedEvidence& one) {
        return one.what.origin == state->genesis.origin && one.holds.value_or(false);
    });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

void ledger_stale(const Case& c, Findings& out) {
    for (const auto& org : concerned(c)) {
        const auto* source = c.source(org);
        if (source == nullptr || source->own) continue;
        const auto age = source->age;
        if (age <= c.policy.stale_after) continue;
        out.push_back({"ledger.stale",
                       age > c.policy.stale_major_after ? Severity::major : Severity::minor,
                       "what we know of " + org + " is " + counted(age / 3600, "hour") + " old",
                       {}});
    }
}

void ledger_evidence(const Case& c, Findings& out) {
    for (const auto& org : concerned(c)) {
        const auto* source = c.source(org);
        if (source != nullptr && !source->frozen.empty())
            out.push_back({"ledger.evidence",
                           Severity::major,
                           "the log of " + org +
                               " has been caught misbehaving, and this history rests on it: " +
                               source->frozen,
                           {}});
        else if (source != nullptr && !source->alarm.empty())
            out.push_back({"ledger.evidence",
                           Severity::major,
                           "the log of " + org +
                               " gives cause for alarm that is not settled, and this history "
                               "rests on it: " +
                               source->alarm,
                           {}});
        else if (const auto* proof = proven_by_others(c, org))
            out.push_back({"ledger.evidence",
                           Severity::major,
                           proof->by + " has proved that the log of " + org +
                               " tells two stories, and this history rests on it",
                           {Evidence{proof->by, proof->place, "", "log.evidence"}}});
    }
}

}  // namespace reelproof::ledger
