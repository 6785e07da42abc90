#include "ledger/format/statement.h"

#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"
#include "ledger/format/cbor.h"
#include "ledger/format/envelope.h"
#include "ledger/format/strict_json.h"
#include "ledger/format/text_rules.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

constexpr std::uint8_t kLeafPrefix = 0x00;           // RFC 6962 2.1
constexpr std::uint64_t kLatestTime = 253402300799;  // the end of the year 9999
// More pairs than any header may have: an unknown one is then named, rather than counted.
constexpr std::size_t kManyPairs = 32;

Error missing(std::string_view place, std::string_view what) {
    return malformed(std::string(place) + ": " + std::string(what) + " is missing");
}

// CWT claims {1: iss, 2: sub, 6: iat}, exactly these.
Result<void> read_claims(CborReader& reader, ByteView input, StatementHeader& header) {
    constexpr std::string_view kPlace = "CWT claims";
    auto pairs = reader.map(kPlace, kManyPairs);
    if (!pairs) return pairs.error();
    bool has_iss = false;
    bool has_sub = false;
    bool has_iat = false;
    CborKeyOrder order;
    for (std::size_t i = 0; i < *pairs; ++i) {
        const std::size_t start = reader.offset();
        auto key = reader.integer("a key of the CWT claims");
        if (!key) return key.error();
        if (auto ok = order.next(input.subspan(start, reader.offset() - start), kPlace); !ok)
            return ok;
        if (*key == wire::kClaimIat) {
            auto iat = reader.uint("iat");
            if (!iat) return iat.error();
            if (*iat > kLatestTime) return malformed("iat is after the year 9999");
            header.iat = static_cast<UnixSeconds>(*iat);
            has_iat = true;
        } else if (*key == wire::kClaimIss || *key == wire::kClaimSub) {
            const bool is_iss = *key == wire::kClaimIss;
            const std::string_view name = is_iss ? "iss" : "sub";
            auto text = reader.text(name);
            if (!text) return text.error();
            if (auto ok = check_name(*text, name); !ok) return ok;
            (is_iss ? header.iss : header.sub) = *text;
            (is_iss ? has_iss : has_sub) = true;
        } else {
            return malformed("CWT claims have the unknown claim " + std::to_string(*key));
        }
    }
    if (!has_iss) return missing(kPlace, "iss");
    if (!has_sub) return missing(kPlace, "sub");
    if (!has_iat) return missing(kPlace, "iat");
    return {};
}

Result<void> read_kid(CborReader& reader, Hash& out) {
    auto kid = reader.bytes("kid");
    if (!kid) return kid.error();
    if (kid->size() != out.size())
        return malformed("kid is " + counted(kid->size(), "byte") + ", not 32");
    std::memcpy(out.data(), kid->data(), out.size());
    return {};
}

Result<void> read_content_type(CborReader& reader, StatementHeader& header) {
    auto type = reader.text("content type");
    if (!type) return type.error();
    if (*type != wire::kSealedContentType && *type != wire::kPublicContentType)
        return malformed("content type is neither " + std::string(wire::kSealedContentType) +
                         " nor " + std::string(wire::kPublicContentType));
    header.content_type = *type;
    return {};
}

// Exactly {1: alg, 3: content type, 4: kid, 15: CWT claims}.
Result<StatementHeader> read_protected_header(ByteView input) {
    constexpr std::string_view kPlace = "protected header";
    CborReader reader(input);
    auto pairs = reader.map(kPlace, kManyPairs);
    if (!pairs) return pairs.error();
    StatementHeader header;
    bool has_alg = false;
    bool has_type = false;
    bool has_kid = false;
    bool has_claims = false;
    CborKeyOrder order;
    for (std::size_t i = 0; i < *pairs; ++i) {
        const std::size_t start = reader.offset();
        auto key = reader.integer("a key of the protected header");
        if (!key) return key.error();
        if (auto ok = order.next(input.subspan(start, reader.offset() - start), kPlace); !ok)
            return ok.error();
        Result<void> read;
        switch (*key) {
            case wire::kHeaderAlg: {
                auto alg = reader.integer("alg");
                if (!alg) return alg.error();
                if (*alg != wire::kAlgEs256k)
                    return malformed("alg is " + std::to_string(*alg) + ", not -47 (ES256K)");
                has_alg = true;
                break;
            }
            case wire::kHeaderContentType:
                read = read_content_type(reader, header);
                has_type = true;
                break;
            case wire::kHeaderKid:
                read = read_kid(reader, header.kid);
                has_kid = true;
                break;
            case wire::kHeaderCwtClaims:
                read = read_claims(reader, input, header);
                has_claims = true;
                break;
            default:
                return malformed("protected header has the unknown parameter " +
                                 std::to_string(*key));
        }
        if (!read) return read.error();
    }
    if (!has_alg) return missing(kPlace, "alg");
    if (!has_type) return missing(kPlace, "content type");
    if (!has_kid) return missing(kPlace, "kid");
    if (!has_claims) return missing(kPlace, "CWT claims");
    if (auto ok = reader.finish(kPlace); !ok) return ok.error();
    return header;
}

