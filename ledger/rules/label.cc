#include <algorithm>

#include "ledger/rules/rules.h"

namespace reelproof::ledger {

namespace {

// "date code 2617".
std::string told(std::string field, const std::string& value) {
    std::replace(field.begin(), field.end(), '_', ' ');
    return field + " " + value;
}

// What a maker's label is looked up by (DESIGN 4.3).
bool names_item(std::string_view field) {
    return field == "mpn" || field == "lot" || field == "serial" || field == "package_id";
}

}  // namespace

void label_remarks(const Case& c, Findings& out) {
    for (const auto& remark : c.observation.remarks) {
        const bool serious = remark.rule != "label.syntax" || remark.contradiction;
        const auto severity = serious ? Severity::major : Severity::minor;
        out.push_back({remark.rule, severity, remark.text, {}, remark.region});
    }
}

// Else who prints another date in plain text would only have to leave it out of the symbol.
void label_silent(const Case& c, Findings& out) {
    const auto* recorded = c.item().commission();
    if (recorded == nullptr || !c.observation.issued) return;
    const auto& known = recorded->body.event.facts;
    const auto& label = c.observation.label;
    std::string missing;
    const auto look = [&](std::string_view field, const std::string& seen,
                          const std::string& told) {
        if (!seen.empty() || told.empty()) return;
        missing.append(missing.empty() ? "" : ", ").append(field).append(" ").append(told);
    };
    look("MPN", label.mpn, known.mpn);
    look("lot", label.lot, known.lot);
    look("date code", label.date_code, known.date_code);
    if (missing.empty()) return;
    out.push_back({"label.incomplete",
                   Severity::major,
                   "the label's symbol does not state what was recorded with it: " + missing,
                   {evidence_of(*recorded)}});
}

// A person may misread a label, or want it to say something else: neither makes it say that.
void label_typed(const Case& c, Findings& out) {
    for (const auto& typed : c.observation.typed) {
        const auto said = told(typed.field, typed.value);
        if (typed.read.empty() && names_item(typed.field) && !c.observation.issued)
            out.push_back({"label.typed",
                           Severity::major,
                           said + " was typed by hand, and nothing that was read names the item: "
                                  "look at the label",
                           {}});
        else if (typed.read.empty())
            out.push_back({"label.typed",
                           Severity::minor,
                           said + " was typed by hand; the label does not say it",
                           {}});
        else
            out.push_back({"label.typed",
                           Severity::major,
                           "a person says " + said + ", the label says " + typed.read,
                           {}});
    }
}

}  // namespace reelproof::ledger
