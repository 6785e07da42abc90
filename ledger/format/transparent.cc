// The transparent statement (RFC 9943): a statement that carries its receipts. Declared in
// receipt.h.
#include "ledger/base/counted.h"
#include "ledger/format/cbor.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

constexpr std::size_t kMaxReceipts = 16;
constexpr std::size_t kMaxTransparentSize = wire::kMaxStatementSize + kMaxReceipts * 4096;

// COSE_Sign1 around parts that are encoded already; `unprotected` is one map.
Bytes join(ByteView protected_header, ByteView unprotected, ByteView payload, ByteView signature) {
    CborWriter out;
    out.reserve(protected_header.size() + unprotected.size() + payload.size() + 128);
    out.tag(wire::kCoseSign1Tag);
    out.array(4);
    out.bytes(protected_header);
    out.raw(unprotected);
    out.bytes(payload);
    out.bytes(signature);
    return out.take();
}

}  // namespace

Result<Bytes> make_transparent(ByteView statement, const std::vector<Bytes>& receipts) {
    auto parsed = parse_statement(statement);
    if (!parsed) return parsed.error();
    if (receipts.empty()) return malformed("a transparent statement needs a receipt");
    if (receipts.size() > kMaxReceipts)
        return Error{ErrorKind::too_large, counted(receipts.size(), "receipt") + ", more than 16"};
    CborWriter unprotected;
    unprotected.map(1);
    unprotected.integer(wire::kHeaderReceipts);
    unprotected.array(receipts.size());
    for (const Bytes& receipt : receipts) {
        if (auto ok = parse_receipt(receipt); !ok) return ok.error();
        unprotected.bytes(receipt);
    }
    return join(parsed->protected_header, unprotected.view(), parsed->payload, parsed->signature);
}

Result<Transparent> parse_transparent(ByteView bytes) {
    if (bytes.size() > kMaxTransparentSize)
        return Error{ErrorKind::too_large, "transparent statement is " +
                                               counted(bytes.size(), "byte") + ", more than " +
                                               std::to_string(kMaxTransparentSize)};
    CborReader reader(bytes);
    auto tag = reader.tag("transparent statement");
    if (!tag) return tag.error();
    if (*tag != wire::kCoseSign1Tag)
        return malformed("transparent statement has the tag " + std::to_string(*tag) +
                         ", not 18 (COSE_Sign1)");
    auto parts = reader.array("COSE_Sign1", 4);
    if (!parts) return parts.error();
    if (*parts != 4) return malformed("COSE_Sign1 has " + counted(*parts, "element") + ", not 4");
    auto protected_header = reader.bytes("protected header");
    if (!protected_header) return protected_header.error();
    auto pairs = reader.map("unprotected header", 8);
    if (!pairs) return pairs.error();
    if (*pairs != 1)
        return malformed("unprotected header does not hold the receipts and only them");
    auto label = reader.integer("key of the unprotected header");
    if (!label) return label.error();
    if (*label != wire::kHeaderReceipts)
        return malformed("unprotected header has the parameter " + std::to_string(*label) +
                         ", not 394 (receipts)");
    auto count = reader.array("list of receipts", kMaxReceipts);
    if (!count) return count.error();
    if (*count == 0) return malformed("transparent statement has no receipt");
    Transparent out;
    for (std::size_t i = 0; i < *count; ++i) {
        auto receipt = reader.bytes("receipt");
        if (!receipt) return receipt.error();
        if (auto ok = parse_receipt(*receipt); !ok) return ok.error();
        out.receipts.push_back(to_bytes(*receipt));
    }
    auto payload = reader.bytes("payload");
    if (!payload) return payload.error();
    auto signature = reader.bytes("signature");
    if (!signature) return signature.error();
    if (auto ok = reader.finish("transparent statement"); !ok) return ok.error();
    static constexpr std::uint8_t kEmptyMap[] = {0xa0};
    out.statement = join(*protected_header, kEmptyMap, *payload, *signature);
    if (auto ok = parse_statement(out.statement); !ok) return ok.error();
    return out;
}

}  // namespace reelproof::ledger
