#include "ledger/provenance/compose.h"

#include "ledger/format/envelope.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {

Result<Bytes> compose_sealed(const SecretKey& key, std::string_view iss, UnixSeconds iat,
                             const std::vector<EnvelopeDraft>& drafts,
                             const std::vector<std::array<std::uint8_t, 32>>& partners) {
    if (drafts.empty() || drafts.size() > wire::kMaxEnvelopes)
        return Error{ErrorKind::too_large,
                     "a statement takes 1 to 256 events, not " + std::to_string(drafts.size())};
    std::vector<RecipientGroup> groups;
    if (!partners.empty()) {
        auto group = RecipientGroup::make(partners);
        if (!group) return group.error();
        groups.push_back(std::move(*group));
    }
    std::vector<Bytes> envelopes;
    for (const auto& draft : drafts) {
        ItemCipher cipher(draft.key);
        const auto tag = cipher.tag(iss, draft.n);
        auto body = format_body(draft.body);
        // What nobody could read again must not be signed.
        if (auto readable = parse_body(body); !readable) return readable.error();
        const auto sealed = cipher.seal(iss, draft.n, body);
        wipe(body.data(), body.size());
        Bytes partner;
        std::optional<PartnerView> view;
        if (!draft.partner_json.empty()) {
            if (groups.empty())
                return invalid("an event has a partner part, but no partner is named to read it");
            partner = groups.front().seal(tag, draft.partner_json);
            view = PartnerView{0, partner};
        }
        envelopes.push_back(encode_envelope(tag, sealed, view));
    }
    StatementHeader header;
    header.content_type = wire::kSealedContentType;
    header.iss = iss;
    header.sub = wire::kSealedSubject;
    header.iat = iat;
    return sign_statement(key, std::move(header), encode_sealed_payload(envelopes, groups));
}

Result<Bytes> compose_public(const SecretKey& key, std::string_view iss, UnixSeconds iat,
                             std::string_view sub, std::string_view payload) {
    StatementHeader header;
    header.content_type = wire::kPublicContentType;
    header.iss = iss;
    header.sub = sub;
    header.iat = iat;
    return sign_statement(key, std::move(header), as_bytes(payload));
}

}  // namespace reelproof::ledger
