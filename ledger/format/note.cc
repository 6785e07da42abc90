#include "ledger/format/note.h"

#include <algorithm>
#include <stdexcept>

#include <sodium.h>

#include "ledger/base/counted.h"
#include "ledger/base/sha256.h"
#include "ledger/format/wire.h"

namespace reelproof::ledger {
namespace {

constexpr std::string_view kSignaturePrefix = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kEd25519Size = 64;
constexpr std::size_t kTimeSize = 8;
constexpr std::size_t kKeyIdSize = 4;
constexpr UnixSeconds kLatestTime = 253402300799;  // the end of the year 9999

// C2SP signed-note: a key name is not empty and has no Unicode space and no plus.
bool is_key_name(std::string_view name) {
    static constexpr std::string_view kSpaces[] = {" ",
                                                   "\xc2\x85",
                                                   "\xc2\xa0",
                                                   "\xe1\x9a\x80",
                                                   "\xe2\x80\x80",
                                                   "\xe2\x80\x81",
                                                   "\xe2\x80\x82",
                                                   "\xe2\x80\x83",
                                                   "\xe2\x80\x84",
                                                   "\xe2\x80\x85",
                                                   "\xe2\x80\x86",
                                                   "\xe2\x80\x87",
                                                   "\xe2\x80\x88",
                                                   "\xe2\x80\x89",
                                                   "\xe2\x80\x8a",
                                                   "\xe2\x80\xa8",
                                                   "\xe2\x80\xa9",
                                                   "\xe2\x80\xaf",
                                                   "\xe2\x81\x9f",
                                                   "\xe3\x80\x80"};
    if (name.empty() || name.size() > wire::kMaxIssuerSize || !is_utf8(as_bytes(name)) ||
        has_control_characters(name) || name.find('+') != std::string_view::npos)
        return false;
    return std::none_of(std::begin(kSpaces), std::end(kSpaces), [&](std::string_view space) {
        return name.find(space) != std::string_view::npos;
    });
}

// The first four bytes of SHA-256(name || 0x0A || type || public key), big-endian.
std::uint32_t key_id_of(const NoteVerifier& key) {
    const std::uint8_t type[] = {key.type};
    Hash hash = sha256({as_bytes(key.name), as_bytes("\n"), type, key.public_key});
    return std::uint32_t{hash[0]} << 24 | std::uint32_t{hash[1]} << 16 |
           std::uint32_t{hash[2]} << 8 | std::uint32_t{hash[3]};
}

std::array<std::uint8_t, kKeyIdSize> key_id_bytes(std::uint32_t id) {
    return {static_cast<std::uint8_t>(id >> 24), static_cast<std::uint8_t>(id >> 16),
            static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
}

// C2SP tlog-cosignature: what a cosignature signs.
std::string cosigned_message(std::string_view text, UnixSeconds time) {
    std::string out = "cosignature/v1\ntime " + std::to_string(time) + "\n";
    return out.append(text);
}

bool verify_ed25519(const NoteVerifier& key, ByteView signature, std::string_view message) {
    return crypto_sign_verify_detached(signature.data(),
                                       reinterpret_cast<const unsigned char*>(message.data()),
                                       message.size(), key.public_key.data()) == 0;
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
    const Error refused = malformed("note has a line among its signatures that is none");
    NoteSignature out;
    out.line = std::string(line) + "\n";
    if (!line.starts_with(kSignaturePrefix)) return refused;
    line.remove_prefix(kSignaturePrefix.size());
    std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return refused;
    out.name = line.substr(0, space);
    if (!is_key_name(out.name)) return malformed("note has a signature by a name that is none");
    auto bytes = from_base64(line.substr(space + 1), "signature of " + out.name);
    if (!bytes) return bytes.error();
    if (bytes->size() <= kKeyIdSize) return malformed("signature of " + out.name + " is too short");
    for (std::size_t i = 0; i < kKeyIdSize; ++i) out.key_id = out.key_id << 8 | (*bytes)[i];
    out.signature.assign(bytes->begin() + kKeyIdSize, bytes->end());
    return out;
}

}  // namespace

Result<NoteVerifier> NoteVerifier::parse(std::string_view vkey) {
    std::size_t first = vkey.find('+');
    std::size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
    if (second == std::string_view::npos) return malformed("note key is not <name>+<key id>+<key>");
    NoteVerifier out;
    out.name = vkey.substr(0, first);
    if (!is_key_name(out.name)) return malformed("note key has a name that is none");
    std::string_view id = vkey.substr(first + 1, second - first - 1);
    auto key = from_base64(vkey.substr(second + 1), "note key " + out.name);
    if (!key) return key.error();
    if (key->size() != 1 + out.public_key.size() ||
        ((*key)[0] != wire::kNoteEd25519 && (*key)[0] != wire::kNoteCosignatureV1))
        return malformed("note key " + out.name +
                         " is neither an Ed25519 key (type 1) nor a cosignature key (type 4)");
    out.type = (*key)[0];
    std::copy(key->begin() + 1, key->end(), out.public_key.begin());
    out.key_id = key_id_of(out);
    if (id != to_hex(key_id_bytes(out.key_id)))
        return malformed("note key " + out.name + " has the key id " +
                         to_hex(key_id_bytes(out.key_id)) + ", not the one that it names");
    return out;
}

std::string NoteVerifier::vkey() const {
    Bytes key{type};
    key.insert(key.end(), public_key.begin(), public_key.end());
    return name + "+" + to_hex(key_id_bytes(key_id)) + "+" + to_base64(key);
}

NoteSigner::NoteSigner(std::string name, std::uint8_t type, const Secret<32>& seed) {
    if (!is_key_name(name)) throw std::logic_error("not the name of a note key: " + name);
    if (type != wire::kNoteEd25519 && type != wire::kNoteCosignatureV1)
        throw std::logic_error("not a type of note key that we sign with");
    verifier_.name = std::move(name);
    verifier_.type = type;
    crypto_sign_seed_keypair(verifier_.public_key.data(), secret_.expose_mutable().data(),
                             seed.expose().data());
    verifier_.key_id = key_id_of(verifier_);
}

std::string NoteSigner::sign(std::string_view text, UnixSeconds time) const {
    const bool cosigns = verifier_.type == wire::kNoteCosignatureV1;
    if (cosigns && time <= 0) throw std::logic_error("a cosignature needs its time");
    const std::string message = cosigns ? cosigned_message(text, time) : std::string(text);
    auto id = key_id_bytes(verifier_.key_id);
    Bytes blob(id.begin(), id.end());
    if (cosigns)
        for (int shift = 56; shift >= 0; shift -= 8)
            blob.push_back(static_cast<std::uint8_t>(time >> shift));
    blob.resize(blob.size() + kEd25519Size);
    crypto_sign_detached(blob.data() + blob.size() - kEd25519Size, nullptr,
                         reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                         secret_.expose().data());
    return std::string(kSignaturePrefix) + verifier_.name + " " + to_base64(blob) + "\n";
}

Result<Note> parse_note(std::string_view note) {
    if (note.size() > wire::kMaxNoteSize)
        return Error{ErrorKind::too_large,
                     "note is " + counted(note.size(), "byte") + ", more than 1048576"};
    if (!is_utf8(as_bytes(note))) return malformed("note is not UTF-8");
    if (std::any_of(note.begin(), note.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }))
        return malformed("note has a control character");
    std::size_t split = note.rfind("\n\n");
    if (split == std::string_view::npos)
        return malformed("note has no empty line before its signatures");
    Note out;
    out.text = note.substr(0, split + 1);
    std::string_view rest = note.substr(split + 2);
    if (rest.empty()) return malformed("note has no signature");
    if (!rest.ends_with('\n')) return malformed("note does not end in a newline");
    while (!rest.empty()) {
        if (out.signatures.size() == wire::kMaxNoteSignatures)
            return Error{ErrorKind::too_large, "note has more than 100 signatures"};
        std::size_t end = rest.find('\n');
        auto signature = parse_signature_line(rest.substr(0, end));
        if (!signature) return signature.error();
        out.signatures.push_back(std::move(*signature));
        rest.remove_prefix(end + 1);
    }
    return out;
}

std::string format_note(std::string_view text, const std::vector<std::string>& lines) {
    std::string out(text);
    out += '\n';
    for (const std::string& line : lines) out += line;
    return out;
}

CheckedSignature check_signature(const Note& note, const NoteSignature& signature,
                                 const std::vector<NoteVerifier>& keys) {
    CheckedSignature out{SignatureState::unknown_key, std::nullopt, std::nullopt};
    for (const NoteVerifier& key : keys) {
        if (key.name != signature.name || key.key_id != signature.key_id) continue;
        out.state = SignatureState::bad;
        out.key = key;
        ByteView bytes = signature.signature;
        if (key.type == wire::kNoteEd25519) {
            if (bytes.size() != kEd25519Size || !verify_ed25519(key, bytes, note.text)) continue;
        } else {
            if (bytes.size() != kTimeSize + kEd25519Size) continue;
            std::uint64_t time = 0;
            for (std::size_t i = 0; i < kTimeSize; ++i) time = time << 8 | bytes[i];
            if (time == 0 || time > static_cast<std::uint64_t>(kLatestTime)) continue;
            auto seconds = static_cast<UnixSeconds>(time);
            if (!verify_ed25519(key, bytes.subspan(kTimeSize),
                                cosigned_message(note.text, seconds)))
                continue;
            out.time = seconds;
        }
        out.state = SignatureState::good;
        return out;
    }
    return out;
}

Result<void> verify_note(const Note& note, const NoteVerifier& key) {
    bool found = false;
    for (const NoteSignature& signature : note.signatures) {
        switch (check_signature(note, signature, {key}).state) {
            case SignatureState::good:
                found = true;
                break;
            case SignatureState::bad:
                return invalid("signature of " + key.name + " on the note does not hold");
            case SignatureState::unknown_key:
                break;
        }
    }
    if (!found)
        return Error{ErrorKind::untrusted, "note has no signature by the key of " + key.name};
    return {};
}

}  // namespace reelproof::ledger
