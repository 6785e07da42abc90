// Any bytes through the reader of age headers and of age keys: no crash, and a header that opens
// gives the key that was put into it.
#include <cstdlib>

#include "ledger/vault/age.h"
#include "tests/fuzz/seeds.h"

using namespace reelproof::ledger;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const SealingKey& identity() {
    static const SealingKey key = SealingKey::from_secret(Secret<32>(Bytes(32, 7)));
    return key;
}
const AgeFileKey& file_key() {
    static const AgeFileKey key{ByteView(Bytes(16, 9))};
    return key;
}

}  // namespace

std::vector<std::string> reelproof::fuzz::seeds() {
    const std::vector<AgeRecipient> one{identity().public_key};
    const std::vector<AgeRecipient> two{SealingKey::generate().public_key, identity().public_key};
    return {age_header(file_key(), one), age_header(file_key(), two) + "and a body",
            "age-encryption.org/v1\n-> ssh-ed25519 abc def\nAAAA\n-> X25519 AAAA\n\n--- AAAA\n",
            age_recipient_text(identity().public_key), age_identity_text(identity())};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const std::string_view text = as_text(input);
    const std::array<SealingKey, 1> identities{identity()};
    if (const auto opened = open_age_header(input, identities)) {
        require(opened->size <= size && opened->size <= kMaxAgeHeader);
        // What follows is the body's and changes nothing.
        require(open_age_header(input.first(opened->size), identities)->key == opened->key);
    }
    if (const auto recipient = parse_age_recipient(text)) {
        const auto written = age_recipient_text(*recipient);
        require(parse_age_recipient(written).value() == *recipient);
    }
    if (const auto key = parse_age_identity(text))
        require(parse_age_identity(age_identity_text(*key))->secret == key->secret);
    if (size >= 8) {
        std::uint64_t body = 0;
        for (std::size_t i = 0; i < 8; ++i) body = body << 8 | data[i];
        body >>= 16;
        if (const auto plain = age_plain_size(body)) require(age_body_size(*plain) == body);
    }
    return 0;
}
