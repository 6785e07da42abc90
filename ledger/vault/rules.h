// What may be done with a document, by its classification, its share and the agreement that the
// share rests on. Each refusal has the id of its rule and a sentence for people (docs/VAULT.md).
// Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/vault/objects.h"

namespace reelproof::ledger {

// The handling rules of a classification.
struct Handling {
    bool leaves = false;           // may be shared with another organisation at all
    bool needs_agreement = false;  // only under an agreement in force between the two
    bool view_only = false;        // only with mode view
};
Handling handling_of(Classification classification);

struct VaultRefusal {
    std::string_view rule;
    std::string reason;
};
// Nothing: it may be.
using VaultVerdict = std::optional<VaultRefusal>;

// An agreement as both sides know it.
struct AgreementState {
    Agreement terms;
    bool signed_by_drafter = false, signed_by_partner = false;
    UnixSeconds ended = 0;  // by one of the two; 0: not

    [[nodiscard]] bool in_force(UnixSeconds now) const;
};
// Why it is not in force between the two; `missing`: there is none of that id.
VaultVerdict agreement_refusal(const AgreementState* agreement, std::string_view one,
                               std::string_view other, UnixSeconds now);

// What an agreement may ask for: a hundred years, and a year. More is a slip, or meant to overflow.
inline constexpr std::uint64_t kMostRetentionDays = 36'525, kMostNoticeHours = 8'784;
// `malformed`, naming what is more. What was signed before there were bounds is read all the same.
Result<void> check_agreement(const Agreement& agreement);

// A share that `owner` is about to grant of something so classified, or by which it is asked for a
// key. `agreement`: the one it names, or null.
VaultVerdict share_refusal(const Share& share, std::string_view owner,
                           Classification classification, const AgreementState* agreement,
                           UnixSeconds now);
// The same for a request: the share is live, its recipient asks, and what it asks for is in it.
struct Requested {
    std::string_view project, document;  // where the document lies, and its id
    Classification classification;
};
VaultVerdict release_refusal(const Share& share, std::string_view owner, UnixSeconds share_ended,
                             std::string_view asker, const Requested& what,
                             const AgreementState* agreement, UnixSeconds now);

// A share that stands on one that its issuer holds: may it be passed on, and does it narrow that
// one and never widen it? `agreement`: the one that the held share rests on, or null.
VaultVerdict passing_refusal(const Share& passed, const Share& held, UnixSeconds held_ended,
                             std::string_view owner, std::string_view holder,
                             const AgreementState* agreement, UnixSeconds now);

// The second half of that: not more documents, people, columns or time, and no file where none
// leaves. Columns are the held share's, letter by letter, or any where that one shows all.
VaultVerdict narrowing_refusal(const Share& passed, const Share& held);

// Whether a share is one of this document, or of all in its project.
bool covers(const Share& share, std::string_view project, std::string_view document);

// One of our people under a share that names a role or person.
VaultVerdict reader_refusal(const Share& share, std::string_view person,
                            const std::vector<std::string>& roles, UnixSeconds share_ended,
                            UnixSeconds now);

}  // namespace reelproof::ledger
