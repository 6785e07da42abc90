// Any bytes through every reader of CBOR and JSON: no crash, and what is taken can be written in
// one way only, which is the input.
#include <cstdlib>

#include "ledger/format/bundle.h"
#include "ledger/format/cbor.h"
#include "ledger/format/envelope.h"
#include "ledger/format/merkle.h"
#include "ledger/format/public_statement.h"
#include "ledger/format/receipt.h"
#include "ledger/format/statement.h"
#include "ledger/format/wire.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof::ledger;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_statement(ByteView input) {
    auto parsed = parse_statement(input);
    if (!parsed) return;
    require(static_cast<bool>(check_cbor(input, "statement")));
    const StatementHeader& header = parsed->header;
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
    require(equal(head.view(), parsed->protected_header));
    CborWriter whole;
    whole.tag(wire::kCoseSign1Tag);
    whole.array(4);
    whole.bytes(head.view());
    whole.map(0);
    whole.bytes(parsed->payload);
    whole.bytes(parsed->signature);
    require(equal(whole.view(), input));
}

void check_payload(ByteView input) {
    auto parsed = parse_sealed_payload(input);
    require(parsed.has_value() == check_sealed_payload(input).has_value());
    if (!parsed) return;
    CborWriter whole;
    whole.array(2);
    whole.array(parsed->envelopes.size());
    for (const EnvelopeView& envelope : parsed->envelopes) {
        Bytes encoded = encode_envelope(envelope.tag, envelope.sealed, envelope.partner);
        require(equal(encoded, envelope.bytes));
        require(parse_envelope(encoded).has_value());
        whole.raw(encoded);
    }
    whole.array(parsed->groups.size());
    for (const auto& group : parsed->groups) {
        whole.array(group.size());
        for (ByteView box : group) whole.bytes(box);
    }
    require(equal(whole.view(), input));
}

void check_receipts(ByteView input) {
    if (auto receipt = parse_receipt(input)) {
        require(static_cast<bool>(check_cbor(input, "receipt")));
        require(receipt->index < receipt->size);
    }
    auto transparent = parse_transparent(input);
    if (!transparent) return;
    auto again = make_transparent(transparent->statement, transparent->receipts);
    require(again.has_value() && equal(*again, input));
}

void check_public(ByteView input) {
    auto parsed = parse_public(as_text(input));
    if (!parsed) return;
    const std::string written = format_public(*parsed);
    auto again = parse_public(written);
    require(again.has_value() && again->index() == parsed->index());
    require(format_public(*again) == written);
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const SecretKey key = SecretKey::parse(Bytes(32, 1)).value();
    const ItemKey item = issued_item_key(ItemSeed());
    const std::string recall = format_public(Recall{"NL52840*", {"7AB123"}, {"2617"}, "cracks"});
    const auto header = [](std::string_view type, std::string_view sub) {
        StatementHeader out;
        out.content_type = type;
        out.iss = "maker.example";
        out.sub = sub;
        out.iat = 1'767'225'600;
        return out;
    };
    ItemCipher cipher(item);
    const auto tag = cipher.tag("maker.example", 0);
    const Bytes envelope = encode_envelope(tag, cipher.seal("maker.example", 0, "{}"), {});
    const Bytes payload = encode_sealed_payload({envelope}, {});
    const Bytes open =
        sign_statement(key, header(wire::kPublicContentType, "recall"), as_bytes(recall)).value();
    const Bytes sealed =
        sign_statement(key, header(wire::kSealedContentType, wire::kSealedSubject), payload)
            .value();
    const Bytes receipt =
        sign_receipt(key, "maker.example/ledger", "recall", 2, 1, {leaf_hash(sealed)},
                     node_hash(leaf_hash(sealed), leaf_hash(open)))
            .value();
    std::vector<std::string> out{recall};
    for (const ByteView bytes :
         {ByteView(open), ByteView(sealed), ByteView(payload), ByteView(receipt)})
        out.emplace_back(as_text(bytes));
    out.emplace_back(as_text(make_transparent(open, {receipt}).value()));
    return out;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    check_statement(input);
    check_payload(input);
    check_receipts(input);
    check_public(input);
    if (auto bundle = parse_bundle_file(input)) require(equal(encode_bundle(*bundle), input));
    (void)check_cbor(input, "item");
    return 0;
}
