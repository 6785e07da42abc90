#include "node/replication/cosigning.h"

#include <algorithm>

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
    deps.store.tell_cosigned(held->id);
    return std::optional(std::move(last));
}

}  // namespace reelproof::node
