#include "node/replication/cosigning.h"

#include <algorithm>

#include "ledger/format/wire.h"

namespace reelproof::node {

std::optional<HeldCopy> held_copy(const ledger::Store& store, const ledger::NoteVerifier& log_key) {
    const auto info = store.log_by_origin(log_key.name);
    if (!info) return std::nullopt;
    const auto head = store.head(info->id);
    if (!head) return std::nullopt;
    auto signed_head = check_checkpoint(head->note, log_key);
    if (!signed_head)
        throw ledger::EnvironmentError("the store is damaged: the head of " + log_key.name + ": " +
                                       signed_head.error().message);
    return HeldCopy{info->id, std::move(*signed_head)};
}

ledger::Result<std::optional<CosignedNote>> cosign_copy(const ReplicatorDeps& deps,
                                                        const ledger::NoteVerifier& log_key) {
    const auto held = held_copy(deps.store, log_key);
    if (!held) return std::optional<CosignedNote>();
    const ledger::NoteVerifier& mirror = deps.mirror_signer.verifier();
    const auto key = ledger::as_bytes(log_key.name);
    const auto read = [&](const std::optional<ledger::Bytes>& row) {
        return row ? read_cosigned_note(*row, mirror) : CosignedNote{};
    };
    CosignedNote last = read(deps.store.get(ledger::Table::mirrors, key));
    if (last.text == held->head.text && last.time) return std::optional(std::move(last));
    // Written with the head, so what holds for a newer one may keep this one back, never the other
    // way round.
    if (auto why = why_not_cosigned(deps, log_key.name); !why.empty())
        return ledger::Error{ledger::ErrorKind::unavailable, std::move(why)};
    // Partners are served this row, so they never see a cosignature that we could forget. Two may
    // come here at once, by a pull and by a push: the last word is in the transaction.
    auto written =
        deps.sequencer
            .write([&](ledger::WriteTransaction& writes) {
                last = read(writes.get(ledger::Table::mirrors, key));
                const auto before = ledger::parse_checkpoint(last.text);
                if (last.time && before &&
                    (last.text == held->head.text || before->size > held->head.checkpoint.size))
                    return;
                const ledger::UnixSeconds time =
                    std::max({deps.clock(), last.time.value_or(1), ledger::UnixSeconds{1}});
                last = {held->head.text, time, deps.mirror_signer.sign(held->head.text, time)};
                const std::string note = held->head.note + last.line;
                writes.put(ledger::Table::mirrors, key, ledger::as_bytes(note));
            })
            .get();
    if (!written) return written.error();
    deps.keepers.saw(held->head.note + last.line);
    deps.store.tell_cosigned(held->id);
    return std::optional(std::move(last));
}

std::string why_not_cosigned(const ReplicatorDeps& deps, const std::string& origin) {
    const ledger::CopyMarks marks = deps.store.copy_marks(origin);
    if (marks.newest.iat > deps.clock() + kFuture)
        return "entry " + std::to_string(marks.newest.index) + " of the log " + origin + " is of " +
               ledger::to_iso8601(marks.newest.iat) + ", which is still to come";
    if (marks.unproven)
        return "the log " + origin +
               " had a larger tree witnessed here, and whether that one contains our copy is not "
               "known yet";
    return {};
}

ledger::Result<void> take_cosignatures(const ReplicatorDeps& deps, const std::string& checkpoint) {
    const auto lines = deps.keepers.saw(checkpoint);
    const auto note = ledger::parse_note(checkpoint);
    if (lines.empty() || !note) return {};
    const std::string origin = note->text.substr(0, note->text.find('\n'));
    const auto key = ledger::as_bytes(origin);
    // Ours, with those lines that it lacks; nothing where it is of another tree, or needs none.
    const auto completed = [&](const std::optional<ledger::Bytes>& row) {
        std::string ours = row ? std::string(ledger::as_text(*row)) : std::string();
        const auto parsed = ledger::parse_note(ours);
        if (!parsed || parsed->text != note->text) return std::string();
        std::size_t room = ledger::wire::kMaxNoteSignatures - parsed->signatures.size();
        const std::size_t before = ours.size();
        for (const std::string& line : lines)
            if (ours.find(line) == std::string::npos && room-- > 0) ours += line;
        return ours.size() == before ? std::string() : ours;
    };
    if (completed(deps.store.get(ledger::Table::mirrors, key)).empty()) return {};
    return deps.sequencer
        .write([&](ledger::WriteTransaction& writes) {
            const std::string more = completed(writes.get(ledger::Table::mirrors, key));
            if (!more.empty()) writes.put(ledger::Table::mirrors, key, ledger::as_bytes(more));
        })
        .get();
}

std::string why_not_mirrored(const ReplicatorDeps& deps, const ledger::NoteVerifier& log_key) {
    bool other_key = false;
    for (const auto& log : deps.logs) {
        if (log.key == log_key) return {};
        other_key = other_key || log.key.name == log_key.name;
    }
    if (deps.logs.empty()) return {};
    return other_key ? "the replication policy names another key for its log"
                     : "the replication policy does not name its log";
}

}  // namespace reelproof::node