Result<void> check_payload(const StatementView& statement) {
    if (statement.sealed()) {
        if (statement.header.sub != wire::kSealedSubject)
            return malformed("sub of a sealed statement is \"" + statement.header.sub +
                             "\", not \"sealed\"");
        return check_sealed_payload(statement.payload);
    }
    // A key that may sign "sealed" must not thereby be able to sign something public.
    if (statement.header.sub == wire::kSealedSubject)
        return malformed("sub of a public statement is \"sealed\"");
    auto type = check_json_object(as_text(statement.payload), "payload");
    if (!type) return type.error();
    if (*type != statement.header.sub)
        return malformed("payload has the type \"" + *type + "\", but sub is \"" +
                         statement.header.sub + "\"");
    return {};
}

// The CBOR head of a byte string of this size.
struct BytesHead {
    std::array<std::uint8_t, 9> bytes;
    std::size_t size;

    explicit BytesHead(std::size_t length) {
        CborWriter writer;
        writer.bytes_head(length);
        size = writer.view().size();
        std::memcpy(bytes.data(), writer.view().data(), size);
    }
    [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }
};

// ["Signature1", ... : an array of four and the text, as RFC 9052 4.4 has it.
constexpr std::uint8_t kSignature1[] = {0x84, 0x6a, 'S', 'i', 'g', 'n',
                                        'a',  't',  'u', 'r', 'e', '1'};
constexpr std::uint8_t kNoExternalData[] = {0x40};

}  // namespace

bool StatementView::sealed() const {
    return header.content_type == wire::kSealedContentType;
}

Result<StatementView> parse_statement(ByteView bytes) {
    if (bytes.empty()) return malformed("statement is empty");
    if (bytes.size() > wire::kMaxStatementSize)
        return Error{ErrorKind::too_large,
                     "statement is " + counted(bytes.size(), "byte") + ", more than 65535"};
    CborReader reader(bytes);
    auto tag = reader.tag("statement");
    if (!tag) return tag.error();
    if (*tag != wire::kCoseSign1Tag)
        return malformed("statement has the tag " + std::to_string(*tag) + ", not 18 (COSE_Sign1)");
    auto parts = reader.array("COSE_Sign1", 4);
    if (!parts) return parts.error();
    if (*parts != 4) return malformed("COSE_Sign1 has " + counted(*parts, "element") + ", not 4");
    auto protected_header = reader.bytes("protected header");
    if (!protected_header) return protected_header.error();
    auto unprotected = reader.map("unprotected header", kManyPairs);
    if (!unprotected) return unprotected.error();
    if (*unprotected != 0) return malformed("unprotected header is not empty");
    auto payload = reader.bytes("payload");
    if (!payload) return payload.error();
    auto signature = reader.bytes("signature");
    if (!signature) return signature.error();
    if (signature->size() != std::tuple_size_v<Signature>)
        return malformed("signature is " + counted(signature->size(), "byte") + ", not 64");
    if (auto ok = reader.finish("statement"); !ok) return ok.error();

    auto header = read_protected_header(*protected_header);
    if (!header) return header.error();
    StatementView out{bytes, std::move(*header), *protected_header, *payload, *signature};
    if (auto ok = check_payload(out); !ok) return ok.error();
    return out;
}

Hash signature_digest(ByteView protected_header, ByteView payload) {
    BytesHead header_head(protected_header.size());
    BytesHead payload_head(payload.size());
    return sha256({kSignature1, header_head.view(), protected_header, kNoExternalData,
                   payload_head.view(), payload});
}

Bytes signature_structure(ByteView protected_header, ByteView payload) {
    CborWriter writer;
    writer.reserve(protected_header.size() + payload.size() + 32);
    writer.raw(kSignature1);
    writer.bytes(protected_header);
    writer.raw(kNoExternalData);
    writer.bytes(payload);
    return writer.take();
}

Result<void> verify_statement(const StatementView& statement, const PublicKey& key) {
    if (statement.header.kid != key.kid())
        return Error{ErrorKind::untrusted, "kid " + to_hex(statement.header.kid) +
                                               " names another key than " + to_hex(key.kid())};
    if (PublicKey::is_high_s(statement.signature))
        return invalid("signature has a high s: only the low one of the two twins is valid");
    if (!key.verify(signature_digest(statement.protected_header, statement.payload),
                    statement.signature))
        return invalid("signature does not hold");
    return {};
}

Result<Bytes> sign_statement(const SecretKey& key, StatementHeader header, ByteView payload) {
    header.kid = key.public_key().kid();
    if (header.iat < 0) return malformed("iat is before 1970");
    CborWriter head;
    head.map(4);
    head.integer(wire::kHeaderAlg);
    head.integer(wire::kAlgEs256k);
    head.integer(wire::kHeaderContentType);
    head.text(header.content_type);
    head.integer(wire::kHeaderKid);
    head.bytes(header.kid);
    head.integer(wire::kHeaderCwtClaims);
    head.map(3);
    head.integer(wire::kClaimIss);
    head.text(header.iss);
    head.integer(wire::kClaimSub);
    head.text(header.sub);
    head.integer(wire::kClaimIat);
    head.integer(header.iat);

    Signature signature = key.sign(signature_digest(head.view(), payload));
    CborWriter out;
    out.reserve(head.view().size() + payload.size() + 96);
    out.tag(wire::kCoseSign1Tag);
    out.array(4);
    out.bytes(head.view());
    out.map(0);
    out.bytes(payload);
    out.bytes(signature);
    // What we could not read back we must never hand out.
    auto parsed = parse_statement(out.view());
    if (!parsed) return parsed.error();
    return out.take();
}

Hash leaf_hash(ByteView entry) {
    return sha256({ByteView(&kLeafPrefix, 1), entry});
}

}  // namespace reelproof::ledger
