#include "ledger/rules/rules.h"

namespace reelproof::ledger {

void label_remarks(const Case& c, Findings& out) {
    for (const auto& remark : c.observation.remarks) {
        const bool serious = remark.rule == "label.incomplete" || remark.contradiction;
        const auto severity = serious ? Severity::major : Severity::minor;
        out.push_back({remark.rule, severity, remark.text, {}});
    }
}

}  // namespace reelproof::ledger
