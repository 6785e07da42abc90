#include <algorithm>

#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

std::string day_of(const Link& link) {
    return to_iso8601(link.body.event.time).substr(0, 10);
}

// It is here by the ledger: is that what the place of the scan says?
void here(const Case& c, Findings& out) {
    const auto& state = c.state();
    if (!state.custody_by || state.ended_by) return;
    const auto& link = c.item().links[*state.custody_by];
    if (c.observation.place == "line" && !state.in_transit_to.empty())
        out.push_back({"custody.gap",
                       Severity::major,
                       state.holder + " shipped it to us on " + day_of(link) +
                           ", but it was never taken in here",
                       {evidence_of(link)}});
    if (c.observation.place == "receiving" && state.in_transit_to.empty() &&
        link.body.event.kind == EventKind::receive)
        // Most often the same package scanned again, but a copy looks just so: the person with the
        // reel in hand must look.
        out.push_back({"custody.gap",
                       Severity::major,
                       "it was taken in here on " + day_of(link) +
                           " already: if this is a second package, its label is a copy",
                       {evidence_of(link)}});
}

// Shipped, and not to us.
Finding under_way(const Case& c) {
    const auto& state = c.state();
    const auto& link = c.item().links[*state.custody_by];
    const auto shipped =
        state.holder + " shipped it to " + state.in_transit_to + " on " + day_of(link);
    if (c.directory.org(state.in_transit_to) == nullptr)
        return {"custody.gap",
                Severity::major,
                shipped + ", which is not in the network: what came after is unknown",
                {evidence_of(link)}};
    if (state.holder == c.observation.org)
        return {"custody.elsewhere",
                Severity::major,
                shipped +
                    ", which has not taken it in: it came back undelivered, or this label is "
                    "a copy",
                {evidence_of(link)}};
    return {"custody.elsewhere",
            Severity::critical,
            shipped + ": this label is a copy, or the item is stolen",
            {evidence_of(link)}};
}

// Those who could have passed it on since we last heard of them.
void allow_for_lag(const Case& c, Finding& finding) {
    if (finding.severity != Severity::critical) return;
    const auto& state = c.state();
    for (const auto* org : {&state.holder, &state.in_transit_to}) {
        const auto* source = org->empty() || *org == c.observation.org ? nullptr : c.source(*org);
        const auto lag = source == nullptr ? std::string() : lag_of(c, *org, *source);
        if (lag.empty()) continue;
        finding.severity = Severity::major;
        finding.text +=
            "; or it was passed on meanwhile: " + lag + ", so look again when its log is here";
    }
}

}  // namespace

void custody_elsewhere(const Case& c, Findings& out) {
    const auto& state = c.state();
    const auto& self = c.observation.org;
    if (c.observation.lot_level || state.holder.empty()) return;
    if ((state.holder == self && state.in_transit_to.empty()) || state.in_transit_to == self) {
        here(c, out);
        return;
    }
    Finding finding;
    if (state.in_transit_to.empty()) {
        finding = {"custody.elsewhere",
                   Severity::critical,
                   state.holder + " has this item now: this label is a copy, or the item is stolen",
                   {}};
        if (state.custody_by) finding.evidence = evidence_of(c.item(), {*state.custody_by});
    } else {
        finding = under_way(c);
    }
    allow_for_lag(c, finding);
    out.push_back(std::move(finding));
}

}  // namespace reelproof::ledger
