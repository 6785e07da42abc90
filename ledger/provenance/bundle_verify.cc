#include "ledger/provenance/bundle_verify.h"

#include <set>

#include "ledger/base/counted.h"
#include "ledger/directory/directory.h"
#include "ledger/format/envelope.h"
#include "ledger/format/merkle.h"
#include "ledger/format/note.h"

namespace reelproof::ledger {

namespace {

// One log of the bundle, read but not yet admitted; views point into the bundle.
struct OpenedLog {
    const BundleLog* source = nullptr;
    OrgGenesis genesis;
    Note note;
    Checkpoint checkpoint;
    std::vector<StatementView> statements;  // as source->entries
};

// Whatever is wrong inside a bundle means that it does not verify.
Error refusal(std::string_view place, Error error) {
    if (error.kind != ErrorKind::untrusted) error.kind = ErrorKind::invalid;
    return within(place, std::move(error));
}

std::string entry_name(const BundleLog& log, const BundleEntry& entry) {
    return log.origin + " entry " + std::to_string(entry.index);
}

Result<OrgGenesis> read_genesis(const StatementView& statement) {
    auto parsed = parse_public(as_text(statement.payload));
    if (!parsed) return parsed.error();
    auto* genesis = std::get_if<OrgGenesis>(&*parsed);
    if (genesis == nullptr) return invalid("is no org.genesis");
    return std::move(*genesis);
}

// The layout, the owner's genesis, the checkpoint under the log's key, and each inclusion path.
Result<OpenedLog> open_log(const BundleLog& log) {
    const auto wrong = [&](std::string_view text) {
        return within(log.origin, invalid(std::string(text)));
    };
    if (log.entries.empty() || log.entries.front().index != 0)
        return wrong("entry 0, the genesis of the log's owner, is missing");
    std::vector<StatementView> statements;
    for (std::size_t i = 0; i < log.entries.size(); ++i) {
        const auto& entry = log.entries[i];
        if (i > 0 && entry.index <= log.entries[i - 1].index)
            return wrong("the entries are not in ascending order of their index");
        auto statement = parse_statement(entry.statement);
        if (!statement) return refusal(entry_name(log, entry), statement.error());
        statements.push_back(std::move(*statement));
    }
    const auto first = entry_name(log, log.entries.front());
    if (statements.front().header.sub != "org.genesis")
        return wrong("entry 0 is no org.genesis but " + statements.front().header.sub);
    auto genesis = read_genesis(statements.front());
    if (!genesis) return refusal(first, genesis.error());
    if (!genesis->log_key) return wrong("entry 0 is the genesis of a guest, which has no log");
    if (genesis->origin != log.origin)
        return wrong("entry 0 is the genesis of the log " + genesis->origin);

    auto note = parse_note(log.checkpoint);
    if (!note) return refusal(log.origin + ": checkpoint", note.error());
    auto checkpoint = parse_checkpoint(note->text);
    if (!checkpoint) return refusal(log.origin + ": checkpoint", checkpoint.error());
    if (checkpoint->origin != log.origin)
        return wrong("the checkpoint is of another log, " + checkpoint->origin);
    if (auto ok = verify_note(*note, *genesis->log_key); !ok)
        return refusal(log.origin + ": checkpoint", ok.error());

    for (const auto& entry : log.entries) {
        if (entry.index >= checkpoint->size)
            return refusal(entry_name(log, entry),
                           invalid("lies outside the checkpoint's tree of " +
                                   counted(checkpoint->size, "entry")));
        const auto root = root_from_inclusion(entry.index, checkpoint->size,
                                              leaf_hash(entry.statement), entry.path);
        if (!root) return refusal(entry_name(log, entry), root.error());
        if (*root != checkpoint->root)
            return refusal(
                entry_name(log, entry),
                invalid("the inclusion path does not lead to the root of the checkpoint"));
    }
    return OpenedLog{&log, std::move(*genesis), std::move(*note), *checkpoint,
                     std::move(statements)};
}

Result<std::vector<OpenedLog>> open_logs(const Bundle& bundle) {
    if (bundle.items.empty()) return invalid("the bundle holds no item key");
    if (bundle.logs.empty()) return invalid("the bundle holds no log");
    std::vector<OpenedLog> out;
    std::set<std::string_view> origins;
    for (const auto& log : bundle.logs) {
        if (!origins.insert(log.origin).second)
            return invalid(log.origin + ": the log is in the bundle twice");
        auto opened = open_log(log);
        if (!opened) return opened.error();
        out.push_back(std::move(*opened));
    }
    return out;
}

// Root of each organisation in the bundle; one organisation can't have two.
Result<std::map<std::string, std::string>> roots_of(const std::vector<OpenedLog>& logs) {
    std::map<std::string, std::string> roots;
    for (const auto& log : logs)
        for (std::size_t i = 0; i < log.statements.size(); ++i) {
            if (log.statements[i].header.sub != "org.genesis") continue;
            const auto name = entry_name(*log.source, log.source->entries[i]);
            auto genesis = read_genesis(log.statements[i]);
            if (!genesis) return refusal(name, genesis.error());
            const auto root = thumbprint(genesis->root);
            const auto [known, is_new] = roots.emplace(genesis->org, root);
            if (!is_new && known->second != root)
                return refusal(
                    name, invalid("the root key of " + genesis->org + " is " + root +
                                  " here, but elsewhere in the bundle it is " + known->second));
        }
    return roots;
}

// Each statement in the order of its log: the signer's right, then the signature, then its effect.
Result<void> admit(const std::vector<OpenedLog>& logs, Directory& directory) {
    for (LogId id = 0; id < logs.size(); ++id) {
        const auto& log = logs[id];
        directory.add_log(id, log.genesis.org);
        for (std::size_t i = 0; i < log.statements.size(); ++i) {
            const auto& entry = log.source->entries[i];
            const auto& statement = log.statements[i];
            const Place place{id, entry.index};
            const auto key = directory.key_for(place, statement);
            if (!key) return refusal(entry_name(*log.source, entry), key.error());
            if (auto ok = verify_statement(statement, *key); !ok)
                return refusal(entry_name(*log.source, entry), ok.error());
            if (auto ok = directory.apply(place, statement); !ok)
                return refusal(entry_name(*log.source, entry), ok.error());
        }
    }
    return {};
}

struct MirrorKey {
    std::string org;
    NoteVerifier key;
};

Result<std::vector<MirrorKey>> mirror_keys(const std::vector<OpenedLog>& logs) {
    std::vector<MirrorKey> out;
    for (const auto& log : logs) {
        if (!log.genesis.mirror_key) continue;
        for (const auto& other : out)
            // Else one could pass off another's cosignature as its own.
            if (other.key.public_key == log.genesis.mirror_key->public_key &&
                other.org != log.genesis.org)
                return invalid(other.org + " and " + log.genesis.org + " name the same mirror key");
        out.push_back({log.genesis.org, *log.genesis.mirror_key});
    }
    return out;
}

// The log's own cosignature says nothing that its signature does not; it must hold all the same.
Result<std::vector<std::string>> cosigners(const OpenedLog& log,
                                           const std::vector<MirrorKey>& mirrors) {
    std::set<std::string> out;
    for (const auto& signature : log.note.signatures)
        for (const auto& mirror : mirrors)
            switch (check_signature(log.note, signature, {mirror.key}).state) {
                case SignatureState::good:
                    if (mirror.org != log.genesis.org) out.insert(mirror.org);
                    break;
                case SignatureState::bad:
                    return invalid(log.checkpoint.origin + ": the cosignature of " + mirror.org +
                                   " on the checkpoint does not hold");
                case SignatureState::unknown_key:
                    break;
            }
    return std::vector<std::string>(out.begin(), out.end());
}

// All envelopes of the bundle by tag, and who issued them.
struct Envelopes {
    std::map<Tag, std::vector<LocatedEnvelope>> by_tag;
    std::set<std::string> issuers;
};

Result<Envelopes> envelopes_of(const std::vector<OpenedLog>& logs) {
    Envelopes out;
    for (LogId id = 0; id < logs.size(); ++id)
        for (std::size_t i = 0; i < logs[id].statements.size(); ++i) {
            const auto& statement = logs[id].statements[i];
            if (!statement.sealed()) continue;
            const auto& entry = logs[id].source->entries[i];
            const auto payload = parse_sealed_payload(statement.payload);
            if (!payload) return refusal(entry_name(*logs[id].source, entry), payload.error());
            out.issuers.insert(statement.header.iss);
            std::uint32_t position = 0;
            for (const auto& envelope : payload->envelopes)
                out.by_tag[envelope.tag].push_back({to_bytes(envelope.bytes), statement.header.iss,
                                                    statement.header.iat, Place{id, entry.index},
                                                    position++});
        }
    return out;
}

Result<Lineage> open_lineage(const Bundle& bundle, const std::vector<OpenedLog>& logs,
                             const Directory& directory) {
    const auto envelopes = envelopes_of(logs);
    if (!envelopes) return envelopes.error();
    auto lineage = collect_lineage(bundle.items.front(),
                                   {{envelopes->issuers.begin(), envelopes->issuers.end()},
                                    [&](const Place& place, const std::string& iss) {
                                        return writer_at(directory, place, iss);
                                    }},
                                   [&](const Tag& tag, const std::string&) {
                                       const auto found = envelopes->by_tag.find(tag);
                                       return found == envelopes->by_tag.end()
                                                  ? TaggedEnvelopes{}
                                                  : TaggedEnvelopes{found->second};
                                   });
    if (lineage.items.front().links.empty())
        return invalid("nothing in the bundle opens under its item key");
    std::set<std::string> reached;
    for (const auto& item : lineage.items) reached.insert(public_item_id(item.key));
    for (const auto& key : bundle.items)
        if (const auto id = public_item_id(key); !lineage.truncated && !reached.contains(id))
            return invalid("the bundle holds the key of item " + id +
                           ", to which its history does not lead");
    return lineage;
}

}  // namespace

Result<BundleReport> verify_bundle(const Bundle& bundle,
                                   const std::map<std::string, std::string>& trusted_roots) {
    auto logs = open_logs(bundle);
    if (!logs) return logs.error();
    auto roots = roots_of(*logs);
    if (!roots) return roots.error();

    BundleReport report;
    for (const auto& [name, root] : *roots)
        report.orgs.push_back({name, root, trusted_roots.contains(name)});
    // A root that we were given goes before what the bundle says.
    for (const auto& [name, root] : trusted_roots) (*roots)[name] = root;
    auto directory = std::make_shared<Directory>(*roots);
    if (auto ok = admit(*logs, *directory); !ok) return ok.error();

    auto mirrors = mirror_keys(*logs);
    if (!mirrors) return mirrors.error();
    for (const auto& log : *logs) {
        auto cosigned_by = cosigners(log, *mirrors);
        if (!cosigned_by) return cosigned_by.error();
        report.logs.push_back({log.checkpoint.origin, log.genesis.org, log.checkpoint.size,
                               log.checkpoint.root, log.source->entries.size(),
                               std::move(*cosigned_by)});
    }

    auto lineage = open_lineage(bundle, *logs, *directory);
    if (!lineage) return lineage.error();
    report.lineage = std::move(*lineage);
    for (const auto& item : report.lineage.items) report.states.push_back(replay(item));
    report.directory = std::move(directory);
    return report;
}

}  // namespace reelproof::ledger
