#include "ledger/rules/rules.h"

namespace reelproof::ledger {

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

}  // namespace reelproof::ledger
