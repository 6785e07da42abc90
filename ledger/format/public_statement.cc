#include "ledger/format/public_statement.h"

#include <boost/json/parse.hpp>

#include "ledger/format/json_fields.h"
#include "ledger/format/strict_json.h"
#include "ledger/format/text_rules.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

namespace json = boost::json;

Result<PublicKey> read_key(const JsonFields& fields, std::string_view name) {
    auto bytes = fields.hex(name);
    if (!bytes) return bytes.error();
    return PublicKey::parse(*bytes, fields.member(name));
}

Result<std::string> read_name(const JsonFields& fields, std::string_view name) {
    auto text = fields.text(name);
    if (!text) return text.error();
    if (auto ok = check_name(*text, fields.member(name)); !ok) return ok.error();
    return text;
}

// An https URL. It is shown as a link and called by nodes, so nothing else may stand here.
Result<std::string> read_url(const JsonFields& fields, std::string_view name) {
    auto text = fields.text(name);
    if (!text) return text.error();
    if (!text->starts_with("https://") || text->find(' ') != std::string::npos)
        return fields.problem(name, "is not an https URL");
    return text;
}

Result<NoteVerifier> read_note_key(const JsonFields& fields, std::string_view name,
                                   std::uint8_t type) {
    auto text = fields.text(name);
    if (!text) return text.error();
    auto key = NoteVerifier::parse(*text);
    if (!key) return within(fields.member(name), key.error());
    if (key->type != type)
        return fields.problem(name, "is a note key of type " + std::to_string(key->type) +
                                        ", not " + std::to_string(type));
    return key;
}

struct Validity {
    std::optional<UnixSeconds> not_before;
    std::optional<UnixSeconds> not_after;
};

Result<Validity> read_validity(const JsonFields& fields) {
    auto not_before = fields.optional_time("not_before");
    if (!not_before) return not_before.error();
    auto not_after = fields.optional_time("not_after");
    if (!not_after) return not_after.error();
    if (*not_before && *not_after && **not_before > **not_after)
        return fields.problem("not_after", "is before not_before");
    return Validity{*not_before, *not_after};
}

Result<KeyGrant> read_grant(const JsonFields& fields) {
    auto key = read_key(fields, "key");
    if (!key) return key.error();
    auto role = read_name(fields, "role");
    if (!role) return role.error();
    if (!fields.has("may")) return fields.problem("may", "is missing");
    auto may = fields.texts("may");
    if (!may) return may.error();
    auto validity = read_validity(fields);
    if (!validity) return validity.error();
    return KeyGrant{*key, std::move(*role), std::move(*may), validity->not_before,
                    validity->not_after};
}

Result<void> read_keys(const JsonFields& fields, OrgGenesis& out) {
    auto keys = fields.list("keys", kMaxJsonList);
    if (!keys) return keys.error();
    if (*keys == nullptr) return {};
    for (std::size_t i = 0; i < (*keys)->size(); ++i) {
        const std::string place = "keys[" + std::to_string(i) + "]";
        const json::value& value = (**keys)[i];
        if (!value.is_object()) return fields.problem(place, "is not an object");
        auto grant = read_grant(JsonFields(value.get_object(), place + "."));
        if (!grant) return grant.error();
        out.keys.push_back(std::move(*grant));
    }
    return {};
}

// What only an organisation with a node of its own has.
Result<void> read_node(const JsonFields& fields, OrgGenesis& out) {
    if (fields.has("origin") != fields.has("log_key"))
        return fields.problem(fields.has("origin") ? "log_key" : "origin",
                              "is missing: origin and log_key come together");
    if (fields.has("origin")) {
        auto origin = read_name(fields, "origin");
        if (!origin) return origin.error();
        auto key = read_note_key(fields, "log_key", wire::kNoteEd25519);
        if (!key) return key.error();
        if (key->name != *origin) return fields.problem("log_key", "has another name than origin");
        out.origin = std::move(*origin);
        out.log_key = std::move(*key);
    }
    if (fields.has("url")) {
        auto url = read_url(fields, "url");
        if (!url) return url.error();
        out.url = std::move(*url);
    }
    if (fields.has("mirror_key")) {
        auto key = read_note_key(fields, "mirror_key", wire::kNoteCosignatureV1);
        if (!key) return key.error();
        out.mirror_key = std::move(*key);
    }
    if (fields.has("witness_key")) {
        auto key = read_note_key(fields, "witness_key", wire::kNoteCosignatureV1);
        if (!key) return key.error();
        // A cosignature does not say in which role it was made: one key, one role.
        if (out.mirror_key && key->public_key == out.mirror_key->public_key)
            return fields.problem("witness_key", "is the mirror key as well");
        out.witness_key = std::move(*key);
    }
    if (fields.has("receipt_key")) {
        auto key = read_key(fields, "receipt_key");
        if (!key) return key.error();
        out.receipt_key = *key;
    }
    if (fields.has("tls_spki")) {
        auto spki = fields.hash("tls_spki");
        if (!spki) return spki.error();
        out.tls_spki = *spki;
    }
    return {};
}

Result<PublicStatement> read_genesis(const JsonFields& fields) {
    auto org = read_name(fields, "org");
    if (!org) return org.error();
    auto root = read_key(fields, "root");
    if (!root) return root.error();
    OrgGenesis out{std::move(*org), *root, {}, {}, {}, {}, {}, {}, {}, {}};
    if (auto ok = read_node(fields, out); !ok) return ok.error();
    if (fields.has("sealing_key")) {
        auto key = fields.hash("sealing_key");
        if (!key) return key.error();
        out.sealing_key = *key;
    }
    if (auto ok = read_keys(fields, out); !ok) return ok.error();
    return PublicStatement(std::move(out));
}

