#include "node/replication/remote_check.h"

#include "ledger/base/counted.h"
#include "ledger/format/wire.h"
#include "ledger/store/prepared.h"

namespace reelproof::node {
namespace {

using ledger::ErrorKind;
using ledger::Result;

constexpr std::uint64_t kWidth = ledger::wire::kTileWidth;

std::string entry_name(std::uint64_t index) {
    return "entry " + std::to_string(index);
}

class Check {
  public:
    Check(RemoteLog& log, const std::optional<ledger::NoteVerifier>& key,
          const std::map<std::string, std::string>& roots)
        : log_(log), key_(key), directory_(roots) {}

    Result<RemoteCheck> run(const std::function<void(std::string_view)>& progress) {
        if (auto read = read_checkpoint(); !read) return read.error();
        const std::uint64_t size = out_.size;
        for (std::uint64_t bundle = 0; bundle * kWidth < size; ++bundle) {
            const int width = ledger::tile_width(0, bundle, size);
            auto entries = log_.entries(bundle, width);
            if (!entries) {
                if (entries.error().kind == ErrorKind::unavailable) return entries.error();
                // Without its entries nothing behind it can be said of the tree.
                add("entries", "bundle " + std::to_string(bundle) + ": " + entries.error().message);
                return std::move(out_);
            }
            for (const ledger::Bytes& entry : *entries)
                if (auto taken = take(entry); !taken) return taken.error();
            if (progress)
                progress(std::to_string(frontier_.size()) + " of " +
                         ledger::counted(size, "entry"));
        }
        if (auto ends = compare_edges(); !ends) return ends.error();
        if (frontier_.root() != checkpoint_.root)
            add("root", "the entries do not hash to the root of the checkpoint of size " +
                            std::to_string(size));
        check_signature();
        out_.report.logs = 1;
        return std::move(out_);
    }

  private:
    void add(const std::string& kind, const std::string& detail) {
        for (ledger::CheckFinding& finding : out_.report.findings)
            if (finding.kind == kind) {
                ++finding.count;
                return;
            }
        out_.report.findings.push_back({kind, detail, 1});
    }

    Result<void> read_checkpoint() {
        auto text = log_.unchecked_checkpoint();
        if (!text) return text.error();
        auto note = ledger::parse_note(*text);
        if (!note) return within("checkpoint", note.error());
        auto checkpoint = ledger::parse_checkpoint(note->text);
        if (!checkpoint) return within("checkpoint", checkpoint.error());
        note_ = std::move(*note);
        checkpoint_ = std::move(*checkpoint);
        out_.origin = checkpoint_.origin;
        out_.size = checkpoint_.size;
        return {};
    }

    Result<void> take(const ledger::Bytes& entry) {
        const std::uint64_t index = frontier_.size();
        Result<void> compared;
        frontier_.append(ledger::leaf_hash(entry),
                         [&](int level, std::uint64_t at, const ledger::Hash& hash) {
                             if (level % ledger::wire::kTileHeight != 0 || !compared) return;
                             compared = add_hash(level / ledger::wire::kTileHeight, at, hash);
                         });
        if (!compared) return compared;
        ++out_.report.entries;
        check_statement(index, entry);
        return {};
    }

    Result<void> add_hash(int level, std::uint64_t index, const ledger::Hash& hash) {
        const auto at = static_cast<std::size_t>(level);
        if (edges_.size() <= at) edges_.resize(at + 1);
        edges_[at].append(ledger::as_text(hash));
        if (edges_[at].size() < kWidth * hash.size()) return {};
        auto compared = compare(level, index / kWidth, edges_[at]);
        edges_[at].clear();
        return compared;
    }

    Result<void> compare_edges() {
        std::uint64_t count = out_.size;
        for (std::size_t level = 0; level < edges_.size(); ++level, count /= kWidth)
            if (!edges_[level].empty())
                if (auto same = compare(static_cast<int>(level), count / kWidth, edges_[level]);
                    !same)
                    return same;
        return {};
    }

    Result<void> compare(int level, std::uint64_t index, const std::string& wanted) {
        const ledger::TileId id{.level = level,
                                .entries = false,
                                .index = index,
                                .width = static_cast<int>(wanted.size() / sizeof(ledger::Hash))};
        ++out_.report.tiles;
        auto served = log_.hashes(id);
        if (!served && served.error().kind == ErrorKind::unavailable) return served.error();
        if (!served)
            add("tile", tile_path(id) + ": " + served.error().message);
        else if (*served != wanted)
            add("tile", tile_path(id) + " is not what its entries hash to");
        return {};
    }

    void check_statement(std::uint64_t index, const ledger::Bytes& entry) {
        auto statement = ledger::prepare_statement(entry);
        if (index == 0) {
            out_.statements = statement.has_value();
            if (statement) directory_.add_log(ledger::kOwnLog, statement->view.header.iss);
        }
        if (!out_.statements) return;
        const std::string what = entry_name(index) + ": ";
        if (!statement) return add("statement", what + statement.error().message);
        out_.report.envelopes += statement->envelopes.size();
        const ledger::Place place{ledger::kOwnLog, index};
        auto key = directory_.key_for(place, statement->view);
        if (!key) return add("right", what + key.error().message);
        if (auto good = ledger::verify_statement(statement->view, *key); !good)
            return add("signature", what + good.error().message);
        if (statement->view.sealed()) return;
        if (auto applied = directory_.apply(place, statement->view); !applied)
            add("right", what + applied.error().message);
        if (index == 0) owner_ = statement->view.header.iss;
    }

    void check_signature() {
        std::optional<ledger::NoteVerifier> key = key_;
        if (!key)
            if (const auto* org = directory_.org_in(ledger::kOwnLog, owner_))
                key = org->genesis.log_key;
        if (!key) return;
        out_.signature_known = true;
        if (auto good = ledger::verify_note(note_, *key); !good)
            add("checkpoint", good.error().message);
        else if (key->type == ledger::wire::kNoteEd25519 && key->name != out_.origin)
            add("checkpoint", "it is of the log " + out_.origin + ", signed by " + key->name);
    }

    RemoteLog& log_;
    const std::optional<ledger::NoteVerifier>& key_;
    ledger::Directory directory_;
    std::string owner_;
    ledger::Note note_;
    ledger::Checkpoint checkpoint_;
    ledger::Frontier frontier_;
    std::vector<std::string> edges_;  // the tile of each level that is not full yet
    RemoteCheck out_;
};

}  // namespace

Result<RemoteCheck> check_remote_log(RemoteLog& log, const std::optional<ledger::NoteVerifier>& key,
                                     const std::map<std::string, std::string>& trusted_roots,
                                     const std::function<void(std::string_view)>& progress) {
    return Check(log, key, trusted_roots).run(progress);
}

}  // namespace reelproof::node
