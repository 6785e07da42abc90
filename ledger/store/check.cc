#include "ledger/store/check.h"

#include <algorithm>
#include <set>

#include "ledger/base/counted.h"
#include "ledger/format/note.h"
#include "ledger/format/wire.h"
#include "ledger/store/check_pass.h"
#include "ledger/store/prepared.h"
#include "ledger/store/tile_check.h"

namespace reelproof::ledger {

namespace {

constexpr std::uint64_t kEntriesAtOnce = 1024;

// One log: what its head covers, then what is stored beyond it.
class LogCheck {
  public:
    LogCheck(Pass& pass, const LogInfo& log, const LogHead* head)
        : pass_(pass), log_(log), head_(head), directory_(pass.trusted_roots) {
        directory_.add_log(log.id, log.org);
    }

    void run() {
        const std::uint64_t size = head_ != nullptr ? head_->checkpoint.size : 0;
        const Extent extent = stored_now(size);
        load_publics(extent.stored);
        check_range(0, size, extent.stored);
        if (head_ != nullptr) {
            check_tree();
            check_note();
        }
        ++pass_.report.logs;
        if (extent.stored > size) check_pending(size, extent);
    }

  private:
    // Of a mirror: how many entries lie in the store, and how often some were dropped again.
    struct Extent {
        std::uint64_t stored = 0, purges = 0;
    };
    [[nodiscard]] Extent stored_now(std::uint64_t size) const {
        if (log_.id == kOwnLog) return {size, 0};
        const lmdb::Reader reader(pass_.state.log);
        const auto purges = reader.get(pass_.state.tables.meta, as_bytes(schema::kPurgesRow));
        return {std::max(size, stored_size(reader, pass_.state.tables, log_.id)),
                purges ? schema::read_count(*purges) : 0};
    }

    void check_range(std::uint64_t from, std::uint64_t end, std::uint64_t stored) {
        while (from < end) {
            const std::uint64_t to = std::min(end, from + kEntriesAtOnce);
            check_entries(from, to);
            if (pass_.progress)
                pass_.progress(log_.origin + ": " + std::to_string(to) + " of " +
                               counted(stored, "entry"));
            from = to;
        }
    }

    // Parts of a catch-up that no root covers yet: their tiles, signatures and rows have to hold
    // all the same, for it goes on from there.
    void check_pending(std::uint64_t size, const Extent& extent) {
        pending_.emplace();
        const auto& indexed = pass_.state.indexed_at_open;
        indexed_ = indexed.contains(log_.id) ? indexed.at(log_.id) : 0;
        const std::size_t bad_before = tiles_.bad().size();
        try {
            check_range(size, extent.stored, extent.stored);
            tiles_.finish();
        } catch (const EnvironmentError& damage) {
            add("row", damage.what());
        }
        for (std::size_t i = bad_before; i < tiles_.bad().size(); ++i) add("tile", tiles_.bad()[i]);
        // A running node drops what did not lead to a root, and may have done so under our eyes.
        const Extent after = stored_now(size);
        if (after.stored < extent.stored || after.purges != extent.purges) return;
        pass_.report.pending += extent.stored - size;
        for (const auto& [kind, detail] : *pending_)
            pass_.findings.add("pending " + kind, detail + ", beyond its head");
    }

    void add(const std::string& kind, const std::string& detail) {
        if (pending_)
            pending_->emplace_back(kind, detail);
        else
            pass_.findings.add(kind, detail);
    }

    void load_publics(std::uint64_t size) {
        const lmdb::Reader reader(pass_.state.log);
        lmdb::Cursor cursor(reader, pass_.state.tables.publics);
        for (bool row = cursor.seek(schema::entry_key(log_.id, 0)); row; row = cursor.next()) {
            const Place place = schema::read_entry_key(cursor.key());
            if (place.log != log_.id || place.index >= size) return;
            publics_.insert(publics_.end(), place.index);
        }
    }

