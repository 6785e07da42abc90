#include "ledger/vault/rules.h"

#include <algorithm>
#include <tuple>

namespace reelproof::ledger {
namespace {

VaultVerdict refuse(std::string_view rule, std::string reason) {
    return VaultRefusal{rule, std::move(reason)};
}

std::string at(UnixSeconds time) {
    return to_iso8601(time);
}

VaultVerdict share_over(const Share& share, UnixSeconds ended, UnixSeconds now) {
    if (ended != 0) return refuse("share.ended", "the share was ended on " + at(ended));
    if (now > share.end) return refuse("share.expired", "the share ended on " + at(share.end));
    return {};
}

}  // namespace

Handling handling_of(Classification classification) {
    switch (classification) {
        case Classification::open:
            return {.leaves = true, .needs_agreement = false, .view_only = false};
        case Classification::internal:
            return {};
        case Classification::confidential:
            return {.leaves = true, .needs_agreement = true, .view_only = false};
        case Classification::restricted:
            return {.leaves = true, .needs_agreement = true, .view_only = true};
    }
    std::abort();
}

bool AgreementState::in_force(UnixSeconds now) const {
    return signed_by_drafter && signed_by_partner && ended == 0 && terms.start <= now &&
           now <= terms.end;
}

VaultVerdict agreement_refusal(const AgreementState* agreement, std::string_view one,
                               std::string_view other, UnixSeconds now) {
    if (agreement == nullptr)
        return refuse("agreement.missing", "it needs an agreement between " + std::string(one) +
                                               " and " + std::string(other) +
                                               ", and names none that is known here");
    const auto& terms = agreement->terms;
    if (!terms.is_between(one, other))
        return refuse("agreement.other", "the agreement \"" + terms.scope + "\" is between " +
                                             terms.drafter + " and " + terms.partner);
    if (agreement->ended != 0)
        return refuse("agreement.ended",
                      "the agreement \"" + terms.scope + "\" was ended on " + at(agreement->ended));
    if (!agreement->signed_by_drafter || !agreement->signed_by_partner)
        return refuse("agreement.unsigned",
                      "the agreement \"" + terms.scope + "\" is not signed by " +
                          (agreement->signed_by_drafter ? terms.partner : terms.drafter) + " yet");
    if (now < terms.start)
        return refuse("agreement.not-yet", "the agreement \"" + terms.scope +
                                               "\" is in force from " + at(terms.start) + " on");
    if (now > terms.end)
        return refuse("agreement.expired",
                      "the agreement \"" + terms.scope + "\" ended on " + at(terms.end));
    return {};
}

Result<void> check_agreement(const Agreement& agreement) {
    for (const auto& [name, value, most, words] :
         {std::tuple("retention_days", agreement.retention_days, kMostRetentionDays,
                     "a hundred years"),
          std::tuple("breach_notice_hours", agreement.breach_notice_hours, kMostNoticeHours,
                     "a year")})
        if (value > most)
            return malformed(std::string(name) + " must be at most " + std::to_string(most) + " (" +
                             words + ")");
    return {};
}

VaultVerdict share_refusal(const Share& share, std::string_view owner,
                           Classification classification, const AgreementState* agreement,
                           UnixSeconds now) {
    if (now > share.end) return refuse("share.expired", "the share ends on " + at(share.end));
    if (share.recipient == owner) return {};
    const auto handling = handling_of(classification);
    const auto called = std::string(to_string(classification));
    if (!handling.leaves)
        return refuse("classification.internal",
                      "what is " + called + " never leaves the organisation");
    if (handling.view_only && share.mode != ShareMode::view)
        return refuse("classification.view-only",
                      "what is " + called + " may be shared with mode view only");
    if (handling.needs_agreement || !share.agreement.empty()) {
        if (auto no = agreement_refusal(agreement, owner, share.recipient, now)) return no;
        const auto& roles = agreement->terms.roles;
        if (!roles.empty() && std::find(roles.begin(), roles.end(), share.role) == roles.end())
            return refuse("agreement.role",
                          share.role.empty()
                              ? "the agreement names the roles that may have access, and the "
                                "share names none"
                              : "the agreement gives the role " + share.role + " no access");
    }
    return {};
}

VaultVerdict release_refusal(const Share& share, std::string_view owner, UnixSeconds share_ended,
                             std::string_view asker, const Requested& what,
                             const AgreementState* agreement, UnixSeconds now) {
    if (asker != share.recipient)
        return refuse("share.other", "the share is not one for " + std::string(asker));
    if (auto over = share_over(share, share_ended, now)) return over;
    if (!covers(share, what.project, what.document))
        return refuse("share.other-document", "the share does not cover this document");
    return share_refusal(share, owner, what.classification, agreement, now);
}

VaultVerdict narrowing_refusal(const Share& passed, const Share& held) {
    const auto wider = [&](std::string_view what) {
        return refuse("subtier.widens",
                      "what is passed on " + std::string(what) + " than the share it stands on");
    };
    if (!held.person.empty())
        return refuse("share.person", "the share is for " + held.person + " alone");
    if (!held.role.empty() && passed.role != held.role)
        return wider("is not for the role " + held.role + " alone, so for more people");
    if (passed.project != held.project ||
        (!held.document.empty() && passed.document != held.document))
        return wider("covers more");
    if (passed.end > held.end) return wider("ends later, on " + at(passed.end) + ",");
    if (held.mode == ShareMode::view && passed.mode != ShareMode::view)
        return wider("lets files leave more");
    if (held.columns.empty()) return {};
    if (passed.columns.empty()) return wider("shows more columns");
    for (const auto& column : passed.columns)
        if (std::find(held.columns.begin(), held.columns.end(), column) == held.columns.end())
            return refuse("subtier.widens", "what is passed on shows the column " + column +
                                                ", which the share it stands on does not");
    return {};
}

VaultVerdict passing_refusal(const Share& passed, const Share& held, UnixSeconds held_ended,
                             std::string_view owner, std::string_view holder,
                             const AgreementState* agreement, UnixSeconds now) {
    if (auto over = share_over(held, held_ended, now)) return over;
    if (auto no = agreement_refusal(agreement, owner, holder, now)) return no;
    if (!agreement->terms.sub_tiers)
        return refuse("subtier.not-agreed", "the agreement \"" + agreement->terms.scope +
                                                "\" with " + std::string(owner) +
                                                " does not let anything be passed on");
    return narrowing_refusal(passed, held);
}

bool covers(const Share& share, std::string_view project, std::string_view document) {
    return share.document.empty() ? share.project == project : share.document == document;
}

VaultVerdict reader_refusal(const Share& share, std::string_view person,
                            const std::vector<std::string>& roles, UnixSeconds share_ended,
                            UnixSeconds now) {
    if (auto over = share_over(share, share_ended, now)) return over;
    if (!share.person.empty() && share.person != person)
        return refuse("share.person", "the share is for " + share.person + " alone");
    if (!share.role.empty() && std::find(roles.begin(), roles.end(), share.role) == roles.end())
        return refuse("share.role", "the share is for the role " + share.role);
    return {};
}

}  // namespace reelproof::ledger
