#include "ledger/vault/age.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include <sodium.h>

#include "ledger/base/aead.h"
#include "ledger/base/sha256.h"
#include "ledger/vault/bech32.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kVersionLine = "age-encryption.org/v1\n";
constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "age-secret-key-";
constexpr std::string_view kX25519 = "X25519";
constexpr std::string_view kWrapInfo = "age-encryption.org/v1/X25519";
constexpr std::string_view kStanza = "-> ", kEnd = "---";
constexpr std::size_t kLine = 64;  // base64 characters of a stanza's line
constexpr std::size_t kWrapped = 16 + kAgeMac;

std::string raw_base64(ByteView bytes) {
    auto out = to_base64(bytes);
    out.erase(std::find(out.begin(), out.end(), '='), out.end());
    return out;
}

Result<Bytes> from_raw_base64(std::string_view text, std::string_view what) {
    if (text.find('=') != std::string_view::npos)
        return malformed(std::string(what) + " has padding, which age leaves out");
    std::string padded(text);
    padded.append((4 - text.size() % 4) % 4, '=');
    return from_base64(padded, what);
}

void chacha_seal(ByteView key, const std::uint8_t* nonce, ByteView plain,
                 std::span<std::uint8_t> out) {
    unsigned long long size = 0;
    crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), &size, plain.data(), plain.size(),
                                              nullptr, 0, nullptr, nonce, key.data());
}

bool chacha_open(ByteView key, const std::uint8_t* nonce, ByteView sealed,
                 std::span<std::uint8_t> out) {
    unsigned long long size = 0;
    return crypto_aead_chacha20poly1305_ietf_decrypt(out.data(), &size, nullptr, sealed.data(),
                                                     sealed.size(), nullptr, 0, nonce,
                                                     key.data()) == 0;
}

// One key wraps one file key, so its nonce is fixed.
constexpr std::array<std::uint8_t, crypto_aead_chacha20poly1305_IETF_NPUBBYTES> kWrapNonce{};

// Nothing where the other side's share is a point of small order.
std::optional<Secret<32>> wrap_key(const Secret<32>& secret, const AgeRecipient& theirs,
                                   const AgeRecipient& share, const AgeRecipient& recipient) {
    Secret<32> shared;
    if (crypto_scalarmult(shared.expose_mutable().data(), secret.expose().data(), theirs.data()) !=
        0)
        return std::nullopt;
    std::string salt(as_text(share));
    salt += as_text(recipient);
    return derive_key(shared.expose(), salt, kWrapInfo);
}

Hash header_mac(const AgeFileKey& key, ByteView header) {
    const auto mac_key = derive_key(key.expose(), "", "header");
    return hmac_sha256(mac_key.expose(), header);
}

std::string stanza_for(const AgeFileKey& key, const AgeRecipient& recipient) {
    const auto ephemeral = SealingKey::generate();
    const auto wrap = wrap_key(ephemeral.secret, recipient, ephemeral.public_key, recipient);
    // A recipient of small order is refused where recipients are read.
    if (!wrap) throw std::logic_error("an age recipient of small order");
    std::array<std::uint8_t, kWrapped> body{};
    chacha_seal(wrap->expose(), kWrapNonce.data(), key.expose(), body);
    return std::string(kStanza) + std::string(kX25519) + " " + raw_base64(ephemeral.public_key) +
           "\n" + raw_base64(body) + "\n";
}

