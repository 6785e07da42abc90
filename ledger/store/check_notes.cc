// The part of the check that looks at signed notes and statements beside the logs.
#include <optional>
#include <set>

#include "ledger/base/counted.h"
#include "ledger/format/evidence.h"
#include "ledger/format/statement.h"
#include "ledger/store/check_pass.h"
#include "ledger/store/evidence_rows.h"
#include "ledger/store/log_tail.h"
#include "ledger/store/setting_rows.h"
#include "ledger/store/witnessed.h"

namespace reelproof::ledger {

namespace {

// A genesis, wherever it lies; its signature is another question.
std::optional<OrgGenesis> genesis_in(const StatementView& statement) {
    if (statement.sealed()) return std::nullopt;
    auto parsed = parse_public(as_text(statement.payload));
    if (!parsed) return std::nullopt;
    auto* genesis = std::get_if<OrgGenesis>(&*parsed);
    if (genesis == nullptr) return std::nullopt;
    return std::move(*genesis);
}

class NotesCheck {
  public:
    explicit NotesCheck(Pass& pass) : pass_(pass) {}

    void run() {
        read();
        each(geneses_, "genesis", [&](const auto& row) { check_genesis(row); });
        collect_keys();
        each(grants_, "tls key", [&](const auto& row) { check_grant(row); });
        each(mirrors_, "cosigned copy", [&](const auto& row) { check_mirror(row); });
        each(witnessed_, "witnessed", [&](const auto& row) { check_witnessed(row); });
        each(announced_, "announced", [&](const auto& row) {
            check_note("announced", "the announced checkpoint of " + row.first, as_text(row.second),
                       row.first);
        });
        each(evidence_, "evidence", [&](const auto& row) { check_evidence(row); });
        each(incidents_, "incident", [&](const auto& row) { check_incident(row); });
        check_frozen();
        each(cosignatures_, "cosignature", [&](const auto& row) { check_cosignature(row); });
    }

  private:
    // By the name in the key, without what says the kind.
    using Rows = std::vector<std::pair<std::string, Bytes>>;
    struct Held {
        LogInfo info;
        std::uint64_t size = 0;
        std::optional<OrgGenesis> genesis;  // entry 0
    };

    void add(const std::string& kind, const std::string& where, const std::string& what) {
        pass_.findings.add(kind, where + ": " + what);
    }

    // The damage of one row must not hide that of the next.
    template <class Check>
    void each(const Rows& rows, const std::string& kind, const Check& check) {
        for (const auto& row : rows) {
            ++pass_.report.notes;
            try {
                check(row);
            } catch (const EnvironmentError& damage) {
                add(kind, "the row " + row.first, damage.what());
            }
        }
        if (pass_.progress && !rows.empty())
            pass_.progress(counted(rows.size(), "row") + " of the kind \"" + kind + "\"");
    }