    void check_entries(std::uint64_t from, std::uint64_t to) {
        std::vector<Result<PreparedStatement>> entries;
        visit_entries(pass_.state, log_.id, from, to, [&](std::uint64_t, ByteView entry) {
            PreparedStatement unparsed;
            unparsed.bytes = to_bytes(entry);
            entries.emplace_back(std::move(unparsed));
        });
        pass_.workers.for_each(entries.size(), 16, [&](std::size_t i) {
            Bytes bytes = std::move(entries[i]->bytes);
            const Hash leaf = leaf_hash(bytes);
            leaves_[i] = leaf;
            entries[i] = prepare_statement(std::move(bytes));
        });
        std::vector<std::optional<PublicKey>> keys(entries.size());
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const std::uint64_t index = from + i;
            tiles_.append(leaves_[i]);
            if (!pending_) ++pass_.report.entries;
            if (!entries[i]) {
                add("statement", entry_of(log_, index) + ": " + entries[i].error().message);
                continue;
            }
            check_rights(index, *entries[i], keys[i]);
            if (!pending_ || index < indexed_) check_index(index, *entries[i]);
        }
        std::vector<Result<void>> verified(entries.size());
        pass_.workers.for_each(entries.size(), 16, [&](std::size_t i) {
            if (keys[i]) verified[i] = verify_statement(entries[i]->view, *keys[i]);
        });
        for (std::size_t i = 0; i < verified.size(); ++i)
            if (!verified[i])
                add("signature", entry_of(log_, from + i) + ": " + verified[i].error().message);
    }

    void check_rights(std::uint64_t index, const PreparedStatement& statement,
                      std::optional<PublicKey>& out) {
        const Place place{log_.id, index};
        auto key = directory_.key_for(place, statement.view);
        if (key)
            out = *key;
        else
            add("right", entry_of(log_, index) + ": " + key.error().message);
        const bool is_public = !statement.view.sealed();
        if (is_public != publics_.contains(index))
            add("public", entry_of(log_, index) +
                              (is_public ? " is missing in" : " is wrongly in") +
                              " the table of public statements");
        if (!is_public || !key) return;
        if (auto applied = directory_.apply(place, statement.view); !applied)
            add("right", entry_of(log_, index) + ": " + applied.error().message);
    }

    void check_index(std::uint64_t index, const PreparedStatement& statement) {
        const TagIndex& rows = *pass_.state.index;
        if (!pending_) pass_.report.envelopes += statement.envelopes.size();
        if (index < pass_.merged[log_.id]) pass_.envelopes[log_.id] += statement.envelopes.size();
        for (std::size_t i = 0; i < statement.envelopes.size(); ++i) {
            const EnvelopeSpan& span = statement.envelopes[i];
            const auto found = rows.find(span.tag);
            const auto row = std::find_if(found.begin(), found.end(), [&](const TagRow& one) {
                return one.place == Place{log_.id, index} && one.position == i;
            });
            const std::string where =
                entry_of(log_, index) + ", envelope " + std::to_string(i) + ": ";
            if (row == found.end())
                add("index", where + "its tag is not in the index");
            else if (row->offset != span.offset || row->length != span.length ||
                     row->iat != statement.view.header.iat ||
                     rows.issuer(row->issuer) != statement.view.header.iss)
                add("index", where + "the index says otherwise than the entry");
        }
        if (log_.id == kOwnLog && rows.find_leaf(statement.leaf) != index)
            add("index", entry_of(log_, index) + ": its leaf is not in the index");
    }

    void check_tree() {
        TileCheck at_head = tiles_;
        at_head.finish();
        pass_.report.tiles += at_head.count();
        for (const std::string& bad : at_head.bad()) add("tile", bad);
        if (at_head.root() != head_->checkpoint.root)
            add("root", "the entries of the log " + log_.origin +
                            " do not hash to the stored root of size " +
                            std::to_string(head_->checkpoint.size));
    }

    void check_note() {
        const std::string what = "the checkpoint of the log " + log_.origin + ": ";
        auto note = parse_note(head_->note);
        if (!note) return add("checkpoint", what + note.error().message);
        auto checkpoint = parse_checkpoint(note->text);
        if (!checkpoint) return add("checkpoint", what + checkpoint.error().message);
        if (!(*checkpoint == head_->checkpoint))
            add("checkpoint", what + "it says otherwise than the stored head");
        const OrgState* org = directory_.org_in(log_.id, log_.org);
        if (org == nullptr || !org->genesis.log_key)
            return add("checkpoint", what + "there is no log key in entry 0");
        if (auto verified = verify_note(*note, *org->genesis.log_key); !verified)
            add("checkpoint", what + verified.error().message);
    }

