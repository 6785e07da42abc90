// The verdict rules (DESIGN 6, docs/RULES.md): each a small function of graph, observation and
// policy that says what it found. Pure, thread-safe.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ledger/directory/directory.h"
#include "ledger/parts/part_data.h"
#include "ledger/provenance/lot_account.h"
#include "ledger/provenance/replay.h"
#include "ledger/rules/observation.h"
#include "ledger/rules/policy.h"

namespace reelproof::ledger {

// What a finding rests on: an envelope or a public statement in a log.
struct Evidence {
    std::string iss;
    Place place;
    std::string envelope;  // hex hash; empty for a public statement
    std::string what;      // "ship", "recall", ...
};

struct Finding {
    std::string rule;
    Severity severity = Severity::critical;
    std::string text;  // in plain words
    std::vector<Evidence> evidence;
    std::vector<std::array<int, 2>> region{};  // on the picture that was looked at, as LabelRemark
};

// The days a date code can mean; both ends belong to it. Days since 1970-01-01.
struct DayInterval {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

// A part that was seen with a trace code before.
struct TraceUse {
    std::string mpn;
    std::string item;  // public id
};

// How fresh our copy of an organisation's log is.
struct SourceState {
    std::string origin;
    std::uint64_t size = 0;
    UnixSeconds age = 0;  // seconds since it was last checked against its node
    std::string frozen;   // why it is frozen, or empty
    bool own = false;
    std::string alarm{};  // what it did that it must not do, as long as that is not settled
};

// Everything a rule may look at.
struct Case {
    const Observation& observation;
    const Lineage& lineage;                // the item first; never empty
    const std::vector<ItemState>& states;  // as lineage.items
    const Directory& directory;
    const Policy& policy;
    const std::map<std::string, SourceState>& sources;  // by organisation
    const std::optional<LotAccount>& lot;               // when lot accounting is on
    // Every reading of a code of this kind; empty for a code that names no day.
    std::function<std::vector<DayInterval>(std::string_view code, std::string_view kind)> readings;
    // The key that all packages of a lot share under their maker's label (DESIGN 4.3); nothing
    // where the network salt is not known.
    std::function<std::optional<ItemKey>(std::string_view mpn, std::string_view lot)> lot_key{};
    const PartData* part = nullptr;  // what was imported of the item's part number
    // Parts of the same maker on which this node has seen a trace code.
    std::function<std::vector<TraceUse>(std::string_view trace)> traces{};

    [[nodiscard]] const History& item() const { return lineage.items.front(); }
    [[nodiscard]] const ItemState& state() const { return states.front(); }
    // What the ledger says of the item: the facts of its commission; nullptr when it says nothing.
    // Not those of its parents: a board is none of its parts.
    [[nodiscard]] const ItemFacts* facts() const;
    // Of the item: as the ledger says, else as the label does.
    [[nodiscard]] const std::string& mpn() const;
    // Manufacturer as an organisation: by policy for the MPN, else as the facts or the label say.
    [[nodiscard]] std::string manufacturer() const;
    // How fresh the log is that an organisation writes to: its own, or that of its host. nullptr
    // when we have no copy of it.
    [[nodiscard]] const SourceState* source(std::string_view org) const;
};

using Findings = std::vector<Finding>;
using Rule = void (*)(const Case&, Findings&);

// pedigree.cc
void pedigree_none(const Case& c, Findings& out);
void pedigree_source(const Case& c, Findings& out);
// custody.cc
void custody_gap(const Case& c, Findings& out);
void custody_fork(const Case& c, Findings& out);
// whereabouts.cc
void custody_elsewhere(const Case& c, Findings& out);  // and custody.gap: where it is just now
// status.cc
void status_ended(const Case& c, Findings& out);  // status.consumed, .scrapped, .relabelled
void status_quarantined(const Case& c, Findings& out);
// recall.cc
void recall_lot(const Case& c, Findings& out);
// identity.cc
void identity_fields(const Case& c, Findings& out);  // identity.mpn, .lot, .date, .manufacturer
void identity_quantity(const Case& c, Findings& out);
// quantity.cc
void quantity_overissue(const Case& c, Findings& out);
// date.cc
void date_impossible(const Case& c, Findings& out);
void date_future(const Case& c, Findings& out);
void date_life(const Case& c, Findings& out);  // date.before-introduction, .after-last-ship
// marking.cc
void marking_text(const Case& c, Findings& out);     // and marking.missing, .unread
void marking_date(const Case& c, Findings& out);     // and date.* of the date that was seen
void marking_surface(const Case& c, Findings& out);  // and marking.pin1
void marking_trace(const Case& c, Findings& out);
// label.cc
void label_remarks(const Case& c, Findings& out);  // label.syntax, .incomplete, .text
void label_silent(const Case& c, Findings& out);   // label.incomplete
void label_typed(const Case& c, Findings& out);
// freshness.cc
void ledger_stale(const Case& c, Findings& out);
void ledger_evidence(const Case& c, Findings& out);

// All of them, in the order in which a person wants to read them.
const std::vector<Rule>& all_rules();
// The ids that their findings can have: what a policy may name.
const std::vector<std::string_view>& all_rule_ids();
// The worst that a rule's findings are where no policy says otherwise.
Severity worst_severity(std::string_view rule_id);

// How far behind our copy of a log is, "we last heard of dist.example 3 hours ago", where goods
// may come before its news; else empty.
std::string lag_of(const Case& c, const std::string& org, const SourceState& source);

// For the rules: what a date code says against calendar and part data. `what` begins the sentence:
// "the label says date code 2643".
struct DateClaim {
    std::string what;
    std::vector<DayInterval> readings;  // none: there is no such date
    std::vector<Evidence> evidence{};
};
void future_date(const Case& c, const DateClaim& claim, Findings& out);
void life_of_date(const Case& c, const DateClaim& claim, Findings& out);

// For the rules: evidence of links of one history.
Evidence evidence_of(const Link& link);
std::vector<Evidence> evidence_of(const History& history, const std::vector<std::size_t>& links);

}  // namespace reelproof::ledger
