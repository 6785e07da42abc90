#include "ledger/format/evidence.h"

#include "ledger/base/counted.h"

namespace reelproof::ledger {
namespace {

Result<Checkpoint> read_checkpoint(std::string_view text) {
    auto note = parse_note(text);
    if (!note) return note.error();
    return parse_checkpoint(note->text);
}

Result<Checkpoint> signed_checkpoint(std::string_view text, const LogEvidence& evidence,
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

Result<std::optional<LogEvidence>> find_contradiction(std::string_view first_note,
                                                      std::string_view second_note,
                                                      const SubtreeHash& larger_tree) {
    auto first = read_checkpoint(first_note);
    if (!first) return within("first checkpoint", first.error());
    auto second = read_checkpoint(second_note);
    if (!second) return within("second checkpoint", second.error());
    if (first->origin != second->origin)
        return invalid("the checkpoints are of two logs, " + first->origin + " and " +
                       second->origin);
    // A verifier reads the smaller tree first.
    if (first->size > second->size) {
        std::swap(first_note, second_note);
        std::swap(*first, *second);
    }
    LogEvidence out;
    out.origin = first->origin;
    out.first = first_note;
    out.second = second_note;
    out.size = first->size;
    if (first->size == second->size) {
        if (first->root == second->root) return std::nullopt;
        out.reason = "two signed roots for the same size, " + counted(first->size, "entry");
        return out;
    }
    if (tree_root(second->size, larger_tree) != second->root)
        return invalid("the tree does not hash up to the root that the checkpoint of " +
                       counted(second->size, "entry") + " states");
    const Hash prefix = tree_root(first->size, larger_tree);
    if (prefix == first->root) return std::nullopt;
    out.prefix_root = prefix;
    // No proof speaks about the empty tree: everybody knows its root.
    if (first->size != 0) out.proof = consistency_proof(first->size, second->size, larger_tree);
    out.reason = two_histories(first->size, second->size);
    return out;
}

std::string two_histories(std::uint64_t smaller, std::uint64_t larger) {
    return "the signed tree of " + counted(larger, "entry") +
           " does not begin with the signed tree of " + counted(smaller, "entry");
}

Result<void> verify_evidence(const LogEvidence& evidence, const NoteVerifier& log) {
    auto first = signed_checkpoint(evidence.first, evidence, log);
    if (!first) return within("first checkpoint", first.error());
    auto second = signed_checkpoint(evidence.second, evidence, log);
    if (!second) return within("second checkpoint", second.error());
    if (first->size > second->size)
        return invalid("the first checkpoint must be the one of the smaller tree");
    if (evidence.size != first->size) return invalid("size is not that of the first checkpoint");
    if (first->size == second->size) {
        if (first->root == second->root) return invalid("the two checkpoints state the same root");
        if (evidence.prefix_root || !evidence.proof.empty())
            return invalid("two checkpoints of equal size need no prefix_root and no proof");
        return {};
    }
    if (!evidence.prefix_root) return invalid("prefix_root is missing");
    if (*evidence.prefix_root == first->root)
        return invalid(
            "prefix_root is the root that the first checkpoint states: no contradiction");
    if (first->size == 0 && *evidence.prefix_root != empty_root())
        return invalid("prefix_root of size 0 is not the root of the empty tree");
    return verify_consistency(first->size, *evidence.prefix_root, second->size, second->root,
                              evidence.proof);
}

}  // namespace reelproof::ledger