    // All in one transaction: each row is compared with a log that is as far as it was then.
    void read() {
        const lmdb::Reader reader(pass_.state.log);
        const schema::Tables& tables = pass_.state.tables;
        lmdb::Cursor logs(reader, tables.logs);
        for (bool row = logs.first(); row; row = logs.next()) {
            const LogId id = schema::read_log_key(logs.key());
            Held held{schema::read_log(id, logs.value()), 0, std::nullopt};
            if (const auto head = reader.get(tables.heads, logs.key()))
                held.size = schema::read_head(held.info.origin, *head).checkpoint.size;
            if (const auto entry = reader.get(tables.entries_of(id), schema::entry_key(id, 0)))
                if (const auto statement = parse_statement(*entry))
                    held.genesis = genesis_in(*statement);
            if (held.genesis && held.genesis->org != held.info.org) held.genesis.reset();
            const std::string origin = held.info.origin;
            logs_.emplace(origin, std::move(held));
        }
        const auto read_all = [&](lmdb::TableHandle table, const auto& take) {
            lmdb::Cursor cursor(reader, table);
            for (bool row = cursor.first(); row; row = cursor.next())
                take(std::string(as_text(cursor.key())), cursor.value());
        };
        const auto into = [](Rows& rows) {
            return [&rows](std::string key, ByteView value) {
                rows.emplace_back(std::move(key), to_bytes(value));
            };
        };
        read_all(tables.of(Table::mirrors), into(mirrors_));
        read_all(tables.of(Table::evidence), [&](std::string key, ByteView value) {
            auto& rows = key.starts_with(kIncidents) ? incidents_ : evidence_;
            rows.emplace_back(std::move(key), to_bytes(value));
        });
        for (const auto& [origin, row] : evidence_) accused_.insert(origin);
        read_all(tables.cosigs, into(cosignatures_));
        read_all(tables.of(Table::settings), [&](const std::string& key, ByteView value) {
            for (const auto& [prefix, rows] : {std::pair(setting_rows::kGenesis, &geneses_),
                                               std::pair(setting_rows::kTlsGrant, &grants_),
                                               std::pair(setting_rows::kAnnounced, &announced_),
                                               std::pair(setting_rows::kWitnessed, &witnessed_)})
                if (key.starts_with(prefix))
                    rows->emplace_back(key.substr(prefix.size()), to_bytes(value));
        });
    }

    void check_genesis(const std::pair<std::string, Bytes>& row) {
        const std::string where = "the org.genesis that is kept of " + row.first;
        const auto statement = parse_statement(row.second);
        if (!statement) return add("genesis", where, statement.error().message);
        auto genesis = genesis_in(*statement);
        if (!genesis || genesis->org != row.first || statement->header.iss != row.first)
            return add("genesis", where, "the statement is another");
        if (auto good = verify_statement(*statement, genesis->root); !good)
            return add("genesis", where, good.error().message);
        kept_.emplace(row.first, std::move(*genesis));
    }

    // The log's own entry 0 comes before what was told on first contact.
    void collect_keys() {
        const auto take = [&](const OrgGenesis& genesis) {
            orgs_.emplace(genesis.org, &genesis);
            if (genesis.log_key) log_keys_.emplace(genesis.origin, *genesis.log_key);
            for (const auto& key : {genesis.mirror_key, genesis.witness_key})
                if (key) cosigners_.push_back(*key);
        };
        for (const auto& [origin, held] : logs_)
            if (held.genesis && held.genesis->origin == origin) take(*held.genesis);
        for (const auto& [org, genesis] : kept_)
            if (!orgs_.contains(org)) take(genesis);
    }

    void check_grant(const std::pair<std::string, Bytes>& row) {
        const std::string where = "the TLS key that is kept of " + row.first;
        const auto org = orgs_.find(row.first);
        if (org == orgs_.end()) return add("tls key", where, "there is no org.genesis of it");
        const auto statement = parse_statement(row.second);
        if (!statement) return add("tls key", where, statement.error().message);
        const auto parsed = statement->sealed()
                                ? Result<PublicStatement>(malformed("the statement is sealed"))
                                : parse_public(as_text(statement->payload));
        if (!parsed) return add("tls key", where, parsed.error().message);
        if (!std::holds_alternative<TlsGrant>(*parsed) || statement->header.iss != row.first)
            return add("tls key", where, "the statement is another");
        if (statement->header.kid != org->second->root.kid())
            return add("tls key", where, "the statement is not by its root key");
        if (auto good = verify_statement(*statement, org->second->root); !good)
            add("tls key", where, good.error().message);
    }

