#include "ledger/format/receipt.h"

#include "ledger/base/counted.h"
#include "ledger/format/cbor.h"
#include "ledger/format/merkle.h"
#include "ledger/format/statement.h"
#include "ledger/format/text_rules.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

// 63 hashes of 34 bytes, two names of 255 bytes, and the fixed parts.
constexpr std::size_t kMaxReceiptSize = 4096;

// Protected header {1: alg, 4: kid, 15: {1: origin, 2: sub}, 395: 1}.
Bytes encode_protected(const Hash& kid, std::string_view origin, std::string_view sub) {
    CborWriter out;
    out.map(4);
    out.integer(wire::kHeaderAlg);
    out.integer(wire::kAlgEs256k);
    out.integer(wire::kHeaderKid);
    out.bytes(kid);
    out.integer(wire::kHeaderCwtClaims);
    out.map(2);
    out.integer(wire::kClaimIss);
    out.text(origin);
    out.integer(wire::kClaimSub);
    out.text(sub);
    out.integer(wire::kHeaderVds);
    out.integer(wire::kVdsRfc9162Sha256);
    return out.take();
}

// Each field of a receipt stands at one place only, so the fixed integers are simply expected.
Result<void> expect(CborReader& reader, std::int64_t wanted, std::string_view what) {
    auto found = reader.integer(what);
    if (!found) return found.error();
    if (*found != wanted)
        return malformed(std::string(what) + " is " + std::to_string(*found) + ", not " +
                         std::to_string(wanted));
    return {};
}

Result<void> expect_count(Result<std::size_t> count, std::size_t wanted, std::string_view what) {
    if (!count) return count.error();
    if (*count != wanted)
        return malformed(std::string(what) + " has " + counted(*count, "member") + ", not " +
                         std::to_string(wanted));
    return {};
}

Result<std::string> read_name(CborReader& reader, std::string_view what) {
    auto text = reader.text(what);
    if (!text) return text.error();
    if (auto ok = check_name(*text, what); !ok) return ok.error();
    return std::string(*text);
}

Result<void> read_protected(ByteView input, Receipt& out) {
    CborReader reader(input);
    if (auto ok = expect_count(reader.map("receipt header", 8), 4, "receipt header"); !ok)
        return ok;
    if (auto ok = expect(reader, wire::kHeaderAlg, "receipt header: first key (alg)"); !ok)
        return ok;
    if (auto ok = expect(reader, wire::kAlgEs256k, "receipt alg"); !ok) return ok;
    if (auto ok = expect(reader, wire::kHeaderKid, "receipt header: second key (kid)"); !ok)
        return ok;
    auto kid = reader.bytes("receipt kid");
    if (!kid) return kid.error();
    if (kid->size() != out.kid.size())
        return malformed("receipt kid is " + counted(kid->size(), "byte") + ", not 32");
    std::copy(kid->begin(), kid->end(), out.kid.begin());
    if (auto ok = expect(reader, wire::kHeaderCwtClaims, "receipt header: third key (CWT claims)");
        !ok)
        return ok;
    if (auto ok = expect_count(reader.map("receipt claims", 8), 2, "receipt claims"); !ok)
        return ok;
    if (auto ok = expect(reader, wire::kClaimIss, "receipt claims: first key (iss)"); !ok)
        return ok;
    auto origin = read_name(reader, "receipt iss");
    if (!origin) return origin.error();
    out.origin = std::move(*origin);
    if (auto ok = expect(reader, wire::kClaimSub, "receipt claims: second key (sub)"); !ok)
        return ok;
    auto sub = read_name(reader, "receipt sub");
    if (!sub) return sub.error();
    out.sub = std::move(*sub);
    if (auto ok = expect(reader, wire::kHeaderVds, "receipt header: fourth key (vds)"); !ok)
        return ok;
    if (auto ok = expect(reader, wire::kVdsRfc9162Sha256, "receipt vds"); !ok) return ok;
    return reader.finish("receipt header");
}

// bstr .cbor [tree size, leaf index, [hash, ...]]
Result<void> read_inclusion(ByteView input, Receipt& out) {
    CborReader reader(input);
    if (auto ok = expect_count(reader.array("inclusion proof", 8), 3, "inclusion proof"); !ok)
        return ok;
    auto size = reader.uint("tree size");
    if (!size) return size.error();
    auto index = reader.uint("leaf index");
    if (!index) return index.error();
    if (*index >= *size)
        return malformed("leaf index " + std::to_string(*index) + " is outside a tree of size " +
                         std::to_string(*size));
    out.size = *size;
    out.index = *index;
    auto hashes = reader.array("inclusion path", wire::kMaxProofHashes);
    if (!hashes) return hashes.error();
    if (*hashes == 0) return malformed("inclusion path is empty");
    for (std::size_t i = 0; i < *hashes; ++i) {
        auto hash = reader.bytes("hash of the inclusion path");
        if (!hash) return hash.error();
        if (hash->size() != std::tuple_size_v<Hash>)
            return malformed("hash of the inclusion path is " + counted(hash->size(), "byte") +
                             ", not 32");
        std::copy(hash->begin(), hash->end(), out.path.emplace_back().begin());
    }
    return reader.finish("inclusion proof");
}