    Pass& pass_;
    const LogInfo& log_;
    const LogHead* head_;  // null: nothing of it is visible yet
    Directory directory_;
    std::set<std::uint64_t> publics_;
    std::array<Hash, kEntriesAtOnce> leaves_{};
    TileCheck tiles_{pass_.state, log_};
    // What is wrong beyond the head, as kind and detail, once that is looked at.
    std::optional<std::vector<std::pair<std::string, std::string>>> pending_;
    std::uint64_t indexed_ = 0;  // entries whose rows have to be in the index, of those
};

// Rows of the index that no entry accounts for: each envelope was found, so equal counts mean that
// there are no others.
void check_index_rows(Pass& pass) {
    std::map<LogId, std::uint64_t> rows;
    pass.state.index->scan_tags([&](const Tag&, const TagRow& row) {
        if (row.place.index < pass.merged[row.place.log]) ++rows[row.place.log];
    });
    for (const auto& [log, count] : rows)
        if (count != pass.envelopes[log])
            pass.findings.add("index", "log " + std::to_string(log) + " has " +
                                           counted(pass.envelopes[log], "envelope") + " but " +
                                           counted(count, "row") + " in the index");
    std::uint64_t leaves = 0;
    pass.state.index->scan_leaves([&](const Hash&, std::uint64_t index) {
        if (index < pass.merged[kOwnLog]) ++leaves;
    });
    if (leaves != pass.merged[kOwnLog])
        pass.findings.add("index", "our log has " + std::to_string(pass.merged[kOwnLog]) +
                                       " indexed entries but " + std::to_string(leaves) +
                                       " leaves in the index");
}

// Rows that belong to no log.
void check_row_counts(Pass& pass) {
    const lmdb::Reader reader(pass.state.log);
    const schema::Tables& tables = pass.state.tables;
    std::uint64_t mirrored = 0;
    lmdb::Cursor cursor(reader, tables.stored);
    for (bool row = cursor.first(); row; row = cursor.next())
        mirrored += schema::read_count(cursor.value());
    const auto compare = [&](std::string_view what, std::uint64_t rows, std::uint64_t wanted) {
        if (rows != wanted)
            pass.findings.add("rows", std::string(what) + " has " + counted(rows, "row") +
                                          ", its logs have " + counted(wanted, "entry"));
    };
    compare("entries", reader.rows(tables.entries), stored_size(reader, tables, kOwnLog));
    compare("mirrored", reader.rows(tables.mirrored), mirrored);
}

void check_node_rows(Pass& pass) {
    const lmdb::Reader reader(pass.state.log);
    const auto checked = pass.state.rows.check(
        reader, pass.state.tables,
        [&](const std::string& what) { pass.findings.add("node row", what); });
    pass.report.rows = checked.good;
    pass.report.rows_skipped = checked.closed;
}

}  // namespace

CheckReport check_store(const Store& store, const std::map<std::string, std::string>& trusted_roots,
                        const std::function<void(std::string_view)>& progress) {
    CheckReport report;
    Store::State& state = store.state();
    Pass pass{.state = state,
              .trusted_roots = trusted_roots,
              .progress = progress,
              .report = report,
              .findings = Findings(report)};
    std::map<LogId, LogInfo> logs;
    std::map<LogId, LogHead> heads;
    {
        std::shared_lock shared(state.published_mutex);
        logs = state.logs;
        heads = state.heads;
    }
    // The damage of a row shows itself as an exception where it is read: a finding like others, and
    // the rest is still looked at.
    const auto guarded = [&](const std::function<void()>& part) {
        try {
            part();
        } catch (const EnvironmentError& damage) {
            pass.findings.add("row", damage.what());
        }
    };
    guarded([&] {
        for (const auto& [log, indexed] : state.index->contents().logs)
            pass.merged[log] =
                std::min(indexed.merged.size,
                         heads.contains(log) ? heads[log].checkpoint.size : std::uint64_t{0});
    });
    for (const auto& [id, log] : logs) {
        const auto head = heads.find(id);
        guarded([&, &log = log] {
            LogCheck(pass, log, head == heads.end() ? nullptr : &head->second).run();
        });
    }
    guarded([&] { check_index_rows(pass); });
    guarded([&] { check_row_counts(pass); });
    guarded([&] { check_kept_notes(pass); });
    guarded([&] { check_node_rows(pass); });
    return report;
}

}  // namespace reelproof::ledger
