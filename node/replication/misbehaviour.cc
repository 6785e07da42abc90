#include "node/replication/misbehaviour.h"

#include "ledger/format/evidence.h"
#include "ledger/format/tile.h"
#include "node/replication/cosigning.h"

namespace reelproof::node {
namespace {

constexpr const char* kBadEntry = "it signed a tree with what must not be in it";

// With what is kept of why: JSON.
ledger::Result<void> freeze_with(const ReplicatorDeps& deps, const std::string& origin,
                                 const std::string& reason, const ledger::Bytes& json) {
    const auto info = deps.store.log_by_origin(origin);
    if (info && !info->frozen.empty()) return {};
    ledger::Result<void> kept;
    if (info) {
        kept = deps.sequencer.freeze(origin, reason, json).get();
    } else {
        const auto row = ledger::as_bytes(origin);
        if (deps.store.get(ledger::Table::evidence, row)) return {};
        kept = deps.sequencer
                   .write([&](ledger::WriteTransaction& writes) {
                       writes.put(ledger::Table::evidence, row, json);
                   })
                   .get();
    }
    if (kept && deps.log)
        deps.log(api::LogLevel::error, "the log " + origin + " is frozen: " + reason);
    return kept;
}

}  // namespace

ledger::Result<void> freeze_log(const ReplicatorDeps& deps, const std::string& reason,
                                const ledger::LogEvidence& evidence) {
    return freeze_with(deps, evidence.origin, reason,
                       ledger::to_bytes(ledger::as_bytes(ledger::format_public(evidence))));
}

ledger::Result<std::string> judge_checkpoints(const ReplicatorDeps& deps,
                                              const ledger::NoteVerifier& log_key,
                                              std::string_view a, std::string_view b,
                                              const ledger::SubtreeHash& larger_tree) {
    ledger::Result<std::optional<ledger::LogEvidence>> found = std::nullopt;
    try {
        found = ledger::find_contradiction(a, b, larger_tree);
    } catch (const FetchFailed& failed) {
        return failed.error;
    }
    if (!found) return found.error();
    if (!*found) return std::string();
    const ledger::LogEvidence& evidence = **found;
    // What we would not believe of others we do not tell of anyone.
    if (auto holds = ledger::verify_evidence(evidence, log_key); !holds)
        return within("evidence", holds.error());
    if (auto frozen = freeze_log(deps, evidence.reason, evidence); !frozen) return frozen.error();
    return evidence.reason;
}

ledger::Result<std::string> judge_proof(const ReplicatorDeps& deps,
                                        const ledger::NoteVerifier& log_key,
                                        const SignedCheckpoint& known,
                                        const SignedCheckpoint& larger,
                                        const std::vector<ledger::Hash>& proof) {
    const ledger::Checkpoint& before = known.checkpoint;
    const ledger::Checkpoint& after = larger.checkpoint;
    const auto prefix =
        ledger::old_root_from_consistency(before.size, after.size, after.root, proof);
    if (!prefix || *prefix == before.root) return std::string();
    ledger::LogEvidence evidence;
    evidence.origin = log_key.name;
    evidence.first = known.note;
    evidence.second = larger.note;
    evidence.size = before.size;
    evidence.prefix_root = *prefix;
    evidence.proof = proof;
    evidence.reason = ledger::two_histories(before.size, after.size);
    if (auto holds = ledger::verify_evidence(evidence, log_key); !holds)
        return within("evidence", holds.error());
    if (auto frozen = freeze_log(deps, evidence.reason, evidence); !frozen) return frozen.error();
    return evidence.reason;
}

ledger::Result<std::string> judge_suspects(const ReplicatorDeps& deps, Incidents& incidents,
                                           const ledger::NoteVerifier& log_key) {
    std::vector<SignedCheckpoint> suspects;
    for (const Incident& incident : incidents.lasting(log_key.name))
        if (incident.kind == IncidentKind::suspect)
            if (auto suspect = check_checkpoint(incident.second, log_key))
                suspects.push_back(std::move(*suspect));
    if (suspects.empty()) return std::string();
    std::vector<SignedCheckpoint> known = suspects;
    if (const auto witnessed = deps.store.witnessed(log_key.name))
        if (auto seen = check_checkpoint(witnessed->note, log_key))
            known.push_back(std::move(*seen));
    const auto held = held_copy(deps.store, log_key);
    for (const SignedCheckpoint& suspect : suspects) {
        const std::uint64_t size = suspect.checkpoint.size;
        for (const SignedCheckpoint& other : known) {
            if (other.checkpoint.size != size || other.checkpoint == suspect.checkpoint) continue;
            // Of equal size no tree is asked for.
            auto judged = judge_checkpoints(deps, log_key, suspect.note, other.note, {});
            if (!judged || !judged->empty()) return judged;
        }
        if (!held || held->head.checkpoint.size < size) continue;
        auto judged = judge_checkpoints(deps, log_key, suspect.note, held->head.note,
                                        deps.store.subtree(held->id));
        if (!judged || !judged->empty()) return judged;
        incidents.settle(log_key.name, IncidentKind::suspect, suspect.note);
    }
    return std::string();
}

ProveEntry by_tiles(const ledger::NoteVerifier& log_key, const SignedCheckpoint& tree,
                    ledger::SubtreeHash tiles) {
    return [log_key, tree, tiles = std::move(tiles)](
               std::uint64_t index,
               const ledger::Bytes& entry) -> std::optional<ledger::TlogProof> {
        if (index >= tree.checkpoint.size) return std::nullopt;
        ledger::TlogProof proof{.index = index, .path = {}, .extra = {}, .checkpoint = tree.note};
        try {
            proof.path = ledger::inclusion_proof(index, tree.checkpoint.size, tiles);
        } catch (const FetchFailed&) {
            return std::nullopt;
        }
        if (!ledger::verify_tlog_proof(proof, entry, log_key)) return std::nullopt;
        return proof;
    };
}

std::optional<ledger::TlogProof> prove_refused(const ledger::RefusedEntry& refused,
                                               const ProveEntry& prove) {
    if (refused.why == ledger::RefusedEntry::Why::none) return std::nullopt;
    if (!refused.revocation.empty() && !prove(refused.revoked_at, refused.revocation))
        return std::nullopt;
    return prove(refused.index, refused.entry);
}

void keep_refused(Incidents& incidents, const std::string& origin, const ledger::Error& error,
                  const ledger::RefusedEntry& refused, const std::string& note, bool in_tree) {
    const bool is_entry = refused.why != ledger::RefusedEntry::Why::none;
    const ledger::Bytes& bytes = is_entry ? refused.entry : refused.sample;
    incidents.raise(origin, {.kind = in_tree ? IncidentKind::statement : IncidentKind::contents,
                             .text = error.message,
                             .first = {},
                             .second = note,
                             .bytes = std::string(ledger::as_text(bytes))});
}

ledger::Result<std::string> judge_entry(const ReplicatorDeps& deps,
                                        const ledger::NoteVerifier& log_key,
                                        const ledger::Error& error,
                                        const ledger::RefusedEntry& refused,
                                        const ledger::TlogProof& proof) {
    using Why = ledger::RefusedEntry::Why;
    if (refused.why != Why::signature && refused.why != Why::revoked) return std::string();
    const std::string reason = std::string(kBadEntry) + ": " + error.message;
    // Kept here and not published: who mirrors that tree sees the same entry, and who holds another
    // tree has the two checkpoints that convict the log.
    auto frozen = freeze_with(deps, log_key.name, reason,
                              ledger::write_entry_evidence(log_key.name, proof, refused.entry));
    return frozen ? ledger::Result<std::string>(reason) : frozen.error();
}

void keep_cosigned_ahead(const ReplicatorDeps& deps, Incidents& incidents,
                         const std::string& origin, ledger::UnixSeconds time,
                         const std::string& note) {
    if (time <= deps.clock() + kFuture) return;
    incidents.raise(origin, {.kind = IncidentKind::cosignature,
                             .text = "its mirror cosigns as of " + ledger::to_iso8601(time) +
                                     ", which is still to come: its clock is wrong, or ours",
                             .first = {},
                             .second = note,
                             .bytes = {},
                             .until = time - kFuture});
}

bool alarming(const ledger::Error& error) {
    return error.kind != ledger::ErrorKind::unavailable &&
           error.kind != ledger::ErrorKind::not_found && error.kind != ledger::ErrorKind::refused;
}

std::string why_frozen(const ledger::Store& store, const ledger::NoteVerifier& log_key) {
    if (const auto info = store.log_by_origin(log_key.name); info && !info->frozen.empty())
        return info->frozen;
    if (const auto kept = kept_evidence(store, log_key)) return kept->reason;
    // Of a log that no mirror was begun of.
    const auto row = store.get(ledger::Table::evidence, ledger::as_bytes(log_key.name));
    const bool holds = row && ledger::verify_entry_evidence(ledger::as_text(*row), log_key);
    return holds ? kBadEntry : std::string();
}

std::optional<ledger::LogEvidence> kept_evidence(const ledger::Store& store,
                                                 const ledger::NoteVerifier& log_key) {
    const auto row = store.get(ledger::Table::evidence, ledger::as_bytes(log_key.name));
    if (!row) return std::nullopt;
    auto parsed = ledger::parse_public(ledger::as_text(*row));
    if (!parsed) return std::nullopt;
    auto* evidence = std::get_if<ledger::LogEvidence>(&*parsed);
    if (evidence == nullptr || !ledger::verify_evidence(*evidence, log_key)) return std::nullopt;
    return std::move(*evidence);
}

ledger::Result<void> publish_kept_evidence(const ReplicatorDeps& deps,
                                           const ledger::NoteVerifier& log_key) {
    if (!deps.publish) return {};
    std::size_t from_the_first = 0;
    if (find_published_evidence(*deps.store.directory(), log_key, from_the_first)) return {};
    const auto kept = kept_evidence(deps.store, log_key);
    if (!kept) return {};
    // If we die before it is durable in our log, the next start comes here again.
    auto published = deps.publish("log.evidence", ledger::format_public(*kept));
    if (published && deps.log)
        deps.log(api::LogLevel::warning, "published evidence against the log " + log_key.name);
    return published;
}

std::optional<ledger::RecordedEvidence> find_published_evidence(const ledger::Directory& directory,
                                                                const ledger::NoteVerifier& log_key,
                                                                std::size_t& seen) {
    const auto& all = directory.evidence();
    while (seen < all.size()) {
        const ledger::RecordedEvidence& evidence = all[seen++];
        if (evidence.what.origin != log_key.name || !evidence.holds.value_or(true)) continue;
        if (ledger::verify_evidence(evidence.what, log_key)) return evidence;
    }
    return std::nullopt;
}

}  // namespace reelproof::node
