// The age v1 file format (C2SP age.md) with X25519 recipients: what this writes, the stock `age`
// program opens, and the other way round. A file is a header, in which the file key is wrapped for
// each recipient, and a body under that key. The body needs nothing of the header, so one body
// serves all recipients, each with a header of its own.
// Thread safety: functions are pure; a sealer or opener belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ledger/base/bytes.h"
#include "ledger/base/secret.h"
#include "ledger/format/keys.h"

namespace reelproof::ledger {

using AgeFileKey = Secret<16>;
using AgeRecipient = std::array<std::uint8_t, 32>;  // an X25519 public key
using AgeNonce = std::array<std::uint8_t, 16>;

inline constexpr std::size_t kAgeChunk = std::size_t{64} << 10;  // bytes of plain text
inline constexpr std::size_t kAgeMac = 16;                       // more that a sealed chunk has
// Of a header that we read. The format sets no limit, and each stanza costs a multiplication before
// anything of the header can be checked.
inline constexpr std::size_t kMaxAgeHeader = std::size_t{32} << 10, kMaxAgeStanzas = 64;

// age1…
std::string age_recipient_text(const AgeRecipient& recipient);
Result<AgeRecipient> parse_age_recipient(std::string_view text);
// AGE-SECRET-KEY-1…, as age-keygen writes it. The caller wipes the text.
std::string age_identity_text(const SealingKey& identity);
Result<SealingKey> parse_age_identity(std::string_view text);

// `recipients` is not empty. A new ephemeral key for each.
std::string age_header(const AgeFileKey& key, std::span<const AgeRecipient> recipients);

struct OpenedAgeHeader {
    AgeFileKey key;
    std::size_t size = 0;  // bytes; the nonce follows
};
// `start`: the file's first kMaxAgeHeader bytes, or all of it. Fails: malformed; `untrusted` when
// it is for none of these identities; `invalid` when the header was changed.
Result<OpenedAgeHeader> open_age_header(ByteView start, std::span<const SealingKey> identities);

// The size of a body (with its nonce) of so many bytes of plain text.
std::uint64_t age_body_size(std::uint64_t plain);
// The other way; `malformed` where no body is so long.
Result<std::uint64_t> age_plain_size(std::uint64_t body);

// Chunks of a body, in order or by their place. A body is the nonce and then all chunks: each of
// kAgeChunk bytes but the last, which is empty only where the whole is.
class AgeBody {
  public:
    AgeBody(const AgeFileKey& key, const AgeNonce& nonce);

    // `out` has kAgeMac bytes more than `plain`.
    void seal(std::uint64_t place, bool last, ByteView plain, std::span<std::uint8_t> out) const;
    // `out` has kAgeMac bytes less than `sealed`. False: it was changed, is another chunk, or under
    // another key; `out` is worth nothing.
    [[nodiscard]] bool open(std::uint64_t place, bool last, ByteView sealed,
                            std::span<std::uint8_t> out) const;

  private:
    Secret<32> key_;
};

}  // namespace reelproof::ledger
