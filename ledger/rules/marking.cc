// What was seen of an item's parts: just now, and by others before, as they signed it. A picture
// that is not good enough accuses nobody.
#include <algorithm>
#include <cstdio>

#include "ledger/base/counted.h"
#include "ledger/directory/matching.h"
#include "ledger/rules/family.h"
#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

using State = MarkingRecord::State;

struct Seen {
    const MarkingRecord* record;
    std::vector<Evidence> evidence;  // none: just now
    std::string by;                  // begins a sentence: "dist.example recorded: "
    bool ours = true;                // our own people's word, or the manufacturer's
};

// What is seen now takes the place of what we recorded before; of each organisation the last
// counts, since a better picture may have been taken.
std::vector<Seen> all_seen(const Case& c) {
    std::vector<Seen> out;
    const auto& now = c.observation.marking;
    if (now) out.push_back({&*now, {}, {}});
    const Family family(c);
    const auto manufacturer = c.manufacturer();
    for (std::size_t i = 0; i < c.lineage.items.size(); ++i) {
        if (!family.same_part(i)) continue;
        std::map<std::string, const Link*> last;
        for (const auto& link : c.lineage.items[i].links)
            if (link.body.event.kind == EventKind::inspect && link.body.event.marking)
                last[link.iss] = &link;
        for (const auto& [org, link] : last) {
            const bool own = org == c.observation.org;
            if (own && now) continue;
            out.push_back({link->body.event.marking.get(),
                           {evidence_of(*link)},
                           org + " recorded: ",
                           own || org == manufacturer});
        }
    }
    return out;
}

void add(const Seen& seen, std::string_view rule, Severity severity, std::string text,
         Findings& out, const std::vector<std::array<int, 2>>& region = {}) {
    // Others' word holds, and does not condemn: they may mean to hurt.
    if (!seen.ours) severity = std::min(severity, Severity::major);
    out.push_back({std::string(rule), severity, seen.by + std::move(text), seen.evidence, region});
}

std::string decimal(std::int64_t thousandths) {
    char text[24];
    std::snprintf(text, sizeof text, "%.2f", static_cast<double>(thousandths) / 1000);
    return text;
}

std::string percent(std::int64_t thousandths) {
    char text[24];
    std::snprintf(text, sizeof text, "%.1f %%", static_cast<double>(thousandths) / 10);
    return text;
}

std::string of_parts(const MarkingRecord& seen) {
    if (seen.parts <= 1) return {};
    return " (" + std::to_string(seen.differing) + " of " +
           counted(std::uint64_t(seen.parts), "part") + ")";
}

std::string character_text(const MarkingRecord& seen) {
    if (!seen.worst) return "it does not look like that of the good samples";
    const auto& one = *seen.worst;
    return "line " + std::to_string(one.line) + ", character " + std::to_string(one.place) +
           " should be " + one.expected +
           (one.seen.empty() ? std::string() : " and looks like " + one.seen) + " (lead " +
           decimal(one.lead) + ", threshold " + decimal(one.threshold) + ")";
}

std::string read_text(const MarkingRecord& seen) {
    const std::string begin = seen.quality + ": ";
    if (!seen.worst) return begin + "the marking is another than expected";
    const auto& one = *seen.worst;
    return begin + "line " + std::to_string(one.line) + ", character " + std::to_string(one.place) +
           " should be " + one.expected + " and reads as " + one.seen + " (" + one.expected +
           " is " + percent(one.likeness) + " likely, and " + percent(one.threshold) +
           " is the least)";
}

std::string difference_text(const MarkingRecord::Difference& one) {
    if (one.field.empty())
        return "the marking " + one.seen + " does not fit the maker's rule " + one.expected;
    return "the marking says " + one.field + " " + one.seen + ", and it must be " + one.expected;
}

std::string kinds_text(const MarkingRecord& seen) {
    std::int64_t all = 0;
    for (const auto& kind : seen.kinds) all += kind.parts;
    std::string out = "the parts bear " + std::to_string(seen.kinds.size()) + " kinds of marking:";
    for (const auto& kind : seen.kinds)
        out += (&kind == &seen.kinds.front() ? " " : ", ") +
               std::to_string((200 * kind.parts + all) / (2 * std::max<std::int64_t>(all, 1))) +
               " %";
    return out;
}

