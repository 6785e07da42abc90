#include "node/replication/misbehaviour.h"

#include "ledger/format/evidence.h"
#include "node/replication/remote_log.h"

namespace reelproof::node {

ledger::Result<void> freeze_log(const ReplicatorDeps& deps, const std::string& reason,
                                const ledger::LogEvidence& evidence) {
    const auto info = deps.store.log_by_origin(evidence.origin);
    if (info && !info->frozen.empty()) return {};
    const ledger::Bytes json = ledger::to_bytes(ledger::as_bytes(ledger::format_public(evidence)));
    ledger::Result<void> kept;
    if (info) {
        kept = deps.sequencer.freeze(evidence.origin, reason, json).get();
    } else {
        const auto row = ledger::as_bytes(evidence.origin);
        if (deps.store.get(ledger::Table::evidence, row)) return {};
        kept = deps.sequencer
                   .write([&](ledger::WriteTransaction& writes) {
                       writes.put(ledger::Table::evidence, row, json);
                   })
                   .get();
    }
    if (kept && deps.log)
        deps.log(api::LogLevel::error, "the log " + evidence.origin + " is frozen: " + reason);
    return kept;
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

bool alarming(const ledger::Error& error) {
    return error.kind != ledger::ErrorKind::unavailable &&
           error.kind != ledger::ErrorKind::not_found && error.kind != ledger::ErrorKind::refused;
}

std::string why_frozen(const ledger::Store& store, const ledger::NoteVerifier& log_key) {
    if (const auto info = store.log_by_origin(log_key.name); info && !info->frozen.empty())
        return info->frozen;
    const auto kept = kept_evidence(store, log_key);
    return kept ? kept->reason : std::string();
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
        if (evidence.what.origin == log_key.name && ledger::verify_evidence(evidence.what, log_key))
            return evidence;
    }
    return std::nullopt;
}

}  // namespace reelproof::node
