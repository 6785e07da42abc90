// Makes sealed statements from drafts of events. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/format/statement.h"
#include "ledger/provenance/event.h"

namespace reelproof::ledger {

struct EnvelopeDraft {
    ItemKey key;
    std::uint64_t n = 0;  // History::next_n of the issuer
    SealedBody body;
    std::string partner_json;  // for the named partners alone; empty: none
};

// One statement of 1 to 256 envelopes. `partners` are the sealing keys of who may read
// partner_json; needed when any draft has one. Errors: too many envelopes, a statement over 65,535
// bytes, no partners, an event that parse_body would refuse.
Result<Bytes> compose_sealed(const SecretKey& key, std::string_view iss, UnixSeconds iat,
                             const std::vector<EnvelopeDraft>& drafts,
                             const std::vector<std::array<std::uint8_t, 32>>& partners = {});

// A public statement with this payload (format_public); sub is its "type".
Result<Bytes> compose_public(const SecretKey& key, std::string_view iss, UnixSeconds iat,
                             std::string_view sub, std::string_view payload);

}  // namespace reelproof::ledger
