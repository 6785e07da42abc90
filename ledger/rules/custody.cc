#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

using Kind = Contradiction::Kind;

void contradictions(const Case& c, Kind kind, std::string_view rule, Severity severity,
                    Findings& out) {
    for (const auto& one : c.state().contradictions)
        if (one.kind == kind)
            out.push_back(
                {std::string(rule), severity, one.text, evidence_of(c.item(), one.links)});
}

}  // namespace

void custody_gap(const Case& c, Findings& out) {
    if (c.observation.lot_level) return;
    contradictions(c, Kind::gap, "custody.gap", Severity::major, out);
    for (const auto& skipped : c.item().skipped)
        out.push_back({"custody.gap",
                       Severity::major,
                       "an event is missing in what " + skipped + ": what it said is unknown",
                       {}});
    for (const auto& one : c.item().unreadable)
        out.push_back({"custody.gap",
                       Severity::major,
                       "an event of " + one.iss + " can't be read: " + one.reason,
                       {Evidence{one.iss, one.place, "", "unreadable"}}});
    for (const auto& link : c.item().links)
        if (!link.unknown.empty())
            out.push_back({"custody.gap",
                           Severity::major,
                           link.iss + " knew of an earlier event that we have not been shown",
                           {evidence_of(link)}});
}

void custody_elsewhere(const Case& c, Findings& out) {
    const auto& state = c.state();
    const auto& self = c.observation.org;
    if (c.observation.lot_level || state.holder.empty()) return;
    // Here, or on its way to here.
    if (state.holder == self && state.in_transit_to.empty()) return;
    if (state.in_transit_to == self) return;
    std::vector<Evidence> evidence;
    if (state.custody_by) evidence = evidence_of(c.item(), {*state.custody_by});

    std::string text;
    if (state.in_transit_to.empty())
        text = state.holder + " has this item now";
    else
        text = state.holder + " has shipped this item to " + state.in_transit_to;
    text += ": this label is a copy, or the item is stolen";
    auto severity = Severity::critical;
    // Its holder may have shipped it to us in an entry that we have not got yet.
    const auto source = c.sources.find(state.holder);
    if (source != c.sources.end() && source->second.age > c.policy.stale_after) {
        severity = Severity::major;
        text += "; or it was shipped on since we last heard of " + state.holder + ", " +
                std::to_string(source->second.age / 3600) + " hours ago";
    }
    out.push_back({"custody.elsewhere", severity, std::move(text), std::move(evidence)});
}

void custody_fork(const Case& c, Findings& out) {
    if (c.observation.lot_level) return;
    contradictions(c, Kind::fork, "custody.fork", Severity::critical, out);
}

}  // namespace reelproof::ledger
