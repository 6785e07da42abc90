// The CBOR of envelopes and of sealed payloads: reading and writing, no cryptography.
#include <algorithm>

#include "ledger/base/counted.h"
#include "ledger/format/cbor.h"
#include "ledger/format/envelope.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

// nonce || ciphertext || MAC of something padded to whole blocks, at least one.
Result<void> check_sealed_size(std::size_t size, std::string_view what) {
    constexpr std::size_t kOverhead = wire::kNonceSize + wire::kMacSize;
    if (size >= kOverhead + wire::kPadBlock && (size - kOverhead) % wire::kPadBlock == 0) return {};
    return malformed(std::string(what) + " is " + counted(size, "byte") +
                     ", not 40 and a multiple of 128");
}

Result<void> check_sealed_sizes(const EnvelopeView& envelope) {
    if (auto ok = check_sealed_size(envelope.sealed.size(), "sealed body"); !ok) return ok;
    if (!envelope.partner) return {};
    return check_sealed_size(envelope.partner->ciphertext.size(), "partner ciphertext");
}

Result<void> read_partner(CborReader& reader, EnvelopeView& out) {
    if (reader.null()) return {};
    auto parts = reader.array("partner", 2);
    if (!parts) return parts.error();
    if (*parts != 2)
        return malformed("partner has " + counted(*parts, "element") + ", not [group, ciphertext]");
    auto group = reader.uint("partner group");
    if (!group) return group.error();
    if (*group >= wire::kMaxGroups)
        return Error{ErrorKind::too_large, "partner group is " + std::to_string(*group) +
                                               ", but there are at most 16 groups"};
    auto ciphertext = reader.bytes("partner ciphertext");
    if (!ciphertext) return ciphertext.error();
    out.partner = PartnerView{static_cast<std::size_t>(*group), *ciphertext};
    return {};
}

Result<void> read_envelope(CborReader& reader, ByteView input, EnvelopeView& out) {
    const std::size_t start = reader.offset();
    auto parts = reader.array("envelope", 3);
    if (!parts) return parts.error();
    if (*parts != 3)
        return malformed("envelope has " + counted(*parts, "element") +
                         ", not [tag, sealed, partner]");
    auto tag = reader.bytes("tag");
    if (!tag) return tag.error();
    if (tag->size() != out.tag.size())
        return malformed("tag is " + counted(tag->size(), "byte") + ", not 16");
    std::memcpy(out.tag.data(), tag->data(), out.tag.size());
    auto sealed = reader.bytes("sealed body");
    if (!sealed) return sealed.error();
    out.sealed = *sealed;
    if (auto ok = read_partner(reader, out); !ok) return ok;
    out.bytes = input.subspan(start, reader.offset() - start);
    return {};
}

std::string numbered(std::string_view what, std::size_t index) {
    return std::string(what) + " " + std::to_string(index);
}

// Walks the payload and hands each part to the sinks as it is found to be well formed.
template <class OnEnvelope, class OnGroup, class OnBox>
Result<void> walk(ByteView payload, OnEnvelope on_envelope, OnGroup on_group, OnBox on_box) {
    CborReader reader(payload);
    auto parts = reader.array("sealed payload", wire::kMaxEnvelopes);
    if (!parts) return parts.error();
    if (*parts != 2)
        return malformed("sealed payload has " + counted(*parts, "element") +
                         ", not [envelopes, groups]");
    auto envelopes = reader.array("list of envelopes", wire::kMaxEnvelopes);
    if (!envelopes) return envelopes.error();
    if (*envelopes == 0) return malformed("sealed payload has no envelope");
    // The structure first, also of the groups that come after the envelopes that name them: a
    // broken one is the better reason than a length within it.
    std::optional<Error> wrong_size;
    std::optional<std::size_t> highest_group;
    std::size_t named_by = 0;
    for (std::size_t i = 0; i < *envelopes; ++i) {
        EnvelopeView envelope;
        if (auto ok = read_envelope(reader, payload, envelope); !ok)
            return within(numbered("envelope", i), ok.error());
        if (envelope.partner && (!highest_group || envelope.partner->group > *highest_group)) {
            highest_group = envelope.partner->group;
            named_by = i;
        }
        if (auto ok = check_sealed_sizes(envelope); !ok && !wrong_size)
            wrong_size = within(numbered("envelope", i), ok.error());
        on_envelope(envelope);
    }
    auto groups = reader.array("list of groups", wire::kMaxGroups);
    if (!groups) return groups.error();
    if (highest_group && *highest_group >= *groups)
        return malformed(numbered("envelope", named_by) + " names group " +
                         std::to_string(*highest_group) + ", but the payload has " +
                         counted(*groups, "group"));
    for (std::size_t g = 0; g < *groups; ++g) {
        auto boxes = reader.array("list of boxes", wire::kMaxBoxes);
        if (!boxes) return within(numbered("group", g), boxes.error());
        if (*boxes == 0) return malformed(numbered("group", g) + " has no box");
        on_group(*boxes);
        for (std::size_t b = 0; b < *boxes; ++b) {
            auto box = reader.bytes("box");
            if (!box) return within(numbered("group", g), box.error());
            if (box->size() != wire::kBoxSize)
                return malformed(numbered("group", g) + ": box is " + counted(box->size(), "byte") +
                                 ", not 80");
            on_box(*box);
        }
    }
    if (auto ok = reader.finish("sealed payload"); !ok) return ok;
    if (wrong_size) return *wrong_size;
    return {};
}

}  // namespace

Result<SealedPayloadView> parse_sealed_payload(ByteView payload) {
    SealedPayloadView out;
    auto walked = walk(
        payload, [&](const EnvelopeView& envelope) { out.envelopes.push_back(envelope); },
        [&](std::size_t boxes) { out.groups.emplace_back().reserve(boxes); },
        [&](ByteView box) { out.groups.back().push_back(box); });
    if (!walked) return walked.error();
    return out;
}

Result<void> check_sealed_payload(ByteView payload) {
    return walk(
        payload, [](const EnvelopeView&) {}, [](std::size_t) {}, [](ByteView) {});
}

Result<EnvelopeView> parse_envelope(ByteView bytes) {
    CborReader reader(bytes);
    EnvelopeView out;
    if (auto ok = read_envelope(reader, bytes, out); !ok) return ok.error();
    if (auto ok = reader.finish("envelope"); !ok) return ok.error();
    if (auto ok = check_sealed_sizes(out); !ok) return ok.error();
    return out;
}

Bytes encode_envelope(const Tag& tag, ByteView sealed, const std::optional<PartnerView>& partner) {
    CborWriter out;
    out.reserve(sealed.size() + 64 + (partner ? partner->ciphertext.size() : 0));
    out.array(3);
    out.bytes(tag);
    out.bytes(sealed);
    if (partner) {
        out.array(2);
        out.uint(partner->group);
        out.bytes(partner->ciphertext);
    } else {
        out.null();
    }
    return out.take();
}

Bytes encode_sealed_payload(const std::vector<Bytes>& envelopes,
                            const std::vector<RecipientGroup>& groups) {
    CborWriter out;
    out.array(2);
    out.array(envelopes.size());
    for (const Bytes& envelope : envelopes) out.raw(envelope);
    out.array(groups.size());
    for (const RecipientGroup& group : groups) {
        out.array(group.boxes().size());
        for (const Bytes& box : group.boxes()) out.bytes(box);
    }
    return out.take();
}

}  // namespace reelproof::ledger
