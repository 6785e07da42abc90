#include "ledger/format/evidence.h"

#include "ledger/format/merkle.h"

namespace reelproof::ledger {
namespace {

Result<Checkpoint> signed_checkpoint(const std::string& text, const LogEvidence& evidence,
                                     const NoteVerifier& log) {
    auto note = parse_note(text);
    if (!note) return note.error();
    if (auto ok = verify_note(*note, log); !ok) return ok.error();
    auto checkpoint = parse_checkpoint(note->text);
    if (!checkpoint) return checkpoint.error();
    if (checkpoint->origin != evidence.origin || checkpoint->origin != log.name)
        return invalid("checkpoint is of the log " + checkpoint->origin + ", not " + log.name);
    return checkpoint;
}

}  // namespace

Result<void> verify_log_evidence(const LogEvidence& evidence, const NoteVerifier& log) {
    auto first = signed_checkpoint(evidence.first, evidence, log);
    if (!first) return within("first checkpoint", first.error());
    auto second = signed_checkpoint(evidence.second, evidence, log);
    if (!second) return within("second checkpoint", second.error());
    if (first->size > second->size)
        return invalid("the first checkpoint must be the one of the smaller tree");
    if (evidence.size != first->size) return invalid("size is not that of the first checkpoint");
    if (first->size == second->size) {
        if (first->root == second->root) return invalid("the two checkpoints state the same root");
        return {};
    }
    if (!evidence.prefix_root) return invalid("prefix_root is missing");
    if (*evidence.prefix_root == first->root)
        return invalid(
            "prefix_root is the root that the first checkpoint states: no contradiction");
    // No proof speaks about the empty tree: its root is known.
    if (first->size == 0 && *evidence.prefix_root != empty_root())
        return invalid("prefix_root of size 0 is not the root of the empty tree");
    return verify_consistency(first->size, *evidence.prefix_root, second->size, second->root,
                              evidence.proof);
}

}  // namespace reelproof::ledger
