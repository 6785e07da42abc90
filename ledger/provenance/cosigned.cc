#include "ledger/provenance/cosigned.h"

#include <algorithm>
#include <optional>

#include "ledger/format/wire.h"

namespace reelproof::ledger {

namespace {

// A witness has seen the tree, a mirror holds it: mirrors are what counts here.
std::ptrdiff_t mirrors_of(const CosignedCheckpoint& one) {
    return std::count_if(
        one.cosignatures.begin(), one.cosignatures.end(),
        [](const std::string& line) { return line.find("/witness ") == std::string::npos; });
}

// A log that grows all the time has seldom a cosignature on its newest checkpoint.
std::string own_checkpoint(const Store& store, const LogHead& head, std::uint64_t size) {
    std::optional<CosignedCheckpoint> best;
    for (auto& one : store.cosigned_checkpoints(size))
        if (one.checkpoint.size <= head.checkpoint.size &&
            (!best || mirrors_of(one) >= mirrors_of(*best)))
            best = std::move(one);
    if (!best) return head.note;
    std::vector<std::string> lines{best->signature};
    for (auto& line : best->cosignatures)
        if (lines.size() < wire::kMaxNoteSignatures) lines.push_back(std::move(line));
    return format_note(best->text, lines);
}

}  // namespace

std::string cosigned_checkpoint(const Store& store, const LogInfo& log, const LogHead& head,
                                std::uint64_t size) {
    if (log.id == kOwnLog) return own_checkpoint(store, head, size);
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