// {396: {-1: [inclusion proof]}}
Result<void> read_unprotected(CborReader& reader, Receipt& out) {
    constexpr std::string_view kPlace = "receipt unprotected header";
    if (auto ok = expect_count(reader.map(kPlace, 8), 1, kPlace); !ok) return ok;
    if (auto ok = expect(reader, wire::kHeaderVdp, "receipt unprotected header: key (vdp)"); !ok)
        return ok;
    if (auto ok = expect_count(reader.map("receipt proofs", 8), 1, "receipt proofs"); !ok)
        return ok;
    if (auto ok = expect(reader, wire::kVdpInclusion, "receipt proofs: key (inclusion)"); !ok)
        return ok;
    if (auto ok = expect_count(reader.array("inclusion proofs", 8), 1, "inclusion proofs"); !ok)
        return ok;
    auto proof = reader.bytes("inclusion proof");
    if (!proof) return proof.error();
    return read_inclusion(*proof, out);
}

}  // namespace

Result<Bytes> sign_receipt(const SecretKey& key, std::string_view origin, std::string_view sub,
                           std::uint64_t size, std::uint64_t index, const std::vector<Hash>& path,
                           const Hash& root) {
    Bytes header = encode_protected(key.public_key().kid(), origin, sub);
    CborWriter proof;
    proof.array(3);
    proof.uint(size);
    proof.uint(index);
    proof.array(path.size());
    for (const Hash& hash : path) proof.bytes(hash);

    CborWriter out;
    out.tag(wire::kCoseSign1Tag);
    out.array(4);
    out.bytes(header);
    out.map(1);
    out.integer(wire::kHeaderVdp);
    out.map(1);
    out.integer(wire::kVdpInclusion);
    out.array(1);
    out.bytes(proof.view());
    out.null();
    out.bytes(key.sign(signature_digest(header, root)));
    // What we could not read back we must never hand out.
    auto parsed = parse_receipt(out.view());
    if (!parsed) return parsed.error();
    return out.take();
}

Result<Receipt> parse_receipt(ByteView bytes) {
    if (bytes.size() > kMaxReceiptSize)
        return Error{ErrorKind::too_large,
                     "receipt is " + counted(bytes.size(), "byte") + ", more than 4096"};
    CborReader reader(bytes);
    auto tag = reader.tag("receipt");
    if (!tag) return tag.error();
    if (*tag != wire::kCoseSign1Tag)
        return malformed("receipt has the tag " + std::to_string(*tag) + ", not 18 (COSE_Sign1)");
    if (auto ok = expect_count(reader.array("receipt", 8), 4, "receipt"); !ok) return ok.error();
    Receipt out;
    auto header = reader.bytes("receipt header");
    if (!header) return header.error();
    out.protected_header = to_bytes(*header);
    if (auto ok = read_protected(*header, out); !ok) return ok.error();
    if (auto ok = read_unprotected(reader, out); !ok) return ok.error();
    if (!reader.null()) return malformed("receipt payload is not detached (null)");
    auto signature = reader.bytes("receipt signature");
    if (!signature) return signature.error();
    if (signature->size() != out.signature.size())
        return malformed("receipt signature is " + counted(signature->size(), "byte") + ", not 64");
    std::copy(signature->begin(), signature->end(), out.signature.begin());
    if (auto ok = reader.finish("receipt"); !ok) return ok.error();
    return out;
}

Result<Hash> verify_receipt(const Receipt& receipt, const PublicKey& key, ByteView statement) {
    auto parsed = parse_statement(statement);
    if (!parsed) return within("statement of the receipt", parsed.error());
    if (parsed->header.sub != receipt.sub)
        return invalid("receipt is for the sub \"" + receipt.sub + "\", the statement has \"" +
                       parsed->header.sub + "\"");
    if (receipt.kid != key.kid())
        return Error{ErrorKind::untrusted,
                     "receipt is by the key " + to_hex(receipt.kid) + ", not " + to_hex(key.kid())};
    auto root =
        root_from_inclusion(receipt.index, receipt.size, leaf_hash(statement), receipt.path);
    if (!root) return root.error();
    if (PublicKey::is_high_s(receipt.signature)) return invalid("receipt signature has a high s");
    if (!key.verify(signature_digest(receipt.protected_header, *root), receipt.signature))
        return invalid("receipt signature does not hold over the root that the statement leads to");
    return *root;
}

}  // namespace reelproof::ledger