    // Signed by its log, no bad signature of a key that we know, and of the tree that we hold where
    // that is as large. A log that is frozen has contradicted itself: there it need not be.
    std::optional<Checkpoint> check_note(const std::string& kind, const std::string& where,
                                         std::string_view text, const std::string& origin,
                                         bool may_contradict = true) {
        const auto bad = [&](const std::string& what) {
            add(kind, where, what);
            return std::nullopt;
        };
        const auto note = parse_note(text);
        if (!note) return bad(note.error().message);
        auto checkpoint = parse_checkpoint(note->text);
        if (!checkpoint) return bad(checkpoint.error().message);
        if (checkpoint->origin != origin) return bad("it is of the log " + checkpoint->origin);
        const auto key = log_keys_.find(origin);
        if (key == log_keys_.end())
            return bad("no org.genesis that is kept here names the log's key");
        if (auto good = verify_note(*note, key->second); !good) return bad(good.error().message);
        for (const NoteSignature& signature : note->signatures)
            if (check_signature(*note, signature, cosigners_).state == SignatureState::bad)
                return bad("the cosignature of " + signature.name + " does not hold");
        const auto held = logs_.find(origin);
        const bool excused =
            may_contradict && ((held != logs_.end() && !held->second.info.frozen.empty()) ||
                               accused_.contains(origin));
        if (held == logs_.end() || checkpoint->size > held->second.size || excused)
            return std::move(*checkpoint);
        if (root_of(held->second.info, checkpoint->size) != checkpoint->root)
            return bad("it is of another tree than the " + counted(checkpoint->size, "entry") +
                       " that are held");
        return std::move(*checkpoint);
    }

    [[nodiscard]] Hash root_of(const LogInfo& log, std::uint64_t size) const {
        const lmdb::Reader reader(pass_.state.log);
        return LogTail::load(size, tiles_in(reader, pass_.state.tables, log.id)).root();
    }

    void check_mirror(const std::pair<std::string, Bytes>& row) {
        const std::string where = "our cosigned copy of " + row.first;
        const auto held = logs_.find(row.first);
        if (held == logs_.end()) return add("cosigned copy", where, "no such log is held");
        const auto checkpoint =
            check_note("cosigned copy", where, as_text(row.second), row.first, false);
        if (!checkpoint) return;
        if (checkpoint->size > held->second.size)
            return add("cosigned copy", where,
                       counted(checkpoint->size, "entry") + " were cosigned, " +
                           std::to_string(held->second.size) + " are held");
        const OrgGenesis* own = own_genesis();
        if (own == nullptr || !own->mirror_key) return;
        if (auto ours = verify_note(*parse_note(as_text(row.second)), *own->mirror_key); !ours)
            add("cosigned copy", where, "our cosignature: " + ours.error().message);
    }

    [[nodiscard]] const OrgGenesis* own_genesis() const {
        for (const auto& [origin, held] : logs_)
            if (held.info.id == kOwnLog && held.genesis) return &*held.genesis;
        return nullptr;
    }

    void check_witnessed(const std::pair<std::string, Bytes>& row) {
        const std::string where = "the witnessed checkpoint of " + row.first;
        const auto witnessed = parse_witnessed(row.second);
        if (!witnessed) return add("witnessed", where, witnessed.error().message);
        check_note("witnessed", where, witnessed->note, row.first);
    }

    void check_evidence(const std::pair<std::string, Bytes>& row) {
        const std::string where = "the evidence against " + row.first;
        const auto parsed = parse_public(as_text(row.second));
        if (!parsed) return add("evidence", where, parsed.error().message);
        const auto* evidence = std::get_if<LogEvidence>(&*parsed);
        const auto* other = std::get_if<OtherPublic>(&*parsed);
        const bool of_entry = other != nullptr && other->type == kEntryEvidence;
        if (evidence == nullptr && !of_entry)
            return add("evidence", where, "it is neither a log.evidence nor a log.entry");
        if (evidence != nullptr && evidence->origin != row.first)
            return add("evidence", where, "it is against the log " + evidence->origin);
        const auto key = log_keys_.find(row.first);
        if (key == log_keys_.end())
            return add("evidence", where, "no org.genesis that is kept here names the log's key");
        const auto holds = of_entry ? verify_entry_evidence(as_text(row.second), key->second)
                                    : verify_evidence(*evidence, key->second);
        if (!holds) add("evidence", where, holds.error().message);
    }

