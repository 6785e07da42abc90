#include "ledger/format/describe.h"

#include <boost/json/array.hpp>

#include "ledger/format/envelope.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"

namespace reelproof::ledger {
namespace {

namespace json = boost::json;

}  // namespace

Result<json::object> describe_statement(ByteView statement, const std::optional<PublicKey>& key) {
    auto parsed = parse_statement(statement);
    if (!parsed) return parsed.error();
    if (key)
        if (auto ok = verify_statement(*parsed, *key); !ok) return ok.error();
    return json::object{
        {"iss", parsed->header.iss},         {"sub", parsed->header.sub},
        {"iat", parsed->header.iat},         {"content_type", parsed->header.content_type},
        {"kid", to_hex(parsed->header.kid)}, {"leaf_hash", to_hex(leaf_hash(statement))}};
}

json::object describe_item(const ItemKey& key) {
    return {{"item_key", to_hex(key.expose())}, {"id", public_item_id(key)}};
}

Result<json::object> describe_envelope(const ItemKey& key, std::string_view iss, std::uint64_t n,
                                       ByteView envelope) {
    auto parsed = parse_envelope(envelope);
    if (!parsed) return parsed.error();
    auto body = ItemCipher(key).open(iss, n, *parsed);
    if (!body) return body.error();
    if (!is_utf8(as_bytes(*body))) return malformed("body is not UTF-8");
    return json::object{
        {"tag", to_hex(parsed->tag)}, {"hash", to_hex(envelope_hash(envelope))}, {"body", *body}};
}

Result<NoteDescription> describe_note(std::string_view text,
                                      const std::vector<NoteVerifier>& keys) {
    auto note = parse_note(text);
    if (!note) return note.error();
    auto checkpoint = parse_checkpoint(note->text);
    if (!checkpoint) return checkpoint.error();
    json::array signatures;
    bool any_good = false;
    bool any_bad = false;
    for (const NoteSignature& signature : note->signatures) {
        CheckedSignature checked = check_signature(*note, signature, keys);
        json::object line{
            {"name", signature.name}, {"type", nullptr}, {"ok", nullptr}, {"time", nullptr}};
        if (checked.key) line["type"] = checked.key->type;
        if (checked.state != SignatureState::unknown_key) {
            const bool good = checked.state == SignatureState::good;
            line["ok"] = good;
            (good ? any_good : any_bad) = true;
        }
        if (checked.time) line["time"] = *checked.time;
        signatures.emplace_back(std::move(line));
    }
    return NoteDescription{json::object{{"origin", checkpoint->origin},
                                        {"size", checkpoint->size},
                                        {"root", to_hex(checkpoint->root)},
                                        {"signatures", std::move(signatures)}},
                           any_good && !any_bad};
}

Result<json::object> describe_receipt(ByteView receipt, ByteView statement,
                                      const PublicKey& log_key) {
    auto parsed = parse_receipt(receipt);
    if (!parsed) return parsed.error();
    auto root = verify_receipt(*parsed, log_key, statement);
    if (!root) return root.error();
    return json::object{{"origin", parsed->origin},
                        {"sub", parsed->sub},
                        {"size", parsed->size},
                        {"index", parsed->index},
                        {"root", to_hex(*root)}};
}

}  // namespace reelproof::ledger
