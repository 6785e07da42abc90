// Envelopes: sealed events about one item (DESIGN 4.4). Sealing and opening are thread-safe; an
// ItemCipher belongs to one thread. Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/base/sha256.h"
#include "ledger/format/item.h"
#include "ledger/format/keys.h"

namespace reelproof::ledger {

// The partner compartment as it stands in the envelope: index of the group, ciphertext with nonce.
struct PartnerView {
    std::size_t group;
    ByteView ciphertext;
};

struct EnvelopeView {
    ByteView bytes;  // the envelope's CBOR: its hash and its place in the statement
    Tag tag;
    ByteView sealed;  // nonce || ciphertext
    std::optional<PartnerView> partner;
};

// The payload of a sealed statement: 1 to 256 envelopes, 0 to 16 groups of 1 to 64 boxes.
struct SealedPayloadView {
    std::vector<EnvelopeView> envelopes;
    std::vector<std::vector<ByteView>> groups;
};

Result<SealedPayloadView> parse_sealed_payload(ByteView payload);
// The same checks without the views: allocates nothing.
Result<void> check_sealed_payload(ByteView payload);
Result<EnvelopeView> parse_envelope(ByteView bytes);
// SHA-256 of the envelope's CBOR.
Hash envelope_hash(ByteView envelope);

// Tags and body keys of one item: PRF(label, iss, n) = HMAC(item_key, label 00 iss 00 u64be(n)).
class ItemCipher {
  public:
    explicit ItemCipher(const ItemKey& key);

    Tag tag(std::string_view iss, std::uint64_t n);
    Secret<32> body_key(std::string_view iss, std::uint64_t n);

    // The sealed body alone (nonce || ciphertext); nonce is random unless given (vectors only).
    Bytes seal(std::string_view iss, std::uint64_t n, std::string_view body,
               std::optional<std::array<std::uint8_t, 24>> nonce = std::nullopt);
    // Opens under (iss, n): tag, authentication and padding must hold.
    Result<std::string> open(std::string_view iss, std::uint64_t n, const EnvelopeView& envelope);
    // For who has tag(iss, n) already.
    Result<std::string> open(const Tag& tag, std::string_view iss, std::uint64_t n,
                             const EnvelopeView& envelope);

  private:
    Prf prf_;
};

// A recipient group while a statement is being made.
class RecipientGroup {
  public:
    // 1 to 64 X25519 keys; draws a random cek and seals it to each.
    static Result<RecipientGroup> make(const std::vector<std::array<std::uint8_t, 32>>& recipients);
    // nonce || XChaCha20-Poly1305 of the padded JSON under HMAC(cek, "partner" 00 tag).
    [[nodiscard]] Bytes seal(const Tag& tag, std::string_view json) const;
    // What goes into the statement's groups.
    [[nodiscard]] const std::vector<Bytes>& boxes() const { return boxes_; }

  private:
    RecipientGroup() = default;

    Secret<32> cek_;
    std::vector<Bytes> boxes_;
};

// Opens the partner compartment of an envelope with our sealing key: tries each box of its group.
// Nothing (not_found) when no box is ours.
Result<std::string> open_partner(const SealedPayloadView& payload, const EnvelopeView& envelope,
                                 const SealingKey& key);

// CBOR of one envelope; partner = {group index, ciphertext} or none.
Bytes encode_envelope(const Tag& tag, ByteView sealed, const std::optional<PartnerView>& partner);
// CBOR of the payload of a sealed statement.
Bytes encode_sealed_payload(const std::vector<Bytes>& envelopes,
                            const std::vector<RecipientGroup>& groups);

}  // namespace reelproof::ledger
