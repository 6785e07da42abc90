// C2SP signed notes, checkpoints (tlog-checkpoint) and cosignatures (tlog-cosignature).
// Thread-safe. Persistent format: do not change (docs/FORMATS.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/base/clock.h"
#include "ledger/base/secret.h"

namespace reelproof::ledger {

// A note verifier key: "<name>+<hex key id>+<base64(type || public key)>".
struct NoteVerifier {
    std::string name;
    std::uint8_t type = 0;  // wire::kNoteEd25519 or wire::kNoteCosignatureV1
    std::array<std::uint8_t, 32> public_key{};
    std::uint32_t key_id = 0;

    static Result<NoteVerifier> parse(std::string_view vkey);
    [[nodiscard]] std::string vkey() const;
    friend bool operator==(const NoteVerifier&, const NoteVerifier&) = default;
};

// Ed25519 signer of checkpoints (type 0x01) or of cosignatures (type 0x04).
class NoteSigner {
  public:
    // `seed` is the 32-byte RFC 8032 private key.
    NoteSigner(std::string name, std::uint8_t type, const Secret<32>& seed);

    [[nodiscard]] const NoteVerifier& verifier() const { return verifier_; }
    // The signature line (with its newline) for this note text. `time` only for cosignatures, not
    // 0.
    [[nodiscard]] std::string sign(std::string_view text, UnixSeconds time = 0) const;

  private:
    NoteVerifier verifier_;
    Secret<64> secret_;
};

struct NoteSignature {
    std::string name;
    std::uint32_t key_id = 0;
    Bytes signature;   // without the key id; for a cosignature with the 8-byte time
    std::string line;  // as it stands, with newline
};

struct Note {
    std::string text;  // ends in a newline
    std::vector<NoteSignature> signatures;
};

Result<Note> parse_note(std::string_view note);
// The note with these signature lines.
std::string format_note(std::string_view text, const std::vector<std::string>& lines);

enum class SignatureState { good, bad, unknown_key };
// Of one signature under these keys; `time` is set for a good cosignature.
struct CheckedSignature {
    SignatureState state;
    std::optional<NoteVerifier> key;
    std::optional<UnixSeconds> time;
};
CheckedSignature check_signature(const Note& note, const NoteSignature& signature,
                                 const std::vector<NoteVerifier>& keys);
// Needs at least one good signature by `key`, and no bad one by it.
Result<void> verify_note(const Note& note, const NoteVerifier& key);

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};

    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

std::string format_checkpoint(const Checkpoint& checkpoint);  // the note text
Result<Checkpoint> parse_checkpoint(std::string_view text);

}  // namespace reelproof::ledger