// Text by lines, each with its end.
class Lines {
  public:
    explicit Lines(std::string_view text) : text_(text) {}
    std::optional<std::string_view> next() {
        const auto end = text_.find('\n', at_);
        if (end == std::string_view::npos) return std::nullopt;
        const auto line = text_.substr(at_, end - at_);
        at_ = end + 1;
        return line;
    }
    [[nodiscard]] std::size_t at() const { return at_; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

struct Stanza {
    std::vector<std::string_view> arguments;
    Bytes body;
};

Result<std::vector<std::string_view>> arguments_of(std::string_view line) {
    std::vector<std::string_view> out;
    for (std::size_t at = kStanza.size(); at <= line.size();) {
        const auto end = std::min(line.find(' ', at), line.size());
        const auto word = line.substr(at, end - at);
        if (word.empty() ||
            std::any_of(word.begin(), word.end(), [](char c) { return c < 0x21 || c > 0x7e; }))
            return malformed(
                "age header: a recipient's line has an empty word or a character that "
                "is none");
        out.push_back(word);
        at = end + 1;
    }
    return out;
}

Error cut_short() {
    return malformed("age header: it does not end within " + counted(kMaxAgeHeader, "byte") +
                     ", or the file is cut short");
}

Result<Stanza> read_stanza(std::string_view first, Lines& lines) {
    auto arguments = arguments_of(first);
    if (!arguments) return arguments.error();
    Stanza out{std::move(*arguments), {}};
    std::string text;
    while (true) {
        const auto line = lines.next();
        if (!line) return cut_short();
        if (line->size() > kLine) return malformed("age header: a line is longer than 64");
        text += *line;
        if (line->size() < kLine) break;
    }
    auto body = from_raw_base64(text, "age header: a recipient's body");
    if (!body) return body.error();
    out.body = std::move(*body);
    return out;
}

struct Header {
    std::vector<Stanza> stanzas;
    std::size_t covered = 0, size = 0;  // by the MAC; in all
    Bytes mac;
};

Result<Header> read_header(std::string_view text) {
    if (!text.starts_with(kVersionLine)) return malformed("this is no age v1 file");
    Lines lines(text.substr(0, std::min(text.size(), kMaxAgeHeader)));
    lines.next();
    Header out;
    while (true) {
        const auto begin = lines.at();
        const auto line = lines.next();
        if (!line) return cut_short();
        if (line->starts_with(std::string(kEnd) + " ")) {
            auto mac = from_raw_base64(line->substr(kEnd.size() + 1), "age header: its MAC");
            if (!mac) return mac.error();
            if (mac->size() != Hash{}.size())
                return malformed("age header: its MAC is " + counted(mac->size(), "byte"));
            if (out.stanzas.empty()) return malformed("age header: it is for nobody");
            out.covered = begin + kEnd.size();
            out.size = lines.at();
            out.mac = std::move(*mac);
            return out;
        }
        if (!line->starts_with(kStanza))
            return malformed("age header: a line is neither a recipient nor the end");
        if (out.stanzas.size() == kMaxAgeStanzas)
            return Error{ErrorKind::too_large,
                         "age header: more than " + counted(kMaxAgeStanzas, "recipient")};
        auto stanza = read_stanza(*line, lines);
        if (!stanza) return stanza.error();
        out.stanzas.push_back(std::move(*stanza));
    }
}

// Nothing: not for this identity.
std::optional<AgeFileKey> unwrap(const AgeRecipient& share, ByteView body,
                                 const SealingKey& identity) {
    const auto wrap = wrap_key(identity.secret, share, share, identity.public_key);
    AgeFileKey key;
    if (!wrap || !chacha_open(wrap->expose(), kWrapNonce.data(), body, key.expose_mutable()))
        return std::nullopt;
    return key;
}

std::array<std::uint8_t, crypto_aead_chacha20poly1305_IETF_NPUBBYTES> chunk_nonce(
    std::uint64_t place, bool last) {
    std::array<std::uint8_t, crypto_aead_chacha20poly1305_IETF_NPUBBYTES> out{};
    for (std::size_t i = 0; i < 8; ++i)
        out[10 - i] = static_cast<std::uint8_t>(place >> 8 * i & 0xff);
    out[11] = last ? 1 : 0;
    return out;
}

}  // namespace

std::string age_recipient_text(const AgeRecipient& recipient) {
    return to_bech32(kRecipientPrefix, recipient);
}

Result<AgeRecipient> parse_age_recipient(std::string_view text) {
    const auto bytes = from_bech32(text, kRecipientPrefix, "the age recipient");
    if (!bytes) return bytes.error();
    AgeRecipient out;
    if (bytes->size() != out.size())
        return malformed("the age recipient is " + counted(bytes->size(), "byte") + ", not 32");
    std::copy(bytes->begin(), bytes->end(), out.begin());
    const auto probe = SealingKey::generate();
    if (!wrap_key(probe.secret, out, out, out))
        return malformed("the age recipient is no key: everybody would know its secret");
    return out;
}

std::string age_identity_text(const SealingKey& identity) {
    auto out = to_bech32(kIdentityPrefix, identity.secret.expose());
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

Result<SealingKey> parse_age_identity(std::string_view text) {
    auto bytes = from_bech32(text, kIdentityPrefix, "the age identity");
    if (!bytes) return bytes.error();
    if (bytes->size() != Secret<32>().expose().size()) {
        wipe(bytes->data(), bytes->size());
        return malformed("the age identity is " + counted(bytes->size(), "byte") + ", not 32");
    }
    const Secret<32> secret{ByteView(*bytes)};
    wipe(bytes->data(), bytes->size());
    return SealingKey::from_secret(secret);
}

std::string age_header(const AgeFileKey& key, std::span<const AgeRecipient> recipients) {
    std::string out(kVersionLine);
    for (const auto& recipient : recipients) out += stanza_for(key, recipient);
    out += kEnd;
    const auto mac = header_mac(key, as_bytes(out));
    return out + " " + raw_base64(mac) + "\n";
}

Result<OpenedAgeHeader> open_age_header(ByteView start, std::span<const SealingKey> identities) {
    const auto text = as_text(start);
    auto header = read_header(text);
    if (!header) return header.error();
    std::optional<AgeFileKey> key;
    for (const auto& stanza : header->stanzas) {
        if (stanza.arguments.front() != kX25519) continue;
        if (stanza.arguments.size() != 2)
            return malformed("age header: an X25519 recipient has another form");
        const auto bytes = from_raw_base64(stanza.arguments[1], "age header: a recipient's share");
        if (!bytes) return bytes.error();
        AgeRecipient share;
        if (bytes->size() != share.size() || stanza.body.size() != kWrapped)
            return malformed("age header: an X25519 recipient has another size");
        std::copy(bytes->begin(), bytes->end(), share.begin());
        for (const auto& identity : identities) {
            if (!key) key = unwrap(share, stanza.body, identity);
        }
    }
    if (!key)
        return Error{ErrorKind::untrusted, "this age file is not for any of the keys at hand"};
    if (!equal_secret(header_mac(*key, as_bytes(text.substr(0, header->covered))), header->mac))
        return invalid("age header: it was changed after it was made");
    return OpenedAgeHeader{*key, header->size};
}

std::uint64_t age_body_size(std::uint64_t plain) {
    const auto chunks = std::max<std::uint64_t>(1, (plain + kAgeChunk - 1) / kAgeChunk);
    return AgeNonce{}.size() + plain + chunks * kAgeMac;
}

Result<std::uint64_t> age_plain_size(std::uint64_t body) {
    const std::uint64_t nonce = AgeNonce{}.size(), sealed = kAgeChunk + kAgeMac;
    if (body >= nonce + kAgeMac) {
        const auto whole = (body - nonce) / sealed, rest = (body - nonce) % sealed;
        const auto chunks = whole + (rest > 0 ? 1 : 0);
        const auto plain = body - nonce - chunks * kAgeMac;
        if ((rest == 0 || rest > kAgeMac || whole == 0) && age_body_size(plain) == body)
            return plain;
    }
    return malformed("an age body is cut short: none has " + counted(body, "byte"));
}

AgeBody::AgeBody(const AgeFileKey& key, const AgeNonce& nonce)
    : key_(derive_key(key.expose(), as_text(nonce), "payload")) {}

void AgeBody::seal(std::uint64_t place, bool last, ByteView plain,
                   std::span<std::uint8_t> out) const {
    chacha_seal(key_.expose(), chunk_nonce(place, last).data(), plain, out);
}

bool AgeBody::open(std::uint64_t place, bool last, ByteView sealed,
                   std::span<std::uint8_t> out) const {
    return chacha_open(key_.expose(), chunk_nonce(place, last).data(), sealed, out);
}

}  // namespace reelproof::ledger
