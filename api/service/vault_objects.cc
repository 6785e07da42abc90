// Declared in vault_sharing.h: for what is signed and handed over beside documents (boms.h).
#include "api/service/vault_errors.h"
#include "api/service/vault_sharing.h"

namespace reelproof::api {

using ledger::Bytes;
using ledger::Result;

Result<ledger::SignedObject> VaultSharing::sign_and_commit(std::string_view commitment,
                                                           std::string_view payload) {
    auto object = signed_now(payload);
    if (!object) return object.error();
    if (auto done = commit(commitment, object->commitment); !done) return done.error();
    return object;
}

ledger::VaultVerdict VaultSharing::shared_with(const std::string& org,
                                               const VaultDocument& document) const {
    ledger::VaultVerdict best = ledger::VaultRefusal{
        "share.missing", "no share lets " + org + " read it: reelproof vault share add"};
    for (const auto& share : shares()) {
        // What is passed on is none of ours.
        if (share.owner != deps_.org || share.terms.recipient != org || !share.terms.of.empty())
            continue;
        const auto no = refusal(share, org, document);
        if (!no) return {};
        // A share of something else says nothing.
        if (no->rule != "share.other-document") best = no;
    }
    return best;
}

Result<VaultShare> VaultSharing::share_over(const std::string& owner, const std::string& project,
                                            const std::string& document,
                                            const VaultReader* reader) const {
    std::optional<ledger::Error> why;
    for (const auto& share : shares()) {
        const auto& terms = share.terms;
        if (share.owner != owner || terms.recipient != deps_.org || !terms.of.empty() ||
            terms.project != project || (!terms.document.empty() && terms.document != document))
            continue;
        ledger::VaultVerdict no;
        if (share.destroyed != 0)
            no = ledger::VaultRefusal{"share.destroyed", "what came under it was destroyed here"};
        else if (reader != nullptr)
            no = held_refusal(share, *reader);
        else if (share.ended != 0 || terms.end < deps_.clock())
            no = ledger::VaultRefusal{"share.ended", "the share is ended or its end is past"};
        if (!no) return share;
        why = refused(*no);
    }
    if (why) return *why;
    return refused({"share.missing", "no share of " + owner + " covers it"});
}

Result<Bytes> VaultSharing::held_text(const std::string& name, const std::string& document,
                                      std::uint64_t version, std::size_t most) const {
    const auto share = held_share(name);
    if (!share) return share.error();
    const auto reading = reading_of(*share, document, version);
    if (!reading || !reading->complete) return nothing("that version is not here: open it first");
    if (reading->release->size > most)
        return ledger::Error{ledger::ErrorKind::too_large, "the document is too large for a BOM"};
    const auto place = ledger::parse_vault_id(share->terms.id, "share");
    if (!place) return place.error();
    const auto key = deps_.vault.keys().unwrap(*place, reading->key, reading->wrapped);
    if (!key) return key.error();
    auto body = ledger::BodyReader::open(deps_.vault.held().file_of(reading->release->body));
    if (!body) return body.error();
    return body->read(*key, 0, static_cast<std::size_t>(body->size()));
}

}  // namespace reelproof::api
