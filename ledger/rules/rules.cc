#include "ledger/rules/rules.h"

#include <algorithm>

#include "ledger/base/counted.h"

namespace reelproof::ledger {

const ItemFacts* Case::facts() const {
    const auto* commission = item().commission();
    return commission == nullptr ? nullptr : &commission->body.event.facts;
}

const std::string& Case::mpn() const {
    const auto* known = facts();
    return known != nullptr && !known->mpn.empty() ? known->mpn : observation.label.mpn;
}

std::string Case::manufacturer() const {
    const auto* known = facts();
    const auto& label = observation.label;
    const auto& name =
        known != nullptr && !known->manufacturer.empty() ? known->manufacturer : label.manufacturer;
    if (const auto* trusted = policy.manufacturer_of(mpn(), name)) return trusted->org;
    if (name.empty()) return {};
    if (auto org = policy.org_of_name(name); !org.empty()) return org;
    return directory.org(name) != nullptr ? name : std::string();
}

const SourceState* Case::source(std::string_view org) const {
    if (const auto own = sources.find(std::string(org)); own != sources.end()) return &own->second;
    const auto* guest = directory.org(org);
    if (guest == nullptr || !guest->guest) return nullptr;
    for (const auto& [name, state] : sources)
        if (const auto* host = directory.org(name);
            host != nullptr && !host->guest && host->log == guest->log)
            return &state;
    return nullptr;
}

Evidence evidence_of(const Link& link) {
    return {link.iss, link.place, to_hex(link.hash), std::string(to_string(link.body.event.kind))};
}

std::vector<Evidence> evidence_of(const History& history, const std::vector<std::size_t>& links) {
    std::vector<Evidence> out;
    out.reserve(links.size());
    for (const auto link : links) out.push_back(evidence_of(history.links[link]));
    return out;
}

std::string lag_of(const Case& c, const std::string& org, const SourceState& source) {
    if (source.own || source.age <= c.policy.shortest_transit) return {};
    if (source.size == 0) return "nothing of the log of " + org + " is here yet";
    const auto hours = (source.age + 1800) / 3600;
    return "we last heard of " + org + " " +
           (hours == 0   ? counted((source.age + 30) / 60, "minute")
            : hours == 1 ? "an hour"
                         : counted(hours, "hour")) +
           " ago";
}

const std::vector<Rule>& all_rules() {
    static const std::vector<Rule> rules = {
        status_ended,       custody_elsewhere,  custody_fork,    recall_lot,
        status_quarantined, quantity_overissue, identity_fields, identity_quantity,
        date_impossible,    date_future,        date_life,       marking_text,
        marking_date,       marking_surface,    marking_trace,   pedigree_none,
        pedigree_source,    custody_gap,        ledger_evidence, label_remarks,
        label_silent,       label_typed,        ledger_stale,
    };
    return rules;
}

const std::vector<std::string_view>& all_rule_ids() {
    static const std::vector<std::string_view> ids = {
        "pedigree.none",
        "pedigree.source",
        "custody.gap",
        "custody.elsewhere",
        "custody.fork",
        "status.consumed",
        "status.scrapped",
        "status.relabelled",
        "status.quarantined",
        "recall.lot",
        "identity.mpn",
        "identity.lot",
        "identity.date",
        "identity.manufacturer",
        "identity.quantity",
        "quantity.overissue",
        "date.impossible",
        "date.future",
        "date.before-introduction",
        "date.after-last-ship",
        "label.syntax",
        "label.incomplete",
        "label.text",
        "label.typed",
        "marking.text",
        "marking.date",
        "marking.missing",
        "marking.surface",
        "marking.pin1",
        "marking.trace",
        "marking.read",
        "marking.unread",
        "ledger.stale",
        "ledger.evidence",
        "slot.wrong-part",
        "slot.not-in-setup",
        "approval.avl",
        "approval.revision",
        "age.shelf-life",
        "msl.floor-life",
    };
    return ids;
}

Severity worst_severity(std::string_view rule_id) {
    static constexpr std::string_view kAtMostMajor[] = {
        "pedigree.none",    "custody.gap",     "identity.quantity", "label.syntax",
        "label.incomplete", "label.text",      "label.typed",       "ledger.stale",
        "ledger.evidence",  "age.shelf-life",  "msl.floor-life",    "date.after-last-ship",
        "marking.missing",  "marking.surface", "marking.pin1",      "marking.trace",
        "marking.read"};
    if (rule_id == "marking.unread") return Severity::minor;
    return std::find(std::begin(kAtMostMajor), std::end(kAtMostMajor), rule_id) ==
                   std::end(kAtMostMajor)
               ? Severity::critical
               : Severity::major;
}

}  // namespace reelproof::ledger