void text_of(const Seen& seen, Findings& out) {
    const auto& record = *seen.record;
    if (record.state == State::unread) {
        add(seen, "marking.unread", Severity::minor,
            "the picture tells nothing of the marking: " +
                (record.quality.empty() ? "take a better one" : record.quality),
            out);
        return;
    }
    // Without samples, by reading alone: faces differ, and a reader errs.
    if (record.state == State::doubtful && !record.quality.empty()) {
        add(seen, "marking.read", Severity::major, read_text(record) + of_parts(record), out,
            record.worst ? record.worst->region : std::vector<std::array<int, 2>>());
        return;
    }
    if (record.state == State::missing)
        add(seen, "marking.missing", Severity::major,
            "the expected marking was not found on the package" + of_parts(record), out);
    if (record.state == State::differs || record.state == State::doubtful)
        add(seen, "marking.text",
            record.state == State::differs ? Severity::critical : Severity::major,
            "the marking is " +
                std::string(record.state == State::differs ? "another than that of good parts: "
                                                           : "doubtful: ") +
                character_text(record) + of_parts(record),
            out, record.worst ? record.worst->region : std::vector<std::array<int, 2>>());
    for (const auto& one : record.differences) {
        if (one.field == "date") continue;  // marking_date compares dates
        // A rule may not know all that its maker prints.
        add(seen, "marking.text", one.field.empty() ? Severity::major : Severity::critical,
            difference_text(one), out);
    }
    if (record.kinds.size() > 1)
        add(seen, "marking.text", Severity::major, kinds_text(record), out);
}

bool overlap(const MarkingRecord::Days& a, const DayInterval& b) {
    return a.first <= b.last && b.first <= a.last;
}

void date_of(const Case& c, const Seen& seen, Findings& out) {
    const auto& record = *seen.record;
    if (record.date.empty() || record.state == State::unread) return;
    DateClaim claim{seen.by + "the marking says date " + record.date, {}, seen.evidence};
    for (const auto& days : record.dates) claim.readings.push_back({days.first, days.last});
    // Major, where a label's would be critical: a rule may not know all that its maker prints.
    if (record.dates.empty()) {
        out.push_back({"date.impossible", Severity::major,
                       claim.what + ", and by the maker's rule there is no such date",
                       claim.evidence});
        return;
    }
    Findings found;
    future_date(c, claim, found);
    life_of_date(c, claim, found);
    for (auto& finding : found) {
        if (!seen.ours) finding.severity = std::min(finding.severity, Severity::major);
        out.push_back(std::move(finding));
    }
    const auto* facts = c.facts();
    const auto& label =
        facts != nullptr && !facts->date_code.empty() ? *facts : c.observation.label;
    const auto told = c.readings(label.date_code, label.date_code_kind);
    const bool agrees = std::any_of(told.begin(), told.end(), [&](const DayInterval& day) {
        return std::any_of(record.dates.begin(), record.dates.end(),
                           [&](const auto& days) { return overlap(days, day); });
    });
    if (!told.empty() && !agrees)
        add(seen, "marking.date", Severity::critical,
            "the marking says date " + record.date + ", but " +
                (&label == facts ? "the ledger" : "the label") + " says " + label.date_code,
            out);
}

std::string_view condition_text(std::string_view what) {
    if (what == "sanding") return "scratches run in one direction, as sanding leaves them";
    if (what == "blacktop") return "the surface is more even than that of the other parts";
    if (what == "ghost") return "a faint other marking shows beside the expected one";
    if (what == "logo") return "what is drawn beside the text is not the maker's logo";
    if (what == "position") return "the marking lies off or aslant, compared with the other parts";
    return "the dimple at pin 1 is not as on the samples";
}

void surface_of(const Seen& seen, Findings& out) {
    const auto& record = *seen.record;
    if (record.state == State::unread) return;
    if (const auto& surface = record.surface; surface && surface->is != "same")
        add(seen, "marking.surface", Severity::major,
            std::string(surface->is == "sibling"
                            ? "this is not the part that was enrolled, but one of the same mould: "
                            : "this is not the part that was enrolled: ") +
                "its surface agrees by " + decimal(surface->agreement) + ", and " +
                decimal(surface->threshold) + " are needed",
            out);
    for (const auto& one : record.conditions) {
        if (one.value <= one.threshold) continue;
        const bool pin1 = one.what == "pin1";
        add(seen, pin1 ? "marking.pin1" : "marking.surface",
            pin1 ? Severity::major : Severity::minor,
            std::string(condition_text(one.what)) + " (" + one.what + " " + decimal(one.value) +
                ", unusual above " + decimal(one.threshold) + ")",
            out);
    }
}

}  // namespace

void marking_text(const Case& c, Findings& out) {
    for (const auto& seen : all_seen(c)) text_of(seen, out);
}

void marking_date(const Case& c, Findings& out) {
    for (const auto& seen : all_seen(c)) date_of(c, seen, out);
}

void marking_surface(const Case& c, Findings& out) {
    for (const auto& seen : all_seen(c)) surface_of(seen, out);
}

// One laser program for several part numbers: a maker's trace code stands for parts made together.
void marking_trace(const Case& c, Findings& out) {
    if (!c.traces || c.mpn().empty()) return;
    for (const auto& seen : all_seen(c)) {
        if (seen.record->trace.empty() || seen.record->state == State::unread) continue;
        for (const auto& use : c.traces(seen.record->trace)) {
            if (equal_text(use.mpn, c.mpn())) continue;
            add(seen, "marking.trace", Severity::major,
                "trace code " + seen.record->trace + " stands on " + c.mpn() +
                    ", and was seen on " + use.mpn + " (item " + use.item + ")",
                out);
            break;
        }
    }
}

}  // namespace reelproof::ledger
