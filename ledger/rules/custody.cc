#include <algorithm>

#include "ledger/rules/family.h"

namespace reelproof::ledger {

namespace {

// Our newest release of the item, as a place in our own log: what lay there before it was there to
// be seen, readable or not.
std::optional<std::uint64_t> own_release(const Case& c, const History& history) {
    std::optional<std::uint64_t> newest;
    for (const auto& link : history.links)
        if (link.body.event.kind == EventKind::release && link.iss == c.observation.org &&
            link.place.log == kOwnLog)
            newest = std::max(newest.value_or(0), link.place.index);
    return newest;
}

// What is missing in one history, whoever is to blame. A gap in somebody's sequence rests on what
// comes next in it.
void missing_links(const Case& c, const History& history, std::string_view about, Severity severity,
                   Findings& out) {
    const auto add = [&](const std::string& text, std::vector<Evidence> evidence) {
        out.push_back({"custody.gap", severity, std::string(about) + text, std::move(evidence)});
    };
    for (const auto& skipped : history.skipped) {
        const Link* next = nullptr;
        for (const auto& link : history.links)
            if (link.iss == skipped.iss && link.n > skipped.n && (!next || link.n < next->n))
                next = &link;
        add("an event is missing in the sequence of " + skipped.name() +
                ": what it said is unknown",
            next ? std::vector<Evidence>{evidence_of(*next)} : std::vector<Evidence>{});
    }
    const auto release = own_release(c, history);
    for (const auto& one : history.unreadable) {
        add("an event of " + one.iss + " can't be read: " + one.reason,
            {Evidence{one.iss, one.place, "", "unreadable"}});
        if (!release || one.place.log != kOwnLog || one.place.index >= *release) continue;
        out.back().severity = Severity::minor;
        out.back().text += " (released here)";
    }
    for (const auto& link : history.links)
        if (!link.unknown.empty())
            add(link.iss + " knew of an earlier event that we have not been shown",
                {evidence_of(link)});
}

void contradictions(const Case& c, std::size_t i, Contradiction::Kind kind, std::string_view rule,
                    Severity severity, Findings& out) {
    for (const auto& one : c.states[i].contradictions)
        if (one.kind == kind)
            out.push_back({std::string(rule), severity, std::string(Family::about(i)) + one.text,
                           evidence_of(c.lineage.items[i], one.links)});
}

// What an item was made of, used or made once more by the very firm that had ended it: its own two
// words.
void used_after_end(const Case& c, const Family& family, Findings& out) {
    for (std::size_t i = 1; i < c.lineage.items.size(); ++i)
        for (const auto& one : c.states[i].contradictions) {
            if (one.kind != Contradiction::Kind::after_end) continue;
            const auto& links = c.lineage.items[i].links;
            const auto& ended = links[one.links.front()];
            const auto& after = links[one.links.back()];
            const auto kind = after.body.event.kind;
            if (ended.iss != after.iss ||
                (kind != EventKind::consume && kind != EventKind::commission) ||
                (kind == EventKind::commission && !family.same_part(i)))
                continue;
            out.push_back({"custody.gap", Severity::major, std::string(Family::about(i)) + one.text,
                           evidence_of(c.lineage.items[i], one.links)});
        }
}

}  // namespace

// Of a component of a board a gap is worth knowing; of the item and of what it was under earlier
// labels it must be cleared up, or a new label would wash it clean.
void custody_gap(const Case& c, Findings& out) {
    const Family family(c);
    for (std::size_t i = c.observation.lot_level ? 1 : 0; i < c.lineage.items.size(); ++i) {
        const auto severity = family.same_part(i) ? Severity::major : Severity::minor;
        contradictions(c, i, Contradiction::Kind::gap, "custody.gap", severity, out);
        contradictions(c, i, Contradiction::Kind::set_aside, "custody.gap", severity, out);
        missing_links(c, c.lineage.items[i], Family::about(i), severity, out);
    }
    used_after_end(c, family, out);
    if (c.lineage.truncated)
        out.push_back(
            {"custody.gap",
             Severity::major,
             "it was made of more items than we follow: the others have not been looked at",
             {}});
}

// One of the two that claim an ancestor may be honest, and this its child: that needs a person.
void custody_fork(const Case& c, Findings& out) {
    for (std::size_t i = c.observation.lot_level ? 1 : 0; i < c.lineage.items.size(); ++i)
        contradictions(c, i, Contradiction::Kind::fork, "custody.fork",
                       i == 0 ? Severity::critical : Severity::major, out);
}

}  // namespace reelproof::ledger
