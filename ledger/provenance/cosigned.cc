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

bool is_by(const NoteSignature& signature, const NoteVerifier& key) {
    return signature.name == key.name && signature.key_id == key.key_id;
}

std::string note_of(const CosignedCheckpoint& one, const std::optional<TlogPolicy>& policy) {
    std::vector<std::string> lines = one.cosignatures;
    constexpr std::size_t kMost = wire::kMaxNoteSignatures - 1;
    if (lines.size() > kMost) {
        // Those that count for the policy are not the ones that are left out.
        if (policy)
            std::stable_partition(lines.begin(), lines.end(), [&](const std::string& line) {
                const auto note = parse_note(format_note(one.text, {line}));
                return note && std::any_of(policy->witnesses().begin(), policy->witnesses().end(),
                                           [&](const auto& witness) {
                                               return is_by(note->signatures.front(), witness.key);
                                           });
            });
        lines.resize(kMost);
    }
    lines.insert(lines.begin(), one.signature);
    return format_note(one.text, lines);
}

bool takes(const TlogPolicy& policy, const std::string& text) {
    const auto note = parse_note(text);
    if (!note) return false;
    // What has not the names of a quorum need not be verified.
    std::vector<bool> named;
    for (const auto& witness : policy.witnesses())
        named.push_back(
            std::any_of(note->signatures.begin(), note->signatures.end(),
                        [&](const auto& signature) { return is_by(signature, witness.key); }));
    return policy.quorum_met(named) && policy.verify(*note);
}

// A log that grows all the time has seldom a cosignature on its newest checkpoint.
std::string own_checkpoint(const Store& store, const LogHead& head, std::uint64_t size,
                           const std::optional<TlogPolicy>& policy) {
    auto all = store.cosigned_checkpoints(size);
    std::erase_if(all, [&](const auto& one) { return one.checkpoint.size > head.checkpoint.size; });
    if (all.empty()) return head.note;
    std::reverse(all.begin(), all.end());
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return mirrors_of(a) > mirrors_of(b); });
    if (policy)
        for (const auto& one : all)
            if (auto note = note_of(one, policy); takes(*policy, note)) return note;
    return note_of(all.front(), policy);
}

}  // namespace

std::string cosigned_checkpoint(const Store& store, const LogInfo& log, const LogHead& head,
                                std::uint64_t size, const std::optional<TlogPolicy>& policy) {
    if (log.id == kOwnLog) return own_checkpoint(store, head, size, policy);
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
