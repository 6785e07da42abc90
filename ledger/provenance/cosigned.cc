#include "ledger/provenance/cosigned.h"

#include <algorithm>

#include "ledger/format/wire.h"

namespace reelproof::ledger {

namespace {

std::string own_checkpoint(const Store& store, const LogHead& head) {
    const auto note = parse_note(head.note).value();
    std::vector<std::string> lines;
    for (const auto& signature : note.signatures) lines.push_back(signature.line);
    for (auto& line : store.cosignatures(kOwnLog, note.text))
        if (lines.size() < wire::kMaxNoteSignatures &&
            std::find(lines.begin(), lines.end(), line) == lines.end())
            lines.push_back(std::move(line));
    return format_note(note.text, lines);
}

}  // namespace

std::string cosigned_checkpoint(const Store& store, const LogInfo& log, const LogHead& head,
                                std::uint64_t size) {
    if (log.id == kOwnLog) return own_checkpoint(store, head);
    const auto cosigned = store.get(Table::mirrors, as_bytes(log.origin));
    if (!cosigned) return head.note;
    const auto note = parse_note(as_text(*cosigned));
    const auto checkpoint = note ? parse_checkpoint(note->text) : Result<Checkpoint>(note.error());
    if (!checkpoint || checkpoint->origin != log.origin || checkpoint->size < size ||
        checkpoint->size > head.checkpoint.size)
        return head.note;
    return std::string(as_text(*cosigned));
}

}  // namespace reelproof::ledger
