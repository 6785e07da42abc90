#include "ledger/rules/rules.h"

namespace reelproof::ledger {

void label_remarks(const Case& c, Findings& out) {
    for (const auto& remark : c.observation.remarks) {
        const auto severity = remark.rule == "label.incomplete" ? Severity::major : Severity::minor;
        out.push_back({remark.rule, severity, remark.text, {}});
    }
}

}  // namespace reelproof::ledger