Result<PublicStatement> read_key_grant(const JsonFields& fields) {
    auto kind = fields.optional_text("kind");
    if (!kind) return kind.error();
    if (*kind == "tls") {
        auto spki = fields.hash("tls_spki");
        if (!spki) return spki.error();
        auto url = read_url(fields, "url");
        if (!url) return url.error();
        return PublicStatement(TlsGrant{*spki, std::move(*url)});
    }
    if (*kind == "sealing") {
        auto key = fields.hash("sealing_key");
        if (!key) return key.error();
        return PublicStatement(SealingGrant{*key});
    }
    // A kind of a later version must not be taken for a key that may sign.
    if (!kind->empty())
        return fields.problem("kind", "is \"" + *kind + "\", not \"tls\" or \"sealing\"");
    auto grant = read_grant(fields);
    if (!grant) return grant.error();
    return PublicStatement(std::move(*grant));
}

Result<PublicStatement> read_key_revoke(const JsonFields& fields) {
    auto key = read_key(fields, "key");
    if (!key) return key.error();
    auto reason = fields.optional_text("reason");
    if (!reason) return reason.error();
    return PublicStatement(KeyRevoke{*key, std::move(*reason)});
}

Result<PublicStatement> read_source_authorise(const JsonFields& fields) {
    auto org = read_name(fields, "org");
    if (!org) return org.error();
    auto mpns = fields.texts("mpns");
    if (!mpns) return mpns.error();
    auto validity = read_validity(fields);
    if (!validity) return validity.error();
    return PublicStatement(SourceAuthorise{std::move(*org), std::move(*mpns), validity->not_before,
                                           validity->not_after});
}

Result<PublicStatement> read_recall(const JsonFields& fields) {
    Recall out;
    auto mpn = fields.optional_text("mpn");
    if (!mpn) return mpn.error();
    auto lots = fields.texts("lots");
    if (!lots) return lots.error();
    auto date_codes = fields.texts("date_codes");
    if (!date_codes) return date_codes.error();
    auto reason = fields.optional_text("reason");
    if (!reason) return reason.error();
    // Else it would recall everything of this manufacturer.
    if (mpn->empty() && lots->empty() && date_codes->empty())
        return malformed("recall names neither mpn nor lots nor date_codes");
    return PublicStatement(
        Recall{std::move(*mpn), std::move(*lots), std::move(*date_codes), std::move(*reason)});
}

Result<PublicStatement> read_log_evidence(const JsonFields& fields) {
    LogEvidence out;
    auto origin = read_name(fields, "origin");
    if (!origin) return origin.error();
    out.origin = std::move(*origin);
    auto first = fields.long_text("first", wire::kMaxStatementSize);
    if (!first) return first.error();
    out.first = std::move(*first);
    auto second = fields.long_text("second", wire::kMaxStatementSize);
    if (!second) return second.error();
    out.second = std::move(*second);
    auto size = fields.number("size");
    if (!size) return size.error();
    out.size = *size;
    if (fields.has("prefix_root")) {
        auto root = fields.hash("prefix_root");
        if (!root) return root.error();
        out.prefix_root = *root;
    }
    auto proof = fields.list("proof", wire::kMaxProofHashes * 2);
    if (!proof) return proof.error();
    for (std::size_t i = 0; *proof != nullptr && i < (*proof)->size(); ++i) {
        const json::value& value = (**proof)[i];
        const std::string place = "proof[" + std::to_string(i) + "]";
        if (!value.is_string()) return fields.problem(place, "is not a text");
        auto hash = array_from_hex<32>({value.get_string().data(), value.get_string().size()},
                                       fields.member(place));
        if (!hash) return hash.error();
        out.proof.push_back(*hash);
    }
    auto reason = fields.optional_text("reason");
    if (!reason) return reason.error();
    out.reason = std::move(*reason);
    return PublicStatement(std::move(out));
}

Result<PublicStatement> read_guest_admit(const JsonFields& fields) {
    auto org = read_name(fields, "org");
    if (!org) return org.error();
    auto root = fields.hash("root");
    if (!root) return root.error();
    if (!fields.has("may")) return fields.problem("may", "is missing");
    auto may = fields.texts("may");
    if (!may) return may.error();
    auto not_after = fields.optional_time("not_after");
    if (!not_after) return not_after.error();
    return PublicStatement(GuestAdmit{std::move(*org), to_hex(*root), std::move(*may), *not_after});
}

Result<PublicStatement> read_guest_dismiss(const JsonFields& fields) {
    auto org = read_name(fields, "org");
    if (!org) return org.error();
    auto reason = fields.optional_text("reason");
    if (!reason) return reason.error();
    return PublicStatement(GuestDismiss{std::move(*org), std::move(*reason)});
}

}  // namespace

Result<PublicStatement> parse_public(std::string_view text) {
    auto type = check_json_object(text, "payload");
    if (!type) return type.error();
    json::error_code error;
    json::value document = json::parse({text.data(), text.size()}, error);
    if (error) return malformed("payload is not JSON: " + error.message());
    JsonFields fields(document.get_object());
    if (*type == "org.genesis") return read_genesis(fields);
    if (*type == "key.grant") return read_key_grant(fields);
    if (*type == "key.revoke") return read_key_revoke(fields);
    if (*type == "source.authorise") return read_source_authorise(fields);
    if (*type == "recall") return read_recall(fields);
    if (*type == "log.evidence") return read_log_evidence(fields);
    if (*type == "guest.admit") return read_guest_admit(fields);
    if (*type == "guest.dismiss") return read_guest_dismiss(fields);
    return PublicStatement(OtherPublic{std::move(*type)});
}

std::string thumbprint(const PublicKey& key) {
    return to_hex(key.kid());
}

}  // namespace reelproof::ledger
