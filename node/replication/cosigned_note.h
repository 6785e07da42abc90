// The newest checkpoint of a mirrored log with our cosignature, as it lies in Table::mirrors and is
// served to partners. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "ledger/format/note.h"

namespace reelproof::node {

struct CosignedNote {
    std::string text;
    std::optional<ledger::UnixSeconds> time;  // of a good cosignature by the key
    std::string line;                         // that cosignature
};

// Nothing of it is set when the bytes are no note.
inline CosignedNote read_cosigned_note(ledger::ByteView bytes, const ledger::NoteVerifier& mirror) {
    CosignedNote out;
    auto note = ledger::parse_note(ledger::as_text(bytes));
    if (!note) return out;
    out.text = note->text;
    for (const auto& signature : note->signatures) {
        const auto checked = ledger::check_signature(*note, signature, {mirror});
        if (checked.state != ledger::SignatureState::good || !checked.time) continue;
        out.time = checked.time;
        out.line = signature.line;
    }
    return out;
}

}  // namespace reelproof::node
