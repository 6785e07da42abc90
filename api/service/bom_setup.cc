#include "api/service/bom_setup.h"

#include <algorithm>

#include "api/service/word.h"

namespace reelproof::api {

using ledger::BomField;

namespace {

ledger::Findings old_revision(std::string text) {
    return {{"approval.revision", ledger::Severity::critical, std::move(text), {}}};
}

}  // namespace

ledger::Result<void> set_up_by(Job& job, const ledger::BomContents& table) {
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        auto& slot = job.slots[i];
        const auto where = "slots[" + std::to_string(i) + "].";
        const auto wanted = word_of(slot.customer_pn);
        const auto given = slot.mpns.empty() ? std::string() : word_of(slot.mpns.front());
        std::vector<std::string> mpns;
        std::string customer_pn;
        bool found = false;
        for (const auto& line : table.lines) {
            const auto all = line.mpns();
            const bool by_part = std::any_of(all.begin(), all.end(), [&](const std::string& mpn) {
                return word_of(mpn) == given;
            });
            const bool fits = slot.customer_pn.empty()
                                  ? !given.empty() && by_part
                                  : word_of(line.cell(BomField::customer_pn)) == wanted;
            if (!fits || !line.fitted()) continue;
            found = true;
            customer_pn = line.cell(BomField::customer_pn);
            for (const auto& mpn : all)
                if (std::find(mpns.begin(), mpns.end(), mpn) == mpns.end()) mpns.push_back(mpn);
        }
        if (!found)
            return ledger::malformed(where +
                                     (slot.customer_pn.empty()
                                          ? "mpns: no fitted line of the revision takes it"
                                          : "customer_pn: no fitted line of the revision has it"));
        for (const auto& mpn : slot.mpns)
            if (std::none_of(mpns.begin(), mpns.end(),
                             [&](const std::string& one) { return word_of(one) == word_of(mpn); }))
                return ledger::malformed(where + "mpns: " + mpn +
                                         " is not approved in the revision");
        slot.mpns = std::move(mpns);
        slot.customer_pn = customer_pn;
    }
    return {};
}

ledger::Findings revision_findings(const Job& job, const ledger::Result<FloorRevision>& now) {
    if (job.bom.empty()) return {};
    if (!now)
        return old_revision("which revision job " + job.job +
                            " is to be built by can't be told: " + now.error().message);
    if (!now->undecided.empty())
        return old_revision("change " + now->undecided + " holds from a " + now->undecided_by +
                            " on, and job " + job.job + " names none: set it up again with it");
    if (now->number == job.revision) return {};
    return old_revision(
        "job " + job.job + " is set up by revision " + job.revision_name + ", and released is " +
        now->revision +
        (now->change.empty()
             ? ""
             : " by " + std::string(now->emergency ? "emergency " : "") + "change " + now->change) +
        ": set it up again");
}

}  // namespace reelproof::api