    // Of its form, under its key, and what the log is said to have signed is signed by it.
    void check_incident(const std::pair<std::string, Bytes>& row) {
        const std::string where = "the row " + row.first;
        const auto incident = read_incident(row.second);
        if (!incident) return add("incident", where, incident.error().message);
        if (!*incident) return;  // of a later version
        const std::string origin = origin_of_incident(row.first, **incident);
        if (origin.empty()) return add("incident", where, "it lies under the key of another");
        // A mirror's cosignature is on a checkpoint of another log.
        if ((*incident)->kind == IncidentKind::cosignature) return;
        const auto key = log_keys_.find(origin);
        if (key == log_keys_.end()) return;
        for (const std::string* text : {&(*incident)->first, &(*incident)->second}) {
            if (text->empty()) continue;
            const auto note = parse_note(*text);
            const auto good = note ? verify_note(*note, key->second) : Result<void>(note.error());
            if (!good) add("incident", where, good.error().message);
        }
    }

    void check_frozen() {
        for (const auto& [origin, held] : logs_)
            if (!held.info.frozen.empty() && !accused_.contains(origin))
                add("evidence", "the log " + origin, "it is frozen, and the evidence is missing");
    }

    // Our own line first, then those of the mirrors, of each text.
    void check_cosignature(const std::pair<std::string, Bytes>& row) {
        const schema::Cosignature cosignature = schema::read_cosignature(row.second);
        const ByteView key = as_bytes(row.first);
        const auto checkpoint = parse_checkpoint(cosignature.text);
        const std::string where =
            "the cosignature of our checkpoint of " +
            (checkpoint ? counted(checkpoint->size, "entry") : std::string("an unknown size"));
        const auto bad = [&](const std::string& what) { add("cosignature", where, what); };
        if (!checkpoint) return bad(checkpoint.error().message);
        const auto held = std::find_if(logs_.begin(), logs_.end(), [](const auto& log) {
            return log.second.info.id == kOwnLog;
        });
        if (held == logs_.end() || checkpoint->origin != held->first ||
            checkpoint->size > held->second.size ||
            root_of(held->second.info, checkpoint->size) != checkpoint->root)
            return bad("the checkpoint is not of our log");
        const auto note = parse_note(format_note(cosignature.text, {cosignature.line}));
        if (!note) return bad(note.error().message);
        const NoteSignature& signature = note->signatures.front();
        const bool own =
            key.size() == std::tuple_size_v<schema::CosigKey> && schema::is_own_signature(key);
        const std::string signer =
            own ? std::string() : signature.name + "\n" + std::to_string(signature.key_id);
        if (note->signatures.size() != 1 ||
            !equal(key, schema::cosig_key(kOwnLog, checkpoint->size, cosignature.text, signer)))
            return bad("it lies under the key of another");
        if (own) {
            signed_text_ = cosignature.text;
            const auto log_key = log_keys_.find(held->first);
            if (log_key == log_keys_.end()) return bad("our org.genesis names no log key");
            if (auto good = verify_note(*note, log_key->second); !good)
                bad("our own signature: " + good.error().message);
            return;
        }
        if (signed_text_ != cosignature.text) bad("our own signature is missing beside it");
        const auto checked = check_signature(*note, signature, cosigners_);
        if (checked.state == SignatureState::bad)
            bad("the signature of " + signature.name + " does not hold");
        if (checked.state == SignatureState::unknown_key) ++pass_.report.unknown_signers;
    }

    Pass& pass_;
    std::map<std::string, Held> logs_;  // by origin
    Rows geneses_, grants_, announced_, witnessed_, mirrors_, evidence_, incidents_, cosignatures_;
    std::map<std::string, OrgGenesis> kept_;         // by organisation
    std::map<std::string, const OrgGenesis*> orgs_;  // the one that counts
    std::map<std::string, NoteVerifier> log_keys_;   // by origin
    std::vector<NoteVerifier> cosigners_;
    std::set<std::string> accused_;  // origins with evidence
    std::string signed_text_;        // of the last own signature that was met
};

}  // namespace

void check_kept_notes(Pass& pass) {
    NotesCheck(pass).run();
}

}  // namespace reelproof::ledger
