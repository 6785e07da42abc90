#include "ledger/store/prepared.h"

#include "ledger/format/envelope.h"

namespace reelproof::ledger {

IndexedStatement PreparedStatement::indexed(const Place& place) const {
    return {.place = place,
            .iss = view.header.iss,
            .iat = view.header.iat,
            .leaf = place.log == kOwnLog ? &leaf : nullptr,
            .envelopes = envelopes};
}

Result<std::vector<EnvelopeSpan>> envelope_spans(const StatementView& view) {
    std::vector<EnvelopeSpan> spans;
    if (!view.sealed()) return spans;
    auto payload = parse_sealed_payload(view.payload);
    if (!payload) return payload.error();
    spans.reserve(payload->envelopes.size());
    for (const EnvelopeView& envelope : payload->envelopes)
        spans.push_back(
            {.tag = envelope.tag,
             .offset = static_cast<std::uint16_t>(envelope.bytes.data() - view.bytes.data()),
             .length = static_cast<std::uint16_t>(envelope.bytes.size())});
    return spans;
}

Result<PreparedStatement> prepare_statement(Bytes bytes, Bytes* refused) {
    PreparedStatement prepared;
    prepared.bytes = std::move(bytes);
    const auto refuse = [&](const Error& error) {
        if (refused != nullptr) *refused = std::move(prepared.bytes);
        return error;
    };
    auto view = parse_statement(prepared.bytes);
    if (!view) return refuse(view.error());
    prepared.view = std::move(*view);
    auto spans = envelope_spans(prepared.view);
    if (!spans) return refuse(spans.error());
    prepared.envelopes = std::move(*spans);
    prepared.leaf = leaf_hash(prepared.bytes);
    return prepared;
}

}  // namespace reelproof::ledger
