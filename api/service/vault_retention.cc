// Vault: how long documents are kept, what holds them, and how they end.
#include <algorithm>

#include "api/service/given_text.h"
#include "api/service/vault.h"
#include "api/service/vault_errors.h"
#include "api/service/vault_rows.h"

namespace reelproof::api {

using ledger::Error;
using ledger::ErrorKind;
using ledger::Result;
using ledger::VaultId;

namespace {

constexpr ledger::UnixSeconds kLongestKept = 100LL * 366 * 24 * 3600;
constexpr std::size_t kLongestReason = 1000;

// What is to be put in place of `old`.
Result<VaultHold> changed(const VaultHold& old, VaultHold given, ledger::UnixSeconds now) {
    if (auto fine = check_given(given.why, "reason", false, kLongestReason); !fine)
        return fine.error();
    if (given.why.empty()) {
        if (old.since == 0) return Error{ErrorKind::conflict, "there is no legal hold on it"};
        return VaultHold{};
    }
    if (old.since != 0)
        return Error{ErrorKind::conflict, "it is under a legal hold since " +
                                              ledger::to_iso8601(old.since) + " already (" +
                                              old.why + "): lift that one first, or leave it"};
    given.since = now;
    return given;
}

}  // namespace

bool VaultDocument::readable() const {
    return std::any_of(versions.begin(), versions.end(),
                       [](const VaultVersion& one) { return one.shredded == 0; });
}

VaultHold Vault::held_by(const VaultDocument& document) const {
    if (document.hold.since != 0) return document.hold;
    const auto of = project(document.project);
    return of ? of->hold : VaultHold{};
}

Result<void> Vault::may_shred(const VaultDocument& document, bool early) const {
    if (const auto hold = held_by(document); hold.since != 0)
        return Error{ErrorKind::conflict, "it is under a legal hold since " +
                                              ledger::to_iso8601(hold.since) + " (" + hold.why +
                                              ", by " + hold.by +
                                              "): nothing is destroyed until it is lifted"};
    if (!early && document.retain_until > clock_())
        return Error{ErrorKind::conflict, "it is to be kept until " +
                                              ledger::to_iso8601(document.retain_until) +
                                              "; say \"early\" to destroy it before"};
    return {};
}

Result<VaultDocument> Vault::shred(const VaultId& id, const Shred& how) {
    const std::lock_guard changing(changing_);
    auto document = this->document(id);
    if (!document) return nothing("there is no such document");
    if (how.version && document->version(*how.version) == nullptr)
        return nothing("the document has no version " + std::to_string(*how.version));
    if (auto may = may_shred(*document, how.early); !may) return may.error();
    const auto now = clock_();
    std::vector<VaultId> keys;
    std::vector<ledger::Hash> bodies;
    for (auto& version : document->versions) {
        if (how.version && version.number != *how.version) continue;
        keys.push_back(version.key);
        bodies.push_back(version.body);
        for (const auto& copy : version.copies) {
            keys.push_back(copy.key);
            bodies.push_back(copy.body);
        }
        if (version.shredded != 0) continue;
        version.shredded = now;
        version.shredded_by = how.by;
        version.shredded_why = how.why;
    }
    // From here on nobody can open it, whatever becomes of row and files.
    keys_.shred(document->project, keys);
    if (auto done = save(*document); !done) return done.error();
    for (const auto& body : bodies) folder_.remove(body);
    return *document;
}

Result<VaultDocument> Vault::retain(const VaultId& id, ledger::UnixSeconds until,
                                    bool shred_at_end) {
    const std::lock_guard changing(changing_);
    auto document = this->document(id);
    if (!document) return nothing("there is no such document");
    const auto now = clock_();
    if (until < document->retain_until)
        return Error{ErrorKind::conflict,
                     "it is to be kept until " + ledger::to_iso8601(document->retain_until) +
                         ", which is not shortened; shred it early instead, with the reason"};
    if (until > now + kLongestKept)
        return ledger::malformed("until is more than a hundred years from now");
    // What nobody can take back does not happen while somebody mistypes a day.
    if (shred_at_end && until <= now)
        return ledger::malformed(
            "until must be in the future for what is to be shredded then; shred it now instead");
    document->retain_until = until;
    document->shred_at_end = shred_at_end;
    if (auto done = save(*document); !done) return done.error();
    return *document;
}

Result<VaultDocument> Vault::hold_document(const VaultId& id, VaultHold hold) {
    const std::lock_guard changing(changing_);
    auto document = this->document(id);
    if (!document) return nothing("there is no such document");
    auto next = changed(document->hold, std::move(hold), clock_());
    if (!next) return next.error();
    document->hold = std::move(*next);
    if (auto done = save(*document); !done) return done.error();
    return *document;
}

Result<VaultProject> Vault::hold_project(const VaultId& id, VaultHold hold) {
    const std::lock_guard changing(changing_);
    auto project = this->project(id);
    if (!project) return nothing("there is no such project");
    auto next = changed(project->hold, std::move(hold), clock_());
    if (!next) return next.error();
    project->hold = std::move(*next);
    const auto key = std::string(vault_rows::kProject) + ledger::vault_id_text(id);
    if (auto done = rows_.put(key, vault_rows::of_project(*project)); !done) return done.error();
    const std::lock_guard lock(mutex_);
    projects_.insert_or_assign(id, *project);
    return *project;
}

std::vector<VaultDocument> Vault::shred_due() {
    std::vector<VaultDocument> out;
    for (const auto& document : documents()) {
        if (!document.shred_at_end || !document.readable() || document.retain_until > clock_())
            continue;
        // A hold that came meanwhile stands: shred() looks again.
        auto done = shred(document.id, {.why = "its retention ended", .by = "retention"});
        if (done) out.push_back(std::move(*done));
    }
    return out;
}

}  // namespace reelproof::api
